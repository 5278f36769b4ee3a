// Package editions makes the issues of a newsletter: which window of time each
// covers, what stands in which section and part, and what it looks like.
//
// A [Newsletter] cuts time into windows ([Newsletter.WindowAt]). [Compose]
// reads the catalogue and gives the [Edition] of a window, a plain value that
// holds all that any output needs; [CloseDue] composes what is due, numbers it
// and stores it for ever; [Load] gives the closed edition, or a composition
// where none was closed. From that one value come the web page ([Edition.HTML]),
// the mail ([Edition.MailHTML] and [Edition.Text]), Markdown and JSON.
//
// Everything that came from outside is cleaned when an edition is composed and
// escaped when it is rendered. Nothing here reads a clock.
package editions

import (
	"cmp"
	"time"

	"github.com/draftwire/draftwire/filters"
)

// Cadence is how often a newsletter closes an edition.
type Cadence string

// The cadences.
const (
	Daily    Cadence = "daily"
	Weekdays Cadence = "weekdays" // as Daily, but Monday's has the weekend too
	Weekly   Cadence = "weekly"   // ISO 8601 weeks, Monday to Sunday
	Monthly  Cadence = "monthly"

	// AnyDays is no rhythm: any days, named by the first and the last. Editions of
	// them are only ever composed, never published.
	AnyDays Cadence = "days"
)

// Newsletter says what a newsletter is like. It is the configuration's word;
// what was closed stands in the store.
type Newsletter struct {
	Name      string            // as in addresses
	Title     string            // for people
	Scope     *filters.Query    // what it tells of and counts; nil is everything
	Topics    []string          // names of the topics that are its sections, in order
	Titles    map[string]string // titles of topics in its language, where the topic's own is not right
	Rest      bool              // whether what is in scope but in no section is shown at the end
	Cadence   Cadence           // empty is Daily
	Zone      *time.Location    // where its days begin; nil is UTC
	Language  string            // of the chrome, BCP 47; one that is not known is English
	Grace     time.Duration     // waited after a window's end for stragglers
	Sources   []string          // names of the sources whose trouble is told, since its documents come from them
	SkipEmpty bool              // a quiet edition, one without items, is closed and has its page, but is not sent to anyone
	Machine   Machine           // what a language model wrote; nil: there is none
	First     time.Time         // within the first edition's window; zero: the edition open when it was made

	// PublishIntro lets an introduction that a language model proposed stand in
	// closed editions; else it is for editors to see.
	PublishIntro bool
}

func (n Newsletter) zone() *time.Location { return cmp.Or(n.Zone, time.UTC) }

func (n Newsletter) cadence() Cadence { return cmp.Or(n.Cadence, Daily) }
