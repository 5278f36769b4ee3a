package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

var (
	noon   = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	secret = []byte("thirty-two bytes of test secret.")
)

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func openDB(t testing.TB, path string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func update(t testing.TB, db *store.DB, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := db.Update(context.Background(), func(tx *store.Tx) error { return fn(context.Background(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// newDB has the newsletter "daily" and subscribers reader0 to readerN of it,
// who came a day before noon, before the window of sample ends.
func newDB(t testing.TB, readers int) *store.DB {
	t.Helper()
	db := openDB(t, filepath.Join(t.TempDir(), "wire.db"))
	update(t, db, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.KeepNewsletters(ctx, []string{"daily"}, noon.AddDate(0, 0, -30)); err != nil {
			return err
		}
		for i := range readers {
			if _, err := tx.Subscribe(ctx, "daily", reader(i), noon.Add(-24*time.Hour)); err != nil {
				return err
			}
		}
		return nil
	})
	return db
}

func reader(i int) string { return fmt.Sprintf("reader%d@example.org", i) }

func subscribe(t testing.TB, db *store.DB, address string, at time.Time) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Subscribe(ctx, "daily", address, at)
		return err
	})
}

// sample is an edition with so many items, not closed.
func sample(items int) *editions.Edition {
	e := &editions.Edition{
		Newsletter: "daily", Title: "The Daily Wire", Label: "2026-03-03", Cadence: editions.Daily, Zone: "UTC", Language: "en",
		From: noon.Add(-36 * time.Hour), To: noon.Add(-12 * time.Hour), FirstDay: "2026-03-03", LastDay: "2026-03-03",
		Counts: editions.Counts{Drafts: items, New: items}, Sections: []editions.Section{},
	}
	for i := range items {
		if i == 0 {
			e.Sections = append(e.Sections, editions.Section{Topic: "quic", Title: "QUIC"})
		}
		s := &e.Sections[0]
		name := fmt.Sprintf("draft-doe-wire-%d-00", i)
		s.Items = append(s.Items, editions.Item{
			Number: i + 1, Key: name, Document: strings.TrimSuffix(name, "-00"), Rev: "00", Name: name, Kind: catalog.Draft,
			Event: catalog.New, Title: fmt.Sprintf("Signalling over Wire %d", i), Group: "quic", Authors: []string{"Jane Doe", "John Roe"},
			Abstract: strings.Repeat("This document describes how wires carry signals <safely> & at which cost.\n", 8),
			Pages:    12, Language: "en", Published: noon.Add(-20 * time.Hour), Day: "2026-03-03",
			Links: editions.ItemLinks{Page: "https://datatracker.example.org/doc/" + name + "/"},
		})
	}
	return e
}

// closeEdition stores e as closed at a time.
func closeEdition(t testing.TB, db *store.DB, e *editions.Edition, at time.Time) *editions.Edition {
	t.Helper()
	rows, err := db.Newsletters(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	list, err := db.Editions(context.Background(), "daily", 1000)
	if err != nil {
		t.Fatal(err)
	}
	e.Closed, e.Number = at, len(list)+1
	e.From = e.From.AddDate(0, 0, len(list))
	e.To = e.To.AddDate(0, 0, len(list))
	content, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(ctx context.Context, tx *store.Tx) error {
		e.ID, err = tx.AddEdition(ctx, rows[0].ID, store.Edition{
			Number: e.Number, From: e.From, To: e.To, Closed: e.Closed, Content: content,
		}, nil)
		return err
	})
	return e
}

// newNotifier sends from db to addr.
func newNotifier(db *store.DB, addr string, c *clock) *Notifier {
	return New(Config{
		DB: db, Relay: mail.Relay{Addr: addr, TLS: mail.TLSNone, Hello: "wire.test", DataTimeout: 5 * time.Second},
		From: mail.Address{Name: "The Wire", Addr: "wire@example.org"}, Base: "https://wire.example.org",
		Newsletters: []Series{{Name: "daily"}}, ListHost: "wire.example.org", Secret: secret, Now: c.now,
		Grace: 2 * time.Second,
	})
}

// states gives what became of the mails, by address.
func states(t testing.TB, db *store.DB) map[string]store.MailState {
	t.Helper()
	got := make(map[string]store.MailState)
	for _, m := range mails(t, db) {
		got[m.Address] = m.State
	}
	return got
}

func mails(t testing.TB, db *store.DB) []store.Mail {
	t.Helper()
	list, err := db.Mails(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// sink is an SMTP server that keeps what it accepts. at is asked at each stage
// of each mail and may refuse, or drop the connection.
type sink struct {
	addr  string
	at    func(stage, to string) fault
	mu    sync.Mutex          // guards what follows
	got   map[string][]string // raw mails by recipient
	ids   map[string]int      // how often a Message-ID was accepted
	total int
}

// fault is what goes wrong at a stage.
type fault struct {
	code int  // reply instead, or 0
	drop bool // the connection breaks
}

// The stages of a mail at a sink.
const (
	atMail   = "MAIL"
	atRcpt   = "RCPT"
	atData   = "DATA"   // nothing of the message is read yet
	atDot    = "before" // the message is read, not accepted
	accepted = "after"  // it is accepted, and the sender not told
)

func newSink(t testing.TB, at func(stage, to string) fault) *sink {
	t.Helper()
	if at == nil {
		at = func(string, string) fault { return fault{} }
	}
	s := &sink{at: at, got: make(map[string][]string), ids: make(map[string]int)}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &sinkSession{sink: s, conn: c}, nil
	}))
	server.Domain, server.MaxLineLength = "sink.test", 64<<10
	server.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// count is how many mails were accepted, and the most often any one was.
func (s *sink) count() (total, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.ids {
		most = max(most, n)
	}
	return s.total, most
}

type sinkSession struct {
	*sink
	conn *smtp.Conn
	to   string
}

func (s *sinkSession) stage(stage string) error {
	f := s.at(stage, s.to)
	if f.drop {
		s.conn.Conn().Close()
		f.code = 421
	}
	if f.code != 0 {
		return &smtp.SMTPError{Code: f.code, EnhancedCode: smtp.EnhancedCode{f.code / 100, 0, 0}, Message: "no\r\nX-Evil: " + stage}
	}
	return nil
}

func (s *sinkSession) Mail(string, *smtp.MailOptions) error { return s.stage(atMail) }

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.stage(atRcpt)
}

func (s *sinkSession) Data(r io.Reader) error {
	if err := s.stage(atData); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.stage(atDot); err != nil {
		return err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.got[s.to] = append(s.got[s.to], string(raw))
	s.ids[m.Header.Get("Message-ID")]++
	s.total++
	s.mu.Unlock()
	return s.stage(accepted)
}

func (s *sinkSession) Reset()        { s.to = "" }
func (s *sinkSession) Logout() error { return nil }

// drain sends what is due and fails the test on an error.
func drain(t testing.TB, n *Notifier) Tally {
	t.Helper()
	tally, err := n.Drain(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func enqueue(t testing.TB, n *Notifier, want int) {
	t.Helper()
	got, err := n.EnqueueClosed(context.Background())
	if err != nil || got != want {
		t.Fatalf("queued %d mails, %v; want %d", got, err, want)
	}
}
