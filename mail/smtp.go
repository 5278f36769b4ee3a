package mail

// This file hands messages to an SMTP relay (RFC 5321) over one connection.

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// TLSMode says how a connection is encrypted.
type TLSMode string

// The modes.
const (
	TLSNone          TLSMode = "none"          // never
	TLSOpportunistic TLSMode = "opportunistic" // STARTTLS if the server offers it (SMTP only)
	TLSStartTLS      TLSMode = "starttls"      // STARTTLS or nothing
	TLSImplicit      TLSMode = "implicit"      // TLS from the first byte
)

// DialFunc opens a network connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Relay is an SMTP server that takes mail from us.
type Relay struct {
	Addr     string  // host:port
	TLS      TLSMode // empty means starttls
	User     string  // empty: no authentication
	Password string
	Hello    string // our own host name for EHLO; empty means localhost

	Dial           DialFunc      // nil means net.Dialer
	TLSConfig      *tls.Config   // nil means the system's roots; certificates are always verified by it
	CommandTimeout time.Duration // for each command and for connecting; zero means 30 s
	DataTimeout    time.Duration // for the body and the final reply; zero means 10 min (RFC 5321, section 4.5.3.2.6)
}

// Session is an open connection to a relay. It is not safe for concurrent use.
type Session struct {
	relay  Relay
	client *smtp.Client
	conn   *countedConn
	broken bool
}

// Connect opens a session: greeting, EHLO, TLS, authentication. Errors are *SendError.
func (r Relay) Connect(ctx context.Context) (*Session, error) {
	if r.TLS == "" {
		r.TLS = TLSStartTLS
	}
	if r.CommandTimeout <= 0 {
		r.CommandTimeout = 30 * time.Second
	}
	if r.DataTimeout <= 0 {
		r.DataTimeout = 10 * time.Minute
	}
	if r.Dial == nil {
		r.Dial = new(net.Dialer).DialContext
	}
	// Greeting, EHLO, STARTTLS, EHLO and AUTH each have their own bound; this one is over all.
	ctx, cancel := context.WithTimeout(ctx, 4*r.CommandTimeout)
	defer cancel()
	s, err := r.connect(ctx)
	if err != nil {
		return nil, sendError("connect to "+r.Addr, contextCause(ctx, err))
	}
	return s, nil
}

func (r Relay) connect(ctx context.Context) (*Session, error) {
	s, err := r.dial(ctx, r.TLS == TLSStartTLS)
	if err != nil {
		return nil, err
	}
	if offered, _ := s.client.Extension("STARTTLS"); r.TLS == TLSOpportunistic && offered {
		// go-smtp can start TLS only on a fresh connection.
		s.Close()
		if s, err = r.dial(ctx, true); err != nil {
			return nil, err
		}
	}
	stop := context.AfterFunc(ctx, s.conn.abort)
	err = s.authenticate()
	if !stop() { // ctx ended meanwhile: the session is, or will be, closed
		err = cmp.Or(err, context.Cause(ctx))
	}
	if err != nil {
		s.conn.abort()
		return nil, err
	}
	return s, nil
}

// dial opens one connection up to the reply to EHLO.
func (r Relay) dial(ctx context.Context, startTLS bool) (*Session, error) {
	host, _, err := net.SplitHostPort(r.Addr)
	if err != nil {
		return nil, fmt.Errorf("relay address %q: want host:port", r.Addr)
	}
	raw, err := r.Dial(ctx, "tcp", r.Addr)
	if err != nil {
		return nil, err
	}
	s := &Session{relay: r, conn: &countedConn{Conn: raw}}
	defer context.AfterFunc(ctx, s.conn.abort)()
	conf := tlsConfig(r.TLSConfig, host)
	switch {
	case r.TLS == TLSImplicit:
		conn := tls.Client(s.conn, conf)
		if err := conn.HandshakeContext(ctx); err != nil {
			raw.Close()
			return nil, fmt.Errorf("TLS: %w", err)
		}
		s.client = smtp.NewClient(conn)
	case startTLS:
		if s.client, err = smtp.NewClientStartTLS(s.conn, conf); err != nil {
			raw.Close()
			return nil, fmt.Errorf("STARTTLS: %w", err)
		}
	default:
		s.client = smtp.NewClient(s.conn)
	}
	s.client.CommandTimeout = r.CommandTimeout
	s.client.SubmissionTimeout = r.DataTimeout
	hello := r.Hello
	if hello == "" {
		hello = "localhost"
	}
	if err := s.client.Hello(hello); err != nil {
		raw.Close()
		return nil, fmt.Errorf("EHLO: %w", err)
	}
	return s, nil
}

func tlsConfig(c *tls.Config, host string) *tls.Config {
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c = c.Clone(); c.ServerName == "" {
		c.ServerName = host
	}
	return c
}

