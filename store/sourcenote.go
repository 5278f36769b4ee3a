package store

import "context"

// This file notes what is wrong with a source outside its polls.

// NoteSource says in words what is wrong with an active source, until a poll
// of it ends. It does not count as a failed poll.
func (tx *Tx) NoteSource(ctx context.Context, name, what string) error {
	_, err := tx.exec(ctx, `UPDATE sources SET last_error = $1 WHERE name = $2 AND active = 1`, what, name)
	return err
}
