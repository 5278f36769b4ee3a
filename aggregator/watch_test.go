package aggregator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/store"
)

// crier is an upstream whose watches a test writes. It notes when they begin.
type crier struct {
	script
	watch func(ctx context.Context, n int, news func()) error

	mu     sync.Mutex // guards begins
	begins []time.Time
}

func (c *crier) Watch(ctx context.Context, news func()) error {
	c.mu.Lock()
	c.begins = append(c.begins, time.Now())
	n := len(c.begins)
	c.mu.Unlock()
	return c.watch(ctx, n, news)
}

func (c *crier) watched() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.begins)
}

// brings makes each poll bring a message.
func (c *crier) brings() *crier {
	c.do = func(ctx context.Context, n int, _ string, take Taker) (time.Duration, error) {
		raw := fmt.Sprintf("Subject: %d\nMessage-ID: <%d@x>\n\n", n, n)
		return 0, take(ctx, []Received{{Raw: []byte(raw), At: time.Now()}}, fmt.Sprint(n))
	}
	return c
}

// every cries at each tick.
func every(d time.Duration) func(context.Context, int, func()) error {
	return func(ctx context.Context, _ int, news func()) error {
		for ctx.Err() == nil {
			news()
			pause(ctx, d)
		}
		return ctx.Err()
	}
}

// TestWatch holds that a source is polled when it tells of news, and how far
// it is believed.
func TestWatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		c           *crier
		least, most int // polls in an hour; its interval is four
	}{
		{"tells now and then", (&crier{watch: every(10 * time.Minute)}).brings(), 6, 7},
		{"tells the truth, much of it", (&crier{watch: every(10 * time.Second)}).brings(), 360, 361},
		{"cries wolf", &crier{watch: every(50 * time.Millisecond)}, 60, 75},
		{"says nothing", &crier{watch: func(ctx context.Context, _ int, _ func()) error { <-ctx.Done(); return ctx.Err() }}, 1, 1},
		{"cannot tell", &crier{watch: func(context.Context, int, func()) error { return ErrUnwatchable }}, 1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := liveRig(t, Source{Name: "s", Interval: 4 * time.Hour, Upstream: tt.c})
			stop := r.run()
			time.Sleep(time.Hour)
			stop()
			if n := len(tt.c.polled()); n < tt.least || n > tt.most {
				t.Errorf("%s: polled %d times in an hour, want %d to %d", tt.name, n, tt.least, tt.most)
			}
			if n := tt.c.watched(); n != 1 {
				t.Errorf("%s: watched %d times", tt.name, n)
			}
			if row := r.source("s"); row.LastError != "" || !row.LeaseUntil.IsZero() {
				t.Errorf("%s: %+v", tt.name, row)
			}
		})
	}
}

// TestWatchAtOnce holds that news are not kept waiting, and that one who cried
// wolf is believed again once there was something.
func TestWatchAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tell := make(chan struct{})
		c := &crier{watch: func(ctx context.Context, _ int, news func()) error {
			for {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-tell:
					news()
				}
			}
		}}
		r := liveRig(t, Source{Name: "s", Interval: 4 * time.Hour, Upstream: c})
		stop := r.run()
		synctest.Wait()
		for range 5 {
			tell <- struct{}{}
			time.Sleep(time.Hour)
		}
		if n := len(c.polled()); n != 6 { // the first when it was new
			t.Errorf("polled %d times, want 6", n)
		}
		synctest.Wait()
		c.brings()
		for range 5 {
			before := len(c.polled())
			tell <- struct{}{}
			synctest.Wait()
			if len(c.polled()) != before+1 {
				t.Error("not polled at once")
			}
		}
		stop()
		before := len(c.polled())
		r.poll()
		if n := c.watched(); n != 1 || len(c.polled()) != before+1 {
			t.Errorf("a poll by hand watches, %d times", n)
		}
	})
}

// TestWatchBreaks holds that a watch that breaks is begun again, ever later,
// and hurts nothing else.
func TestWatchBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		breaking := &crier{watch: func(context.Context, int, func()) error { return errors.New("line is dead") }}
		panicking := &crier{watch: func(context.Context, int, func()) error { panic("hostile") }}
		lasting := &crier{watch: func(ctx context.Context, _ int, news func()) error {
			news()
			pause(ctx, time.Hour)
			return errors.New("hung up")
		}}
		r := liveRig(t,
			Source{Name: "breaking", Interval: time.Hour, Upstream: breaking}, Source{Name: "panicking", Interval: time.Hour, Upstream: panicking},
			Source{Name: "lasting", Interval: time.Hour, Upstream: lasting})
		stop := r.run()
		time.Sleep(30 * time.Second)
		if row := r.source("breaking"); row.LastError != "source breaking: watching broke off: line is dead" || row.Attempts != 0 {
			t.Errorf("recorded: %+v", row)
		}
		if row := r.source("panicking"); !strings.Contains(row.LastError, "stumble: hostile") {
			t.Errorf("recorded: %+v", row)
		}
		time.Sleep(24 * time.Hour)
		stop()
		for name, tt := range map[string]struct {
			c           *crier
			least, most int
		}{"breaking": {breaking, 50, 75}, "panicking": {panicking, 50, 75}, "lasting": {lasting, 24, 25}} {
			if n := tt.c.watched(); n < tt.least || n > tt.most {
				t.Errorf("%s was watched %d times in a day, want %d to %d", name, n, tt.least, tt.most)
			}
		}
		if n := len(breaking.polled()); n < 24 || n > 26 {
			t.Errorf("meanwhile it was polled %d times in a day", n)
		}
	})
}

// TestWatchBusyDatabase holds that news are not forgotten while the database
// cannot be written.
func TestWatchBusyDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tell := make(chan struct{})
		c := &crier{watch: func(ctx context.Context, _ int, news func()) error {
			<-tell
			news()
			<-ctx.Done()
			return ctx.Err()
		}}
		r := liveRig(t, Source{Name: "s", Interval: 10 * time.Hour, Upstream: c})
		stop := r.run()
		synctest.Wait()
		held, release := make(chan struct{}), make(chan struct{})
		go func() {
			_ = r.db.Update(context.Background(), func(*store.Tx) error { close(held); <-release; return nil })
		}()
		<-held
		tell <- struct{}{}
		time.Sleep(time.Minute)
		if n := len(c.polled()); n != 1 {
			t.Errorf("polled %d times while the database was held, want 1", n)
		}
		close(release)
		time.Sleep(time.Minute)
		stop()
		if n := len(c.polled()); n != 2 {
			t.Errorf("polled %d times, want 2", n)
		}
	})
}
