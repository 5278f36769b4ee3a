// This file records how polls ended.

package aggregator

import (
	"context"
	"time"

	"github.com/draftwire/draftwire/store"
)

// record writes how polls ended.
func (p *Poller) record(ctx context.Context, ended []Result) error {
	if len(ended) == 0 {
		return nil
	}
	now := p.Catalogue.Now()
	due := p.beatDue(now)
	err := p.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		for _, r := range ended {
			if err := p.recordEnd(ctx, tx, r, now); err != nil {
				return err
			}
		}
		if due {
			if err := tx.Beat(ctx, now); err != nil {
				return err
			}
		}
		return p.recordClosures(ctx, tx, ended)
	})
	if err == nil && due {
		p.beaten = now
	}
	return err
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
