// This file lets an IMAP server tell when there is mail, on a connection that
// polls use too.

package aggregator

import (
	"context"
	"errors"
	"fmt"
)

// Watch implements [Watcher]: it idles (RFC 2177) whenever no poll is under way.
func (m *IMAP) Watch(ctx context.Context, news func()) error {
	if !m.Idle {
		return fmt.Errorf("%w: %d others are watched on %s", ErrUnwatchable, IMAPKept, m.Config.Addr)
	}
	if err := m.claim(ctx); err != nil {
		return err
	}
	m.watching = true
	defer func() { // with the turn, or ctx has ended and no poll goes on
		m.watching = false
		m.kept.hangUp()
		<-m.turn
	}()
	if err := m.answerable(ctx); err != nil {
		return err
	}
	news() // for what came while nobody watched
	for {
		if err := m.kept.conn.Idle(ctx, m.leave, news); err != nil {
			return err
		}
		<-m.turn // to the poll that asked for it, and waits
		m.turn <- struct{}{}
		if m.kept.conn == nil {
			return errors.New("a poll broke the connection off")
		}
	}
}

// answerable connects, and finds out whether the server can tell.
func (m *IMAP) answerable(ctx context.Context) error {
	if _, err := m.kept.examine(ctx, m); err != nil {
		return err
	}
	can, err := m.kept.conn.CanIdle(ctx)
	if err == nil && !can {
		err = fmt.Errorf("%w: %s does not offer IDLE", ErrUnwatchable, m.Config.Addr)
	}
	return err
}

// claim takes the turn, from a Watch that idles if need be.
func (m *IMAP) claim(ctx context.Context) error {
	m.once.Do(func() { m.turn, m.leave = make(chan struct{}, 1), make(chan struct{}) })
	for {
		select {
		case m.turn <- struct{}{}:
			return nil
		case m.leave <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close closes the connections that are open for the next poll.
func (m *IMAP) Close() error {
	if m.Hosts != nil {
		m.Hosts.closeIdle()
	}
	return nil
}

// line gives the connection to poll on. done must be called.
func (m *IMAP) line(ctx context.Context) (line *imapLine, done func(), err error) {
	if m.Idle {
		if err := m.claim(ctx); err != nil {
			return nil, nil, err
		}
		if m.watching {
			return &m.kept, func() { <-m.turn }, nil
		}
		<-m.turn
	}
	if m.Hosts == nil {
		own := &imapLine{}
		return own, own.hangUp, nil
	}
	return m.Hosts.borrow(ctx, m.Config.Addr)
}
