// An editor's work on editions that are not closed.

package store

import (
	"context"
	"database/sql"
	"time"
)

// Edit is one thing that an editor did to an edition.
type Edit struct {
	At     time.Time
	Who    string
	Action string // as package editions names it
	Item   string // key of the event, or empty for the whole edition
	Value  string
}

// AddEdit records what an editor did to the edition of a label.
func (tx *Tx) AddEdit(ctx context.Context, newsletter int64, label string, e Edit) error {
	_, err := tx.exec(ctx, `INSERT INTO edits (newsletter, label, at, who, action, item, value) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		newsletter, label, micros(e.At), e.Who, e.Action, e.Item, e.Value)
	return err
}

// Edits lists what editors did to an edition, in the order in which they did it.
func (r *Reader) Edits(ctx context.Context, newsletter, label string) (list []Edit, err error) {
	rows, err := r.q.query(ctx, `SELECT x.at, x.who, x.action, x.item, x.value FROM edits x JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $1 AND x.label = $2 ORDER BY x.id`, newsletter, label)
	err = each(rows, err, func(rows *sql.Rows) error {
		var e Edit
		var at int64
		err := rows.Scan(&at, &e.Who, &e.Action, &e.Item, &e.Value)
		e.At = fromMicros(at)
		list = append(list, e)
		return err
	})
	return list, explain(err)
}
