package notify

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

func addNotice(t *testing.T, db *store.DB, key string, at time.Time) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddNotice(ctx, store.Notice{Key: key, Subject: "tls is\r\nsilent", Text: "Since yesterday."}, at)
		return err
	})
}

func noticeStates(t *testing.T, db *store.DB) (states []store.MailState) {
	t.Helper()
	list, err := db.Notices(context.Background(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		states = append(states, n.State)
	}
	return states
}

func TestNoticeIsSentOnce(t *testing.T) {
	s, c, db := newSink(t, nil), &clock{t: noon}, newDB(t, 1)
	addNotice(t, db, "old", noon.Add(-patience-time.Second))
	addNotice(t, db, "new", noon)
	n := newNotifier(db, s.addr, c)
	if got := drain(t, n); got != (Tally{}) {
		t.Errorf("without an operator: %+v", got)
	}
	n.Operator = "ops@example.net"
	closeEdition(t, db, sample(1), noon)
	enqueue(t, n, 1)
	for _, want := range []Tally{{Sent: 2}, {}} { // it and an edition, over the same ledger
		if got := drain(t, n); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	got := s.got["ops@example.net"]
	if len(got) != 1 {
		t.Fatalf("%d notices came", len(got))
	}
	for _, want := range []string{
		"Subject: [draftwire] tls is silent\r\n", "Auto-Submitted: auto-generated\r\n", "Message-ID: <notice-", "@wire.example.org>\r\n",
		"Date: Wed, 04 Mar 2026 12:00:00 +0000\r\n", "Since yesterday.", "https://wire.example.org/",
	} {
		if !strings.Contains(got[0], want) {
			t.Errorf("no %q in\n%s", want, got[0])
		}
	}
	if strings.Contains(got[0], "List-Unsubscribe") {
		t.Error("a notice is no list's mail")
	}
}

// A notice has the same fate as a mail: tried again as the same mail, unknown
// when the answer is lost.
func TestNoticeFaults(t *testing.T) {
	for _, tt := range []struct {
		fault  fault
		stage  string
		states [2]store.MailState // at once, and an hour later
	}{
		{fault{code: 451}, atRcpt, [2]store.MailState{store.Deferred, store.Sent}},
		{fault{drop: true}, atDot, [2]store.MailState{store.Unknown, store.Unknown}},
		{fault{code: 550}, atRcpt, [2]store.MailState{store.Failed, store.Failed}},
	} {
		var mended atomic.Bool
		s := newSink(t, func(stage, _ string) fault {
			if !mended.Load() && stage == tt.stage {
				return tt.fault
			}
			return fault{}
		})
		c, db := &clock{t: noon}, newDB(t, 0)
		addNotice(t, db, "new", noon)
		n := newNotifier(db, s.addr, c)
		n.Operator = "ops@example.net"
		for i, want := range tt.states {
			drain(t, n)
			if got := noticeStates(t, db); len(got) != 1 || got[0] != want {
				t.Errorf("%+v, try %d: %v, want %s", tt.fault, i, got, want)
			}
			mended.Store(true)
			c.add(time.Hour)
		}
	}
}
