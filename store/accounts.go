package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"

	"github.com/draftwire/draftwire/catalog"
)

// This file holds what is told again and again of one document by feeds.

// Accounts lists all evidence of all events of all revisions of a document,
// given by name. It gives nothing for a document that is not there.
func (tx *Tx) Accounts(ctx context.Context, document string) ([]Testimony, error) {
	rows, err := tx.query(ctx, `SELECT `+testimonyColumns+`
		FROM documents d JOIN revisions r ON r.document = d.id JOIN `+testimonyTables+`
		WHERE d.folded = $1`, catalog.Fold(document))
	return scanTestimonies(rows, err)
}

// MoveAccount makes a message evidence of another event of the same document.
func (tx *Tx) MoveAccount(ctx context.Context, p Proof, to int64) error {
	_, err := tx.exec(ctx, `UPDATE evidence SET event = $1 WHERE event = $2 AND message = $3`, to, p.Event, p.Message)
	return err
}

// DropMessage forgets a message that is evidence of events at most.
func (tx *Tx) DropMessage(ctx context.Context, id int64) error {
	if _, err := tx.exec(ctx, `DELETE FROM evidence WHERE message = $1`, id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM messages WHERE id = $1`, id)
	return err
}

// KnownDigests tells which of these messages, by the [Digest] of their bytes, a
// source has given before.
func (r *Reader) KnownDigests(ctx context.Context, source int64, digests [][]byte) (map[string]bool, error) {
	names := make([]string, len(digests))
	for i, d := range digests {
		names[i] = hex.EncodeToString(d)
	}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	rows, err := r.q.query(ctx, `SELECT digest FROM messages
		WHERE source = $1 AND digest IN (SELECT unhex(value) FROM json_each($2))`, // not a join: that would read all of the source for each
		source, string(list))
	err = each(rows, err, func(rows *sql.Rows) error {
		var digest []byte
		err := rows.Scan(&digest)
		known[string(digest)] = true
		return err
	})
	return known, explain(err)
}
