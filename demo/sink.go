package demo

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Fault is what goes wrong with one mail at a sink.
type Fault int

// The faults a sink can be told to have.
const (
	NoFault    Fault = iota
	TempFail         // the recipient is refused for now (451)
	PermFail         // the recipient is refused for good (550)
	DropBefore       // the connection breaks at the final dot; the mail is not kept
	DropAfter        // the mail is kept, but the connection breaks before the sender learns of it
)

// String names the fault.
func (f Fault) String() string {
	if f < NoFault || f > DropAfter {
		return fmt.Sprintf("Fault(%d)", int(f))
	}
	return [...]string{"none", "temporary failure", "permanent failure", "dropped before acceptance", "dropped after acceptance"}[f]
}

// Attempt is one try to hand a mail to the sink.
type Attempt struct {
	N    int // 1 for the first of this sink
	From string
	To   string // the recipient just named
}

// EveryNth gives a fault to each n-th attempt, for SinkOptions.Fault.
func EveryNth(n int, f Fault) func(Attempt) Fault {
	return func(a Attempt) Fault {
		if n > 0 && a.N%n == 0 {
			return f
		}
		return NoFault
	}
}

// Received is a mail that the sink accepted.
type Received struct {
	N         int       // counts up from 1, also over mails that were dropped since
	At        time.Time // when its final dot arrived
	From      string    // envelope
	To        []string  // envelope
	MessageID string    // without angle brackets; empty if there is none
	Fault     Fault     // DropAfter if the sender was not told; else NoFault
	Raw       []byte
}

// SinkOptions say where a sink listens and how it behaves.
type SinkOptions struct {
	Addr    string              // host:port; empty: a free port of 127.0.0.1
	Keep    int                 // mails kept, the oldest go first; 0: 1,000
	MaxSize int64               // bytes of one mail; 0: 10 MiB
	Now     func() time.Time    // nil: time.Now
	Fault   func(Attempt) Fault // asked at each recipient; nil: all goes well
	Log     func(Received)      // told of each mail accepted, before its sender; may be nil
	Errors  *slog.Logger        // nil: silent
}

// Sink is an SMTP server that delivers nothing and keeps what it was given.
// It serves a mailbox page over HTTP.
type Sink struct {
	Addr string // host:port

	server *smtp.Server
	opts   SinkOptions

	mu       sync.Mutex
	mails    []Received
	accepted int
	attempts int
}

// StartSink serves until Close.
func StartSink(o SinkOptions) (*Sink, error) {
	if o.Keep <= 0 {
		o.Keep = 1000
	}
	if o.MaxSize <= 0 {
		o.MaxSize = 10 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Errors == nil {
		o.Errors = slog.New(slog.DiscardHandler)
	}
	l, err := listen(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("demo SMTP sink: %w", err)
	}
	s := &Sink{Addr: l.Addr().String(), opts: o}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &sinkSession{sink: s, conn: c}, nil
	}))
	s.server.Domain = "sink.localhost"
	s.server.MaxMessageBytes, s.server.MaxLineLength, s.server.MaxRecipients = o.MaxSize, 64<<10, 1000
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	s.server.ErrorLog = slog.NewLogLogger(o.Errors.Handler(), slog.LevelDebug)
	go func() { _ = s.server.Serve(l) }() // ends with Close
	return s, nil
}

// Close stops the server; what was received stays readable.
func (s *Sink) Close() error { return s.server.Close() }

// Messages gives what is kept, oldest first.
func (s *Sink) Messages() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.mails...)
}

// message finds a kept mail by its number.
func (s *Sink) message(n int) (Received, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.mails {
		if m.N == n {
			return m, true
		}
	}
	return Received{}, false
}

// fault draws the fate of the next attempt.
func (s *Sink) fault(from, to string) Fault {
	s.mu.Lock()
	s.attempts++
	a := Attempt{N: s.attempts, From: from, To: to}
	s.mu.Unlock()
	if s.opts.Fault == nil {
		return NoFault
	}
	return s.opts.Fault(a)
}

func (s *Sink) keep(m Received) {
	s.mu.Lock()
	s.accepted++
	m.N = s.accepted
	s.mails = append(s.mails, m)
	if over := len(s.mails) - s.opts.Keep; over > 0 {
		s.mails = append(s.mails[:0], s.mails[over:]...)
	}
	s.mu.Unlock()
	if s.opts.Log != nil {
		s.opts.Log(m)
	}
}

// sinkSession is one SMTP connection.
type sinkSession struct {
	sink  *Sink
	conn  *smtp.Conn
	from  string
	to    []string
	fault Fault
}

var (
	errTemporary = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Try again later"}
	errPermanent = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	errDropped   = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "Connection dropped"}
)

// Mail implements smtp.Session.
func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch f := s.sink.fault(s.from, to); f {
	case TempFail:
		return errTemporary
	case PermFail:
		return errPermanent
	case DropBefore, DropAfter:
		s.fault = f
	}
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.fault == DropBefore {
		return s.drop()
	}
	s.sink.keep(Received{
		At: s.sink.opts.Now(), From: s.from, To: s.to, MessageID: messageIDOf(raw), Fault: s.fault, Raw: raw,
	})
	if s.fault == DropAfter {
		return s.drop()
	}
	return nil
}

// drop breaks the connection, so that the answer that follows goes nowhere.
func (s *sinkSession) drop() error {
	_ = s.conn.Conn().Close()
	return errDropped
}

// Reset implements smtp.Session.
func (s *sinkSession) Reset() { s.from, s.to, s.fault = "", nil, NoFault }

// Logout implements smtp.Session.
func (s *sinkSession) Logout() error { return nil }

func messageIDOf(raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return strings.Trim(strings.TrimSpace(m.Header.Get("Message-Id")), "<>")
}
