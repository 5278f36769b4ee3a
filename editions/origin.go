// Where a new draft comes from: what it was before, and who wrote it.

package editions

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Origin is what is known of where a -00 comes from.
type Origin struct {
	Replaces []string `json:"replaces,omitempty"` // drafts that it replaces, as the IETF says
	Likely   string   `json:"likely,omitempty"`   // a draft that it is likely to go on from
	Why      Likeness `json:"why,omitempty"`      // what makes that likely
	Works    []Work   `json:"works,omitempty"`    // what else its first authors have posted
}

// Likeness is what two drafts of one author have in common.
type Likeness string

// The ways of being alike.
const (
	SameTitle Likeness = "title"
	SameName  Likeness = "name" // all behind the authors and the group
)

// Work is the other drafts of an author in the last two years, newest first.
type Work struct {
	Author string   `json:"author"`
	Drafts []string `json:"drafts"`
	More   int      `json:"more,omitempty"` // beyond those
}

// Bounds of what is told of authors.
const (
	lookBack   = 2 * 365 * 24 * time.Hour
	askAuthors = 2   // the first of each draft
	showWorks  = 3   // drafts of each
	readWorks  = 200 // events
)

// origins asks for each new draft among the events where it comes from.
func origins(ctx context.Context, r *store.Reader, events []found) (map[int64]*Origin, error) {
	all := make(map[int64]*Origin)
	known := make(map[string][]store.Brief) // by author
	var latest time.Time
	for _, f := range events {
		if f.Published.After(latest) {
			latest = f.Published
		}
	}
	for _, f := range events {
		if f.Kind != catalog.Draft || f.first().Event.Event != catalog.New {
			continue
		}
		o := &Origin{}
		for _, name := range f.Replaces {
			o.Replaces = append(o.Replaces, clean(name))
		}
		for _, author := range f.Facts.AuthorNames()[:min(askAuthors, len(f.Facts.AuthorNames()))] {
			posted, asked := known[author]
			if !asked {
				var err error
				if posted, err = postedBy(ctx, r, author, latest); err != nil {
					return nil, err
				}
				known[author] = posted
			}
			o.tell(f.Event, author, posted)
		}
		if len(o.Replaces)+len(o.Works) > 0 || o.Likely != "" {
			all[f.ID] = o
		}
	}
	return all, nil
}

// postedBy lists the drafts that someone had posted at a time, newest first.
func postedBy(ctx context.Context, r *store.Reader, author string, at time.Time) ([]store.Brief, error) {
	if len(nameWords(author)) < 2 {
		return nil, nil // half the world
	}
	q, err := filters.Parse(fmt.Sprintf(`kind:draft author:"%s"`, strings.Map(quotable, author)))
	if err != nil {
		return nil, nil //nolint:nilerr // a name that cannot be asked for, and nobody's fault
	}
	return r.Briefly(ctx, q, store.Page{From: at.Add(-lookBack), To: at.Add(time.Second), Limit: readWorks})
}

// quotable blanks what would end or change a quoted phrase.
func quotable(r rune) rune {
	if strings.ContainsRune("\"“”„＂\\*/", r) {
		return ' '
	}
	return r
}

// tell adds what one author has posted. Beside a draft stand those of the same
// window too, but it goes on only from what came before it.
func (o *Origin) tell(e catalog.Event, author string, posted []store.Brief) {
	w := Work{Author: clean(author)}
	seen := map[int64]bool{}
	for _, b := range posted {
		if seen[b.Lineage] || slices.Contains(e.Lineage, catalog.Fold(b.Document)) || strings.EqualFold(b.Document, e.Document) {
			continue
		}
		if !slices.ContainsFunc(b.Authors, func(name string) bool { return samePerson(name, author) }) {
			continue
		}
		seen[b.Lineage] = true
		if why := alike(e, b); why != "" && !b.Published().After(e.Published) && len(o.Replaces) == 0 && (o.Likely == "" || o.Likely == b.Document) {
			o.Likely, o.Why = clean(b.Document), why
			continue
		}
		if len(w.Drafts) == showWorks {
			w.More++
			continue
		}
		w.Drafts = append(w.Drafts, clean(b.Document))
	}
	if len(w.Drafts) > 0 {
		o.Works = append(o.Works, w)
	}
}

var person = regexp.MustCompile(`^draft-[^-]+-`)

// alike tells in what a new draft is like another of the same author that it
// may be the adopted or renamed form of.
func alike(e catalog.Event, b store.Brief) Likeness {
	if title := nameWords(e.Facts.Title); len(title) >= 3 && slices.Equal(title, nameWords(b.Title)) {
		return SameTitle
	}
	if tail := subject(e.Document, e.Facts.Group); strings.Contains(tail, "-") && tail == subject(b.Document, e.Facts.Group) {
		return SameName
	}
	return ""
}

// subject is a draft's name without its author or ietf, and without the group.
func subject(name, group string) string {
	tail := person.ReplaceAllString(catalog.Fold(name), "")
	if group == "" {
		return tail
	}
	return strings.TrimPrefix(tail, catalog.Fold(group)+"-")
}
