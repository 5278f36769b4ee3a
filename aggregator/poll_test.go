package aggregator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// script is an upstream whose polls a test writes. It notes when they happen.
type script struct {
	do func(ctx context.Context, n int, cursor string, take Taker) (time.Duration, error) // nil: nothing new

	mu    sync.Mutex // guards times
	times []time.Time
}

func (s *script) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	s.mu.Lock()
	s.times = append(s.times, time.Now())
	n := len(s.times)
	s.mu.Unlock()
	if s.do == nil {
		return 0, take(ctx, nil, cursor)
	}
	return s.do(ctx, n, cursor, take)
}

func (s *script) polled() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.times)
}

func (s *script) fails(err error) *script {
	s.do = func(context.Context, int, string, Taker) (time.Duration, error) { return 0, err }
	return s
}

// liveRig is a rig whose clock is that of the synctest bubble.
func liveRig(t *testing.T, sources ...Source) *rig {
	t.Helper()
	r := newRig(t, openStore(t), sources...)
	r.Catalogue.Now = time.Now
	return r
}

// run starts the poller; stop ends it and waits.
func (r *rig) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	return func() {
		r.t.Helper()
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("Run: %v", err)
		}
	}
}

// TestRunSchedule holds when sources are asked: each by its own interval, a
// fresh one later, a failing one ever later and never no more.
func TestRunSchedule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		quick, slow, gone := &script{}, &script{}, (&script{}).fails(&fetch.StatusError{Status: 410})
		fresh := &script{do: func(context.Context, int, string, Taker) (time.Duration, error) { return 3 * time.Hour, nil }}
		failing := (&script{}).fails(errors.New("broken"))
		panicking := &script{do: func(context.Context, int, string, Taker) (time.Duration, error) { panic("hostile") }}
		busy := &script{do: func(_ context.Context, n int, _ string, _ Taker) (time.Duration, error) {
			return 0, &fetch.BusyError{Host: "x:80", Until: start.Add(time.Duration(n) * 5 * time.Hour)}
		}}
		r := liveRig(t,
			Source{Name: "quick", Interval: 10 * time.Minute, Upstream: quick}, Source{Name: "slow", Interval: 6 * time.Hour, Upstream: slow},
			Source{Name: "gone", Interval: time.Hour, Upstream: gone}, Source{Name: "fresh", Interval: time.Hour, Upstream: fresh},
			Source{Name: "failing", Interval: time.Hour, Upstream: failing}, Source{Name: "busy", Interval: time.Minute, Upstream: busy},
			Source{Name: "panicking", Interval: time.Hour, Upstream: panicking})
		stop := r.run()
		time.Sleep(24*time.Hour + time.Minute)
		for _, tt := range []struct {
			name        string
			s           *script
			least, most int // polls in a day
		}{
			{"quick", quick, 145, 145},
			{"slow", slow, 5, 5},
			{"fresh", fresh, 9, 9},
			{"gone", gone, 1, 1},
			{"busy", busy, 5, 6},
			{"failing", failing, 5, 6},
			{"panicking", panicking, 5, 6}, // after 0, 1, 3, 7 and 15 hours, less the scatter
		} {
			if n := len(tt.s.polled()); n < tt.least || n > tt.most {
				t.Errorf("%s was polled %d times in a day, want %d to %d", tt.name, n, tt.least, tt.most)
			}
		}
		if row := r.source("panicking"); !strings.Contains(row.LastError, "stumble: hostile") {
			t.Errorf("recorded: %+v", row)
		}
		stop()
		r.use(Source{Name: "failing", Interval: time.Hour, Upstream: failing})
		stop = r.run()
		time.Sleep(60 * 24 * time.Hour)
		stop()
		times := failing.polled()
		last := times[len(times)-1].Sub(times[len(times)-2])
		if last > 24*time.Hour || last < 19*time.Hour || len(times) < 60 || len(times) > 80 {
			t.Errorf("after two months of failure: %d polls, the last after %s", len(times), last)
		}
		if row := r.source("failing"); row.LastError != "source failing: broken" || row.Attempts != len(times) {
			t.Errorf("recorded: %+v", row)
		}
	})
}

