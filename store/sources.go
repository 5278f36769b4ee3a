package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Source is the state of one source.
type Source struct {
	ID         int64
	Name       string
	Active     bool   // named by the configuration in force
	Pushed     bool   // its mail is sent to us: it is never due
	Cursor     string // where reading goes on; its meaning is the poller's
	Polls      int    // successful ones
	Messages   int    // taken in so far
	Tried      time.Time
	Success    time.Time
	Next       time.Time // when it is due
	LeaseUntil time.Time
	Attempts   int // failures in a row
	LastError  string
	Newest     time.Time // date of its newest message
	Failing    time.Time // first of the failures in a row, or zero
	Asked      time.Time // its host wants no requests until then, or zero
	Gone       time.Time // since when it is not polled, its host having said that it is gone for good; or zero
	Paused     time.Time // when the operator paused it by hand, or zero
}

const sourceColumns = `id, name, active, pushed, cursor, polls, messages, tried_at, success_at, next_at, lease_until, attempts, last_error,
	newest_at, failing_since, asked_until, gone_at, paused_at`

func scanSource(rows *sql.Rows) (Source, error) {
	var s Source
	var tried, success, next, lease, newest, failing, asked, gone, paused int64
	err := rows.Scan(&s.ID, &s.Name, &s.Active, &s.Pushed, &s.Cursor, &s.Polls, &s.Messages,
		&tried, &success, &next, &lease, &s.Attempts, &s.LastError, &newest, &failing, &asked, &gone, &paused)
	s.Tried, s.Success, s.Next, s.LeaseUntil = fromMicros(tried), fromMicros(success), fromMicros(next), fromMicros(lease)
	s.Newest, s.Failing, s.Asked, s.Gone = fromMicros(newest), fromMicros(failing), fromMicros(asked), fromMicros(gone)
	s.Paused = fromMicros(paused)
	return s, err
}

func scanSources(rows *sql.Rows, err error) (list []Source, _ error) {
	return list, each(rows, err, func(rows *sql.Rows) error {
		s, err := scanSource(rows)
		list = append(list, s)
		return err
	})
}

// Sources lists every source ever named, by name.
func (r *Reader) Sources(ctx context.Context) ([]Source, error) {
	rows, err := r.q.query(ctx, `SELECT `+sourceColumns+` FROM sources ORDER BY name`)
	list, err := scanSources(rows, err)
	return list, explain(err)
}

// KeepSources makes the named sources the active ones. New ones are due at
// once; what left the configuration keeps its messages and its place.
func (tx *Tx) KeepSources(ctx context.Context, names []string) error {
	if _, err := tx.exec(ctx, `UPDATE sources SET active = 0, pushed = 0`); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := tx.exec(ctx, `INSERT INTO sources (name) VALUES ($1)
			ON CONFLICT (name) DO UPDATE SET active = 1`, name); err != nil {
			return err
		}
	}
	return nil
}

// SourceID finds or makes a source outside the configuration, such as an import.
func (tx *Tx) SourceID(ctx context.Context, name string) (id int64, err error) {
	if _, err := tx.exec(ctx, `INSERT INTO sources (name, active) VALUES ($1, 0) ON CONFLICT DO NOTHING`, name); err != nil {
		return 0, err
	}
	rows, err := tx.query(ctx, `SELECT id FROM sources WHERE name = $1`, name)
	return id, row(rows, err, &id)
}

// ClaimSources leases up to limit active sources that are due.
func (tx *Tx) ClaimSources(ctx context.Context, now, leaseUntil time.Time, limit int) ([]Source, error) {
	rows, err := tx.query(ctx, `UPDATE sources SET lease_until = $2, tried_at = $1 WHERE id IN (
		SELECT id FROM sources WHERE active = 1 AND pushed = 0 AND next_at <= $1 AND lease_until <= $1 ORDER BY next_at LIMIT $3)
		RETURNING `+sourceColumns, micros(now), micros(leaseUntil), limit)
	return scanSources(rows, err)
}

// ClaimSource leases one active source whether it is due or not. It gives
// ErrNotFound for an unknown name.
func (tx *Tx) ClaimSource(ctx context.Context, name string, now, leaseUntil time.Time) (Source, error) {
	rows, err := tx.query(ctx, `UPDATE sources SET lease_until = $2, tried_at = $1, next_at = $1
		WHERE name = $3 AND active = 1 AND pushed = 0 RETURNING `+sourceColumns, micros(now), micros(leaseUntil), name)
	list, err := scanSources(rows, err)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("source %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return Source{}, err
	}
	return list[0], nil
}

// AdvanceSource notes how far a source has been read, together with what was
// taken in up to there, and renews the lease of who reads it.
func (tx *Tx) AdvanceSource(ctx context.Context, id int64, cursor string, messages int, leaseUntil time.Time) error {
	_, err := tx.exec(ctx, `UPDATE sources SET cursor = $1, messages = messages + $2, lease_until = $3 WHERE id = $4`,
		cursor, messages, micros(leaseUntil), id)
	return err
}

// CountMessages adds to the number of messages a source has given.
func (tx *Tx) CountMessages(ctx context.Context, id int64, messages int) error {
	_, err := tx.exec(ctx, `UPDATE sources SET messages = messages + $1 WHERE id = $2`, messages, id)
	return err
}

// ReleaseSource ends the lease of a poll that was cut off: the source is due as
// it was.
func (tx *Tx) ReleaseSource(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `UPDATE sources SET lease_until = 0 WHERE id = $1`, id)
	return err
}

// PollSucceeded ends a lease after a poll that worked. A wish of [Tx.PollNow]
// that came since the claim stays. but says what could not
// be taken all the same; it is mostly empty.
func (tx *Tx) PollSucceeded(ctx context.Context, id int64, now, next time.Time, but string) error {
	_, err := tx.exec(ctx, `UPDATE sources SET polls = polls + 1, success_at = $1, next_at = iif(next_at > tried_at, next_at, $2),
		lease_until = 0, attempts = 0, last_error = $3 WHERE id = $4`, micros(now), micros(next), but, id)
	return err
}

// PollFailed ends a lease after a poll that did not, and says why in words.
func (tx *Tx) PollFailed(ctx context.Context, id int64, next time.Time, why string) error {
	_, err := tx.exec(ctx, `UPDATE sources SET next_at = iif(next_at > tried_at, next_at, $1), lease_until = 0, attempts = attempts + 1, last_error = $2
		WHERE id = $3`, micros(next), why, id)
	return err
}

// PollNow makes a source due at once, for whoever leads to act on.
func (tx *Tx) PollNow(ctx context.Context, name string, now time.Time) error {
	n, err := tx.exec(ctx, `UPDATE sources SET next_at = $1 WHERE name = $2 AND active = 1 AND pushed = 0`, micros(now), name)
	if err == nil && n == 0 {
		err = fmt.Errorf("source %q: %w", name, ErrNotFound)
	}
	return err
}

// NextPoll gives when the next active source that nobody has leased is due, or
// the zero time. A lease is given back by who holds it, or voided by [DB.Lead].
func (r *Reader) NextPoll(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT next_at FROM sources WHERE active = 1 AND pushed = 0 AND lease_until = 0 ORDER BY next_at LIMIT 1`)
	if err = row(rows, err, &us); errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return time.UnixMicro(us).UTC(), explain(err)
}
