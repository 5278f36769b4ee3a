// The render model: one edition as a plain value.

package editions

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// Edition is one issue of a newsletter with all that is needed to show it. Its
// JSON is how a closed edition is stored, so fields may be added but not change
// their meaning. All text is clean, and none of it is markup.
type Edition struct {
	ID         int64        `json:"-"`                 // row of a closed edition; 0 for a composition
	Newsletter string       `json:"newsletter"`        // name
	Title      string       `json:"title"`             // of the newsletter
	Label      string       `json:"label"`             // 2025-12-07 or 2025-W49
	Cadence    Cadence      `json:"cadence"`           //
	Zone       string       `json:"zone"`              // name of the zone that the window was cut in
	Language   string       `json:"language"`          // of the chrome
	Number     int          `json:"number"`            // from 1 without gaps; 0 for a composition
	From       time.Time    `json:"from"`              // the window, UTC
	To         time.Time    `json:"to"`                //
	FirstDay   string       `json:"first_day"`         // YYYY-MM-DD in the zone
	LastDay    string       `json:"last_day"`          // the same as FirstDay for a day
	Closed     time.Time    `json:"closed,omitzero"`   // zero for a composition
	Note       string       `json:"note,omitempty"`    // what a composition says of itself
	Open       bool         `json:"open,omitempty"`    // a composition of a window that is not over; see AsOf
	Before     bool         `json:"before,omitempty"`  // a composition of a time before the first edition; it has no page
	Counts     Counts       `json:"counts"`            // of all that is in scope, shown or not
	Missing    []Missing    `json:"missing,omitempty"` // sources in trouble, so that documents may be missing
	Held       bool         `json:"held,omitempty"`    // an editor keeps it from being closed
	Intro      string       `json:"intro,omitempty"`   // by an editor, Markdown
	Closing    string       `json:"closing,omitempty"` // by an editor, Markdown
	Machine    *MachineText `json:"machine,omitempty"` // an introduction that a language model proposes
	Hot        []Hot        `json:"hot,omitempty"`     // what drafts have in common, at most three
	Sections   []Section    `json:"sections"`          // those that have items
	Session    *Session     `json:"session,omitempty"` // of a report on a session, or a whole meeting
}

// Counts are the figures of a scope in a window. Late items are in none of the
// others.
type Counts struct {
	Drafts int `json:"drafts"` // revisions posted
	New    int `json:"new"`    // of them, the -00s
	RFCs   int `json:"rfcs"`
	Other  int `json:"other"` // other events: last calls, actions, posts
	Late   int `json:"late"`  // published before the window, and in no earlier edition
}

// Section is the items of one topic, or the rest of the scope.
type Section struct {
	Topic string `json:"topic,omitempty"` // name; empty for the rest
	Title string `json:"title"`
	Weeks []int  `json:"weeks,omitempty"` // what the topic found in the weeks before, this window's last, oldest first
	Items []Item `json:"items"`
}

// Item is one event in an edition.
type Item struct {
	Number      int               `json:"number"` // from 1 through all sections and parts
	Key         string            `json:"key"`    // identity of the event
	Document    string            `json:"document"`
	Rev         string            `json:"rev,omitempty"`
	Name        string            `json:"name"` // document with revision
	Kind        catalog.Kind      `json:"kind"`
	Event       catalog.EventKind `json:"event"`
	Title       string            `json:"title"`
	Group       string            `json:"group,omitempty"`
	Stream      catalog.Stream    `json:"stream,omitempty"`
	Level       catalog.Level     `json:"level,omitempty"`
	Detail      string            `json:"detail,omitempty"` // of the event: the day a last call ends, what the IESG decided
	Authors     []string          `json:"authors,omitempty"`
	Summary     string            `json:"summary,omitempty"` // whole sentences of the abstract
	Abstract    string            `json:"abstract,omitempty"`
	Machine     []MachineText     `json:"machine,omitempty"` // by a language model
	Pages       int               `json:"pages,omitempty"`
	Older       []Posting         `json:"older,omitempty"`    // revisions of this edition that the item stands for, oldest first
	Change      *Change           `json:"change,omitempty"`   // of a revision, where the one before is known
	Text        *TextChange       `json:"text,omitempty"`     // of a revision, where both texts are known
	Origin      *Origin           `json:"origin,omitempty"`   // of a new draft, where something is known
	Language    string            `json:"language,omitempty"` // of title and abstract, BCP 47; empty when unknown
	Published   time.Time         `json:"published"`          // UTC
	Day         string            `json:"day"`                // of Published in the edition's zone
	Approximate bool              `json:"approximate,omitempty"`
	Late        bool              `json:"late,omitempty"`
	Pinned      bool              `json:"pinned,omitempty"` // by an editor, as are the next two
	Moved       bool              `json:"moved,omitempty"`
	Note        string            `json:"note,omitempty"` // Markdown
	Links       ItemLinks         `json:"links"`
	Past        []Past            `json:"past,omitempty"`       // editions that had it before, newest first
	Topics      []Mention         `json:"topics,omitempty"`     // the newsletter's other topics that find it
	Reason      string            `json:"reason,omitempty"`     // why it is in its section
	ReasonRev   string            `json:"reason_rev,omitempty"` // the older revision of which that holds, where it does not of the item's own
	Found       int               `json:"found,omitempty"`      // what the section's topic found in 90 days
	Talk        *Talk             `json:"talk,omitempty"`       // of a report on a session
	Sittings    []Sitting         `json:"sittings,omitempty"`   // of a report on a meeting: the agendas that the draft was on
}

// ItemLinks are the addresses of an item; see [catalog.Links]. Each is http or
// https, or empty.
type ItemLinks struct {
	Page string `json:"page,omitempty"`
	HTML string `json:"html,omitempty"`
	Text string `json:"text,omitempty"`
	Diff string `json:"diff,omitempty"`
	Mail string `json:"mail,omitempty"` // the announcement in its list's archive
}

// Mention is a topic named beside an item.
type Mention struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Reason string `json:"reason,omitempty"`
	Found  int    `json:"found,omitempty"` // in 90 days
}

// IsComposition reports whether this is not a published edition but what one
// would be, or would have been.
func (e *Edition) IsComposition() bool { return e.Closed.IsZero() }

// AsOf marks a composition whose window is not over at a time, so that more may
// come, and returns it.
func (e *Edition) AsOf(now time.Time) *Edition {
	e.Open = e.IsComposition() && now.Before(e.To)
	return e
}

// Len counts the items.
func (e *Edition) Len() (n int) {
	for _, s := range e.Sections {
		n += len(s.Items)
	}
	return n
}

// Decode gives the model of a closed edition as the store holds it.
func Decode(row store.Edition) (*Edition, error) {
	e := new(Edition)
	if err := json.Unmarshal(row.Content, e); err != nil {
		return nil, fmt.Errorf("edition %d of %s: %w", row.Number, row.Newsletter, err)
	}
	e.ID = row.ID
	return e, nil
}
