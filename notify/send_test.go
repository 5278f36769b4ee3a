package notify

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

func TestDrain(t *testing.T) {
	s, c := newSink(t, nil), &clock{t: noon}
	db := newDB(t, 300) // more than are claimed at once
	n := newNotifier(db, s.addr, c)
	closeEdition(t, db, sample(2), noon)
	enqueue(t, n, 300)
	calls := 0
	tally, err := n.Drain(context.Background(), func(Tally) { calls++ })
	if err != nil || tally != (Tally{Sent: 300}) || calls != 300 {
		t.Fatalf("got %+v, %v after %d calls", tally, err, calls)
	}
	if again := drain(t, n); again != (Tally{}) {
		t.Errorf("a second time: %+v", again)
	}
	if total, most := s.count(); total != 300 || most != 1 {
		t.Errorf("the relay has %d mails, one of them %d times", total, most)
	}
	for address, state := range states(t, db) {
		if state != store.Sent {
			t.Errorf("%s: %s", address, state)
		}
	}
}

// Each way in which handing over can go wrong, and what stands in the row.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		stage string
		fault fault
		want  store.MailState
		taken int // by the relay
	}{
		{atMail, fault{code: 451}, store.Deferred, 0},
		{atMail, fault{code: 421}, store.Deferred, 0},
		{atMail, fault{code: 550}, store.Deferred, 0}, // the sender is disliked: the operator can mend that
		{atMail, fault{code: 552}, store.Failed, 0},   // too large
		{atMail, fault{drop: true}, store.Deferred, 0},
		{atRcpt, fault{code: 450}, store.Deferred, 0},
		{atRcpt, fault{code: 550}, store.Failed, 0},
		{atRcpt, fault{drop: true}, store.Deferred, 0},
		{atDot, fault{code: 452}, store.Deferred, 0},
		{atDot, fault{code: 554}, store.Failed, 0},
		{atDot, fault{drop: true}, store.Unknown, 0},    // nobody can tell it
		{accepted, fault{drop: true}, store.Unknown, 1}, // from this
	} {
		s := newSink(t, func(stage, to string) fault {
			if stage == tt.stage && (to == reader(1) || stage == atMail) {
				return tt.fault
			}
			return fault{}
		})
		db, c := newDB(t, 2), &clock{t: noon}
		if tt.stage == atMail { // its session does not know the recipient yet
			db = newDB(t, 0)
			subscribe(t, db, reader(1), noon.Add(-24*time.Hour))
		} else {
			subscribe(t, db, reader(2), noon.Add(-24*time.Hour))
		}
		n := newNotifier(db, s.addr, c)
		n.Connections = 1
		closeEdition(t, db, sample(1), noon)
		if _, err := n.EnqueueClosed(context.Background()); err != nil {
			t.Fatal(err)
		}
		drain(t, n)
		drain(t, n)
		got := states(t, db)
		for address, state := range got {
			want := store.Sent
			if address == reader(1) {
				want = tt.want
			}
			if state != want {
				t.Errorf("%s, %+v: %s is %s, want %s", tt.stage, tt.fault, address, state, want)
			}
		}
		if taken := len(s.got[reader(1)]); taken != tt.taken {
			t.Errorf("%s, %+v: the relay has %d", tt.stage, tt.fault, taken)
		}
		for _, m := range mails(t, db) {
			if strings.ContainsAny(m.LastError, "\r\n") || (m.LastError == "") != (m.State == store.Sent) {
				t.Errorf("%s, %+v: %s says %q", tt.stage, tt.fault, m.Address, m.LastError)
			}
		}
	}
}

// A mail that is refused for now is tried at growing distances for four days.
func TestDeferredSchedule(t *testing.T) {
	tries := 0
	s := newSink(t, func(stage, _ string) fault {
		if stage == atRcpt {
			tries++
			return fault{code: 451}
		}
		return fault{}
	})
	db, c := newDB(t, 1), &clock{t: noon}
	n := newNotifier(db, s.addr, c)
	closeEdition(t, db, sample(1), noon)
	enqueue(t, n, 1)
	last := time.Duration(0)
	for drain(t, n).Deferred == 1 {
		next, err := db.NextMail(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		delay := next.Sub(c.now())
		if delay < last*3/4 || delay > maxDelay*11/10 {
			t.Errorf("try %d: after %s came %s", tries, last, delay)
		}
		c.add(delay - time.Microsecond)
		if early := drain(t, n); early != (Tally{}) {
			t.Errorf("try %d: sent before it was due", tries)
		}
		c.add(time.Microsecond)
		last = delay
	}
	if took := c.now().Sub(noon); took < 3*24*time.Hour || took > 5*24*time.Hour || tries < 10 || tries > 30 {
		t.Errorf("given up after %s and %d tries", took, tries)
	}
	if m := mails(t, db)[0]; m.State != store.Failed || !strings.Contains(m.LastError, "given up after") || m.Attempts != tries {
		t.Errorf("at last: %+v", m)
	}
}

// While the relay is away, no mail counts an attempt and none is lost.
func TestUnreachableRelay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	db, c := newDB(t, 5), &clock{t: noon}
	n := newNotifier(db, nobody, c)
	closeEdition(t, db, sample(1), noon)
	enqueue(t, n, 5)
	for range 3 {
		if tally, err := n.Drain(context.Background(), nil); !errors.Is(err, errUnreachable) || tally != (Tally{}) {
			t.Fatalf("got %+v, %v", tally, err)
		}
		c.add(time.Hour)
	}
	for _, m := range mails(t, db) {
		if m.State != store.Deferred || m.Attempts != 0 || !strings.Contains(m.LastError, nobody) {
			t.Errorf("got %+v", m)
		}
	}
	s := newSink(t, nil)
	n.Relay.Addr = s.addr
	if tally := drain(t, n); tally != (Tally{Sent: 5}) {
		t.Errorf("when it was back: %+v", tally)
	}
}

func TestNoRelay(t *testing.T) {
	db := newDB(t, 1)
	n := newNotifier(db, "", &clock{t: noon})
	closeEdition(t, db, sample(1), noon)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := n.Run(ctx); err != nil {
		t.Error(err)
	}
	if _, err := n.Drain(context.Background(), nil); !errors.Is(err, errNoRelay) {
		t.Errorf("got %v", err)
	}
	if got := len(mails(t, db)); got != 0 {
		t.Errorf("%d mails wait for a relay that nobody named", got)
	}
}

// Who leaves between queueing and sending gets nothing, also when a first try
// was under way.
func TestUnsubscribedInBetween(t *testing.T) {
	var db *store.DB
	s := newSink(t, func(stage, to string) fault {
		if stage == atRcpt && to == reader(1) {
			unsubscribe(t, db, to)
			return fault{code: 451}
		}
		return fault{}
	})
	c := &clock{t: noon}
	db = newDB(t, 3)
	n := newNotifier(db, s.addr, c)
	closeEdition(t, db, sample(1), noon)
	enqueue(t, n, 3)
	unsubscribe(t, db, reader(0))
	drain(t, n)
	c.add(24 * time.Hour)
	drain(t, n)
	want := map[string]store.MailState{reader(0): store.Failed, reader(1): store.Failed, reader(2): store.Sent}
	for address, state := range states(t, db) {
		if state != want[address] || state != store.Sent && len(s.got[address]) > 0 {
			t.Errorf("%s: %s, %d mails; want %s", address, state, len(s.got[address]), want[address])
		}
	}
}
