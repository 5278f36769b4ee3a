package store

import (
	"context"
	"database/sql"
	"time"
)

// PauseSource notes that the operator paused a source, at the time of the
// first call since it was resumed. It need not have been polled before.
func (tx *Tx) PauseSource(ctx context.Context, name string, now time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO sources (name, active, paused_at) VALUES ($1, 0, $2)
		ON CONFLICT (name) DO UPDATE SET paused_at = iif(paused_at = 0, excluded.paused_at, paused_at)`, name, micros(now))
	return err
}

// ResumeSource takes the operator's pause from a source and makes it due. It
// gives false if there was none.
func (tx *Tx) ResumeSource(ctx context.Context, name string, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE sources SET paused_at = 0, next_at = min(next_at, $2) WHERE name = $1 AND paused_at > 0`, name, micros(now))
	return n > 0, err
}

// PausedSources gives the names of the sources that the operator paused.
func (r *Reader) PausedSources(ctx context.Context) (names []string, err error) {
	rows, err := r.q.query(ctx, `SELECT name FROM sources WHERE paused_at > 0 ORDER BY name`)
	err = each(rows, err, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, explain(err)
}
