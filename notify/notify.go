// Package notify mails editions to their subscribers.
//
// A [Notifier] works in two steps, both on rows of the store. [Notifier.Enqueue]
// writes, for each subscription of an edition's newsletter, one delivery and
// the mail that carries it, with a Message-ID that is fixed for ever; a
// delivery exists once, so the same edition is never queued twice for the same
// person. [Notifier.Run] and [Notifier.Drain] hand queued mails to the relay.
//
// Before a mail is handed over, the row says so, durably; afterwards the row
// says how it ended. A process that dies between the two leaves a mail in
// sending, which the next leader turns into unknown (see [store.DB.Lead]):
// shown to the operator, never sent again. Nothing else is lost, and nothing
// is sent twice. Only the leader may call Run and Drain; anyone may enqueue.
package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// Config is what a Notifier needs. DB, From, Base, ListHost and Secret must be
// set, and Relay.Addr for anything to be sent.
type Config struct {
	DB          *store.DB
	Relay       mail.Relay
	From        mail.Address     // author, envelope sender, and where mails to unsubscribe go
	Operator    string           // whom notices are mailed to; empty: they are only shown
	Base        string           // of our pages, such as https://wire.example.org
	Look        *editions.Look   // how editions look; nil is as package editions draws them
	Newsletters []Series         // those whose editions are mailed when they are closed
	ListHost    string           // domain of List-Id and Message-ID: who mints our ids
	Secret      []byte           // see [store.DB.Secret]
	Now         func() time.Time // nil means time.Now
	Log         *slog.Logger     // nil means none
	Connections int              // to the relay at once; 0 means 3
	Rate        int              // mails a minute; 0 means as fast as the relay takes them
	Grace       time.Duration    // for the mail in hand when Run is asked to stop; 0 means 10 s
}

// Series is how the editions of one newsletter are mailed.
type Series struct {
	Name      string
	From      mail.Address // zero: as in Config
	ListID    string       // RFC 2919; empty: Name.ListHost
	SkipEmpty bool         // an edition without items is not mailed by itself
}

// series finds a newsletter with what it leaves to the Config filled in. It
// reports false for one that is not mailed when it is closed.
func (c Config) series(name string) (Series, bool) {
	s := Series{Name: name}
	i := slices.IndexFunc(c.Newsletters, func(s Series) bool { return s.Name == name })
	if i >= 0 {
		s = c.Newsletters[i]
	}
	if s.From.Addr == "" {
		s.From = c.From
	}
	s.ListID = cmp.Or(s.ListID, name+"."+c.ListHost)
	return s, i >= 0
}

// Notifier queues and sends mails. Its methods may be called concurrently, but
// Run and Drain do their sending one after the other.
type Notifier struct {
	Config
	links   editions.Links
	limiter *rate.Limiter
	wake    chan struct{}

	sending   sync.Mutex // held by the one pass that sends; guards what follows
	unsettled []outcome  // how mails ended that the store could not yet be told
	hold      time.Time  // the relay cannot be reached: not before this
	fault     string     // and why
	misses    int        // passes in a row that could not reach it

	mu     sync.Mutex // guards issues
	issues map[int64]*issue
}

// New makes a Notifier. It starts nothing.
func New(c Config) *Notifier {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Connections <= 0 {
		c.Connections = 3
	}
	if c.Grace <= 0 {
		c.Grace = 10 * time.Second
	}
	limit := rate.Inf
	if c.Rate > 0 {
		limit = rate.Every(time.Minute / time.Duration(c.Rate))
	}
	return &Notifier{
		Config: c, links: editions.Links{Base: c.Base, Look: c.Look}, limiter: rate.NewLimiter(limit, 1),
		wake: make(chan struct{}, 1), issues: make(map[int64]*issue),
	}
}

// Wake makes Run look for work at once, such as after an edition was closed or
// another process has written to the store. It does not block.
func (n *Notifier) Wake() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// errNoRelay says what is missing.
var errNoRelay = errors.New("no relay to send mail to: set relay in [mail]")

// Run queues the editions that were closed and sends the mails that are due,
// until ctx ends. Faults of relay and store are logged and tried again, at
// growing distances; only results that could not be written are an error.
// Without a relay it sends nothing and queues nothing.
func (n *Notifier) Run(ctx context.Context) error {
	if n.Relay.Addr == "" {
		n.Log.Info("no mail is sent", "err", errNoRelay)
		<-ctx.Done()
		return nil
	}
	faults := 0
	for ctx.Err() == nil {
		err := n.round(ctx)
		if err != nil && ctx.Err() == nil {
			faults++
			n.Log.Error("mails wait", "err", err)
		} else {
			faults = 0
		}
		n.sleep(ctx, faults)
	}
	n.sending.Lock()
	defer n.sending.Unlock()
	return n.settleRest(ctx)
}

// round is one look at everything there is to do.
func (n *Notifier) round(ctx context.Context) error {
	if _, err := n.EnqueueClosed(ctx); err != nil {
		return err
	}
	if held, err := n.holdBack(ctx); held || err != nil {
		return err
	}
	_, err := n.send(ctx, nil)
	if errors.Is(err, errUnreachable) { // n.hold says when to try again
		n.Log.Error("mails wait for the relay", "err", err)
		_, err = n.holdBack(ctx)
	}
	return err
}

// holdBack makes all that is due wait while the relay is not to be tried, and
// writes why, for who asked for a mail and waits. It reports false otherwise.
func (n *Notifier) holdBack(ctx context.Context) (held bool, err error) {
	n.sending.Lock()
	defer n.sending.Unlock()
	now := n.Now()
	if !now.Before(n.hold) {
		return false, nil
	}
	if next, err := n.nextDue(ctx); err != nil || next.IsZero() || next.After(now) {
		return true, err // looking costs no commit
	}
	return true, n.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.PostponeDue(ctx, n.fault, n.hold, now)
		return err
	})
}

// sleep waits for the next mail to be due, for Wake, or for the end of ctx.
// After a fault of the store it waits longer and longer instead.
func (n *Notifier) sleep(ctx context.Context, faults int) {
	wait, wake := n.untilDue(ctx), n.wake
	if faults > 0 {
		wait, wake = backoff(faults), nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}

// untilDue is how long no mail is to be sent. Deferred mails come due by
// themselves; of others Wake is told, so that a long time is safe.
func (n *Notifier) untilDue(ctx context.Context) time.Duration {
	next, err := n.nextDue(ctx)
	if err != nil || next.IsZero() {
		return 10 * time.Minute
	}
	n.sending.Lock()
	defer n.sending.Unlock()
	if next.Before(n.hold) {
		next = n.hold
	}
	return max(0, next.Sub(n.Now()))
}

// backoff is how long to wait after so many faults in a row of something that
// all mails need.
func backoff(faults int) time.Duration {
	d := min(time.Minute<<min(faults-1, 10), 30*time.Minute)
	return jitter(d)
}

// jitter moves d by up to a tenth, so that many who wait do not come at once.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.9 + 0.2*rand.Float64()))
}

// Drain sends what is due now and returns, also when a relay that could not be
// reached is not yet to be tried again. progress, which may be nil, is told
// after each mail.
func (n *Notifier) Drain(ctx context.Context, progress func(Tally)) (Tally, error) {
	if n.Relay.Addr == "" {
		return Tally{}, errNoRelay
	}
	t, err := n.send(ctx, progress)
	if err != nil {
		return t, fmt.Errorf("send mails: %w", err)
	}
	return t, ctx.Err()
}
