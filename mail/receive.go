package mail

// This file is an SMTP (RFC 5321) or LMTP (RFC 2033) server that takes mail for
// addresses of its own and relays nothing.

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// Receiver takes mail in. A sender is told that a mail was accepted only after
// Take has returned without an error.
type Receiver struct {
	Domain    string        // our name in greetings
	LMTP      bool          // LMTP instead of SMTP: an answer for each recipient
	TLS       *tls.Config   // offered as STARTTLS (RFC 3207) unless nil
	MaxSize   int64         // bytes of a mail; 0 is 10 MiB
	MaxConns  int           // connections at once; 0 is 100
	MaxClient int           // of them, those of one address, or of one IPv6 network of 64 bits; 0 is 20
	Patience  time.Duration // for a command or a whole mail; 0 is five minutes

	// Known says whether there is such an address. Like Take it answers with nil,
	// with a *RefusedError, or with another error, which means later.
	Known func(address string) error
	// Take keeps a mail for one of its recipients, durably. It is called from
	// many goroutines.
	Take func(ctx context.Context, d Delivery) error
	Log  *slog.Logger

	held atomic.Int64 // bytes of mails that are being received
}

// Delivery is a mail as it was handed over.
type Delivery struct {
	From string // reverse path, empty for a report
	To   string // one recipient
	Raw  []byte // without the final dot, line ends as they came
}

// RefusedError refuses an address or a mail for good.
type RefusedError struct{ Why string }

// Error gives the reason, which the sender is told.
func (e *RefusedError) Error() string { return e.Why }

const (
	maxRecipients = 100      // of a mail (RFC 5321, section 4.5.3.1.8)
	maxWireLine   = 64 << 10 // list software writes longer lines than the 1,000 bytes of RFC 5321
	lifetime      = time.Hour
	finishing     = 5 * time.Second // for what is in hand at the end
	atATime       = 4               // mails of the greatest size that may be in memory together
)

func (r *Receiver) maxSize() int64 { return cmp.Or(r.MaxSize, 10<<20) }

// Serve answers on l until ctx ends. Then mails in hand are finished, idle
// connections are ended, and l is closed.
func (r *Receiver) Serve(ctx context.Context, l net.Listener) error {
	door := &door{
		Listener: l, max: cmp.Or(r.MaxConns, 100), each: cmp.Or(r.MaxClient, 20), conns: map[*guest]struct{}{}, from: map[netip.Prefix]int{},
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{r: r, ctx: context.WithoutCancel(ctx), guest: guestOf(c.Conn())}, nil
	}))
	server.Domain, server.LMTP, server.TLSConfig = r.Domain, r.LMTP, r.TLS
	server.MaxMessageBytes, server.MaxLineLength, server.MaxRecipients = r.maxSize(), maxWireLine, maxRecipients
	patience := cmp.Or(r.Patience, 5*time.Minute)
	server.ReadTimeout, server.WriteTimeout = patience, patience
	server.EnableSMTPUTF8 = true
	server.ErrorLog = slog.NewLogLogger(r.Log.Handler(), slog.LevelDebug)

	serving := make(chan error, 1)
	go func() { serving <- server.Serve(door) }()
	select {
	case err := <-serving:
		return errors.Join(err, server.Close())
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishing)
	defer cancel()
	door.dismiss()
	if err := server.Shutdown(within); err != nil {
		r.Log.Warn("mails that were being received were cut off; their senders try again", "err", err)
		door.closeAll()
	}
	return nil
}

// session is the talk with one sender.
type session struct {
	r     *Receiver
	ctx   context.Context //nolint:containedctx // go-smtp hands none down
	guest *guest

	mu   sync.Mutex // go-smtp may reset while another goroutine still reads chunks
	from string
	to   []string
}

// Mail implements smtp.Session. Anyone may send: what counts is to whom.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guest.begin()
	s.from, s.to = from, nil
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.r.Known(to); err != nil {
		return s.answer(err, smtp.EnhancedCode{5, 1, 1})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session. A mail to several addresses of ours is
// accepted if one of them takes it and none wants it later.
func (s *session) Data(body io.Reader) error {
	var taken bool
	var refused, later error
	err := s.deliver(body, func(_ string, err error) {
		switch {
		case err == nil:
			taken = true
		case isRefused(err):
			refused = err
		default:
			later = err
		}
	})
	switch {
	case err != nil:
		return err
	case later != nil:
		return s.answer(later, smtp.EnhancedCode{})
	case taken:
		return nil
	}
	return s.answer(refused, smtp.EnhancedCode{5, 7, 1})
}

// LMTPData implements smtp.LMTPSession.
func (s *session) LMTPData(body io.Reader, status smtp.StatusCollector) error {
	return s.deliver(body, func(to string, err error) {
		if err != nil {
			err = s.answer(err, smtp.EnhancedCode{5, 7, 1})
		}
		status.SetStatus(to, err)
	})
}

// deliver reads a mail to its end and hands it over for each recipient. An
// error means that there was no whole mail.
func (s *session) deliver(body io.Reader, each func(to string, err error)) error {
	s.mu.Lock()
	from, to := s.from, s.to
	s.mu.Unlock()
	share := &share{r: body, held: &s.r.held, most: atATime * s.r.maxSize()}
	defer share.giveBack()
	raw, err := io.ReadAll(share)
	switch {
	case errors.Is(err, errCrowded):
		return s.answer(err, smtp.EnhancedCode{})
	case errors.Is(err, smtp.ErrTooLongLine):
		return &smtp.SMTPError{Code: 500, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: fmt.Sprintf("a line is longer than %d bytes", maxWireLine)}
	case err != nil:
		return err
	}
	for _, address := range to {
		each(address, s.r.Take(s.ctx, Delivery{From: from, To: address, Raw: raw}))
	}
	return nil
}

// share reads a mail into memory as long as all that are being read have room.
type share struct {
	r    io.Reader
	held *atomic.Int64
	most int64
	mine int64
}

var errCrowded = errors.New("too many long mails arrive at once")

func (s *share) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.mine += int64(n)
	if s.held.Add(int64(n)) > s.most {
		return n, errCrowded
	}
	return n, err
}

func (s *share) giveBack() { s.held.Add(-s.mine) }

// Reset implements smtp.Session.
func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to = "", nil
	s.guest.finish()
}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// answer puts an error into an SMTP reply; code is the enhanced code of a
// refusal (RFC 3463).
func (s *session) answer(err error, code smtp.EnhancedCode) error {
	if isRefused(err) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: code, Message: replyText(err.Error())}
	}
	s.r.Log.Warn("a mail is put off: its sender is asked to try again", "err", err)
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "this cannot be kept just now; please try again later"}
}

func isRefused(err error) bool {
	_, ok := errors.AsType[*RefusedError](err)
	return ok
}

// replyText fits words into one line of a reply (RFC 5321, section 4.5.3.1.5),
// which is ASCII.
func replyText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), 400)]
}
