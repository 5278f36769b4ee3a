package mail

// This file opens an IMAP folder (RFC 3501, RFC 9051) for reading.

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// IMAPConfig says which server to read, and how.
type IMAPConfig struct {
	Addr     string  // host:port
	TLS      TLSMode // implicit, starttls or none; empty means implicit
	User     string  // imap.ietf.org takes "anonymous"
	Password string  // with "anonymous", an address

	Dial       DialFunc      // nil means net.Dialer
	TLSConfig  *tls.Config   // nil means the system's roots
	Timeout    time.Duration // for each command; zero means 60 s
	MaxMessage int64         // bytes of one message; zero means DefaultMaxMessage
	Debug      io.Writer     // gets the whole conversation, password included; nil for none
}

// IMAP is an open connection to a server, which reads one folder at a time. It
// is not safe for concurrent use. Once a method has failed, Close is all it is
// good for.
type IMAP struct {
	cfg    IMAPConfig
	conn   *metered
	client *imapclient.Client
	box    Mailbox
	news   chan struct{} // holds one if the server spoke of new messages unasked
}

// Mailbox is the state of a folder. UIDs mean something only together with
// their UIDValidity: when it changes, everything must be read again.
type Mailbox struct {
	UIDValidity uint32
	UIDNext     uint32 // zero if the server did not say
	Messages    uint32
}

// DialIMAP connects and logs in.
func DialIMAP(ctx context.Context, cfg IMAPConfig) (*IMAP, error) {
	if cfg.TLS == "" {
		cfg.TLS = TLSImplicit
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.MaxMessage <= 0 {
		cfg.MaxMessage = DefaultMaxMessage
	}
	if cfg.Dial == nil {
		cfg.Dial = new(net.Dialer).DialContext
	}
	c := &IMAP{cfg: cfg, news: make(chan struct{}, 1)}
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	err := c.do(ctx, "greeting", c.client.WaitGreeting)
	if err == nil {
		err = c.do(ctx, "LOGIN", func() error { return c.client.Login(cfg.User, cfg.Password).Wait() })
	}
	if err != nil {
		c.conn.Close()
		return nil, err
	}
	return c, nil
}

// connect dials and starts TLS.
func (c *IMAP) connect(ctx context.Context) error {
	host, _, err := net.SplitHostPort(c.cfg.Addr)
	if err != nil {
		return fmt.Errorf("IMAP address %q: want host:port", c.cfg.Addr)
	}
	dialCtx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	conn, err := c.cfg.Dial(dialCtx, "tcp", c.cfg.Addr)
	if err != nil {
		return c.explain("connect", err)
	}
	c.conn = &metered{Conn: conn}
	c.conn.allow(c.allowance())
	opts := &imapclient.Options{
		DebugWriter: c.cfg.Debug, TLSConfig: tlsConfig(c.cfg.TLSConfig, host),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: c.told},
	}
	switch c.cfg.TLS {
	case TLSNone:
		c.client = imapclient.New(c.conn, opts)
	case TLSStartTLS:
		var client *imapclient.Client
		err = c.do(ctx, "STARTTLS", func() (err error) {
			client, err = imapclient.NewStartTLS(c.conn, opts)
			return err
		})
		c.client = client
	case TLSImplicit:
		conn := tls.Client(c.conn, opts.TLSConfig)
		if err = conn.HandshakeContext(dialCtx); err == nil {
			c.client = imapclient.New(conn, opts)
			return nil
		}
		err = c.explain("TLS handshake", err)
	default:
		err = fmt.Errorf("IMAP TLS mode %q: want implicit, starttls or none", c.cfg.TLS)
	}
	if err != nil {
		c.conn.Close()
	}
	return err
}

// do runs one command under the timeout. When it runs out, or ctx ends, the
// connection is closed and do returns, whatever go-imap is waiting for; fn's
// results must not be used then.
func (c *IMAP) do(ctx context.Context, command string, fn func() error) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	c.conn.allow(c.allowance())
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		if err != nil {
			return c.explain(command, contextCause(ctx, err))
		}
		return nil
	case <-ctx.Done():
		c.conn.Close()
		return c.explain(command, fmt.Errorf("no answer: %w", ctx.Err()))
	}
}

// explain says which server and which command an error belongs to.
func (c *IMAP) explain(command string, err error) error {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			err = fmt.Errorf("the server hung up: %w", err)
			break
		}
	}
	return fmt.Errorf("IMAP %s: %s: %w", c.cfg.Addr, command, err)
}

// Examine opens a folder read-only (RFC 9051, section 6.3.3), or opens it anew
// to see what has become of it.
func (c *IMAP) Examine(ctx context.Context, folder string) (Mailbox, error) {
	var box Mailbox
	c.box = box
	select {
	case <-c.news: // told in the answer
	default:
	}
	err := c.do(ctx, "EXAMINE "+folder, func() error {
		data, err := c.client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			return err
		}
		box = Mailbox{UIDValidity: data.UIDValidity, UIDNext: uint32(data.UIDNext), Messages: data.NumMessages}
		return nil
	})
	if err != nil {
		return Mailbox{}, err
	}
	if box.UIDValidity == 0 {
		return Mailbox{}, c.explain("EXAMINE "+folder, errors.New("the server gave no UIDVALIDITY, so its UIDs cannot be kept"))
	}
	c.box = box
	return box, nil
}

// Close logs out, waits for the answer at most five seconds, and closes the connection.
func (c *IMAP) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := c.do(ctx, "LOGOUT", func() error { return c.client.Logout().Wait() })
	c.conn.Close()
	return err
}
