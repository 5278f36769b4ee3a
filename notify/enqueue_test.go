package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

func TestEnqueueClosed(t *testing.T) {
	db, c := newDB(t, 2), &clock{t: noon.Add(time.Minute)}
	n := newNotifier(db, "", c)
	midnight := sample(1).To
	subscribe(t, db, "in-time@example.org", midnight)
	subscribe(t, db, "later@example.org", midnight.Add(time.Second)) // before it is closed
	e := closeEdition(t, db, sample(1), noon)

	enqueue(t, n, 3) // all who were there when its window ended
	enqueue(t, n, 0)
	if _, queued := states(t, db)["later@example.org"]; queued {
		t.Error("who came after the window got it unasked")
	}
	subscribe(t, db, "much-later@example.org", noon)
	enqueue(t, n, 0) // it was mailed, whoever comes

	for _, want := range []int{2, 0} { // by hand it reaches the others, once
		if got, err := n.Enqueue(context.Background(), e.ID); err != nil || got != want {
			t.Errorf("by hand: queued %d, %v; want %d", got, err, want)
		}
	}
	if _, err := n.Enqueue(context.Background(), e.ID+1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an edition that is not there: %v", err)
	}
	seen := map[string]bool{}
	for _, m := range mails(t, db) {
		if seen[m.MessageID] || m.MessageID != n.messageID(e.ID, m.Subscription) {
			t.Errorf("mail to %s has the id %s", m.Address, m.MessageID)
		}
		seen[m.MessageID] = true
	}
}

// What was closed too long ago, or belongs to no newsletter of ours, is not
// mailed by itself.
func TestEnqueueClosedLeavesAlone(t *testing.T) {
	for _, tt := range []struct {
		name        string
		age         time.Duration
		newsletters []Series
		want        int
	}{
		{"fresh", time.Hour, []Series{{Name: "daily"}}, 1},
		{"with items", time.Hour, []Series{{Name: "daily", SkipEmpty: true}}, 1},
		{"after a long weekend", 3 * 24 * time.Hour, []Series{{Name: "daily"}}, 1},
		{"of a window over for too long", 3*24*time.Hour + 20*time.Hour, []Series{{Name: "daily"}}, 0},
		{"old", 5 * 24 * time.Hour, []Series{{Name: "daily"}}, 0},
		{"of another newsletter", time.Hour, []Series{{Name: "weekly"}}, 0},
	} {
		db, c := newDB(t, 1), &clock{t: noon.Add(tt.age)}
		n := newNotifier(db, "", c)
		n.Newsletters = tt.newsletters
		closeEdition(t, db, sample(1), noon)
		if got, err := n.EnqueueClosed(context.Background()); err != nil || got != tt.want {
			t.Errorf("%s: queued %d, %v; want %d", tt.name, got, err, tt.want)
		}
	}
}

// After two weeks without power the editions of the last days are mailed, not
// all fourteen.
func TestEnqueueClosedAfterDowntime(t *testing.T) {
	back := noon.AddDate(0, 0, 13)
	db, c := newDB(t, 2), &clock{t: back}
	var last []int64
	for i := range 14 {
		if e := closeEdition(t, db, sample(1), back); i >= 10 {
			last = append(last, e.ID)
		}
	}
	enqueue(t, newNotifier(db, "", c), 2*len(last))
	for _, m := range mails(t, db) {
		if !slices.Contains(last, m.Edition) {
			t.Errorf("edition %d was queued, want those of the last four days, %v", m.Edition, last)
		}
	}
}

// A first edition of long ago, and all that follow, are not for who comes now.
func TestEnqueueClosedNotThePast(t *testing.T) {
	now := noon.AddDate(0, 0, 2)
	db, c := newDB(t, 0), &clock{t: now}
	subscribe(t, db, reader(0), now)
	for range 3 {
		closeEdition(t, db, sample(1), now.Add(time.Minute))
	}
	enqueue(t, newNotifier(db, "", c), 0)
}

// By hand, a mail that failed is queued once more and stays the same mail;
// others are left as they are.
func TestEnqueueAgain(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		state store.MailState
		want  int
	}{
		{store.Queued, 0},
		{store.Sending, 0},
		{store.Sent, 0},
		{store.Deferred, 0},
		{store.Failed, 1},
		{store.Bounced, 0},
		{store.Unknown, 0},
	} {
		db, c := newDB(t, 1), &clock{t: noon}
		n := newNotifier(db, "", c)
		e := closeEdition(t, db, sample(1), noon)
		enqueue(t, n, 1)
		before := mails(t, db)[0]
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.BeginSending(ctx, before.ID, noon); err != nil {
				return err
			}
			return tx.Settle(ctx, before.ID, tt.state, "said no", noon, noon)
		})
		c.add(time.Hour)
		enqueue(t, n, 0) // never by itself
		if got, err := n.Enqueue(ctx, e.ID); err != nil || got != tt.want {
			t.Errorf("%s: queued %d, %v; want %d", tt.state, got, err, tt.want)
		}
		list := mails(t, db)
		if len(list) != 1 || list[0].ID != before.ID || list[0].MessageID != before.MessageID {
			t.Fatalf("%s: another mail: %+v", tt.state, list)
		}
		want := store.Mail{State: tt.state, Attempts: 1, LastError: "said no", Next: noon}
		if tt.want == 1 {
			want = store.Mail{State: store.Queued, Next: noon.Add(time.Hour)}
		}
		got := store.Mail{State: list[0].State, Attempts: list[0].Attempts, LastError: list[0].LastError, Next: list[0].Next}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", tt.state, got, want)
		}
	}
}

