package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/store"
)

// snapshot is what a kill at some moment leaves: the committed state of the
// database, and what the relay had accepted by then.
type snapshot struct {
	path  string
	when  string
	taken map[string]int // by Message-ID
}

// TestKill copies the database at every stage of every mail, as kill -9 would
// leave it, and lets a new process go on from each copy: of the mails none is
// accepted twice, and none is missing but those that the rows call unknown.
func TestKill(t *testing.T) {
	const readers = 5
	dir := t.TempDir()
	var db *store.DB
	var s *sink
	var mu sync.Mutex // guards left
	var left []snapshot
	s = newSink(t, func(stage, to string) fault {
		mu.Lock()
		defer mu.Unlock()
		s.mu.Lock()
		taken := maps.Clone(s.ids)
		s.mu.Unlock()
		shot := snapshot{filepath.Join(dir, fmt.Sprintf("%d.db", len(left))), stage + " of " + to, taken}
		if err := db.Backup(context.Background(), shot.path); err != nil {
			t.Error(err)
		}
		left = append(left, shot)
		switch {
		case stage == atRcpt && to == reader(0):
			return fault{code: 451}
		case stage == accepted && to == reader(1):
			return fault{drop: true}
		}
		return fault{}
	})
	c := &clock{t: noon}
	db = newDB(t, readers)
	n := newNotifier(db, s.addr, c)
	n.Connections = 2
	closeEdition(t, db, sample(1), noon)
	enqueue(t, n, readers)
	drain(t, n)
	if len(left) < readers*4 {
		t.Fatalf("only %d moments", len(left))
	}
	unknown := 0
	for _, shot := range left {
		unknown += goOn(t, shot, readers)
	}
	if unknown == 0 {
		t.Error("no mail was caught in the act: the moments are not those of sending")
	}
}

// goOn starts anew from a snapshot, and gives how many mails are unknown.
func goOn(t *testing.T, shot snapshot, readers int) (unknown int) {
	db := openDB(t, shot.path)
	c := &clock{t: noon.Add(time.Hour)}
	release, ok, err := db.Lead(context.Background(), c.now())
	if err != nil || !ok {
		t.Fatalf("%s: lead: %v, %v", shot.when, ok, err)
	}
	defer release()
	s := newSink(t, nil)
	n := newNotifier(db, s.addr, c)
	enqueue(t, n, 0)
	drain(t, n)
	list := mails(t, db)
	if len(list) != readers {
		t.Errorf("%s: %d mails, want %d", shot.when, len(list), readers)
	}
	for _, m := range list {
		id := "<" + m.MessageID + ">"
		times := shot.taken[id] + s.ids[id]
		if m.State == store.Unknown {
			unknown++
		}
		if times > 1 || times == 0 && m.State != store.Unknown || m.State != store.Unknown && m.State != store.Sent {
			t.Errorf("killed at %s: mail to %s is %s and was accepted %d times", shot.when, m.Address, m.State, times)
		}
	}
	return unknown
}

// A stop at any stage settles what is in hand, gives back the rest at once,
// and the next run completes it.
func TestStop(t *testing.T) {
	const readers = 20
	for _, stage := range []string{atMail, atRcpt, atData, atDot, accepted} {
		ctx, cancel := context.WithCancel(context.Background())
		s := newSink(t, func(at, _ string) fault {
			if at == stage {
				cancel()
			}
			return fault{}
		})
		db, c := newDB(t, readers), &clock{t: noon}
		n := newNotifier(db, s.addr, c)
		closeEdition(t, db, sample(1), noon)
		enqueue(t, n, readers)
		if tally, err := n.Drain(ctx, nil); !errors.Is(err, context.Canceled) || tally.Sent == 0 || tally.Sent == readers {
			t.Errorf("stopped at %s: %+v, %v", stage, tally, err)
		}
		if tally := drain(t, n); tally.Sent == 0 {
			t.Errorf("after a stop at %s nothing was given back", stage)
		}
		if total, most := s.count(); total != readers || most != 1 {
			t.Errorf("stopped at %s: %d mails were accepted, one of them %d times", stage, total, most)
			for _, m := range mails(t, db) {
				if m.State != store.Sent {
					t.Logf("%+v", m)
				}
			}
		}
	}
}

// A relay that hangs does not hold up the end for longer than the grace.
func TestStopWhileRelayHangs(t *testing.T) {
	for stage, want := range map[string]store.MailState{atRcpt: store.Deferred, atDot: store.Unknown} {
		ctx, cancel := context.WithCancel(context.Background())
		end := make(chan struct{})
		s := newSink(t, func(at, _ string) fault {
			if at == stage {
				cancel()
				<-end
			}
			return fault{}
		})
		db, c := newDB(t, 1), &clock{t: noon}
		n := newNotifier(db, s.addr, c)
		n.Grace = 20 * time.Millisecond
		closeEdition(t, db, sample(1), noon)
		enqueue(t, n, 1)
		if _, err := n.Drain(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", stage, err)
		}
		close(end)
		if got := states(t, db)[reader(0)]; got != want {
			t.Errorf("hung at %s: %s, want %s", stage, got, want)
		}
	}
}

