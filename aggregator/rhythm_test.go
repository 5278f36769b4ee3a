package aggregator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

func TestRhythm(t *testing.T) {
	s := Source{Interval: 15 * time.Minute, MaxInterval: time.Hour}
	for _, tt := range []struct {
		s               Source
		recent, brought int
		want            time.Duration
	}{
		{s, 0, 0, time.Hour},
		{s, 1, 0, time.Hour},
		{s, 14 * 24, 0, 30 * time.Minute}, // one an hour
		{s, 14 * 27, 0, fortnight / (2 * 14 * 27)},
		{s, 14 * 500, 0, 15 * time.Minute},
		{s, 0, 3, 15 * time.Minute},
		{Source{Interval: 2 * time.Hour}, 0, 0, 2 * time.Hour},
		{Source{Interval: 2 * time.Hour, MaxInterval: time.Hour}, 5000, 0, 2 * time.Hour},
	} {
		if got := tt.s.rhythm(tt.recent, tt.brought); got != tt.want {
			t.Errorf("%+v, %d recent, %d brought: %s, want %s", tt.s, tt.recent, tt.brought, got, tt.want)
		}
	}
}

// A source is asked often when something comes, and less often when nothing does.
func TestRunAdapts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := &script{do: func(ctx context.Context, n int, _ string, take Taker) (time.Duration, error) {
			raw := fmt.Sprintf("Subject: %d\nMessage-ID: <%d@x>\nDate: %s\n\n", n, n, time.Now().Format(time.RFC1123Z))
			return 0, take(ctx, []Received{{Raw: []byte(raw), At: time.Now()}}, fmt.Sprint(n))
		}}
		quiet := &script{}
		r := liveRig(t,
			Source{Name: "busy", Interval: 10 * time.Minute, MaxInterval: time.Hour, Upstream: busy},
			Source{Name: "quiet", Interval: 10 * time.Minute, MaxInterval: time.Hour, Upstream: quiet})
		stop := r.run()
		time.Sleep(12*time.Hour + time.Minute)
		stop()
		if b, q := len(busy.polled()), len(quiet.polled()); b != 73 || q != 13 {
			t.Errorf("in twelve hours the busy one was polled %d times, the quiet one %d; want 73 and 13", b, q)
		}
	})
}

// A clock that was a year ahead for an hour must not stop polling for a year,
// with a process that ran on and with one that was started anew.
func TestRunClockJumps(t *testing.T) {
	for _, restart := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var ahead atomic.Int64 // nanoseconds
			s := &script{}
			r := liveRig(t, Source{Name: "s", Interval: 10 * time.Minute, Upstream: s})
			r.Catalogue.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			stop := r.run()
			time.Sleep(time.Hour)
			ahead.Store(int64(365 * 24 * time.Hour))
			time.Sleep(time.Hour)
			if restart {
				stop()
			}
			ahead.Store(0)
			if restart {
				r.use(Source{Name: "s", Interval: 10 * time.Minute, Upstream: s})
				stop = r.run()
			}
			before := len(s.polled())
			time.Sleep(time.Hour)
			stop()
			if n := len(s.polled()) - before; n < 6 || n > 7 {
				t.Errorf("restart %t: polled %d times in the hour after the clock was set back, want 6 or 7", restart, n)
			}
			if row := r.source("s"); row.Success.After(time.Now()) || row.Next.After(time.Now().Add(time.Hour)) {
				t.Errorf("restart %t: %+v", restart, row)
			}
		})
	}
}

// Thousands of sources that have been overdue for long do not all come at once.
func TestRunSpreadsTheOverdue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sources []Source
		all := &script{}
		for i := range 1000 {
			sources = append(sources, Source{Name: fmt.Sprintf("s%04d", i), Interval: time.Hour, Upstream: all})
		}
		r := liveRig(t, sources...)
		stop := r.run()
		synctest.Wait()
		stop()
		if n := len(all.polled()); n != 1000 {
			t.Fatalf("of the new ones %d were polled at once, want all", n)
		}
		time.Sleep(24 * time.Hour)
		stop = r.run()
		synctest.Wait()
		if n := len(all.polled()) - 1000; n != usualWidth {
			t.Errorf("%d were polled at once, want %d", n, usualWidth)
		}
		time.Sleep(10 * time.Second)
		if n := len(all.polled()) - 1000; n < usualWidth+190 || n > usualWidth+210 {
			t.Errorf("%d were polled in ten seconds, want %d and 20 a second", n, usualWidth)
		}
		time.Sleep(time.Minute)
		stop()
		if n := len(all.polled()) - 1000; n != 1000 {
			t.Errorf("%d were polled in all, want every one once", n)
		}
	})
}

