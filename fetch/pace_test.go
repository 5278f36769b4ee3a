package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPacerSpacesAndKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, start := newPacer(time.Second, time.Now), time.Now()
		var (
			mu  sync.Mutex
			got []string
			wg  sync.WaitGroup
		)
		for i := range 3 {
			wg.Go(func() {
				if err := p.enter(t.Context(), "a:80"); err != nil {
					t.Error(err)
				}
				mu.Lock()
				got = append(got, fmt.Sprint(i, " at ", time.Since(start)))
				mu.Unlock()
				time.Sleep(200 * time.Millisecond) // the request takes its time
				p.leave("a:80", 0)
			})
			synctest.Wait() // so that they queue in order
		}
		if err := p.enter(t.Context(), "a:443"); err != nil || time.Since(start) != 0 {
			t.Errorf("another port waited %s, error %v", time.Since(start), err)
		}
		wg.Wait()
		want := []string{"0 at 0s", "1 at 1.2s", "2 at 2.4s"}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPacerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(time.Second, time.Now)
		if err := p.enter(t.Context(), "a:80"); err != nil {
			t.Fatal(err)
		}
		waiting := make(chan error)
		go func() { waiting <- p.enter(t.Context(), "a:80") }()
		synctest.Wait()
		until := time.Now().Add(time.Minute)
		p.leave("a:80", time.Minute)

		for _, err := range []error{<-waiting, p.enter(t.Context(), "a:80")} {
			busy := (*BusyError)(nil)
			if !errors.As(err, &busy) || !busy.Until.Equal(until) || busy.Host != "a:80" {
				t.Errorf("closed host: %v, want busy until %s", err, until)
			}
		}
		time.Sleep(time.Minute)
		if err := p.enter(t.Context(), "a:80"); err != nil {
			t.Errorf("after the time: %v", err)
		}
	})
}

func TestPacerCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(time.Second, time.Now)
		if err := p.enter(t.Context(), "a:80"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp, stayed := make(chan error), make(chan error)
		go func() { gaveUp <- p.enter(ctx, "a:80") }()
		synctest.Wait()
		go func() { stayed <- p.enter(t.Context(), "a:80") }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled in the queue: %v", err)
		}
		p.leave("a:80", 0)
		if err := <-stayed; err != nil {
			t.Errorf("behind the one that gave up: %v", err)
		}
		p.leave("a:80", 0)

		ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := p.enter(ctx, "a:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled while spacing: %v", err)
		}
		if err := p.enter(t.Context(), "a:80"); err != nil {
			t.Errorf("the turn was lost: %v", err)
		}
	})
}

func TestPacerForgets(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPacer(time.Second, func() time.Time { return now })
	visit := func(n int, closeFor time.Duration) (most int) {
		for i := range n {
			key := fmt.Sprintf("host-%d-%d:443", now.Unix(), i)
			if err := p.enter(t.Context(), key); err != nil {
				t.Fatal(err)
			}
			p.leave(key, closeFor)
			now = now.Add(10 * time.Millisecond)
			most = max(most, len(p.gates), len(p.closed))
		}
		return most
	}
	if most := visit(100_000, 0); most > firstSweep {
		t.Errorf("held %d hosts, want at most %d", most, firstSweep)
	}
	if most := visit(200_000, longest); most > maxGates {
		t.Errorf("held %d closed hosts, want at most %d", most, maxGates)
	}
}

func TestClosedHostsAreKept(t *testing.T) {
	now := time.Unix(1e9, 0)
	o := Options{Now: func() time.Time { return now }}
	before, after := New(o), New(o)
	before.pacer.close("a:80", now.Add(time.Hour))
	before.pacer.close("b:80", now.Add(time.Minute))
	now = now.Add(2 * time.Minute)
	kept := before.Closed()
	if len(kept) != 1 || !kept["a:80"].Equal(time.Unix(1e9+3600, 0)) {
		t.Fatalf("kept %v", kept)
	}
	after.CloseUntil("a:80", kept["a:80"])
	after.CloseUntil("c:80", now.AddDate(1, 0, 0)) // by a clock that was wrong
	busy := (*BusyError)(nil)
	if err := after.pacer.enter(t.Context(), "a:80"); !errors.As(err, &busy) || !busy.Until.Equal(kept["a:80"]) {
		t.Errorf("after a restart: %v", err)
	}
	now = now.Add(longest)
	for _, host := range []string{"a:80", "c:80"} {
		if err := after.pacer.enter(t.Context(), host); err != nil {
			t.Errorf("a day later: %v", err)
		}
	}
}
