// A page of what a subject has: the newest, or what is older than that
// (RFC 5005, section 3).

package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// page is a part of what a subject has, newest first.
type page struct {
	events  []catalog.Event
	next    int64     // the next page is before this event; 0 if there is none
	reached time.Time // if set, time was up, and nothing older was looked at
}

// pageOf makes one page of a subject's feed.
func (f *Feeds) pageOf(ctx context.Context, r *store.Reader, k key, s subject) (made, error) {
	p, err := f.look(ctx, r, k, s)
	if err != nil {
		return made{}, err
	}
	if s.known && len(p.events) == 0 && p.reached.IsZero() && k.before == 0 {
		return made{}, fmt.Errorf("%s %s: %w", k.kind, k.name, store.ErrNotFound)
	}
	doc := f.newFeed(s.id, s.title, s.subtitle, "en", s.page, f.self(k))
	if !p.reached.IsZero() {
		doc.Subtitle += fmt.Sprintf(" This page looks back to %s only, for want of time; the next page goes on from there.",
			p.reached.UTC().Format("2 January 2006, 15:04 UTC"))
	}
	if k.per == perEvent && (p.next != 0 || k.before != 0 || k.last) {
		doc.Series = f.series(k, p)
	}
	shown, err := mentioned(ctx, r, s, p.events)
	if err != nil {
		return made{}, err
	}
	return f.filled(ctx, r, k.per, doc, shown)
}

// series gives the other pages.
func (f *Feeds) series(k key, p page) []relative {
	at := func(before int64, last bool) address {
		return f.self(key{kind: k.kind, name: k.name, before: before, last: last})
	}
	list := []relative{{"first", at(0, false)}}
	if p.next != 0 {
		list = append(list, relative{"next", at(p.next, false)})
	}
	return append(list, relative{"last", at(0, true)})
}

// mentioned adds to events the topics that find them, and why the subject's
// query does.
func mentioned(ctx context.Context, r *store.Reader, s subject, events []catalog.Event) ([]found, error) {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	mentions, err := r.TopicsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]found, len(events))
	for i, e := range events {
		shown[i] = found{event: e, topics: mentions[e.ID]}
		if s.reasons {
			item, err := topics.ItemFor(ctx, r, s.query, &e)
			if err != nil {
				return nil, err
			}
			shown[i].reason = s.query.Explain(item).Reason
		}
	}
	return shown, nil
}

// look finds the events of a page.
func (f *Feeds) look(ctx context.Context, r *store.Reader, k key, s subject) (page, error) {
	most := maxEntries
	if k.per == perDocument {
		most *= perDocumentLooks
	}
	switch {
	case s.events != nil:
		return turn(s.events, k, most), nil
	case k.last:
		events, err := f.oldest(ctx, r, s.query)
		return page{events: events}, err
	}
	got, err := r.Look(ctx, s.query, store.Page{Before: k.before, Limit: most + 1, Budget: f.budget})
	if err != nil {
		return page{}, err
	}
	p := page{events: got.Events}
	switch {
	case len(p.events) > most:
		p.events = p.events[:most]
		p.next = p.events[most-1].ID
	case !got.Reached.IsZero():
		p.reached, p.next = got.Reached, got.Reached.UnixMicro()
	}
	return p, nil
}

// turn finds a page of a list that is at hand.
func turn(events []catalog.Event, k key, most int) page {
	if k.last {
		return page{events: events[max(0, len(events)-most):]}
	}
	if k.before != 0 {
		i := slices.IndexFunc(events, func(e catalog.Event) bool { return e.ID < k.before })
		if i < 0 {
			return page{}
		}
		events = events[i:]
	}
	if len(events) <= most {
		return page{events: events}
	}
	return page{events: events[:most], next: events[most-1].ID}
}

// oldest finds the last page, which cannot be had in part.
func (f *Feeds) oldest(ctx context.Context, r *store.Reader, q *filters.Query) ([]catalog.Event, error) {
	within, cancel := context.WithTimeout(ctx, f.budget)
	defer cancel()
	events, err := r.Search(within, q, store.Page{Limit: maxEntries, Oldest: true})
	if err != nil && ctx.Err() == nil && errors.Is(within.Err(), context.DeadlineExceeded) {
		return nil, busyError{
			http.StatusServiceUnavailable, "The end of this history cannot be found in time. Go there by the links to the next page.", time.Hour,
		}
	}
	slices.Reverse(events)
	return events, err
}
