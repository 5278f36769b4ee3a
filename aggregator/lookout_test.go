package aggregator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// lookoutRig is a source of ten mails a day for half a year, and a Lookout.
func lookoutRig(t *testing.T) (*rig, *Lookout, *script) {
	t.Helper()
	s := &script{}
	r := newRig(t, openStore(t), Source{Name: "tls", Interval: time.Hour, Upstream: s})
	if res := r.poll()["tls"]; res.Err != nil {
		t.Fatal(res.Err)
	}
	r.mails(-200, 0, 10)
	return r, &Lookout{DB: r.db, Now: r.now, Log: r.Log}, s
}

// mails counts so many a day from one day, counted from today, to before another.
func (r *rig) mails(from, to, perDay int) {
	r.t.Helper()
	ctx := context.Background()
	err := r.db.Update(ctx, func(tx *store.Tx) error {
		id, err := tx.SourceID(ctx, "tls")
		if err != nil {
			return err
		}
		var dates []time.Time
		for d := from; d < to; d++ {
			for n := range perDay {
				dates = append(dates, r.now().AddDate(0, 0, d).Add(time.Duration(n)*time.Minute))
			}
		}
		return tx.CountDays(ctx, id, dates)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// look polls, looks, and gives what is wrong and the subjects of new notices.
func (l *Lookout) look(t *testing.T, r *rig) (alarms, subjects string) {
	t.Helper()
	ctx := context.Background()
	before := l.Now()
	if err := l.Look(ctx); err != nil {
		t.Fatal(err)
	}
	live, err := l.DB.Alarms(ctx, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range live {
		kinds = append(kinds, string(a.Kind))
	}
	notices, err := l.DB.Notices(ctx, before)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, n := range notices {
		told = append(told, n.Subject)
	}
	return strings.Join(kinds, " "), strings.Join(told, "; ")
}

func TestLookoutSilence(t *testing.T) {
	r, l, _ := lookoutRig(t)
	for _, tt := range []struct {
		pass           time.Duration
		mails          int
		alarms, notice string
	}{
		{time.Hour, 0, "", ""},
		{2 * 24 * time.Hour, 0, "silence", "tls is silent"},
		{time.Minute, 0, "silence", ""},
		{23 * time.Hour, 0, "silence", ""},
		{time.Hour, 0, "silence", "still tls is silent"},
		{24 * time.Hour, 0, "silence", "still tls is silent"},
		{time.Hour, 1, "", "over: tls is silent"},
		{time.Hour, 0, "", ""},
	} {
		r.pass(tt.pass)
		r.mails(0, tt.mails, 1)
		r.poll()
		alarms, notice := l.look(t, r)
		if alarms != tt.alarms || notice != tt.notice {
			t.Errorf("at %s: %q, told %q; want %q and %q", r.now(), alarms, notice, tt.alarms, tt.notice)
		}
	}
	list, err := r.db.Alarms(context.Background(), now)
	if err != nil || len(list) != 1 || list[0].Ended.IsZero() || !strings.Contains(list[0].Words, "about 10 messages a day are usual") {
		t.Errorf("%+v, %v", list, err)
	}
}

// A source that was not asked cannot be said to be silent: not after the
// program stood still, and not while the source fails.
func TestLookoutWasNotListening(t *testing.T) {
	r, l, s := lookoutRig(t)
	r.pass(10 * 24 * time.Hour)
	if alarms, _ := l.look(t, r); alarms != "" {
		t.Errorf("after ten days without a poll: %s", alarms)
	}
	s.fails(errors.New("broken"))
	for n, want := range []string{"", "", "", "failing", "failing"} {
		r.poll()
		r.pass(time.Minute)
		if alarms, _ := l.look(t, r); alarms != want {
			t.Errorf("after %d failures: %q, want %q", n+1, alarms, want)
		}
	}
	s.do = nil
	r.poll()
	if alarms, notice := l.look(t, r); alarms != "silence" || notice != "over: tls cannot be read; tls is silent" {
		t.Errorf("when it can be read again: %q, %q", alarms, notice)
	}
	s.fails(errors.New("broken"))
	for range 4 {
		r.poll()
	}
	r.pass(time.Minute)
	if alarms, notice := l.look(t, r); alarms != "silence failing" || notice != "tls cannot be read" {
		t.Errorf("when it fails while it is silent: %q, %q", alarms, notice)
	}
}

func TestLookoutFaults(t *testing.T) {
	r, l, s := lookoutRig(t)
	s.fails(errors.New("broken"))
	r.poll()
	r.pass(25 * time.Hour)
	if alarms, notice := l.look(t, r); alarms != "failing" || notice != "tls cannot be read" {
		t.Errorf("failing for a day: %q, %q", alarms, notice)
	}
	s.fails(&fetch.StatusError{URL: "http://x/", Status: 410})
	r.poll()
	if alarms, notice := l.look(t, r); alarms != "gone" || !strings.Contains(notice, "tls is gone") {
		t.Errorf("gone: %q, %q", alarms, notice)
	}
	s.do = nil
	r.poll("tls")
	r.mails(0, 1, 1)
	if alarms, _ := l.look(t, r); alarms != "" {
		t.Errorf("back: %q", alarms)
	}
}

func TestLookoutDrop(t *testing.T) {
	r, l, _ := lookoutRig(t)
	got := ""
	for d := range 12 {
		r.pass(24 * time.Hour)
		r.mails(-1, 0, 1)
		r.poll()
		alarms, _ := l.look(t, r)
		got += fmt.Sprintf("%d:%s ", d+1, alarms)
	}
	if !strings.HasPrefix(got, "1: 2: 3: 4: 5: 6:drop 7:drop") || strings.Contains(got, "silence") {
		t.Errorf("one mail a day instead of ten: %s", got)
	}
	r.pass(24 * time.Hour)
	r.mails(-3, 0, 20)
	r.poll()
	if alarms, notice := l.look(t, r); alarms != "" || notice != "over: tls brings far less than usual" {
		t.Errorf("when they come again: %q, %q", alarms, notice)
	}
}

// With little history nothing is said.
func TestLookoutKnowsLittle(t *testing.T) {
	s := &script{}
	r := newRig(t, openStore(t), Source{Name: "tls", Interval: time.Hour, Upstream: s})
	l := &Lookout{DB: r.db, Now: r.now, Log: r.Log}
	r.poll()
	r.mails(-40, 0, 10)
	r.pass(60 * 24 * time.Hour)
	r.poll()
	if alarms, _ := l.look(t, r); alarms != "" {
		t.Errorf("after forty days of history: %q", alarms)
	}
}

// A poller that hangs is noticed by who does not depend on it, and not the
// moment after a machine slept.
func TestLookoutStandstill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		up := &script{do: func(ctx context.Context, n int, _ string, _ Taker) (time.Duration, error) {
			if n > 1 {
				<-hang
			}
			return 0, nil
		}}
		r := liveRig(t, Source{Name: "a", Interval: 10 * time.Minute, Upstream: up}, Source{Name: "b", Interval: 10 * time.Minute, Upstream: up})
		r.Concurrency = 1
		l := &Lookout{DB: r.db, Now: time.Now, Log: r.Log}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		stop := r.run()
		kinds := func() (got []store.AlarmKind) {
			t.Helper()
			live, err := r.db.Alarms(context.Background(), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range live {
				got = append(got, a.Kind)
			}
			return got
		}
		time.Sleep(15 * time.Minute) // both are due since ten; one hangs, and has the only place
		if got := kinds(); len(got) != 0 {
			t.Errorf("after five minutes: %v", got)
		}
		time.Sleep(10 * time.Minute)
		if got := kinds(); len(got) != 1 || got[0] != store.Stopped {
			t.Errorf("after fifteen minutes: %v", got)
		}
		close(hang)
		time.Sleep(2 * time.Minute)
		if got := kinds(); len(got) != 0 {
			t.Errorf("when it works again: %v", got)
		}
		stop()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A source that sends to us may be waiting to try again after we were away.
func TestLookoutPushed(t *testing.T) {
	r, l, _ := lookoutRig(t)
	r.use(Source{Name: "tls"})
	if err := r.takeUp(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	r.pass(10 * 24 * time.Hour)
	if alarms, _ := l.look(t, r); alarms != "" {
		t.Errorf("at a start after ten days: %q", alarms)
	}
	r.pass(7 * time.Hour)
	if alarms, _ := l.look(t, r); alarms != "silence" {
		t.Errorf("seven hours later: %q", alarms)
	}
	again := &Lookout{DB: r.db, Now: r.now, Log: r.Log}
	if alarms, notice := again.look(t, r); alarms != "silence" || notice != "tls is silent" { // that of before
		t.Errorf("after a restart: %q, %q", alarms, notice)
	}
}
