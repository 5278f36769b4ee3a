// Running: editions are closed when they are due, for as long as the process lives.

package editions

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Closer closes the editions of newsletters as they come due.
type Closer struct {
	DB          *store.DB
	Newsletters []Newsletter
	Now         func() time.Time
	Log         *slog.Logger
	Closed      func(*Edition) // told of each edition after it is durable; may be nil

	// Ready returns once everything is in the store that was missed while
	// nothing ran; nil means that it is.
	Ready    func(context.Context) error
	Patience time.Duration // for how long to wait for Ready; 0 means 5 minutes
}

// retry is how long to wait after a fault.
const retry = time.Minute

// Run closes what is due, also what was missed while nothing ran, and then
// waits for the next window to end, until ctx ends. A newsletter that cannot be
// closed is tried again and does not hold up the others.
func (c *Closer) Run(ctx context.Context) error {
	c.awaitReady(ctx)
	for ctx.Err() == nil {
		next := c.round(ctx)
		timer := time.NewTimer(max(next.Sub(c.Now()), 0))
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
	return nil
}

// awaitReady keeps the first look at what is due until the store has caught
// up: an edition closed before would lack what is about to come, and never
// changes. A source that hangs does not keep editions back for long.
func (c *Closer) awaitReady(ctx context.Context) {
	if c.Ready == nil {
		return
	}
	bound, cancel := context.WithTimeout(ctx, cmp.Or(c.Patience, 5*time.Minute))
	defer cancel()
	if err := c.Ready(bound); err != nil && ctx.Err() == nil {
		c.Log.Warn("editions are closed without all that was waited for since the start", "err", err)
	}
}

// round closes what is due now and gives when to look again.
func (c *Closer) round(ctx context.Context) time.Time {
	next := c.Now().Add(24 * time.Hour) // no newsletters: nothing to wait for
	for _, n := range c.Newsletters {
		closed, err := CloseDue(ctx, c.DB, n, c.Now())
		for _, e := range closed {
			c.Log.Info("edition closed", "newsletter", n.Name, "edition", e.Label, "items", e.Len())
			if c.Closed != nil {
				c.Closed(e)
			}
		}
		due := c.Now().Add(retry)
		if err == nil {
			due, err = NextClose(ctx, &c.DB.Reader, n)
		}
		if err != nil && ctx.Err() == nil {
			c.Log.Error("edition waits", "newsletter", n.Name, "err", err)
			due = c.Now().Add(retry)
		}
		if !due.After(c.Now()) {
			due = c.Now().Add(retry) // an editor holds it
		}
		if due.Before(next) {
			next = due
		}
	}
	return next
}
