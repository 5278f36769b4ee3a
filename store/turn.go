package store

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

// patience is how long a writer waits for a transaction of another process.
const patience = 10 * time.Second

// turn lets the processes that write come one after the other. SQLite's lock
// alone is not fair: who waits for it asks now and then, up to 100 ms apart, and
// who writes all the time has taken it again by then. So whoever wants it holds
// a lock beside the database from before it asks until it has got it, and who
// comes later waits behind that one.
//
// It is a courtesy; that only one writes at a time is SQLite's doing. Where the
// file cannot be locked, or its holder does not move, one goes on without.
type turn struct{ lock *flock.Flock }

func newTurn(path string) turn { return turn{flock.New(path + ".turn")} }

// take waits for the turn, at most as long as for a transaction; give must follow.
func (t turn) take(ctx context.Context) {
	if ok, err := t.lock.TryLock(); ok || err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, _ = t.lock.TryLockContext(ctx, time.Millisecond)
}

func (t turn) give() { _ = t.lock.Unlock() }