// TestRunOrder holds that what has been due longest comes first.
func TestRunOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		var sources []Source
		for i, name := range []string{"c", "a", "d", "b"} {
			sources = append(sources, Source{Name: name, Interval: time.Duration(i+1) * time.Hour, Upstream: &script{
				do: func(context.Context, int, string, Taker) (time.Duration, error) {
					order = append(order, name)
					return 0, nil
				},
			}})
		}
		r := liveRig(t, sources...)
		r.poll("c", "a", "d", "b")
		order = nil
		time.Sleep(5 * time.Hour) // all are overdue now
		r.Concurrency = 1
		stop := r.run()
		time.Sleep(time.Second)
		stop()
		if got := strings.Join(order, ""); got != "cadb" {
			t.Errorf("polled in the order %s, want cadb", got)
		}
	})
}

// TestRunRestart holds that a restart polls what is due, and nothing else.
func TestRunRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []*script
		var sources []Source
		for i := range 20 {
			all = append(all, &script{})
			sources = append(sources, Source{Name: fmt.Sprint("s", i), Interval: time.Duration(i+1) * time.Hour, Upstream: all[i]})
		}
		r := liveRig(t, sources...)
		stop := r.run()
		time.Sleep(time.Minute)
		stop()
		time.Sleep(3 * time.Hour)
		stop = r.run()
		synctest.Wait()
		stop()
		for i, s := range all {
			want := 1
			if i < 3 {
				want = 2
			}
			if n := len(s.polled()); n != want {
				t.Errorf("source %d, every %d h, was polled %d times, want %d", i, i+1, n, want)
			}
		}
	})
}

// TestRunStopped holds that a poll under way ends with the run, that nothing of
// it is held against the source, and that the next leader polls it at once.
func TestRunStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := &script{do: func(ctx context.Context, _ int, _ string, _ Taker) (time.Duration, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}}
		other := &script{}
		r := liveRig(t, Source{Name: "hanging", Interval: time.Hour, Upstream: hanging}, Source{Name: "other", Interval: time.Hour, Upstream: other})
		stop := r.run()
		time.Sleep(90 * time.Minute)
		stop()
		if n := len(other.polled()); n != 2 {
			t.Errorf("a hanging source lets the other be polled %d times, want 2", n)
		}
		if row := r.source("hanging"); len(hanging.polled()) != 1 || row.Attempts != 0 || row.LastError != "" {
			t.Errorf("polled %d times, want one poll that goes on, however long; recorded: %+v", len(hanging.polled()), row)
		}
		release, ok, err := r.db.Lead(context.Background(), time.Now())
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if row := r.source("hanging"); !row.LeaseUntil.IsZero() {
			t.Errorf("a lease is left until %s", row.LeaseUntil)
		}
		before := len(hanging.polled())
		stop = r.run()
		synctest.Wait()
		stop()
		if n := len(hanging.polled()); n != before+1 {
			t.Errorf("polled %d times after the restart, want once", n-before)
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	})
}

