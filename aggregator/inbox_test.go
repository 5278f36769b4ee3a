package aggregator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// testInbox is the address of a list's source over a real database.
func testInbox(t *testing.T, db *store.DB, announcements bool) *Inbox {
	t.Helper()
	return &Inbox{
		Catalogue: &Cataloguer{DB: db, Now: func() time.Time { return now }},
		Source:    "i-d-announce", List: "i-d-announce.ietf.org", Announcements: announcements,
		Log: slog.New(slog.DiscardHandler),
	}
}

const ofList = "List-Id: IETF announcements <i-d-announce.ietf.org>\n"

// posted is a mail with these header lines, and a subject.
func posted(header, subject string) []byte {
	return []byte("From: Ann <ann@example.org>\nDate: Mon, 01 Dec 2025 10:00:00 +0000\nMessage-ID: <" +
		strings.ReplaceAll(subject, " ", "-") + "@example.org>\n" + header + "Subject: " + subject + "\n\nWords.\n")
}

// titles gives those of all events, newest first.
func titles(t *testing.T, db *store.DB) (list []string) {
	t.Helper()
	q, err := filters.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	events, err := db.Search(t.Context(), q, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		list = append(list, e.Facts.Title)
	}
	return list
}

func TestInboxTakesItsListAlone(t *testing.T) {
	nested := strings.Repeat("Content-Type: multipart/mixed; boundary=x\n\n--x\n", 300)
	tests := []struct {
		name   string
		raw    []byte
		why    string // of the refusal
		titles int    // events afterwards
	}{
		{"its list", posted(ofList, "one"), "", 1},
		{"in other letters", posted("LIST-ID:\n <I-D-Announce.IETF.org>\n", "two"), "", 2},
		{"no list", posted("", "three"), "yours has no List-Id", 2},
		{"another list", posted("List-Id: <quic.ietf.org>\n", "four"), `yours is of "quic.ietf.org"`, 2},
		{"its own name in front", posted("List-Id: i-d-announce.ietf.org <evil.example.org>\n", "five"), "evil.example.org", 2},
		{"two lists", posted(ofList+"List-Id: <quic.ietf.org>\n", "six"), "yours has 2", 2},
		{"its list twice", posted(ofList+ofList, "seven"), "yours has 2", 2},
		{"10,000 headers", posted(strings.Repeat("X-Filler: x\n", 10_000)+ofList, "eight"), "", 3},
		{"300 nested parts", append(posted(ofList+"MIME-Version: 1.0\n", "nine")[:0:0], []byte(string(posted(ofList, "nine")[:len(posted(ofList, "nine"))-len("\nWords.\n")])+nested)...), "", 4},
		{"NULs", bytes.Replace(posted(ofList, "ten"), []byte("Words"), []byte("\x00\x00"), 1), "", 5},
		{"nothing", nil, "yours has no List-Id", 5},
	}
	db := openStore(t)
	in := testInbox(t, db, true)
	for _, test := range tests {
		err := in.Take(t.Context(), test.raw)
		refused, _ := errors.AsType[*mail.RefusedError](err)
		switch {
		case test.why == "" && err != nil, test.why != "" && (refused == nil || !strings.Contains(refused.Why, test.why)):
			t.Errorf("%s: %v, want %q", test.name, err, test.why)
		}
		if got := titles(t, db); len(got) != test.titles {
			t.Errorf("%s: %d events, want %d: %q", test.name, len(got), test.titles, got)
		}
	}
	list, err := db.Sources(t.Context())
	if err != nil || len(list) != 1 || list[0].Messages != 5 || !list[0].Success.Equal(now) {
		t.Errorf("source: %+v, %v", list, err)
	}
}

// TestInboxTakesAMailOnce holds that what hosts on the way write does not make
// a second message of a mail, and that anything else does.
func TestInboxTakesAMailOnce(t *testing.T) {
	db := openStore(t)
	in := testInbox(t, db, true)
	way := func(n int) string {
		return fmt.Sprintf("Return-Path: <bounce%d@example.org>\nDelivered-To: x\nReceived: by a%d; Mon, 01 Dec 2025 10:00:0%d +0000\nDKIM-Signature: b=%d\n", n, n, n, n)
	}
	mails := []struct {
		raw  string
		want int // messages known then
	}{
		{way(1) + string(posted(ofList, "one")), 1},
		{way(2) + string(posted(ofList, "one")), 1},
		{strings.ReplaceAll(way(2)+string(posted(ofList, "one")), "List-Id: ", "List-ID:  "), 1},
		{way(2) + strings.Replace(string(posted(ofList, "one")), "Words.", "Other words.", 1), 2},
		{way(2) + strings.Replace(string(posted(ofList, "one")), "Message-ID: <one", "Message-ID: <two", 1), 3},
		{way(3) + "X-No-Archive: yes\n" + string(posted(ofList, "one")), 4},
		{way(4) + string(posted(ofList, "one")), 4},
	}
	for i, m := range mails {
		if err := in.Take(t.Context(), []byte(m.raw)); err != nil {
			t.Fatal(err)
		}
		list, err := db.Sources(t.Context())
		if err != nil || list[0].Messages != m.want {
			t.Errorf("after mail %d: %+v, %v, want %d messages", i, list, err, m.want)
		}
	}
}

