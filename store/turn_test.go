package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/draftwire/draftwire/store"
)

// TestTurns holds that two processes which write all the time take turns: left
// to SQLite's lock, one of them would hardly come to write.
func TestTurns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "draftwire.db")
	one, other := open(t, path, store.Options{}), open(t, path, store.Options{})
	write := func(db *store.DB, n int) error {
		return db.Update(t.Context(), func(tx *store.Tx) error {
			for i := range 1000 { // work that takes its time
				if err := tx.Set(t.Context(), strconv.Itoa(i), strconv.Itoa(n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	stop, ended := make(chan struct{}), make(chan error, 1)
	busy := 0
	go func() {
		for {
			select {
			case <-stop:
				ended <- nil
				return
			default:
			}
			if err := write(one, busy); err != nil {
				ended <- err
				return
			}
			busy++
		}
	}()
	const turns = 20
	for n := range turns {
		if err := write(other, n); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if busy < turns/2 || busy > 2*turns {
		t.Errorf("%d transactions of one process beside %d of another", busy, turns)
	}
}

// TestTurnHeldByTheDead holds that a process which stands still with the turn
// in its hand does not keep the others from writing.
func TestTurnHeldByTheDead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db := open(t, path, store.Options{})
	stuck := flock.New(path + ".turn")
	if ok, err := stuck.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer stuck.Unlock() //nolint:errcheck // it goes with the process
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.Set(ctx, "a", "b") }); err != nil {
		t.Error(err)
	}
}

// TestWaitIsCancelled holds that who waits for another process's transaction is
// let go when its context ends.
func TestWaitIsCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db, other := open(t, path, store.Options{}), open(t, path, store.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := other.Update(t.Context(), func(*store.Tx) error {
		return db.Update(ctx, func(*store.Tx) error { return nil })
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.Set(t.Context(), "a", "b") })
}
