package store

import (
	"context"

	"github.com/draftwire/draftwire/filters"
)

// PutWords writes an event's analysed words to the index, in the transaction
// that writes the event, so that index and rows agree after any crash.
func (tx *Tx) PutWords(ctx context.Context, id int64, item *filters.Item) error {
	_, err := tx.exec(ctx, `INSERT OR REPLACE INTO words (rowid, title, abstract, name, grp, authors, facets)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id,
		item.Column(filters.Title), item.Column(filters.Abstract), item.Column(filters.Name),
		item.Column(filters.Group), item.Column(filters.Authors), item.Column(filters.Facets))
	return err
}

func (tx *Tx) dropWords(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `DELETE FROM words WHERE rowid = $1`, id)
	return err
}
