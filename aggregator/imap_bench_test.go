package aggregator

import (
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/draftwire/draftwire/mail"
)

const benchMails = 3000

// BenchmarkIMAP reads a folder into an empty catalogue; beside it, a bare loop
// that fetches the same bodies and drops them.
//
//	msgs/s      read, decoded, recorded durably
//	of-bare     as a share of the bare loop's rate
//	cpu-µs/msg  of this process; with the server in memory that one's too
func BenchmarkIMAP(b *testing.B) {
	b.Run("memory", func(b *testing.B) { readFolder(b, memoryFolder(b)) })
	b.Run("dovecot", func(b *testing.B) {
		d := newDovecot(b)
		d.mails(1, benchMails)
		readFolder(b, d.cfg)
	})
}

// memoryFolder is a server in this process with a full folder.
func memoryFolder(b *testing.B) mail.IMAPConfig {
	b.Helper()
	mem, user := imapmemserver.New(), imapmemserver.NewUser("anonymous", "x")
	mem.AddUser(user)
	if err := user.Create("list", nil); err != nil {
		b.Fatal(err)
	}
	for n := range benchMails {
		if _, err := user.Append("list", strings.NewReader(todaysMail(n+1)), &imap.AppendOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, Logger: log.New(io.Discard, "", 0),
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve(ln) }()
	b.Cleanup(func() { _ = server.Close() })
	return mail.IMAPConfig{Addr: ln.Addr().String(), TLS: mail.TLSNone, User: "anonymous", Password: "x"}
}

// readFolder measures both.
func readFolder(b *testing.B, cfg mail.IMAPConfig) {
	b.Helper()
	var product, bare, cpu time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		db := openStore(b)
		p := NewPoller(&Cataloguer{DB: db, Now: time.Now}, []Source{{
			Name: "list", Interval: time.Hour, Upstream: &IMAP{Config: cfg, Folder: "list", Now: time.Now},
		}}, slog.New(slog.DiscardHandler))
		began, spent := time.Now(), processTime()
		err := p.PollNow(context.Background(), nil, func(r Result) {
			if r.Err != nil || r.Tally.Posts != benchMails {
				b.Errorf("%+v, %v", r.Tally, r.Err)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		product += time.Since(began)
		cpu += processTime() - spent
		began = time.Now()
		bareFetch(b, cfg)
		bare += time.Since(began)
	}
	n := float64(rounds * benchMails)
	b.ReportMetric(n/product.Seconds(), "msgs/s")
	b.ReportMetric(n/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/product.Seconds(), "of-bare")
	b.ReportMetric(float64(cpu.Microseconds())/n, "cpu-µs/msg")
}

// bareFetch fetches every body in one command.
func bareFetch(b *testing.B, cfg mail.IMAPConfig) {
	b.Helper()
	c, err := imapclient.DialInsecure(cfg.Addr, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(cfg.User, cfg.Password).Wait(); err != nil {
		b.Fatal(err)
	}
	if _, err := c.Select("list", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		b.Fatal(err)
	}
	got := 0
	cmd := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil {
				_, _ = io.Copy(io.Discard, body.Literal)
			}
		}
		got++
	}
	if err := cmd.Close(); err != nil || got != benchMails {
		b.Fatal(got, err)
	}
}

// processTime is the CPU time this process has used.
func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