// What the store could not be told at once it is told as soon as it can be,
// and nothing is sent on the strength of what it does not know.
func TestStoreFails(t *testing.T) {
	var db *store.DB
	s := newSink(t, func(stage, _ string) fault {
		if stage == accepted {
			db.Close()
		}
		return fault{}
	})
	c, path := &clock{t: noon}, filepath.Join(t.TempDir(), "copy.db")
	if err := newDB(t, 4).Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	db = openDB(t, path)
	n := newNotifier(db, s.addr, c)
	n.Connections = 1
	closeEdition(t, db, sample(1), noon)
	enqueue(t, n, 4)
	if tally, err := n.Drain(context.Background(), nil); err == nil || tally != (Tally{Sent: 1}) {
		t.Fatalf("got %+v, %v", tally, err)
	}
	db = openDB(t, path)
	n.DB = db
	if err := n.settleRest(context.Background()); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, m := range mails(t, db) {
		switch {
		case m.State == store.Sent:
			sent++
		case m.State != store.Queued || m.Attempts != 0:
			t.Errorf("got %+v", m)
		}
	}
	if total, _ := s.count(); total != 1 || sent != 1 {
		t.Errorf("the relay took %d, the rows say %d", total, sent)
	}
}

// A rate spreads mails over time.
func TestRate(t *testing.T) {
	s := newSink(t, nil)
	synctest.Test(t, func(t *testing.T) {
		db := newDB(t, 5)
		config := newNotifier(db, s.addr, &clock{t: noon}).Config
		config.Rate = 60
		n := New(config)
		closeEdition(t, db, sample(1), noon)
		enqueue(t, n, 5)
		start := time.Now()
		if tally := drain(t, n); tally.Sent != 5 {
			t.Errorf("got %+v", tally)
		}
		if took := time.Since(start); took < 4*time.Second || took > 5*time.Second {
			t.Errorf("five mails at one a second took %s", took)
		}
		db.Close()
	})
}

// Run is woken by a signal, and by the time at which a deferred mail is due.
func TestRun(t *testing.T) {
	var mu sync.Mutex
	tries := 0
	s := newSink(t, func(stage, _ string) fault { // outside the bubble: its listener never rests
		if stage != atRcpt {
			return fault{}
		}
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries == 1 {
			return fault{code: 451}
		}
		return fault{}
	})
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		db := newDB(t, 1)
		n := newNotifier(db, s.addr, &clock{})
		n.Now = func() time.Time { return noon.Add(time.Since(start)) }
		ctx, cancel := context.WithCancel(context.Background())
		stopped := make(chan error, 1)
		go func() { stopped <- n.Run(ctx) }()
		synctest.Wait()
		closeEdition(t, db, sample(1), n.Now())
		n.Wake()
		synctest.Wait()
		if got := states(t, db)[reader(0)]; got != store.Deferred {
			t.Errorf("at first: %q, want deferred", got)
		}
		<-time.After(firstDelay * 12 / 10)
		synctest.Wait()
		if got := states(t, db)[reader(0)]; got != store.Sent {
			t.Errorf("when it was due: %q, want sent", got)
		}
		cancel()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		db.Close()
	})
	if tries != 2 {
		t.Errorf("%d tries, want 2", tries)
	}
}

// An unreachable relay is tried again at growing distances, however often Run is woken.
func TestRunHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, dials := time.Now(), 0
		db := newDB(t, 1)
		n := newNotifier(db, "relay.test:25", &clock{})
		n.Now = func() time.Time { return noon.Add(time.Since(start)) }
		n.Relay.Dial = func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, errors.New("no route to host")
		}
		closeEdition(t, db, sample(1), noon)
		ctx, cancel := context.WithTimeout(context.Background(), 4*time.Hour)
		defer cancel()
		go func() {
			for ctx.Err() == nil {
				n.Wake()
				<-time.After(10 * time.Second)
			}
		}()
		if err := n.Run(ctx); err != nil {
			t.Error(err)
		}
		if dials < 8 || dials > 14 {
			t.Errorf("%d tries in four hours", dials)
		}
		if m := mails(t, db)[0]; m.State != store.Deferred || m.Attempts != 0 {
			t.Errorf("got %+v", m)
		}
		<-time.After(time.Minute) // for who wakes
		db.Close()
	})
}

// While the relay is not to be tried, what waits for it says so: mails beyond
// those that were claimed, and those that are queued meanwhile.
func TestHoldIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const readers = claimed + 5
		start, dials := time.Now(), 0
		db := newDB(t, readers)
		n := newNotifier(db, "relay.test:25", &clock{})
		n.Now = func() time.Time { return noon.Add(time.Since(start)) }
		n.Connections = 1
		n.Relay.Dial = func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, errors.New("no route to host")
		}
		e := closeEdition(t, db, sample(1), noon)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		other := newNotifier(db, "", &clock{t: noon}) // another process, that of a command
		if got, err := other.Enqueue(ctx, e.ID); err != nil || got != readers {
			t.Errorf("queued %d, %v; want %d", got, err, readers)
		}
		go func() { ended <- n.Run(ctx) }()
		synctest.Wait()
		checkHeld(t, n, readers)
		subscribe(t, db, "late@example.org", noon)
		if got, err := other.Enqueue(ctx, e.ID); err != nil || got != 1 {
			t.Errorf("queued %d, %v; want 1", got, err)
		}
		n.Wake()
		synctest.Wait()
		checkHeld(t, n, readers+1)
		if dials != 1 {
			t.Errorf("%d tries, want 1", dials)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		db.Close()
	})
}

// checkHeld holds that so many mails wait for the relay, and say so.
func checkHeld(t *testing.T, n *Notifier, want int) {
	t.Helper()
	list := mails(t, n.DB)
	if len(list) != want {
		t.Errorf("%d mails, want %d", len(list), want)
	}
	silent := 0
	for _, m := range list {
		if m.State != store.Deferred || m.Attempts != 0 || !strings.Contains(m.LastError, "no route to host") || !m.Next.After(n.Now()) {
			silent++
		}
	}
	if silent > 0 {
		t.Errorf("%d of %d mails do not say that they wait, why, and until when", silent, want)
	}
}