func TestInboxBurst(t *testing.T) {
	db := openStore(t)
	in := testInbox(t, db, true)
	if err := in.Take(t.Context(), posted(ofList, "first")); err != nil {
		t.Fatal(err)
	}
	before := db.Commits()
	const mails = 300
	release, held := holdWriter(t, db)
	<-held
	var senders sync.WaitGroup
	for n := range mails {
		senders.Go(func() {
			if err := in.Take(t.Context(), posted(ofList, fmt.Sprint("mail ", n))); err != nil {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < mails-1; runtime.Gosched() { // one of them writes already
		in.gathering.Lock()
		waiting = len(in.waiting)
		in.gathering.Unlock()
	}
	release()
	senders.Wait()
	if got := len(titles(t, db)); got != mails+1 {
		t.Errorf("%d events, want %d", got, mails+1)
	}
	if commits := db.Commits() - before; commits > 4 {
		t.Errorf("%d commits for a burst that waited", commits)
	}
}

// holdWriter keeps everyone else from writing until release is called.
func holdWriter(t *testing.T, db *store.DB) (release func(), held <-chan struct{}) {
	t.Helper()
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		err := db.Update(context.WithoutCancel(t.Context()), func(*store.Tx) error {
			close(begun)
			<-end
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}()
	return func() {
		close(end)
		<-ended
	}, begun
}

// TestInboxPutsOff holds that nothing is acknowledged that is not in the
// database, whatever keeps it out.
func TestInboxPutsOff(t *testing.T) {
	t.Parallel()
	t.Run("locked by another process", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "wire.db")
		db, other := openAt(t, path, store.Options{}), openAt(t, path, store.Options{})
		in := testInbox(t, db, true)
		if err := in.Take(t.Context(), posted(ofList, "one")); err != nil {
			t.Fatal(err)
		}
		release, held := holdWriter(t, other)
		<-held
		refusedForNow(t, in.Take(t.Context(), posted(ofList, "two")))
		release()
		if err := in.Take(t.Context(), posted(ofList, "two")); err != nil {
			t.Error(err)
		}
		if got := len(titles(t, db)); got != 2 {
			t.Errorf("%d events, want 2", got)
		}
	})
	t.Run("disk full", func(t *testing.T) {
		db := openAt(t, filepath.Join(t.TempDir(), "wire.db"), store.Options{MaxPages: 200})
		in := testInbox(t, db, true)
		var err error
		taken := 0
		for ; taken < 1000; taken++ {
			if err = in.Take(t.Context(), posted(ofList, fmt.Sprint("mail ", taken))); err != nil {
				break
			}
		}
		refusedForNow(t, err)
		if got := len(titles(t, db)); got != taken {
			t.Errorf("%d events, %d mails were acknowledged", got, taken)
		}
	})
}

func refusedForNow(t *testing.T, err error) {
	t.Helper()
	if _, refused := errors.AsType[*mail.RefusedError](err); err == nil || refused {
		t.Errorf("got %v, want an error that means later", err)
	}
}

func TestInboxTrust(t *testing.T) {
	announcement := func(from string) []byte {
		return []byte("From: " + from + "\nDate: Mon, 01 Dec 2025 10:00:00 +0000\nMessage-ID: <" + from + ">\n" + ofList +
			"Subject: I-D Action: draft-ietf-quic-forged-03.txt\n\n" +
			"Internet-Draft draft-ietf-quic-forged-03.txt is now available. It is a work\nitem of the QUIC (quic) WG of the IETF.\n\n" +
			"   Title:   Forged\n   Authors: A. Nonymous\n   Name:    draft-ietf-quic-forged-03.txt\n   Pages:   3\n   Dates:   2025-12-01\n\n" +
			"Abstract:\n\n   Words.\n\nThe IETF datatracker status page for this Internet-Draft is:\n" +
			"https://datatracker.ietf.org/doc/draft-ietf-quic-forged/\n")
	}
	tests := []struct {
		name, from string
		trusted    bool
		kind       string
	}{
		{"the desk", "internet-drafts@ietf.org", true, "draft"},
		{"the desk, to a source that may not announce", "internet-drafts@ietf.org", false, "post"},
		{"anyone", "internet-drafts@ietf.org.example.net", true, "post"},
	}
	for _, test := range tests {
		db := openStore(t)
		if err := testInbox(t, db, test.trusted).Take(t.Context(), announcement(test.from)); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		q, err := filters.Parse("kind:" + test.kind)
		if err != nil {
			t.Fatal(err)
		}
		if events, err := db.Search(t.Context(), q, store.Page{}); err != nil || len(events) != 1 {
			t.Errorf("%s: %v, %v, want one %s", test.name, events, err, test.kind)
		}
	}
}

func TestInboxHoldsWhatListSoftwareWrites(t *testing.T) {
	administrivia := "X-List-Administrivia: yes\n"
	tests := []struct {
		name, from, header, subject string
		held                        bool
	}{
		{"Mailman 2", "i-d-announce-confirm+0123456789abcdef@ietf.org", "Reply-To: i-d-announce-confirm+0123456789abcdef@ietf.org\n" + ofList + administrivia, "confirm 0123456789abcdef", true},
		{"Mailman 3", "i-d-announce-confirm+0123456789abcdef@ietf.org", "", "Your confirmation is required to join the i-d-announce@ietf.org mailing list.", true},
		{"Mailman 3, with its list", "i-d-announce-confirm+0123456789abcdef@ietf.org", ofList, "confirm 0123456789abcdef", true},
		{"Mailman's welcome", "i-d-announce-request@ietf.org", ofList, "Welcome to the list", true},
		{"Mailman's reminder", "mailman-owner@ietf.org", administrivia, "ietf.org mailing list memberships reminder", true},
		{"Sympa", "sympa@lists.example.org", "", "auth 0a1b2c3d subscribe list", true},
		{"LISTSERV", "LISTSERV@example.org", "", "Command confirmation request (0A1B2C3D)", true},
		{"Majordomo", "Majordomo@example.org", "", "Confirmation for subscribe quic", true},
		{"ezmlm", "list-help@example.org", "Reply-To: list-sc.123.abc-wire=example.org@example.org\n", "confirm subscribe to list@example.org", true},
		{"of another list", "quic-confirm+0123456789abcdef@ietf.org", "List-Id: <quic.ietf.org>\n", "confirm 0123456789abcdef", false},
		{"a post that looks like it", "ann@example.org", ofList, "confirm 0123456789abcdef", false},
		{"someone's confirmation", "ann@example.org", "", "Please confirm your order", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := openStore(t)
			in := testInbox(t, db, true)
			raw := []byte("From: " + test.from + "\n" + test.header + "Subject: " + test.subject + "\n\nFollow https://example.org/confirm/1 to confirm.\n")
			for range 2 {
				if err := in.Take(t.Context(), raw); test.held && err != nil {
					t.Fatal(err)
				}
			}
			list, err := db.HeldMails(t.Context(), "i-d-announce")
			if errors.Is(err, store.ErrNotFound) {
				err = nil
			}
			if err != nil || (len(list) == 1) != test.held {
				t.Fatalf("held: %+v, %v", list, err)
			}
			notices, err := db.Notices(t.Context(), now.Add(-time.Hour))
			if err != nil || len(notices) != len(list) {
				t.Errorf("notices: %+v, %v", notices, err)
			}
			if test.held && (list[0].Sender != test.from || list[0].Subject != test.subject || !strings.Contains(list[0].Text, "/confirm/1")) {
				t.Errorf("held: %+v", list[0])
			}
			if got := titles(t, db); test.held && len(got) != 0 {
				t.Errorf("published: %q", got)
			}
		})
	}
}

func FuzzTakenMail(f *testing.F) {
	f.Add(posted(ofList, "one"))
	f.Add([]byte("From: a-confirm+1@b\nReply-To: <sympa@x>,\nSubject: confirm 0123456789\nList-Id: <\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := &Inbox{List: "i-d-announce.ietf.org"}
		m := mail.Parse(raw)
		if !isListSoftware(m, raw, in.List) && in.check(raw) == nil {
			if m.ListID != in.List {
				t.Errorf("taken for %q", m.ListID)
			}
			if strings.ContainsRune(" \t\r\n", rune(raw[0])) {
				return // what is written before it would be read with it
			}
			if e := mail.Essence(raw); !bytes.Equal(e, mail.Essence(append([]byte("Received: x\n"), raw...))) {
				t.Errorf("the way of a mail counts: %q", e)
			}
		}
	})
}
