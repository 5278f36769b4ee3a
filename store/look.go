package store

import (
	"context"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

// This file holds the search that ends in time.

// Found is what a search with a budget found, newest first.
type Found struct {
	Events  []catalog.Event
	Reached time.Time // only events published since then were looked at; zero if all were
}

// atOnce is the share of a budget for asking in one go, which most queries
// need a hundredth of.
const atOnce = 0.2

// Look is Search within a budget of time: what it has not found by then, it
// leaves, and says how far back it looked. What was found is complete up to
// there, or to the page's limit.
func (r *Reader) Look(ctx context.Context, q *filters.Query, p Page) (Found, error) {
	l := looking{r: r, q: q, p: p}
	if p.Budget <= 0 {
		err := l.ask(ctx, p)
		return l.found, err
	}
	within, cancel := context.WithTimeout(ctx, p.Budget)
	defer cancel()
	first, cancelFirst := context.WithTimeout(within, time.Duration(atOnce*float64(p.Budget)))
	defer cancelFirst()
	err := l.ask(first, p)
	if err != nil && first.Err() != nil && ctx.Err() == nil {
		err = l.stepwise(ctx, within)
	}
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		err = nil
	}
	return l.found, err
}

// looking is a search that may be given up.
type looking struct {
	r     *Reader
	q     *filters.Query
	p     Page
	found Found
}

// ask appends what one page finds.
func (l *looking) ask(ctx context.Context, p Page) error {
	return l.r.EachFound(ctx, l.q, p, func(e catalog.Event) error {
		l.found.Events = append(l.found.Events, e)
		return nil
	})
}

// firstStep is how much of the past is looked at first when one question
// about all of it took too long, leastStep the least later.
const (
	firstStep = 30 * 24 * time.Hour
	leastStep = time.Hour
)

// stepwise goes on below the last event found in spans that grow while they
// are answered fast, so that it can tell how far it came. What bounds the
// steps is asked beyond the budget: without it there is nothing to tell.
func (l *looking) stepwise(ctx, within context.Context) error {
	oldest, top, err := l.r.reach(ctx, l.q, l.p)
	if err != nil {
		return explain(err)
	}
	if n := len(l.found.Events); n > 0 {
		top = l.found.Events[n-1].ID
	}
	deadline, _ := within.Deadline()
	p := l.p
	for step := firstStep.Microseconds(); top > oldest; {
		left := time.Until(deadline)
		from := max(oldest, top-step)
		p.From, p.Before = fromMicros(from), top
		if p.Limit = l.p.Limit - len(l.found.Events); l.p.Limit > 0 && p.Limit <= 0 {
			return nil
		}
		before := len(l.found.Events)
		if err := l.ask(within, p); err != nil {
			if n := len(l.found.Events); n > before {
				top = l.found.Events[n-1].ID
			}
			l.found.Reached = fromMicros(top)
			return err
		}
		top = from
		took := max(left-time.Until(deadline), time.Microsecond)
		next := float64(step) * float64(left-took) / 3 / float64(took) // what a third of the rest will do
		step = int64(min(max(next, float64(step)/4, float64(leastStep.Microseconds())), float64(step)*4))
	}
	return nil
}

// reach gives the bounds of the ids that a page asks for: oldest included, top
// not.
func (r *Reader) reach(ctx context.Context, q *filters.Query, p Page) (oldest, top int64, err error) {
	rows, err := r.q.query(ctx, `SELECT coalesce((SELECT min(id) FROM events), 0), coalesce((SELECT max(id) + 1 FROM events), 0)`)
	err = row(rows, err, &oldest, &top)
	bounds := p.bounds(compile(q.Root()))
	return max(oldest, bounds.low), min(top, bounds.high), err
}
