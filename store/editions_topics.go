// Topics as editions count them.

package store

import (
	"context"
	"database/sql"
	"time"
)

// TopicNames tells for the events published in [from, to) which topics find
// each now, in no order.
func (r *Reader) TopicNames(ctx context.Context, from, to time.Time) (map[int64][]string, error) {
	found := make(map[int64][]string)
	// CROSS JOIN keeps SQLite from going through all that each topic ever found.
	rows, err := r.q.query(ctx, `SELECT x.event, t.name FROM selections x CROSS JOIN topics t ON t.id = x.topic
		WHERE x.event >= $1 AND x.event < $2 AND x.withdrawn = 0 AND t.gone = 0`, micros(from), micros(to))
	err = each(rows, err, func(rows *sql.Rows) error {
		var event int64
		var name string
		err := rows.Scan(&event, &name)
		found[event] = append(found[event], name)
		return err
	})
	return found, explain(err)
}
