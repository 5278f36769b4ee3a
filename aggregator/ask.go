// This file asks one source, and tells from the answer when it is asked again.

package aggregator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Result is how one poll ended.
type Result struct {
	Source string
	Tally  Tally
	Err    error // a *[PartialError] if only some items could not be taken

	id     int64
	next   time.Time
	cut    bool          // ended by us, not by the source: it stays due
	putOff bool          // not begun: its host has enough polls under way
	asked  time.Time     // the host wants no requests until then, or zero
	gone   bool          // the host says that it is gone for good
	took   time.Duration // by the poll
	moved  *store.Move   // where its address led before
	move   *store.Move   // where it leads now
}

// failed reports whether the poll is tried again instead of repeated as planned.
func (r Result) failed() bool {
	_, partial := errors.AsType[*PartialError](r.Err)
	return r.Err != nil && !partial
}

// held reports whether nothing was asked of the source, since its host wants no
// requests. That is no failure of the source.
func (r Result) held() bool {
	_, busy := errors.AsType[*fetch.BusyError](r.Err)
	return busy
}

// poll asks one source.
func (p *Poller) poll(ctx context.Context, row store.Source) Result {
	r := Result{Source: row.Name, id: row.ID, moved: row.Move, move: row.Move}
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
		if p.Taken != nil {
			p.Taken(int64(len(batch)))
		}
		return in.add(ctx, batch, func(tx *store.Tx, t Tally) error {
			return tx.AdvanceSource(ctx, row.ID, next, t.New(), p.Catalogue.Now().Add(leaseFor))
		})
	}
	polled, up := s.polledAt(row.Move), s.Upstream
	led := trail{base: polled}
	if m, ok := up.(Movable); ok {
		up = m.At(polled, led.step)
	}
	fresh, err := ask(ctx, up, row.Cursor, take)
	tally, writeErr := in.finish()
	r.Tally = tally
	if writeErr != nil {
		err = writeErr
	}
	if err != nil {
		r.Err = fmt.Errorf("source %s: %w", s.Name, err)
		r.cut = ctx.Err() != nil
	}
	r.next = p.next(s, r, fresh, row)
	r.took, r.asked, r.gone = p.Catalogue.Now().Sub(now), asked(err, now), r.failed() && led.gone(err)
	switch {
	case !r.failed():
		to, known := led.end()
		r.move = sighting(row.Move, s.home(), polled, to, known, now)
	case polled != s.home() && !r.held() && row.Attempts+1 >= enoughFailures:
		r.move = nil // where it moved to does not answer: back to where it was
	}
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

// enoughFailures in a row at an address that was adopted give it up.
const enoughFailures = 4

// isGone reports whether a host says that what was there is gone for good.
func isGone(err error) bool {
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && status.Gone()
}

// next is when a source is polled again after r.
func (p *Poller) next(s Source, r Result, fresh time.Duration, row store.Source) time.Time {
	now := p.Catalogue.Now()
	if r.failed() {
		return now.Add(retryAfter(r.Err, s.Interval, row.Attempts, now))
	}
	return now.Add(max(s.rhythm(row.Recent, r.Tally.New()), min(fresh, longestWait), time.Second))
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
