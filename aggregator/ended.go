// This file records how polls ended.

package aggregator

import (
	"context"
	"time"

	"github.com/draftwire/draftwire/store"
)

// exchange writes how polls ended, and leases at most so many of the sources that
// are due, all in one commit: whoever writes batches lets it in between two.
func (p *Poller) exchange(ctx context.Context, ended []Result, places int) (due []store.Source, err error) {
	now := p.Catalogue.Now()
	back := p.setBack(now)
	if len(ended) == 0 && !back {
		p.looked = now.Round(0)
		if places == 0 {
			return nil, nil
		}
		if next, err := p.Catalogue.DB.NextPoll(ctx); err != nil || next.IsZero() || next.After(now) {
			return nil, err // looking costs no commit
		}
	}
	beat, closed := p.beatDue(now), p.closures(ended)
	err = p.Catalogue.DB.Update(ctx, func(tx *store.Tx) (err error) {
		for _, r := range ended {
			if err := p.recordEnd(ctx, tx, r, now); err != nil {
				return err
			}
		}
		if closed != nil {
			err = tx.PutClosures(ctx, closed)
		}
		if err == nil && back {
			err = tx.MendClocks(ctx, now)
		}
		if err == nil && beat {
			err = tx.Beat(ctx, now)
		}
		if err == nil && places > 0 {
			due, err = tx.ClaimSources(ctx, now, now.Add(leaseFor), places)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.looked = now.Round(0)
	if beat {
		p.beaten = now
	}
	if closed != nil {
		p.closed = closed
	}
	return due, nil
}

// recordEnd writes how one poll ended.
func (p *Poller) recordEnd(ctx context.Context, tx *store.Tx, r Result, now time.Time) (err error) {
	switch {
	case r.cut:
		return tx.ReleaseSource(ctx, r.id)
	case r.putOff:
		return tx.PutOff(ctx, r.id, r.next)
	case r.held():
		err = tx.PollHeld(ctx, r.id, r.next)
	case r.failed():
		err = tx.PollFailed(ctx, r.id, now, r.next, r.Err.Error())
	case r.Err != nil:
		err = tx.PollSucceeded(ctx, r.id, now, r.next, r.Err.Error())
	default:
		err = tx.PollSucceeded(ctx, r.id, now, r.next, "")
	}
	if err == nil && !r.asked.IsZero() {
		err = tx.AskedToWait(ctx, r.id, r.asked)
	}
	if err != nil {
		return err
	}
	return p.recordMove(ctx, tx, r)
}