// Who left before the mail did, and came back, can have the edition.
func TestEnqueueWhoCameBack(t *testing.T) {
	s, c := newSink(t, nil), &clock{t: noon}
	db := newDB(t, 2)
	n := newNotifier(db, s.addr, c)
	e := closeEdition(t, db, sample(1), noon)
	enqueue(t, n, 2)
	unsubscribe(t, db, reader(0))
	unsubscribe(t, db, reader(1))
	subscribe(t, db, reader(0), noon)
	if got, err := n.Enqueue(context.Background(), e.ID); err != nil || got != 1 {
		t.Errorf("queued %d, %v; want 1", got, err)
	}
	if tally := drain(t, n); tally != (Tally{Sent: 1}) {
		t.Errorf("got %+v", tally)
	}
	if got := states(t, db); got[reader(0)] != store.Sent || got[reader(1)] != store.Failed {
		t.Errorf("got %v", got)
	}
}

// An edition without items is passed over for good where the newsletter says so.
func TestEnqueueClosedSkipsEmpty(t *testing.T) {
	db, c := newDB(t, 1), &clock{t: noon.Add(time.Hour)}
	n := newNotifier(db, "", c)
	closeEdition(t, db, sample(0), noon)
	n.Newsletters = []Series{{Name: "daily", SkipEmpty: true}}
	for range 2 {
		if got, err := n.EnqueueClosed(context.Background()); err != nil || got != 0 {
			t.Errorf("queued %d, %v", got, err)
		}
	}
	n.Newsletters = []Series{{Name: "daily"}} // it was done with then
	if got, err := n.EnqueueClosed(context.Background()); err != nil || got != 0 {
		t.Errorf("queued %d, %v", got, err)
	}
	e := closeEdition(t, db, sample(0), noon)
	if got, err := n.Enqueue(context.Background(), e.ID); err != nil || got != 1 {
		t.Errorf("by hand: queued %d, %v, want 1", got, err)
	}
}

// TestSeries holds that a newsletter's own sender and list stand in its mails.
func TestSeries(t *testing.T) {
	db, c := newDB(t, 1), &clock{t: noon.Add(time.Hour)}
	n := newNotifier(db, "", c)
	n.Newsletters = []Series{{Name: "daily", From: mail.Address{Name: "Other", Addr: "other@example.net"}, ListID: "own.example.net"}}
	e := closeEdition(t, db, sample(1), noon)
	if _, err := n.Enqueue(context.Background(), e.ID); err != nil {
		t.Fatal(err)
	}
	raw, err := n.Compose(mails(t, db)[0], e)
	if err != nil {
		t.Fatal(err)
	}
	m := mail.Parse(raw)
	if m.From[0].Addr != "other@example.net" || m.ListID != "own.example.net" || !strings.Contains(string(raw), "mailto:other@example.net") {
		t.Errorf("got From %v, List-Id %q", m.From, m.ListID)
	}
}

// A crash between two batches leaves rows that the next run completes.
func TestEnqueueResumes(t *testing.T) {
	const readers = batch + 5
	db, c := newDB(t, readers), &clock{t: noon}
	n := newNotifier(db, "", c)
	e := closeEdition(t, db, sample(1), noon)
	update(t, db, func(ctx context.Context, tx *store.Tx) error { // as a first batch would have left it
		list, err := tx.SubscriptionsAfter(ctx, "daily", 0, noon, 7)
		for _, s := range list {
			if _, err := tx.Enqueue(ctx, e.ID, s, n.messageID(e.ID, s.ID), noon); err != nil {
				return err
			}
		}
		return err
	})
	enqueue(t, n, readers-7)
	if got := len(mails(t, db)); got != readers {
		t.Errorf("%d mails, want %d", got, readers)
	}
}

func TestEnqueuePassesOverTheUnsubscribed(t *testing.T) {
	db, c := newDB(t, 2), &clock{t: noon.Add(time.Minute)}
	n := newNotifier(db, "", c)
	closeEdition(t, db, sample(1), noon)
	unsubscribe(t, db, reader(0))
	enqueue(t, n, 1)
}

func unsubscribe(t testing.TB, db *store.DB, address string) {
	t.Helper()
	update(t, db, func(ctx context.Context, tx *store.Tx) error {
		s, err := tx.FindSubscription(ctx, "daily", address)
		if err != nil {
			return err
		}
		_, err = tx.Unsubscribe(ctx, s.ID, noon)
		return err
	})
}