// TestRunReplace holds that a source that left the configuration is left alone
// and keeps its messages and its place, and that a new one is asked at once.
func TestRunReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaving := &script{do: func(ctx context.Context, n int, _ string, take Taker) (time.Duration, error) {
			raw := fmt.Sprintf("Subject: %d\nMessage-ID: <%d@x>\n\n", n, n)
			return 0, take(ctx, []Received{{Raw: []byte(raw), At: time.Now()}}, fmt.Sprint("place ", n))
		}}
		joining := &script{}
		r := liveRig(t, Source{Name: "leaving", Interval: time.Hour, Upstream: leaving})
		stop := r.run()
		time.Sleep(time.Minute)
		stop()
		r.use(Source{Name: "joining", Interval: time.Hour, Upstream: joining})
		stop = r.run()
		synctest.Wait()
		if len(joining.polled()) != 1 {
			t.Error("the new source was not polled at once")
		}
		time.Sleep(5 * time.Hour)
		if row := r.source("leaving"); len(leaving.polled()) != 1 || row.Active || row.Cursor != "place 1" || row.Messages != 1 {
			t.Errorf("polled %d times, %+v", len(leaving.polled()), row)
		}
		if len(catalogued(t, r.db)) != 1 {
			t.Error("its message is gone")
		}
		stop()
		r.use(Source{Name: "leaving", Interval: time.Hour, Upstream: leaving})
		stop = r.run()
		synctest.Wait()
		stop()
		if row := r.source("leaving"); row.Cursor != "place 2" || row.Polls != 2 {
			t.Errorf("when it comes back: %+v", row)
		}
	})
}

// TestRunWake holds that a row made due from outside is acted on at a Wake.
func TestRunWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		r := liveRig(t, Source{Name: "s", Interval: 10 * time.Hour, Upstream: s})
		stop := r.run()
		time.Sleep(time.Hour + 30*time.Second) // between two looks of its own
		err := r.db.Update(context.Background(), func(tx *store.Tx) error { return tx.PollNow(context.Background(), "s", time.Now()) })
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(s.polled()); n != 1 {
			t.Errorf("polled %d times before the wake, want 1", n)
		}
		r.Wake()
		synctest.Wait()
		stop()
		if n := len(s.polled()); n != 2 {
			t.Errorf("polled %d times, want 2", n)
		}
	})
}

// TestRunGroupsCommits holds that many sources share their commits.
func TestRunGroupsCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sources []Source
		for i := range 2000 {
			sources = append(sources, Source{Name: fmt.Sprintf("s%04d", i), Interval: time.Hour, Upstream: &script{}})
		}
		r := liveRig(t, sources...)
		before := r.db.Commits()
		stop := r.run()
		time.Sleep(time.Minute)
		stop()
		commits := r.db.Commits() - before
		t.Logf("%d commits for %d polls", commits, len(sources))
		if commits > 200 {
			t.Errorf("%d commits for %d sources that have nothing new, want at most 200", commits, len(sources))
		}
		if row := r.source("s1999"); row.Polls != 1 {
			t.Errorf("%+v", row)
		}
	})
}

// TestPollNews holds that what the first poll brings is history, also when
// some of it could not be taken, and what a later one brings is news.
func TestPollNews(t *testing.T) {
	s := &script{do: func(ctx context.Context, n int, _ string, take Taker) (time.Duration, error) {
		raw := fmt.Sprintf("Subject: %d\nMessage-ID: <%d@x>\nDate: %s\n\n", n, n, now.Format(time.RFC1123Z))
		if err := take(ctx, []Received{{Raw: []byte(raw), At: now}}, fmt.Sprint(n)); err != nil {
			return 0, err
		}
		return 0, []error{errors.New("cut off"), &PartialError{[]error{errors.New("one is lost")}}, nil, nil}[n-1]
	}}
	r := newRig(t, openStore(t), Source{Name: "s", Interval: time.Hour, Upstream: s})
	for range 4 {
		r.poll()
	}
	if got, want := fmt.Sprint(r.news()), "map[1:false 2:false 3:true 4:true]"; got != want {
		t.Errorf("news: %s, want %s", got, want)
	}
}

