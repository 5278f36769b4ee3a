// This file is what a poller does besides polling: it takes up the schedule
// that stands in the database, shows that it is at work, and keeps in mind which
// hosts asked to be left alone.

package aggregator

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/draftwire/draftwire/store"
)

// overdueSpacing is how many of the sources that are overdue at a start come
// when: twenty a second.
const overdueSpacing = 50 * time.Millisecond

// takeUp makes the sources the active ones, and goes on with their schedule.
// What left the configuration keeps its messages and its place. Of those that
// are overdue the first few come at once, the others one after the other.
func (p *Poller) takeUp(ctx context.Context, first int) error {
	now := p.Catalogue.Now()
	var names, pushed []string
	for name, s := range p.sources {
		if s.Upstream == nil {
			pushed = append(pushed, name)
		} else {
			names = append(names, name)
		}
	}
	err := p.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.KeepSources(ctx, names); err != nil {
			return err
		}
		if err := tx.KeepPushed(ctx, pushed); err != nil {
			return err
		}
		if err := p.resetMoves(ctx, tx); err != nil {
			return err
		}
		if err := tx.MendClocks(ctx, now); err != nil {
			return err
		}
		return tx.SpreadOverdue(ctx, now, first, overdueSpacing)
	})
	if err != nil || p.Client == nil {
		return err
	}
	closed, err := p.Catalogue.DB.Closures(ctx)
	for host, until := range closed {
		p.Client.CloseUntil(host, until)
	}
	p.closed = closed
	return err
}

// resetMoves forgets the moves of addresses that the configuration changed.
func (p *Poller) resetMoves(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Sources(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		s, known := p.sources[row.Name]
		if !known || row.Move == nil || row.Move.From == s.home() {
			continue
		}
		if err := tx.ResetMove(ctx, row.ID); err != nil {
			return err
		}
	}
	return nil
}

// beatEvery is how often a poller that has something to do shows that it is at
// work. One that has nothing to do needs not: see [Standstill].
const beatEvery = time.Minute

func (p *Poller) beatDue(now time.Time) bool {
	since := now.Sub(p.beaten)
	return since < 0 || since >= beatEvery
}

// setBack reports whether the clock has been set back by much since it was last
// looked at. Then the schedule has to follow: what was to come in an hour must not
// wait until the clock is there again.
func (p *Poller) setBack(now time.Time) bool {
	const much = 10 * time.Minute
	now = now.Round(0) // by the calendar, not by what has passed
	if !now.Before(p.looked.Add(-much)) {
		return false
	}
	p.Log.Warn("the clock was set back", "from", p.looked.UTC().Format(time.RFC3339), "to", now.UTC().Format(time.RFC3339))
	return true
}

// closures gives which hosts asked to be left alone, if that has changed by how
// these polls ended; else nil.
func (p *Poller) closures(ended []Result) map[string]time.Time {
	asked := slices.ContainsFunc(ended, func(r Result) bool { return !r.asked.IsZero() })
	if p.Client == nil || !asked {
		return nil
	}
	closed := p.Client.Closed()
	if maps.EqualFunc(closed, p.closed, time.Time.Equal) {
		return nil
	}
	return closed
}
