package aggregator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// TestBadMails holds that a mail with defects is taken in all the same, with
// what can be known of it, and that its defects name source and mail.
func TestBadMails(t *testing.T) {
	received := "Received: from a by b; Tue, 17 Mar 2026 08:00:00 +0000\n"
	byReceived := time.Date(2026, 3, 17, 8, 0, 0, 0, time.UTC)
	day := time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC)
	const date = "Date: Mon, 16 Mar 2026 08:00:00 +0000\n"
	for _, tt := range []struct {
		name, head string
		title      string
		published  time.Time
		exact      bool
		defect     string
	}{
		{"no Date", received + "Subject: A\n", "A", byReceived, false, "no Date"},
		{"no Date and no Received", "Subject: A\n", "A", now, false, "no Date"},
		{"no Subject", date, "", day, true, ""},
		{"Date in the year 1", received + "Subject: A\nDate: Mon, 1 Jan 0001 00:00:00 +0000\n", "A", byReceived, false, "Date"},
		{"Date in the year 9999", received + "Subject: A\nDate: Fri, 31 Dec 9999 23:59:59 +0000\n", "A", byReceived, false, ""},
		{"Date is no date", received + "Subject: A\nDate: soon\n", "A", byReceived, false, "soon"},
		{"unknown charset", date + "Subject: =?klingon?Q?Qapla=27?=\nContent-Type: text/plain; charset=klingon\n", "Qapla'", day, true, "klingon"},
		{"broken base64", date + "Subject: A\nContent-Transfer-Encoding: base64\n", "A", day, true, ""},
		{"raw bytes", date + "Subject: caf\xe9 \xff\n", "café ÿ", day, true, ""},
		{"malformed header line", date + "this is no header\nSubject: A\n", "A", day, true, "malformed header line"},
		{"binary header", date + "Subject: A\x00\x07B\n", "AB", day, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := "Message-ID: <odd@example.org>\n" + tt.head + "\n\xff\xfe b\xf6dy \x00\n"
			r := newRig(t, openStore(t), Source{Name: "list", Interval: time.Hour, Upstream: &script{
				do: func(ctx context.Context, _ int, _ string, take Taker) (time.Duration, error) {
					return 0, take(ctx, []Received{{Raw: []byte(raw), At: now}}, "end")
				},
			}})
			if res := r.one(Tally{Messages: 1, Posts: 1}); res.Err != nil {
				t.Fatal(res.Err)
			}
			events := catalogued(t, r.db)
			if len(events) != 1 {
				t.Fatalf("%d events", len(events))
			}
			e := events[0]
			if e.Facts.Title != tt.title || !e.Published.Equal(tt.published) || (e.Precision == catalog.Exact) != tt.exact {
				t.Errorf("got %q, %s, %v", e.Facts.Title, e.Published, e.Precision)
			}
			if text := e.Facts.Title + e.Facts.Abstract; !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x07") {
				t.Errorf("hostile bytes in %q", text)
			}
			if said := r.log.String(); tt.defect != "" && (!strings.Contains(said, tt.defect) || !strings.Contains(said, "odd@example.org") || !strings.Contains(said, "source=list")) {
				t.Errorf("logged %s, want the source, the mail and %q", said, tt.defect)
			}
		})
	}
}

// TestFullDisk holds that a full disk ends a poll with words, that cursor and
// messages agree after it, and that the next one misses nothing.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "box"), letters(1, 4000), time.Hour)
	path := filepath.Join(dir, "db", "draftwire.db")
	small, err := store.Open(ctx, path, store.Options{MaxPages: 700})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, small)
	source := []Source{{Name: "box", Interval: time.Hour, Upstream: Mbox{Path: filepath.Join(dir, "box"), Now: r.now}}}
	r.use(source...)
	var res Result
	_ = r.PollNow(ctx, nil, func(got Result) { res = got }) // to record the failure may fail too
	if res.Err == nil || !strings.Contains(res.Err.Error(), "source box: ") || !strings.Contains(res.Err.Error(), "the disk is full") ||
		!strings.Contains(res.Err.Error(), "@example.org") {
		t.Errorf("got %v, want the source, the message and the disk", res.Err)
	}
	kept := r.source("box").Messages
	if got := len(catalogued(t, small)); kept == 0 || kept == 4000 || got != kept {
		t.Errorf("%d messages are counted and %d posts kept", kept, got)
	}
	if err := small.Close(); err != nil {
		t.Fatal(err)
	}
	large := openAt(t, path, store.Options{})
	r = newRig(t, large, source...)
	if res := r.one(Tally{Messages: 4000 - kept, Posts: 4000 - kept}); res.Err != nil {
		t.Error(res.Err)
	}
	if got := len(catalogued(t, large)); got != 4000 {
		t.Errorf("%d posts, want 4000", got)
	}
}

