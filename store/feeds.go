// What the feeds and pages of one topic ask for.

package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Topic reads one topic, also one that is gone. It gives ErrNotFound for an
// unknown name.
func (r *Reader) Topic(ctx context.Context, name string) (Topic, error) {
	var t Topic
	var gone int64
	rows, err := r.q.query(ctx, `SELECT id, name, query, title, owner, position, gone, fault
		FROM topics WHERE name = $1`, name)
	found := false
	err = each(rows, err, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&t.ID, &t.Name, &t.Query, &t.Title, &t.Owner, &t.Position, &gone, &t.Fault)
	})
	if err == nil && !found {
		err = fmt.Errorf("topic %q: %w", name, ErrNotFound)
	}
	t.Gone = fromMicros(gone)
	return t, explain(err)
}
