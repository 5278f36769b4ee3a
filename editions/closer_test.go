package editions

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// awaited starts a closer after a night without power, in a bubble, with a
// Ready of the test's. It gives what it closed so far, in outlines.
func awaited(t *testing.T, ready func(context.Context) error) (w *wire, closed func() []string) {
	t.Helper()
	w = newWire(t)
	var mu sync.Mutex // guards lines
	var lines []string
	w.keep(at("2025-12-07 00:00"), "daily")
	start, morning := time.Now(), at("2025-12-08 06:00")
	c := Closer{
		DB: w.db, Newsletters: []Newsletter{daily()}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return morning.Add(time.Since(start)) },
		Closed: func(e *Edition) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(append(lines, e.Label), outline(e)...)
		},
		Ready: ready,
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	return w, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(lines)
	}
}

// What was missed while nothing ran stands in the edition that it belongs to.
func TestCloserAwaitsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		polled := make(chan struct{})
		w, closed := awaited(t, func(ctx context.Context) error {
			select {
			case <-polled:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		equal(t, "before the sources were polled", closed(), nil)
		w.add(happening{name: "draft-a-b-00", at: at("2025-12-07 10:00")})
		close(polled)
		synctest.Wait()
		equal(t, "afterwards", closed(), []string{"2025-12-07", ": draft-a-b-00"})
	})
}

// A source that hangs keeps editions back for a while, not for ever.
func TestCloserHasPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, closed := awaited(t, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		<-time.After(5*time.Minute - time.Second)
		synctest.Wait()
		equal(t, "before", closed(), nil)
		<-time.After(2 * time.Second)
		synctest.Wait()
		equal(t, "after", closed(), []string{"2025-12-07"})
	})
}

// A stop while it waits closes nothing.
func TestCloserStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.keep(at("2025-12-07 00:00"), "daily")
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		c := Closer{
			DB: w.db, Newsletters: []Newsletter{daily()}, Log: slog.New(slog.DiscardHandler),
			Now: func() time.Time { return at("2025-12-08 06:00") },
			Ready: func(ctx context.Context) error {
				cancel()
				return ctx.Err()
			},
		}
		defer cancel()
		if err := c.Run(ctx); err != nil {
			t.Error(err)
		}
		if list, err := w.db.Editions(context.Background(), "daily", 1); err != nil || len(list) > 0 {
			t.Errorf("closed %d editions, %v", len(list), err)
		}
	})
}
