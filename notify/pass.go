// A pass: every mail that is due, over a few connections.

package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Mails are claimed so many at a time and for so long. One whose lease has run
// out before it was begun is left to whoever claims it next.
const (
	claimed = 200
	lease   = 20 * time.Minute
)

// Tally counts how mails ended.
type Tally struct {
	Sent     int `json:"sent"`
	Deferred int `json:"deferred"` // to be tried again
	Failed   int `json:"failed"`   // refused for good, or given up
	Unknown  int `json:"unknown"`  // handed over, but the answer was lost
	Skipped  int `json:"skipped"`  // no longer to be sent, such as after an unsubscription
}

// Done is how many mails a tally counts.
func (t Tally) Done() int { return t.Sent + t.Deferred + t.Failed + t.Unknown + t.Skipped }

func (t *Tally) count(state store.MailState) {
	switch state {
	case store.Sent:
		t.Sent++
	case store.Deferred:
		t.Deferred++
	case store.Failed:
		t.Failed++
	case store.Unknown:
		t.Unknown++
	default:
		t.Skipped++
	}
}

// job is a mail that is ours to send until its lease ends.
type job struct {
	store.Mail
	until time.Time
}

// pass is one run over what is due.
type pass struct {
	*Notifier
	ledger   *ledger
	jobs     chan job
	gone     chan struct{}   // closed when no courier is left
	ctx      context.Context // ends when no more mails are to be begun
	hand     context.Context // ends some time later, for those that are
	progress func(Tally)

	mu         sync.Mutex // guards what follows
	tally      Tally
	back       []job // taken, but not begun
	relayFault error // a courier could not connect
	storeFault error
}

// send hands over all that is due. Nothing is held back for it on return: what
// was not begun is given back.
func (n *Notifier) send(ctx context.Context, progress func(Tally)) (Tally, error) {
	n.sending.Lock()
	defer n.sending.Unlock()
	if err := n.settleRest(ctx); err != nil {
		return Tally{}, err
	}
	first, err := n.claim(ctx)
	if err != nil || len(first) == 0 {
		return Tally{}, err
	}
	hand, done := n.outliving(ctx)
	defer done()
	p := &pass{
		Notifier: n, ledger: newLedger(context.WithoutCancel(ctx), n.DB, n.Now), jobs: make(chan job, n.Connections),
		gone: make(chan struct{}), ctx: ctx, hand: hand, progress: progress,
	}
	p.start(min(n.Connections, len(first)))
	rest, err := p.feed(first)
	close(p.jobs)
	<-p.gone
	p.ledger.close()
	for j := range p.jobs {
		rest = append(rest, j)
	}
	if t := p.tally; t.Done() > 0 {
		n.Log.Info("mails sent", "sent", t.Sent, "deferred", t.Deferred, "failed", t.Failed, "unknown", t.Unknown)
	}
	return p.tally, errors.Join(p.finish(context.WithoutCancel(ctx), append(rest, p.back...)), err)
}

// start sets couriers off.
func (p *pass) start(couriers int) {
	var working sync.WaitGroup
	for range couriers {
		working.Go(func() { p.courier() })
	}
	go func() {
		working.Wait()
		close(p.gone)
	}()
}

// feed hands mails to the couriers until none is due, ctx ends or no courier
// is left. It gives back those that nobody took.
func (p *pass) feed(mails []job) (rest []job, err error) {
	for len(mails) > 0 {
		for i, m := range mails {
			if p.limiter.Wait(p.ctx) != nil {
				return mails[i:], nil // ctx ends before the mail's turn comes
			}
			select {
			case p.jobs <- m:
			case <-p.gone:
				return mails[i:], nil
			case <-p.ctx.Done():
				return mails[i:], nil
			}
		}
		if mails, err = p.claim(p.ctx); p.ctx.Err() != nil {
			return mails, nil
		}
	}
	return nil, err
}

// claim takes some of the mails that are due. It looks before it writes, since
// it is called at every change of the database.
func (n *Notifier) claim(ctx context.Context) ([]job, error) {
	now := n.Now()
	if next, err := n.nextDue(ctx); err != nil || next.IsZero() || next.After(now) {
		return nil, err
	}
	limit := claimed
	if n.Rate > 0 {
		limit = min(limit, max(1, n.Rate*5)) // far less than a lease's worth
	}
	var jobs []job
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		jobs = nil
		notices, err := n.claimNotices(ctx, tx, now)
		if err != nil {
			return err
		}
		mails, err := tx.ClaimMails(ctx, now, now.Add(lease), limit)
		for _, m := range append(notices, mails...) {
			jobs = append(jobs, job{m, now.Add(lease)})
		}
		return err
	})
	return jobs, err
}

// finish gives back what was not begun. When the relay could not be reached at
// all, that is until later: it is no fault of the mails.
func (p *pass) finish(ctx context.Context, rest []job) error {
	ids := make([]int64, len(rest))
	for i, j := range rest {
		ids[i] = j.ID
	}
	now := p.Now()
	unreachable := p.relayFault != nil && p.tally.Done() == 0
	switch {
	case unreachable:
		p.misses++
		p.hold, p.fault = now.Add(backoff(p.misses)), reason(p.relayFault)
	case p.tally.Done() > 0:
		p.misses, p.hold, p.fault = 0, time.Time{}, ""
	}
	err := p.storeFault
	if len(ids) > 0 {
		err = errors.Join(err, p.DB.Update(ctx, func(tx *store.Tx) error {
			if unreachable {
				return tx.PostponeMails(ctx, ids, p.fault, p.hold, now)
			}
			return tx.ReleaseMails(ctx, ids)
		}))
	}
	if unreachable {
		err = errors.Join(err, fmt.Errorf("%w: %w", errUnreachable, p.relayFault))
	}
	return err
}

// errUnreachable tells that no courier could reach the relay.
var errUnreachable = errors.New("relay not reached")

// outliving gives a context that ends some time after ctx, for the mail in hand.
func (n *Notifier) outliving(ctx context.Context) (context.Context, func()) {
	hand, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(n.Grace, func() { cancel(errStopped) })
		context.AfterFunc(hand, func() { timer.Stop() })
	})
	return hand, func() {
		stop()
		cancel(nil)
	}
}

var errStopped = errors.New("stopped while the mail was being handed over")