// authenticate logs in. A password goes over an open line only where the
// configuration says so in as many words.
func (s *Session) authenticate() error {
	r := s.relay
	if r.User == "" {
		return nil
	}
	if _, encrypted := s.client.TLSConnectionState(); !encrypted && r.TLS != TLSNone {
		return errors.New("AUTH: the connection is not encrypted, the password was not sent")
	}
	var mech sasl.Client = sasl.NewPlainClient("", r.User, r.Password)
	if !s.client.SupportsAuth(sasl.Plain) && s.client.SupportsAuth(sasl.Login) {
		mech = sasl.NewLoginClient(r.User, r.Password)
	}
	if err := s.client.Auth(mech); err != nil {
		return fmt.Errorf("AUTH: %w", err)
	}
	return nil
}

// Alive reports whether the session can take another message.
func (s *Session) Alive() bool { return !s.broken }

// Send hands over one message for one recipient. The error is a *SendError;
// its Sent tells whether the relay may have the message all the same. After
// an answer that refuses, the session goes on; when the connection is gone,
// Alive turns false.
func (s *Session) Send(ctx context.Context, from, to string, msg []byte) error {
	if s.broken {
		return &SendError{Step: "send", Temporary: true, Message: "the connection to " + s.relay.Addr + " is closed"}
	}
	if err := s.checkEnvelope(from, to); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, s.conn.abort)()
	step, err := s.transact(ctx, from, to, msg)
	if err == nil {
		return nil
	}
	e := sendError(step, contextCause(ctx, err))
	if step == stepReply && e.Code/100 != 4 && e.Code/100 != 5 {
		e.Sent = Unknown
	}
	s.recover(ctx, e)
	return e
}

// checkEnvelope refuses what would be wrong at every try, before anything is said.
func (s *Session) checkEnvelope(from, to string) error {
	wrong := ""
	switch utf8, _ := s.client.Extension("SMTPUTF8"); {
	case from != "" && addrSpec(from) != from || addrSpec(to) != to || strings.ContainsAny(from+to, "\r\n\x00"):
		wrong = fmt.Sprintf("envelope from %q to %q: want local@domain", from, to)
	case !isPrintable(from+to) && !utf8:
		wrong = fmt.Sprintf("envelope from %q to %q: the relay takes ASCII addresses only", from, to)
	default:
		return nil
	}
	return &SendError{Step: "MAIL", Message: wrong}
}

// recover makes the session ready for the next message, or gives it up.
func (s *Session) recover(ctx context.Context, e *SendError) {
	if e.Code == 0 || e.Code == 421 || e.Sent == Unknown || ctx.Err() != nil || s.client.Reset() != nil {
		s.broken = true
		s.conn.abort()
	}
}

// stepReply is the one step in which SMTP cannot tell what became of a message.
const stepReply = "reply to message"

func (s *Session) transact(ctx context.Context, from, to string, msg []byte) (step string, err error) {
	if size, ok := s.client.MaxMessageSize(); ok && size > 0 && len(msg) > size {
		return "MAIL", &smtp.SMTPError{
			Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4},
			Message: fmt.Sprintf("message of %d bytes, the relay takes %d", len(msg), size),
		}
	}
	if err := s.client.Mail(from, &smtp.MailOptions{Size: int64(len(msg)), UTF8: !isPrintable(from + to)}); err != nil {
		return "MAIL", err
	}
	if err := s.client.Rcpt(to, nil); err != nil {
		return "RCPT", err
	}
	w, err := s.client.Data()
	if err != nil {
		return "DATA", err
	}
	// go-smtp sets no deadline while the body is written.
	bounded, cancel := context.WithTimeout(ctx, s.relay.DataTimeout)
	defer cancel()
	defer context.AfterFunc(bounded, s.conn.abort)()
	if _, err := bytes.NewReader(msg).WriteTo(w); err != nil {
		return "message", contextCause(bounded, err)
	}
	written := s.conn.written.Load()
	if _, err = w.CloseWithResponse(); err == nil {
		return "", nil
	}
	var reply *smtp.SMTPError
	switch {
	case errors.As(err, &reply) && reply.Code/100 == 2:
		return "", nil // accepted, if not in the usual number
	case reply != nil:
		return stepReply, err
	case s.conn.failed.Load() || s.conn.written.Load() == written:
		return "message", contextCause(bounded, err) // the final dot never left
	}
	return stepReply, contextCause(bounded, err)
}

// Close says QUIT within the command timeout and closes the connection.
func (s *Session) Close() error {
	if s.broken {
		return nil
	}
	s.broken = true
	if err := s.client.Quit(); err != nil {
		s.conn.abort()
	}
	return nil
}

// countedConn knows whether what go-smtp wrote has left: written counts the
// writes that the system took whole, failed tells of one that it did not.
type countedConn struct {
	net.Conn
	written atomic.Int64
	failed  atomic.Bool
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		c.failed.Store(true)
	} else {
		c.written.Add(1)
	}
	return n, err
}

// abort closes the connection under whatever goes on; an error of Close tells nothing new.
func (c *countedConn) abort() { c.Conn.Close() }

// contextCause puts the context's end in place of the broken connection it caused.
func contextCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
	}
	return err
}
