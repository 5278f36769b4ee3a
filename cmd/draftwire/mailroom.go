package main

// This file is where serve takes mail in: one listener for the addresses of all
// sources whose mail is sent to us.

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// mailroom takes mail in. A nil one takes none.
type mailroom struct {
	config.Inbound
	listener net.Listener
	receiver mail.Receiver
	log      *slog.Logger
	holes    atomic.Pointer[[]pigeonhole] // of the configuration in force
}

// pigeonhole is the address of one source.
type pigeonhole struct {
	address string
	paused  bool
	inbox   *aggregator.Inbox
}

// openMailroom listens where the configuration says, if it does.
func openMailroom(ctx context.Context, cfg settings, log *slog.Logger) (*mailroom, error) {
	in := cfg.Inbound
	if in.Listen == "" {
		return nil, nil //nolint:nilnil // as documented
	}
	room := &mailroom{Inbound: in, log: log}
	room.holes.Store(&[]pigeonhole{})
	room.receiver = mail.Receiver{
		Domain: in.Domain, LMTP: in.LMTP, MaxSize: int64(in.MaxSize), Known: room.known, Take: room.take, Log: log,
	}
	if in.TLSCert != "" {
		if _, err := tls.LoadX509KeyPair(in.TLSCert, in.TLSKey); err != nil {
			return nil, fmt.Errorf("tls_cert under [inbound]: %w", err)
		}
		room.receiver.TLS = &tls.Config{GetCertificate: room.certificate}
	}
	var err error
	if room.listener, err = listenForMail(ctx, in); err != nil {
		return nil, fmt.Errorf("%w; see listen under [inbound] in the configuration", err)
	}
	return room, nil
}

// certificate reads the files anew for each sender, since certificates are
// renewed every few weeks.
func (m *mailroom) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(m.TLSCert, m.TLSKey)
	return &pair, err
}

func listenForMail(ctx context.Context, in config.Inbound) (net.Listener, error) {
	path, unix := in.UnixSocket()
	if !unix {
		return listen(ctx, in.Listen)
	}
	if conn, err := new(net.Dialer).DialContext(ctx, "unix", path); err == nil {
		return nil, errors.Join(fmt.Errorf("listen on %s: another process does already", path), conn.Close())
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket != 0 { // of a process that is dead
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // its folder says who may connect
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// String says where mail is taken in.
func (m *mailroom) String() string {
	protocol := "SMTP"
	if m.LMTP {
		protocol = "LMTP"
	}
	return fmt.Sprintf("mail for @%s is taken by %s on %s", m.Domain, protocol, m.listener.Addr())
}

// use makes the addresses those of a configuration.
func (m *mailroom) use(ctx context.Context, cfg settings, db *store.DB) error {
	var sent []config.Source
	for _, c := range cfg.Sources {
		if c.Kind.Sent() {
			sent = append(sent, c)
		}
	}
	if m == nil { // [inbound] holds from the start on, as [server] does
		return nil
	}
	secret, err := db.Secret(ctx)
	if err != nil {
		return err
	}
	catalogue := &aggregator.Cataloguer{DB: db, Now: now}
	holes := make([]pigeonhole, 0, len(sent))
	for _, c := range sent {
		holes = append(holes, pigeonhole{address: inboundAddress(secret, c.Name, m.Domain), paused: cfg.rests(c), inbox: &aggregator.Inbox{
			Catalogue: catalogue, Source: c.Name, List: listID(c), Announcements: c.Announcements, Log: m.log,
		}})
	}
	m.holes.Store(&holes)
	return nil
}

// inboundAddress is where a list sends the mail of a source. Whoever knows it
// can hand in mail of that list.
func inboundAddress(secret []byte, source, domain string) string {
	return source + "-" + store.InboundToken(secret, source) + "@" + domain
}

// open serves until the function that it gives is called; then mails in hand
// are finished and the channel is closed. What goes wrong before is told to
// failed.
func (m *mailroom) open(ctx context.Context, failed chan<- error) (done <-chan struct{}, end context.CancelFunc) {
	ended := make(chan struct{})
	if m == nil {
		close(ended)
		return ended, func() {}
	}
	ctx, end = context.WithCancel(ctx)
	go func() {
		defer close(ended)
		if err := m.receiver.Serve(ctx, m.listener); err != nil {
			failed <- fmt.Errorf("taking mail in: %w", err)
		}
	}()
	return ended, end
}

func (m *mailroom) close() error {
	if m == nil {
		return nil
	}
	return m.listener.Close()
}

// find gives the source of an address. How long it takes does not depend on how
// much of the address is right.
func (m *mailroom) find(address string) (found *pigeonhole) {
	asked := []byte(strings.ToLower(address))
	holes := *m.holes.Load()
	for i := range holes {
		if subtle.ConstantTimeCompare(asked, []byte(strings.ToLower(holes[i].address))) == 1 {
			found = &holes[i]
		}
	}
	return found
}

func (m *mailroom) known(address string) error {
	switch hole := m.find(address); {
	case hole == nil:
		return &mail.RefusedError{Why: "there is no such address here, and no mail is passed on"}
	case hole.paused:
		return fmt.Errorf("source %s is paused", hole.inbox.Source)
	}
	return nil
}

func (m *mailroom) take(ctx context.Context, d mail.Delivery) error {
	hole := m.find(d.To)
	if hole == nil { // the configuration changed since it was asked for
		return errors.New("the address is gone")
	}
	return hole.inbox.Take(ctx, d.Raw)
}
