package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// Lead makes this process the one that polls, closes and sends, until release
// is called or the process dies. Others get false: they leave rows for the
// leader instead. The lock is a file beside the database, since closing a
// second handle of the database itself would drop SQLite's own locks.
//
// A new leader knows that no other works: leases it finds belong to the dead
// and are void, and a mail found in sending may or may not have left: it
// becomes unknown.
func (db *DB) Lead(ctx context.Context, now time.Time) (release func() error, ok bool, err error) {
	lock := flock.New(db.path + ".lead")
	if ok, err = lock.TryLock(); err == nil && !ok { // perhaps somebody only looks, see Led
		looking, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		ok, err = lock.TryLockContext(looking, 10*time.Millisecond)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = nil
		}
	}
	if err != nil {
		return nil, false, fmt.Errorf("lock %s.lead: %w", db.path, err)
	}
	if !ok {
		return nil, false, nil
	}
	err = db.Update(ctx, func(tx *Tx) error {
		for _, text := range []string{
			`UPDATE sources SET lease_until = 0 WHERE lease_until <> 0`,
			`UPDATE machine_texts SET lease_until = 0 WHERE lease_until <> 0`,
			`UPDATE text_requests SET lease_until = 0 WHERE lease_until <> 0`,
		} {
			if _, err := tx.exec(ctx, text); err != nil {
				return err
			}
		}
		for _, table := range outbox {
			if _, err := tx.exec(ctx, `UPDATE `+table+` SET lease_until = 0 WHERE lease_until <> 0`); err != nil {
				return err
			}
			if _, err := tx.exec(ctx, `UPDATE `+table+` SET state = 'unknown', changed = $1,
				last_error = 'the process ended while this mail was being handed over; whether it left is not known'
				WHERE state = 'sending'`, micros(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = lock.Unlock()
		return nil, false, err
	}
	return lock.Unlock, true, nil
}

// Led reports whether a process leads now.
func (db *DB) Led() (bool, error) {
	lock := flock.New(db.path + ".lead")
	free, err := lock.TryRLock()
	if err == nil && free {
		err = lock.Unlock()
	}
	if err != nil {
		return false, fmt.Errorf("look at %s.lead: %w", db.path, err)
	}
	return !free, nil
}
