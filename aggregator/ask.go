// This file asks one source, and tells from the answer when it is asked again.

package aggregator

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Result is how one poll ended.
type Result struct {
	Source string
	Tally  Tally
	Err    error // a *[PartialError] if only some items could not be taken

	id   int64
	next time.Time
	cut  bool // ended by us, not by the source: it stays due
}

// failed reports whether the poll is tried again instead of repeated as planned.
func (r Result) failed() bool {
	_, partial := errors.AsType[*PartialError](r.Err)
	return r.Err != nil && !partial
}

// poll asks one source.
func (p *Poller) poll(ctx context.Context, row store.Source) Result {
	r := Result{Source: row.Name, id: row.ID}
	s, known := p.sources[row.Name]
	now := p.Catalogue.Now()
	if !known { // left the configuration between claim and poll
		r.next = now.Add(time.Hour)
		r.Err = errors.New("the source is no longer in the configuration")
		return r
	}
	origin := Origin{Source: row.ID, Name: s.Name, List: s.List, Announcements: s.Announcements, History: row.Polls == 0}
	in := stream{c: p.Catalogue, origin: origin}
	cursor := row.Cursor
	take := func(ctx context.Context, batch []Received, next string) error {
		if len(batch) == 0 && next == cursor {
			return nil
		}
		cursor = next
		return in.add(ctx, batch, func(tx *store.Tx, t Tally) error {
			return tx.AdvanceSource(ctx, row.ID, next, t.New(), p.Catalogue.Now().Add(leaseFor))
		})
	}
	fresh, err := ask(ctx, s.Upstream, row.Cursor, take)
	tally, writeErr := in.finish()
	r.Tally = tally
	if writeErr != nil {
		err = writeErr
	}
	if err != nil {
		r.Err = fmt.Errorf("source %s: %w", s.Name, err)
		r.cut = ctx.Err() != nil
	}
	r.next = p.next(s, r, fresh, row.Attempts)
	if ctx.Err() == nil {
		p.tell(r)
	}
	return r
}

// ask keeps a panic over what one source gave from ending them all.
func ask(ctx context.Context, up Upstream, cursor string, take Taker) (fresh time.Duration, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading it made the program stumble: %v", p)
		}
	}()
	return up.Poll(ctx, cursor, take)
}

// next is when a source is polled again after r.
func (p *Poller) next(s Source, r Result, fresh time.Duration, attempts int) time.Time {
	now := p.Catalogue.Now()
	if r.failed() {
		return now.Add(retryAfter(r.Err, s.Interval, attempts, now))
	}
	return now.Add(max(s.Interval, fresh, time.Second))
}

// tell logs how a poll ended.
func (p *Poller) tell(r Result) {
	if r.Err != nil {
		what := "poll failed"
		if !r.failed() {
			what = "polled, but for some items"
		}
		p.Log.Warn(what, "source", r.Source, "err", r.Err, "next", r.next.Format(time.RFC3339))
	}
	if n := r.Tally.New(); n > 0 {
		p.Log.Info("polled", "source", r.Source, "messages", n,
			"announced", r.Tally.Announced, "posts", r.Tally.Posts)
	}
	for _, d := range r.Tally.Defects {
		p.Log.Info("defect", "source", r.Source, "what", d)
	}
}

// retryAfter is when a failed source is tried again: later with each failure,
// up to a day, never given up, never sooner than the host asked for, and
// scattered so that sources that failed together do not return together.
func retryAfter(err error, interval time.Duration, attempts int, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	wait := min(min(max(interval, time.Minute), longest)<<min(attempts, 11), longest)
	wait -= time.Duration(rand.Int64N(int64(wait)/5 + 1)) //nolint:gosec // scatter, not secrecy
	if status, ok := errors.AsType[*fetch.StatusError](err); ok {
		if status.Gone() {
			return longest
		}
		wait = max(wait, status.RetryAfter)
	}
	if busy, ok := errors.AsType[*fetch.BusyError](err); ok {
		wait = max(busy.Until.Sub(now), time.Second)
	}
	return min(wait, longest)
}
