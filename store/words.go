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

// awaitWords notes an event that was just made. Where one of the same id has
// just gone, the index may still know that.
func (tx *Tx) awaitWords(id int64) {
	if _, gone := tx.words[id]; !gone {
		tx.unindexed[id] = true
	}
}

// flushWords writes what the transaction has gathered. It runs before a commit
// and before a search within the transaction.
func (tx *Tx) flushWords(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(tx.words)) {
		if err := tx.index(ctx, id, tx.words[id]); err != nil {
			return err
		}
		delete(tx.unindexed, id)
	}
	clear(tx.words)
	return nil
}

// index writes one event's words. To replace costs a look for what was there,
// so what is known to be new is only inserted.
func (tx *Tx) index(ctx context.Context, id int64, w words) (err error) {
	fresh := tx.unindexed[id]
	switch {
	case w == nil && fresh:
	case w == nil:
		_, err = tx.exec(ctx, `DELETE FROM words WHERE rowid = $1`, id)
	case fresh:
		_, err = tx.exec(ctx, `INSERT INTO words (rowid, title, abstract, name, grp, authors, facets)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, w[0], w[1], w[2], w[3], w[4], w[5])
	default:
		_, err = tx.exec(ctx, `INSERT OR REPLACE INTO words (rowid, title, abstract, name, grp, authors, facets)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, w[0], w[1], w[2], w[3], w[4], w[5])
	}
	return err
}