// Hundreds of sources of one slow host, thousands with DRAFTWIRE_FULL=1, leave
// room for all others, are not polled at the same time, and all have their turn.
func TestRunManySourcesOfOneHost(t *testing.T) {
	t.Parallel()
	many := 600
	if os.Getenv("DRAFTWIRE_FULL") == "1" {
		many = 2000
	}
	synctest.Test(t, func(t *testing.T) {
		turn := make(chan struct{}, 1)
		one := &script{do: func(context.Context, int, string, Taker) (time.Duration, error) {
			turn <- struct{}{} // one at a time, a second each, as by package fetch
			time.Sleep(time.Second)
			<-turn
			return 0, nil
		}}
		others := &script{}
		var sources []Source
		for i := range many {
			sources = append(sources, Source{Name: fmt.Sprintf("a%04d", i), Interval: 6 * time.Hour, Host: "slow:80", Upstream: one})
		}
		for i := range 50 {
			sources = append(sources, Source{Name: fmt.Sprintf("b%04d", i), Interval: 6 * time.Hour, Host: fmt.Sprint("quick:", i), Upstream: others})
		}
		r := liveRig(t, sources...)
		before := r.db.Commits()
		stop := r.run()
		time.Sleep(900 * time.Millisecond)
		if n := len(others.polled()); n != 50 {
			t.Errorf("%d of the others were polled in the first second, want all 50", n)
		}
		time.Sleep(5 * time.Minute)
		if n := len(one.polled()); n < 280 || n > 310 {
			t.Errorf("%d polls of the host in five minutes, want one a second", n)
		}
		time.Sleep(time.Hour)
		stop()
		if n := len(one.polled()); n != many {
			t.Errorf("%d polls of the host, want every source once", n)
		}
		t.Logf("%d commits", r.db.Commits()-before)
	})
}

// A host that asks to be left alone is, by all of its sources, after a restart
// too, and none of them is said to fail for it.
func TestHostIsLeftAlone(t *testing.T) {
	s := newSite(t)
	r := newRig(t, openStore(t))
	client := func() *fetch.Client {
		c := fetch.New(fetch.Options{Allow: []string{s.Listener.Addr().String()}, Spacing: -1, Now: r.now})
		t.Cleanup(c.Close)
		return c
	}
	use := func() {
		c := client()
		up := func(path string) Feed { return Feed{URL: s.URL + path, Client: c, Now: r.now} }
		r.use(Source{Name: "a", Interval: time.Minute, Upstream: up("/a")}, Source{Name: "b", Interval: time.Minute, Upstream: up("/b")})
		r.Client = c
	}
	use()
	s.does(with(503, "Retry-After", "7200"))
	until := now.Add(2 * time.Hour)
	if got := r.poll("a", "b"); got["a"].Err == nil || got["b"].Err == nil {
		t.Fatalf("%+v", got)
	}
	a, b := r.source("a"), r.source("b")
	if a.Attempts != 1 || b.Attempts != 0 || !a.Asked.Equal(until) || !b.Asked.Equal(until) || b.Next.Before(until) || b.LastError != "" {
		t.Errorf("a: %+v\nb: %+v", a, b)
	}
	asked := len(s.seen)
	use() // a restart
	r.pass(time.Hour)
	busy := (*fetch.BusyError)(nil)
	if got := r.poll("b")["b"]; !errors.As(got.Err, &busy) || !strings.Contains(got.Err.Error(), "no requests until "+until.Format(time.RFC3339)) {
		t.Errorf("after a restart: %v", got.Err)
	}
	if len(s.seen) != asked {
		t.Error("the host was asked although it did not want it")
	}
	r.pass(time.Hour)
	s.says(posts(1))
	if got := r.poll("b")["b"]; got.Err != nil {
		t.Errorf("when its time has come: %v", got.Err)
	}
	if b := r.source("b"); !b.Asked.IsZero() {
		t.Errorf("still waiting: %+v", b)
	}
}

// What is gone for good is not polled again by itself, but when somebody asks,
// and when its address changes.
func TestGone(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	feed := s.feed(t, r, fetch.Options{})
	use := func(address string) {
		r.use(Source{Name: "news", Interval: 10 * time.Minute, Upstream: Feed{URL: address, Client: feed.Client, Now: feed.Now}})
	}
	use(feed.URL)
	s.does(with(http.StatusGone))
	r.poll()
	if row := r.source("news"); row.Gone.IsZero() || row.Attempts != 1 || !strings.Contains(row.LastError, "410 Gone") {
		t.Fatalf("%+v", row)
	}
	due := func() int {
		t.Helper()
		if err := r.takeUp(context.Background(), 1); err != nil {
			t.Fatal(err)
		}
		var list []store.Source
		err := r.db.Update(context.Background(), func(tx *store.Tx) (err error) {
			list, err = tx.ClaimSources(context.Background(), r.now(), r.now(), 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	r.pass(30 * 24 * time.Hour)
	use(feed.URL)
	if due() != 0 {
		t.Error("due a month later")
	}
	s.says(posts(1))
	r.poll("news")
	if row := r.source("news"); !row.Gone.IsZero() || row.Move != nil || row.Attempts != 0 {
		t.Errorf("polled on demand: %+v", row)
	}
	s.does(with(http.StatusGone))
	r.poll("news")
	use("http://elsewhere.example/feed")
	if due() != 1 {
		t.Error("not due at a new address")
	}
}
