// Signs of life of whoever polls, hosts that asked to be left alone, and what
// a clock that was wrong leaves behind.

package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"
)

// beat is the setting that says when the poller was last at work.
const beat = "poller_at_work"

// Beat notes that the poller is at work.
func (tx *Tx) Beat(ctx context.Context, now time.Time) error {
	return tx.Set(ctx, beat, strconv.FormatInt(micros(now), 10))
}

// LastBeat gives when the poller was last at work, or the zero time.
func (r *Reader) LastBeat(ctx context.Context) (time.Time, error) {
	text, err := r.Setting(ctx, beat)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	us, err := strconv.ParseInt(text, 10, 64)
	return fromMicros(us), err
}

// MendClocks brings back what was written by a clock that ran ahead of now by
// more than a little: sources tried in the future are due at once.
func (tx *Tx) MendClocks(ctx context.Context, now time.Time) error {
	const slack = 10 * time.Minute
	_, err := tx.exec(ctx, `UPDATE sources SET tried_at = $1, next_at = min(next_at, $1), success_at = min(success_at, $1),
		newest_at = min(newest_at, $1), failing_since = min(failing_since, $1), asked_until = 0, lease_until = min(lease_until, $1)
		WHERE tried_at > $2 OR success_at > $2`, micros(now), micros(now.Add(slack)))
	return err
}

// Closures lists the hosts ("host:port") that want no requests, and until when.
func (r *Reader) Closures(ctx context.Context) (map[string]time.Time, error) {
	closed := make(map[string]time.Time)
	rows, err := r.q.query(ctx, `SELECT host, until FROM closures`)
	err = each(rows, err, func(rows *sql.Rows) error {
		var host string
		var until int64
		err := rows.Scan(&host, &until)
		closed[host] = fromMicros(until)
		return err
	})
	return closed, explain(err)
}

// PutClosures writes the hosts that want no requests in place of those before.
func (tx *Tx) PutClosures(ctx context.Context, closed map[string]time.Time) error {
	if _, err := tx.exec(ctx, `DELETE FROM closures`); err != nil {
		return err
	}
	for host, until := range closed {
		if _, err := tx.exec(ctx, `INSERT INTO closures (host, until) VALUES ($1, $2)`, host, micros(until)); err != nil {
			return err
		}
	}
	return nil
}
