package store

import (
	"context"
	"maps"
	"slices"

	"github.com/draftwire/draftwire/filters"
)

// The word index is written in the transaction that writes the events, so that
// both agree after any crash, but at its end and in the order of ids: FTS5
// flushes what it has gathered whenever a statement opens a savepoint, as most
// upserts do, and that would cost more than everything else.

// words are the index columns of one event; nil takes the event out.
type words *[6]string

// PutWords writes an event's analysed words to the index.
func (tx *Tx) PutWords(id int64, item *filters.Item) {
	var columns [6]string
	for i, c := range filters.AllColumns() {
		columns[i] = item.Column(c)
	}
	tx.words[id] = &columns
}

func (tx *Tx) dropWords(id int64) { tx.words[id] = nil }

// flushWords writes what the transaction has gathered. It runs before a commit
// and before a search within the transaction.
func (tx *Tx) flushWords(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(tx.words)) {
		var err error
		if w := tx.words[id]; w == nil {
			_, err = tx.exec(ctx, `DELETE FROM words WHERE rowid = $1`, id)
		} else {
			_, err = tx.exec(ctx, `INSERT OR REPLACE INTO words (rowid, title, abstract, name, grp, authors, facets)
				VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, w[0], w[1], w[2], w[3], w[4], w[5])
		}
		if err != nil {
			return err
		}
	}
	clear(tx.words)
	return nil
}
