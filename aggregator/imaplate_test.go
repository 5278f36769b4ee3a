package aggregator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
)

// oddRig polls an odd server as the wiring does: known mails are known.
func oddRig(t *testing.T, o *oddServer) *rig {
	t.Helper()
	r := newRig(t, openStore(t))
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: r.folder(o.config())})
	return r
}

func (r *rig) folder(cfg mail.IMAPConfig) *IMAP {
	return &IMAP{
		Config: cfg, Folder: "list", Batch: 3, Now: r.now,
		Known: func(ctx context.Context, ids []string) (map[string]bool, error) {
			return r.db.KnownIDs(ctx, "list", ids)
		},
	}
}

// fetched polls and expects that many bodies to be asked for, and new mails.
func (o *oddServer) fetched(r *rig, what string, bodies, fresh int) {
	o.t.Helper()
	res := r.poll()["list"]
	got, _ := o.given()
	if res.Err != nil || got != bodies || res.Tally.New() != fresh {
		o.t.Errorf("%s: %d bodies asked for, %d new, %v; want %d and %d", what, got, res.Tally.New(), res.Err, bodies, fresh)
	}
	r.pass(time.Hour)
}

// TestIMAPRenumbered holds that UIDs that mean something else than they did do
// not make us fetch again what we have, and hide nothing that is new.
func TestIMAPRenumbered(t *testing.T) {
	o := newOddServer(t)
	r := oddRig(t, o)
	for n := range 1200 {
		o.put(n + 1)
	}
	o.fetched(r, "at first", 1200, 1200)
	o.renumber(5000)
	o.fetched(r, "UIDVALIDITY changed", 0, 0)
	o.fetched(r, "and on", 0, 0)
	o.put(7000, 7001)
	o.fetched(r, "two more", 2, 2)
	o.renumber(-4000)
	o.put(2001, 3500)
	o.fetched(r, "changed, and one more, and one in place of another", 2, 2)
	o.set(func() { o.mails[4000] = "Subject: No id\r\n\r\nx\r\n" })
	o.fetched(r, "one without an id", 1, 1)
	o.renumber(1)
	o.fetched(r, "which only its content tells", 1, 0)
	o.put(4002, 4003, 4004, 4005)
	o.set(func() { o.validity++; o.answers["UID FETCH 4004:4005 "] = "bye" })
	if res := r.poll()["list"]; !res.failed() || res.Tally.New() != 2 {
		t.Errorf("hung up in the middle: %+v, %v", res.Tally, res.Err)
	}
	o.given()
	r.pass(time.Hour)
	o.set(func() { clear(o.answers) })
	o.fetched(r, "what was begun goes on", 2, 2)
	o.set(func() { // set back to a backup, with another mail since
		for u := range o.mails {
			if u > 2500 {
				delete(o.mails, u)
			}
		}
		o.mails[2501] = imapMail(2501)
	})
	o.fetched(r, "backwards", 1, 1)
	if row := r.source("list"); len(row.Cursor) > 200 {
		t.Errorf("the cursor takes %d bytes: %s", len(row.Cursor), row.Cursor)
	}
}

// TestIMAPElsewhere holds that another folder or server with the same
// UIDVALIDITY is not taken for the one before.
func TestIMAPElsewhere(t *testing.T) {
	one, other := newOddServer(t), newOddServer(t)
	one.put(1, 2, 3)
	other.put(2, 3, 4)
	r := oddRig(t, one)
	one.fetched(r, "one", 3, 3)
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: r.folder(other.config())})
	other.fetched(r, "the other", 1, 1)
}

// TestIMAPLate holds that mail that comes to stand below what was taken is
// found, once, within the overlap.
func TestIMAPLate(t *testing.T) {
	o := newOddServer(t)
	r := oddRig(t, o)
	r.time = time.Now()
	o.put(50, 60, 90)
	o.fetched(r, "at first", 3, 3)
	o.put(70)
	o.fetched(r, "late", 1, 1)
	o.fetched(r, "not again", 0, 0)
	o.put(71, 91)
	o.fetched(r, "late beside a new one", 2, 2)
	o.set(func() { o.dates[40] = r.now().Add(-10 * 24 * time.Hour) })
	o.put(40)
	o.fetched(r, "later than the overlap", 0, 0)
	o.set(func() { o.dates[41] = r.now().Add(-48 * time.Hour) })
	o.put(41)
	o.fetched(r, "two days late", 1, 1)
	o.set(func() { delete(o.mails, 50) })
	o.put(51, 92)
	o.fetched(r, "hidden by one that was taken away", 1, 1)
	r.pass(6 * time.Hour)
	o.put(93)
	o.fetched(r, "but not for long", 2, 2)
	o.set(func() { o.mails[52] = strings.Repeat("x", 5000) })
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: func() *IMAP {
		cfg := o.config()
		cfg.MaxMessage = 4000
		return r.folder(cfg)
	}()})
	o.fetched(r, "too large and late: nothing to tell each time", 0, 0)
}

// TestIMAPCursors holds from where reading goes on.
func TestIMAPCursors(t *testing.T) {
	o := newOddServer(t)
	o.put(1, 2, 3)
	up := &IMAP{Config: o.config(), Folder: "list", Now: time.Now}
	for _, tt := range []struct {
		cursor string
		want   int
	}{
		{"", 3},
		{`{"uidvalidity":7,"uid":3,"uidnext":4,"exists":3}`, 0},
		{`{"uidvalidity":7,"uid":2,"uidnext":3,"exists":2,"swept":` + fmt.Sprint(time.Now().Unix()) + `}`, 1},
		{`{"uidvalidity":7,"uid":3}`, 3}, // of a version that did not look for late mail
		{`{"uidvalidity":7,"uid":90}`, 3},
		{`{"uidvalidity":6,"uid":3}`, 3},
		{"damaged", 3},
	} {
		got := 0
		_, err := up.Poll(context.Background(), tt.cursor, func(_ context.Context, batch []Received, _ string) error {
			got += len(batch)
			return nil
		})
		if err != nil || got != tt.want {
			t.Errorf("from %s: %d messages, %v; want %d", tt.cursor, got, err, tt.want)
		}
	}
}

// TestIMAPKnownFails holds that nothing is passed over when it cannot be told
// what is known.
func TestIMAPKnownFails(t *testing.T) {
	o := newOddServer(t)
	o.put(1, 2, 3)
	r := oddRig(t, o)
	o.fetched(r, "at first", 3, 3)
	before := r.source("list").Cursor
	o.renumber(10)
	up := r.folder(o.config())
	up.Known = func(context.Context, []string) (map[string]bool, error) { return nil, errors.New("database is locked") }
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: up})
	if res := r.poll()["list"]; !res.failed() || r.source("list").Cursor != before {
		t.Errorf("%v, cursor %s", res.Err, r.source("list").Cursor)
	}
}

// TestIMAPMonsters holds that mails made to hurt are taken like any other, and
// that one who lies about how many there are gains nothing by it.
func TestIMAPMonsters(t *testing.T) {
	o := newOddServer(t)
	r := oddRig(t, o)
	var nested strings.Builder
	for n := range 300 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", n, n)
	}
	o.set(func() {
		o.mails[1] = "Message-ID: <headers@x>\r\n" + strings.Repeat("X-More: of this\r\n", 10_000) + "\r\nx\r\n"
		o.mails[2] = "Message-ID: <parts@x>\r\n" + nested.String() + "\r\nx\r\n"
		o.answers["EXAMINE"] = "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n%s OK done\r\n"
	})
	o.fetched(r, "monsters", 2, 2)
	o.fetched(r, "and on", 0, 0)
}
