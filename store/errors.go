package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrNotFound is returned where what was asked for by name does not exist.
var ErrNotFound = errors.New("not found")

// explain puts the faults of a database file that a person can mend into
// words. The cause stays in the chain.
func explain(err error) error {
	var e *sqlite.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch primary(e) {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full; nothing of this step was kept, all before it was; make room and go on: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("another process holds the database for writing; try again when it is done: %w", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the database file is damaged; restore a backup, or save what is left with sqlite3's .recover: %w", err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("this is not a Draftwire database; check the path: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the database cannot be written; check that the file and its folder belong to this user: %w", err)
	}
	return err
}

// primary is the code without its extension, which stands in higher bytes.
func primary(e *sqlite.Error) int { return e.Code() & 0xff }

// isBusy reports whether another process was in the way.
func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && primary(e) == sqlite3.SQLITE_BUSY
}