// TestLockedDatabase holds that a source is told when another process writes
// for too long, and taken up again.
func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db, other := openAt(t, path, store.Options{}), openAt(t, path, store.Options{})
	r := newRig(t, db, Source{Name: "list", Interval: time.Hour, Upstream: &script{
		do: func(ctx context.Context, n int, _ string, take Taker) (time.Duration, error) {
			give := func() error { return take(ctx, []Received{{Raw: []byte(letter(1)), At: now}}, fmt.Sprint(n)) }
			if n > 1 {
				return 0, give()
			}
			err := other.Update(ctx, func(*store.Tx) error { return errors.Join(give(), give()) })
			return 0, err
		},
	}})
	res := r.one(Tally{})
	if !res.failed() || !strings.Contains(res.Err.Error(), "source list: ") || !strings.Contains(res.Err.Error(), "another process holds the database") {
		t.Errorf("got %v", res.Err)
	}
	if row := r.source("list"); row.Cursor != "" || row.Messages != 0 || row.Attempts != 1 {
		t.Errorf("%+v", row)
	}
	r.one(Tally{Messages: 1, Posts: 1})
}

// TestDamagedDatabase holds that a damaged file is called so.
func TestDamagedDatabase(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name   string
		damage func([]byte) []byte
		want   string
	}{
		{"another file", func([]byte) []byte { return bytes.Repeat([]byte("no database "), 1000) }, "not a Draftwire database"},
		{"overwritten", func(b []byte) []byte { return append(b[:4096], bytes.Repeat([]byte{0xAA}, len(b)-4096)...) }, "damaged"},
		{"overwritten near the end", func(b []byte) []byte { return append(b[:len(b)/3], bytes.Repeat([]byte{0xAA}, len(b)-len(b)/3)...) }, "damaged"},
		{"cut off", func(b []byte) []byte { return b[:len(b)/8] }, "damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "box"), letters(1, 500), time.Hour)
			path := filepath.Join(dir, "draftwire.db")
			poll := func() (err error) {
				db, err := store.Open(ctx, path, store.Options{})
				if err != nil {
					return err
				}
				defer db.Close()
				r := newRig(t, db)
				r.use(Source{Name: "box", Interval: time.Hour, Upstream: Mbox{Path: filepath.Join(dir, "box"), Now: r.now}})
				var res Result
				err = r.PollNow(ctx, nil, func(got Result) { res = got })
				return errors.Join(res.Err, err)
			}
			if err := poll(); err != nil {
				t.Fatal(err)
			}
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, string(tt.damage(whole)), 0)
			write(t, filepath.Join(dir, "box"), letters(1, 1000), time.Minute)
			if err := poll(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// FuzzIntake holds that no message, whatever its bytes, stops the intake or
// gets invalid text into the catalogue.
func FuzzIntake(f *testing.F) {
	day := time.Date(2026, 3, 10, 8, 0, 0, 0, time.UTC)
	for _, s := range []string{
		"", "\x00\xff", "Subject: x\n\ny", idAction("draft-ietf-quic-thing", "01", "A Thing", "quic", day),
		anRFC(9999, "A Thing Done", "draft-ietf-quic-thing-01", day), `{"ID":"1","Title":"RFC 9999: A","Link":"https://www.rfc-editor.org/info/rfc9999"}`,
		"Subject: I-D Action: draft-a-b-00.txt\nFrom: internet-drafts@ietf.org\n\nTitle:\nAbstract:\n", "Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--a--",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, announcements bool) {
		for _, format := range []store.Format{store.RFC5322, store.FeedEntry} {
			in := prepare(Origin{Name: "fuzz", Announcements: announcements}, Received{Raw: raw, Format: format, At: now}, now)
			for _, tiding := range in.tidings {
				facts := tiding.report.Facts
				if text := facts.Title + facts.Abstract + facts.Group + facts.URL + tiding.report.Document; !utf8.ValidString(text) {
					t.Errorf("invalid text in %+v", facts)
				}
				if tiding.key == "" || tiding.report.Document == "" {
					t.Errorf("no identity: %+v", tiding.report)
				}
			}
		}
	})
}

// TestRunOutlastsTheDatabase holds that polling waits for a database that
// cannot be written, instead of ending and taking the process with it.
func TestRunOutlastsTheDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(context.Background(), path, store.Options{MaxPages: 120})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var many []Source
		for i := range 2000 { // their rows alone are too many
			many = append(many, Source{Name: fmt.Sprintf("%0200d", i), Interval: time.Hour, Upstream: &script{}})
		}
		r := newRig(t, db, many...)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		time.Sleep(time.Hour)
		select {
		case err := <-ended:
			t.Fatalf("Run ended: %v", err)
		default:
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := strings.Count(r.log.String(), "the disk is full"); n < 100 {
			t.Errorf("tried %d times in an hour, want every ten seconds", n)
		}
	})
}
