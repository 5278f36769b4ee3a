package mail

// This file waits for an IMAP server to say that there is something new.

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// idleFor is how long one IDLE lasts. Servers may hang up after 29 minutes
// (RFC 2177), and whatever stands between us and them sooner. Its end is also
// how we notice that a server is gone: it must answer.
const idleFor = 14 * time.Minute

// partFor is how long the end of an IDLE may take when we are told to stop.
const partFor = 5 * time.Second

// CanIdle reports whether the server knows IDLE.
func (c *IMAP) CanIdle(ctx context.Context) (can bool, err error) {
	err = c.do(ctx, "CAPABILITY", func() error {
		caps := c.client.Caps()
		can = caps.Has(imap.CapIdle)
		if caps == nil {
			return errors.New("no answer")
		}
		return nil
	})
	return can, err
}

// Idle calls news whenever the server speaks of new messages, also for what it
// said since Examine. It returns nil once leave can be received from; the
// connection takes commands again then. Examine must have been called.
func (c *IMAP) Idle(ctx context.Context, leave <-chan struct{}, news func()) error {
	for {
		left, err := c.idleOnce(ctx, leave, news)
		if left || err != nil {
			return err
		}
	}
}

// idleOnce is one IDLE. It reports whether leave ended it.
func (c *IMAP) idleOnce(ctx context.Context, leave <-chan struct{}, news func()) (left bool, err error) {
	// Within IDLE servers need not tell of what came before it.
	if err := c.do(ctx, "NOOP", func() error { return c.client.Noop().Wait() }); err != nil {
		return false, err
	}
	var cmd *imapclient.IdleCommand
	err = c.do(ctx, "IDLE", func() (err error) {
		cmd, err = c.client.Idle()
		return err
	})
	if err != nil {
		return false, err
	}
	left, gone := c.attend(ctx, leave, news)
	if gone {
		return left, c.explain("IDLE", c.end())
	}
	closing := ctx
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		closing, cancel = context.WithTimeout(context.WithoutCancel(ctx), partFor)
		defer cancel()
	}
	err = c.do(closing, "DONE", func() error { return errors.Join(cmd.Close(), cmd.Wait()) })
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return left, err
}

// attend passes news on until something ends the IDLE.
func (c *IMAP) attend(ctx context.Context, leave <-chan struct{}, news func()) (left, gone bool) {
	timer := time.NewTimer(idleFor)
	defer timer.Stop()
	c.conn.allow(idleAllowance)
	for {
		select {
		case <-ctx.Done():
			return false, false
		case <-leave:
			return true, false
		case <-timer.C:
			return false, false
		case <-c.client.Closed():
			return false, true
		case <-c.news:
			news()
		}
	}
}

// end is why the connection has ended.
func (c *IMAP) end() error {
	if err := c.client.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return io.ErrUnexpectedEOF
}

// told is called by go-imap for what the server says unasked.
func (c *IMAP) told(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil {
		return
	}
	select {
	case c.news <- struct{}{}:
	default:
	}
}
