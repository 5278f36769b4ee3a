// The ledger: what couriers are about to do and have done, written durably
// before they go on.

package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/store"
)

// ledger writes for all couriers. While one commit is on its way to the disk
// others queue up behind it and share the next.
type ledger struct {
	db    *store.DB
	now   func() time.Time
	lines chan line
	done  chan struct{}
}

// line is one courier's request: how its last mail ended, if that is not
// written yet, and which one it begins, if any.
type line struct {
	ended *outcome
	begin int64
	reply chan verdict
}

type verdict struct {
	began bool
	err   error
}

// newLedger opens a ledger. ctx must not end before it is closed.
func newLedger(ctx context.Context, db *store.DB, now func() time.Time) *ledger {
	l := &ledger{db: db, now: now, lines: make(chan line), done: make(chan struct{})}
	go l.run(ctx)
	return l
}

// close waits until all is written. Nobody may write then.
func (l *ledger) close() {
	close(l.lines)
	<-l.done
}

// write returns when the line is durable. began is false when the mail is no
// longer to be sent.
func (l *ledger) write(ended *outcome, begin int64) (began bool, err error) {
	reply := make(chan verdict, 1)
	l.lines <- line{ended, begin, reply}
	v := <-reply
	return v.began, v.err
}

func (l *ledger) run(ctx context.Context) {
	defer close(l.done)
	for first := range l.lines {
		group := []line{first}
		for waiting := true; waiting; {
			select {
			case next, ok := <-l.lines:
				if waiting = ok; ok {
					group = append(group, next)
				}
			default:
				waiting = false
			}
		}
		l.commit(ctx, group)
	}
}

// commit writes a group in one transaction.
func (l *ledger) commit(ctx context.Context, group []line) {
	now := l.now()
	began := make([]bool, len(group))
	err := l.db.Update(ctx, func(tx *store.Tx) (err error) {
		for i, line := range group {
			if line.ended != nil {
				if err := settle(ctx, tx, *line.ended, now); err != nil {
					return err
				}
			}
			if line.begin != 0 {
				if began[i], err = tx.BeginSending(ctx, line.begin, now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("write what became of mails: %w", err)
	}
	for i, line := range group {
		line.reply <- verdict{began[i] && err == nil, err}
	}
}

// settle writes how a mail ended. One that waits for another try is given up
// when its subscription has ended meanwhile.
func settle(ctx context.Context, tx *store.Tx, o outcome, now time.Time) error {
	if o.state == store.Deferred && o.subscription != 0 {
		s, err := tx.Subscription(ctx, o.subscription)
		if err != nil {
			return err
		}
		if !s.Ended.IsZero() {
			o.state, o.why = store.Failed, "unsubscribed before it was sent"
		}
	}
	return tx.Settle(ctx, o.mail, o.state, o.why, o.next, now)
}

// settleRest writes the outcomes that an earlier pass could not. Without this
// the mails would stay in sending, and be unknown after the next start.
func (n *Notifier) settleRest(ctx context.Context) error {
	if len(n.unsettled) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		for _, o := range n.unsettled {
			if err := settle(ctx, tx, o, n.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write what became of %d mails: %w", len(n.unsettled), err)
	}
	n.unsettled = nil
	return nil
}
