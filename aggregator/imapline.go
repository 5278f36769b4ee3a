// This file bounds, spaces and reuses the connections to IMAP servers.

package aggregator

import (
	"cmp"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/draftwire/draftwire/mail"
)

// Connections to one server: the IETF's takes twelve.
const (
	IMAPKept = 6 // that idle on a folder each
	imapDesk = 2 // that the folders of all other sources are polled on
)

// restsFor is how long a connection that nobody needs stays open for the next.
const restsFor = 20 * time.Second

// IMAPHosts bounds and spaces the connections to each server, across all
// sources. Sources that do not idle share connections: a folder is opened on
// the one that the folder before was read on.
type IMAPHosts struct {
	Spacing time.Duration // between two connects to one server

	mu    sync.Mutex // guards hosts
	hosts map[string]*imapHost
}

// imapHost is one server.
type imapHost struct {
	connects *rate.Limiter
	desk     chan *imapLine // those that nobody uses
}

// imapLine is a connection that is opened when it is needed.
type imapLine struct {
	conn  *mail.IMAP // nil: none
	login [3]string  // who opened it
	used  time.Time
}

// host gives what is known of a server.
func (h *IMAPHosts) host(addr string) *imapHost {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hosts == nil {
		h.hosts = make(map[string]*imapHost)
	}
	host := h.hosts[addr]
	if host == nil {
		host = &imapHost{connects: rate.NewLimiter(rate.Every(h.Spacing), 1), desk: make(chan *imapLine, imapDesk)}
		for range imapDesk {
			host.desk <- &imapLine{}
		}
		h.hosts[addr] = host
	}
	return host
}

// borrow waits for a connection that nobody uses. giveBack must be called.
func (h *IMAPHosts) borrow(ctx context.Context, addr string) (line *imapLine, giveBack func(), err error) {
	host := h.host(addr)
	select {
	case line = <-host.desk:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	return line, func() {
		if line.conn != nil {
			line.used = time.Now()
			time.AfterFunc(restsFor, host.tidy)
		}
		host.desk <- line
	}, nil
}

// tidy closes the connections that nobody has needed for a while.
func (h *imapHost) tidy() {
	for range imapDesk {
		select {
		case line := <-h.desk:
			if time.Since(line.used) >= restsFor {
				line.hangUp()
			}
			h.desk <- line
		default:
			return
		}
	}
}

// closeIdle closes the connections that nobody uses.
func (h *IMAPHosts) closeIdle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, host := range h.hosts {
		for range imapDesk {
			select {
			case line := <-host.desk:
				line.hangUp()
				host.desk <- line
			default:
			}
		}
	}
}

// examine gives m's folder as it is now, on the connection there is; if there
// is none, or it turns out dead, on a new one.
func (l *imapLine) examine(ctx context.Context, m *IMAP) (mail.Mailbox, error) {
	login := [3]string{string(m.Config.TLS), m.Config.User, m.Config.Password}
	if l.conn != nil && l.login == login {
		if box, err := l.conn.Examine(ctx, m.Folder); err == nil {
			return box, nil
		}
	}
	l.hangUp()
	if m.Hosts != nil {
		if err := m.Hosts.host(m.Config.Addr).connects.Wait(ctx); err != nil {
			return mail.Mailbox{}, cmp.Or(ctx.Err(), err)
		}
	}
	conn, err := mail.DialIMAP(ctx, m.Config)
	if err != nil {
		return mail.Mailbox{}, err
	}
	l.conn, l.login = conn, login
	box, err := conn.Examine(ctx, m.Folder)
	if err != nil {
		l.hangUp()
	}
	return box, err
}

// hangUp closes the connection, if there is one.
//
//nolint:contextcheck // LOGOUT is tried when the context is done too, for five seconds at most
func (l *imapLine) hangUp() {
	if l.conn != nil {
		_ = l.conn.Close() // a failed LOGOUT loses nothing
		l.conn = nil
	}
}