// TestPollNowNames holds what a person who asks for sources by name gets.
func TestPollNowNames(t *testing.T) {
	bad := (&script{}).fails(errors.New("broken"))
	r := newRig(t, openStore(t), Source{Name: "bad", Interval: time.Hour, Upstream: bad}, Source{Name: "good", Interval: time.Hour, Upstream: &script{}})
	got := r.poll()
	if len(got) != 2 || got["good"].Err != nil || got["bad"].Err == nil {
		t.Errorf("got %+v", got)
	}
	if err := r.PollNow(context.Background(), []string{"ugly"}, func(Result) {}); !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "ugly") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		err         error
		interval    time.Duration
		attempts    int
		least, most time.Duration
	}{
		{errors.New("x"), time.Hour, 0, 48 * time.Minute, time.Hour},
		{errors.New("x"), time.Second, 0, 48 * time.Second, time.Minute},
		{errors.New("x"), time.Hour, 2, 192 * time.Minute, 4 * time.Hour},
		{errors.New("x"), time.Minute, 1 << 40, 19 * time.Hour, 24 * time.Hour},
		{errors.New("x"), 10_000 * time.Hour, 60, 19 * time.Hour, 24 * time.Hour},
		{&fetch.StatusError{Status: 429, RetryAfter: 5 * time.Hour}, time.Minute, 0, 5 * time.Hour, 5 * time.Hour},
		{&fetch.StatusError{Status: 429, RetryAfter: time.Second}, time.Hour, 0, 48 * time.Minute, time.Hour},
		{&fetch.BusyError{Until: now.Add(time.Hour)}, time.Minute, 9, time.Hour, time.Hour},
		{&fetch.BusyError{Until: now.Add(-time.Hour)}, time.Hour, 9, time.Second, time.Second},
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			got := retryAfter(fmt.Errorf("source s: %w", tt.err), tt.interval, tt.attempts, now)
			if seen[got] = true; got < tt.least || got > tt.most {
				t.Errorf("%v, every %s, %d failures: %s, want %s to %s", tt.err, tt.interval, tt.attempts, got, tt.least, tt.most)
			}
		}
		if tt.least != tt.most && len(seen) < 50 {
			t.Errorf("%v: not scattered", tt.err)
		}
	}
}

// TestRunCutOff holds that a poll that a restart cuts off leaves no lease
// behind, does not count, and is begun again at once.
func TestRunCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{do: func(ctx context.Context, n int, _ string, _ Taker) (time.Duration, error) {
			if n == 1 {
				<-ctx.Done()
				return 0, ctx.Err()
			}
			return 0, nil
		}}
		r := liveRig(t, Source{Name: "s", Interval: time.Hour, Upstream: s})
		stop := r.run()
		time.Sleep(time.Minute)
		stop()
		if row := r.source("s"); !row.LeaseUntil.IsZero() || row.Polls != 0 || row.Attempts != 0 || row.LastError != "" {
			t.Errorf("cut off: %+v", row)
		}
		stop = r.run()
		synctest.Wait()
		stop()
		if row := r.source("s"); len(s.polled()) != 2 || row.Polls != 1 {
			t.Errorf("after the restart it was polled %d times, %+v", len(s.polled()), row)
		}
	})
}

// TestRunPollNowMeanwhile holds that the wish to be polled now, uttered while a
// poll is under way, is granted after it.
func TestRunPollNowMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{do: func(_ context.Context, n int, _ string, _ Taker) (time.Duration, error) {
			time.Sleep(time.Minute)
			if n == 1 {
				return 0, errors.New("broken")
			}
			return 0, nil
		}}
		r := liveRig(t, Source{Name: "s", Interval: 10 * time.Hour, Upstream: s})
		stop := r.run()
		for n := range 3 {
			time.Sleep(30 * time.Second)
			err := r.db.Update(context.Background(), func(tx *store.Tx) error { return tx.PollNow(context.Background(), "s", time.Now()) })
			if err != nil {
				t.Fatal(err)
			}
			r.Wake()
			time.Sleep(31 * time.Second)
			if got := len(s.polled()); got != n+2 {
				t.Errorf("after wish %d: polled %d times", n+1, got)
			}
		}
		time.Sleep(5 * time.Hour)
		stop()
		if got := len(s.polled()); got != 4 {
			t.Errorf("polled %d times in all, want 4: a wish is granted once", got)
		}
	})
}
