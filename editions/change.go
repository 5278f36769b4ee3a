// What is new in a revision, against the one before.

package editions

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// Change is what a revision changed of what the catalogue knows: empty fields
// did not change, or are unknown on one side.
type Change struct {
	Rev       string        `json:"rev"`             // the revision before
	Day       string        `json:"day"`             // when that was posted, in the edition's zone
	Title     string        `json:"title,omitempty"` // what was before, here and below
	Level     catalog.Level `json:"level,omitempty"`
	Pages     int           `json:"pages,omitempty"`
	Joined    []string      `json:"joined,omitempty"` // authors that are new
	Left      []string      `json:"left,omitempty"`   // and those who are no more
	Abstract  []Span        `json:"abstract,omitempty"`
	Rewritten bool          `json:"rewritten,omitempty"` // the abstract, so much that there are no spans
}

// changes compares the revisions among the events with the ones before, which
// are those before the first that an event stands for.
func (n Newsletter) changes(ctx context.Context, r *store.Reader, events []found) (map[int64]*Change, error) {
	var ids []int64
	for _, f := range events {
		if f.Event.Event == catalog.Revised {
			ids = append(ids, f.first().ID)
		}
	}
	earlier, err := r.EarlierRevisions(ctx, ids)
	if err != nil {
		return nil, err
	}
	changes := make(map[int64]*Change, len(earlier))
	for _, f := range events {
		if before, ok := earlier[f.first().ID]; ok && f.Event.Event == catalog.Revised {
			changes[f.ID] = changeOf(before, f.Facts, n.zone())
		}
	}
	return changes, nil
}

func changeOf(before store.Earlier, now catalog.Facts, zone *time.Location) *Change {
	was := before.Facts
	c := &Change{Rev: clean(before.Rev), Day: before.Published.In(zone).Format(time.DateOnly)}
	if title := clean(was.Title); title != "" && now.Title != "" && !strings.EqualFold(title, clean(now.Title)) {
		c.Title = title
	}
	if was.Level != "" && now.Level != "" && was.Level != now.Level {
		c.Level = was.Level
	}
	if was.Pages > 0 && now.Pages > 0 && was.Pages != now.Pages {
		c.Pages = was.Pages
	}
	if len(was.Authors) > 0 && len(now.Authors) > 0 {
		c.Joined, c.Left = authorsBut(now.Authors, was.Authors), authorsBut(was.Authors, now.Authors)
	}
	c.compareAbstracts(was.Abstract, now.Abstract)
	return c
}

func (c *Change) compareAbstracts(before, after string) {
	if before == after { // as most often
		return
	}
	before, after = plain(markup.CleanText(before)), plain(markup.CleanText(after))
	if strings.TrimSpace(before) == "" || strings.TrimSpace(after) == "" || strings.Join(strings.Fields(before), " ") == strings.Join(strings.Fields(after), " ") {
		return
	}
	spans := excerpt(diffWords(before, after))
	size := 0
	for _, s := range spans {
		size += len(s.Text)
	}
	if spans == nil || size > maxAbstract {
		c.Rewritten = true
		return
	}
	c.Abstract = spans
}

// authorsBut gives the names of those who are not among others. One whose
// address stayed has only got another name, and the other way about.
func authorsBut(authors, others []catalog.Author) (names []string) {
	for _, a := range authors {
		known := slices.ContainsFunc(others, func(o catalog.Author) bool {
			return samePerson(a.Name, o.Name) || a.Email != "" && strings.EqualFold(a.Email, o.Email)
		})
		if name := clean(a.Name); !known && name != "" && len(names) < maxAuthors {
			names = append(names, name)
		}
	}
	return names
}

// samePerson compares names without regard to case, accents and full stops; an
// initial stands for a name that begins with it.
func samePerson(a, b string) bool {
	x, y := nameWords(a), nameWords(b)
	if len(x) == 0 || len(y) == 0 || x[len(x)-1] != y[len(y)-1] {
		return false
	}
	return strings.HasPrefix(x[0], y[0]) && len(y[0]) == 1 || strings.HasPrefix(y[0], x[0]) && len(x[0]) == 1 || x[0] == y[0]
}

func nameWords(name string) (words []string) {
	for _, w := range filters.Analyse(name) {
		if w == filters.Boundary {
			break // joined forms follow
		}
		words = append(words, w)
	}
	return words
}
