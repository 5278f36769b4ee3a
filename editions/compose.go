// Composing: from the catalogue to an edition.

package editions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// history is how far back a topic's selections are counted to tell how
// special it is, and patience how long before the last closing something may
// have been recorded that still counts as late.
const (
	history  = 90 * 24 * time.Hour
	patience = 30 * 24 * time.Hour
)

// Compose makes the edition of a window from what the catalogue holds now. It
// only reads; the result is a composition, with neither number nor closing
// time. Of the open window it is what closing it now would give, late items
// and all. For one unchanging picture, call it within [store.DB.View].
func Compose(ctx context.Context, r *store.Reader, n Newsletter, w Window) (*Edition, error) {
	p, err := stand(ctx, r, n)
	switch {
	case errors.Is(err, store.ErrNotFound):
		p, err = progress{open: w}, nil // not known yet: as if this were its first
	case err == nil && n.Label(w) == n.Label(p.open):
		w = p.open // which begins elsewhere after a change of zone
	}
	var c composition
	if err == nil {
		c, err = compose(ctx, r, n, w, p)
	}
	if err != nil {
		return nil, fmt.Errorf("compose %s of %s: %w", n.Label(w), n.Name, err)
	}
	c.edition.Before = n.cadence() == AnyDays || w.From.Before(n.WindowAt(p.begin()).From)
	return c.edition, nil
}

// begin is where the first edition's window begins, closed or to come.
func (p progress) begin() time.Time {
	if p.first.IsZero() {
		return p.open.From
	}
	return p.first
}

// composition is an edition with the events it takes from the catalogue, shown
// or not: what is counted once is not late in the next.
type composition struct {
	edition *Edition
	all     []catalog.Event
	events  []store.EditionItem
}

func compose(ctx context.Context, r *store.Reader, n Newsletter, w Window, p progress) (composition, error) {
	scope := n.scope()
	events, err := r.Search(ctx, scope, store.Page{From: w.From, To: w.To})
	if err != nil {
		return composition{}, err
	}
	late, err := lateEvents(ctx, r, n, scope, w, p)
	if err != nil {
		return composition{}, err
	}
	c := composition{edition: n.blank(w)}
	c.edition.Counts = count(events)
	c.edition.Counts.Late = len(late)
	all := make([]found, 0, len(events)+len(late))
	for _, e := range events {
		all = append(all, found{Event: e})
	}
	for _, e := range late {
		all = append(all, found{Event: e, late: true})
	}
	for _, f := range all {
		c.all = append(c.all, f.Event)
		c.events = append(c.events, store.EditionItem{Event: f.ID, Late: f.late})
	}
	all = fold(all)
	slices.SortFunc(all, found.compare)
	if c.edition.Sections, err = n.sections(ctx, r, w, all); err != nil {
		return c, err
	}
	if err := n.edit(ctx, r, c.edition); err != nil {
		return c, err
	}
	if c.edition.Missing, err = n.missing(ctx, r, w); err != nil {
		return c, err
	}
	if c.edition.Hot, err = n.hotTopics(ctx, r, w, c.edition, all); err != nil {
		return c, err
	}
	if err := n.relate(ctx, r, w, c.edition, all); err != nil {
		return c, err
	}
	if err := n.chart(ctx, r, w, c.edition); err != nil {
		return c, err
	}
	return c, n.machine(ctx, r, c)
}

func (n Newsletter) scope() *filters.Query {
	if n.Scope == nil {
		return everything
	}
	return n.Scope
}

var everything = func() *filters.Query {
	q, err := filters.Parse("")
	if err != nil {
		panic(err) // the empty query is valid
	}
	return q
}()

// lateEvents finds the news that came after its own edition was closed. It
// goes into the open window, so that no other has any.
func lateEvents(ctx context.Context, r *store.Reader, n Newsletter, scope *filters.Query, w Window, p progress) ([]catalog.Event, error) {
	if !w.From.Equal(p.open.From) {
		return nil, nil
	}
	first := p.begin()
	since := first
	if held := p.closed.Add(-patience); !p.closed.IsZero() && held.After(first) {
		since = held
	}
	ids, err := r.Late(ctx, n.Name, scope, w.From, since)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return r.Events(ctx, ids)
}

// blank is an edition without items.
func (n Newsletter) blank(w Window) *Edition {
	zone, m := n.zone(), messagesIn(n.Language)
	return &Edition{
		Newsletter: n.Name, Title: clean(n.Title), Label: n.Label(w), Cadence: n.cadence(), Zone: zone.String(),
		Language: m.Tag, Note: m.Composition, From: w.From.UTC(), To: w.To.UTC(),
		FirstDay: w.From.In(zone).Format(time.DateOnly), LastDay: w.To.Add(-1).In(zone).Format(time.DateOnly),
		Sections: []Section{},
	}
}

func count(events []catalog.Event) (c Counts) {
	for _, e := range events {
		switch {
		case e.Event == catalog.New:
			c.New++
			c.Drafts++
		case e.Event == catalog.Revised && e.Kind == catalog.Draft:
			c.Drafts++
		case e.Event == catalog.Published:
			c.RFCs++
		default:
			c.Other++
		}
	}
	return c
}

// found is an event on its way into a section.
type found struct {
	catalog.Event
	late   bool
	older  []found // revisions of the same draft that it stands for, oldest first
	beside []found // revisions whose topics count where it has none, the last to be asked first
}

var rankOf = func() map[catalog.EventKind]int {
	ranks := make(map[catalog.EventKind]int)
	for i, kind := range catalog.EventKinds() {
		ranks[kind] = i
	}
	return ranks
}()

// rank is where an item stands in a section by what it is: a post that was
// changed stands with the posts.
func (f found) rank() int {
	if f.Kind == catalog.Post {
		return rankOf[catalog.Posted]
	}
	return rankOf[f.first().Event.Event]
}

// compare is the order within a section.
func (f found) compare(o found) int {
	return cmp.Or(cmp.Compare(f.rank(), o.rank()),
		f.Published.Compare(o.Published), strings.Compare(f.Key, o.Key))
}
