package store

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

const (
	patience = 10 * time.Second      // how long a writer waits for a transaction of another process
	oneTry   = 50 * time.Millisecond // of that at once, deaf to its context
	courtesy = 2 * time.Second       // how long it waits for another that waits
)

// turn lets the processes that write come one after the other. SQLite's lock
// alone is not fair: who waits for it asks now and then, some milliseconds apart, and
// who writes all the time has taken it again by then. So whoever wants it holds
// a lock beside the database from before it asks until it has got it, and whoever
// has just written waits for that one.
//
// It is a courtesy; that only one writes at a time is SQLite's doing. Where the
// file cannot be locked, or its holder does not move, one goes on without.
type turn struct{ lock *flock.Flock }

func newTurn(path string) turn { return turn{flock.New(path + ".turn")} }

// take waits for the turn, but not for ever; give must follow.
func (t turn) take(ctx context.Context) {
	if ok, err := t.lock.TryLock(); ok || err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, courtesy)
	defer cancel()
	_, _ = t.lock.TryLockContext(ctx, 5*time.Millisecond)
}

func (t turn) give() { _ = t.lock.Unlock() }
