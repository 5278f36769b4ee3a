// One source's volume, for whoever learns what is usual.

package store

import (
	"context"
	"database/sql"
	"time"
)

// CountsOf gives how many messages a source gave on each day from one to
// another, both included, zeros too.
func (r *Reader) CountsOf(ctx context.Context, source int64, from, to time.Time) ([]int, error) {
	first, last := dayOf(from), dayOf(to)
	counts := make([]int, max(last-first+1, 0))
	rows, err := r.q.query(ctx, `SELECT day, messages FROM source_days WHERE source = $1 AND day BETWEEN $2 AND $3`, source, first, last)
	err = each(rows, err, func(rows *sql.Rows) error {
		var day int64
		var n int
		err := rows.Scan(&day, &n)
		if err == nil {
			counts[day-first] = n
		}
		return err
	})
	return counts, explain(err)
}
