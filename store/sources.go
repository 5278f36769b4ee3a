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
	Move       *Move     // where its address led for good when it was last polled, or nil
	Recent     int       // messages of the last 14 days; known of a claimed source only
}

const sourceColumns = `id, name, active, pushed, cursor, polls, messages, tried_at, success_at, next_at, lease_until, attempts, last_error,
	newest_at, failing_since, asked_until, gone_at, paused_at, ` + moveColumn

// recentColumn is [Source.Recent], from a day on.
const recentColumn = `, (SELECT coalesce(sum(messages), 0) FROM source_days v WHERE v.source = sources.id AND v.day > $1)`

func scanSource(rows *sql.Rows, more ...any) (Source, error) {
	var s Source
	var move []byte
	var tried, success, next, lease, newest, failing, asked, gone, paused int64
	err := rows.Scan(append([]any{
		&s.ID, &s.Name, &s.Active, &s.Pushed, &s.Cursor, &s.Polls, &s.Messages,
		&tried, &success, &next, &lease, &s.Attempts, &s.LastError, &newest, &failing, &asked, &gone, &paused, &move,
	}, more...)...)
	if err != nil {
		return s, err
	}
	s.Tried, s.Success, s.Next, s.LeaseUntil = fromMicros(tried), fromMicros(success), fromMicros(next), fromMicros(lease)
	s.Newest, s.Failing, s.Asked, s.Gone = fromMicros(newest), fromMicros(failing), fromMicros(asked), fromMicros(gone)
	s.Paused = fromMicros(paused)
	s.Move, err = moveOf(move)
	return s, err
}

func scanClaimed(rows *sql.Rows, err error) (list []Source, _ error) {
	return list, each(rows, err, func(rows *sql.Rows) error {
		var recent int
		s, err := scanSource(rows, &recent)
		s.Recent = recent
		list = append(list, s)
		return err
	})
}

// recently is the day after which messages are recent.
func recently(now time.Time) int64 { return dayOf(now) - 14 }

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

// ClaimSources leases up to limit active sources that are due and that nobody
// has leased. A lease that has run out is no leave to take it: its poll may go on.
func (tx *Tx) ClaimSources(ctx context.Context, now, leaseUntil time.Time, limit int) ([]Source, error) {
	rows, err := tx.query(ctx, `UPDATE sources SET lease_until = $3, tried_at = $2 WHERE id IN (
		SELECT id FROM sources WHERE active = 1 AND pushed = 0 AND gone_at = 0 AND next_at <= $2 AND lease_until = 0 ORDER BY next_at LIMIT $4)
		RETURNING `+sourceColumns+recentColumn, recently(now), micros(now), micros(leaseUntil), limit)
	return scanClaimed(rows, err)
}

// ClaimSource leases one active source whether it is due or not, gone or not.
// It gives ErrNotFound for an unknown name.
func (tx *Tx) ClaimSource(ctx context.Context, name string, now, leaseUntil time.Time) (Source, error) {
	rows, err := tx.query(ctx, `UPDATE sources SET lease_until = $3, tried_at = $2, next_at = $2, gone_at = 0
		WHERE name = $4 AND active = 1 AND pushed = 0 RETURNING `+sourceColumns+recentColumn, recently(now), micros(now), micros(leaseUntil), name)
	list, err := scanClaimed(rows, err)
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
		lease_until = 0, attempts = 0, last_error = $3, failing_since = 0, asked_until = 0 WHERE id = $4`,
		micros(now), micros(next), but, id)
	return err
}

// PollFailed ends a lease after a poll that did not, and says why in words.
func (tx *Tx) PollFailed(ctx context.Context, id int64, now, next time.Time, why string) error {
	_, err := tx.exec(ctx, `UPDATE sources SET next_at = iif(next_at > tried_at, next_at, $1), lease_until = 0, attempts = attempts + 1,
		last_error = $2, failing_since = iif(failing_since = 0, $3, failing_since), asked_until = 0 WHERE id = $4`,
		micros(next), why, micros(now), id)
	return err
}

// PollHeld ends a lease after a poll that the source's host did not want. It
// counts as no failure.
func (tx *Tx) PollHeld(ctx context.Context, id int64, next time.Time) error {
	_, err := tx.exec(ctx, `UPDATE sources SET next_at = iif(next_at > tried_at, next_at, $1), lease_until = 0 WHERE id = $2`,
		micros(next), id)
	return err
}

// AskedToWait notes until when a source's host wants no requests. It is called
// after the poll's end has been written.
func (tx *Tx) AskedToWait(ctx context.Context, id int64, until time.Time) error {
	_, err := tx.exec(ctx, `UPDATE sources SET asked_until = $1 WHERE id = $2`, micros(until), id)
	return err
}

// PutOff ends the lease of a poll that was not begun, for a reason that is no
// fault of the source. It counts as no try.
func (tx *Tx) PutOff(ctx context.Context, id int64, next time.Time) error {
	_, err := tx.exec(ctx, `UPDATE sources SET next_at = iif(next_at > tried_at, next_at, $1), lease_until = 0, tried_at = 0
		WHERE id = $2`, micros(next), id)
	return err
}

// PollNow makes a source due at once, also one that is gone, for whoever leads
// to act on.
func (tx *Tx) PollNow(ctx context.Context, name string, now time.Time) error {
	n, err := tx.exec(ctx, `UPDATE sources SET next_at = $1, gone_at = 0 WHERE name = $2 AND active = 1 AND pushed = 0`, micros(now), name)
	if err == nil && n == 0 {
		err = fmt.Errorf("source %q: %w", name, ErrNotFound)
	}
	return err
}

// SpreadOverdue spaces the sources that are due and were polled before, but for
// the first few, which stay due: after a standstill they need not all come at
// once. Like those put off they count as not tried. New sources are left as they are.
func (tx *Tx) SpreadOverdue(ctx context.Context, now time.Time, first int, spacing time.Duration) error {
	_, err := tx.exec(ctx, `UPDATE sources SET next_at = $1 + (o.place - $2) * $3, tried_at = 0
		FROM (SELECT id, row_number() OVER (ORDER BY next_at, id) AS place FROM sources
			WHERE active = 1 AND pushed = 0 AND gone_at = 0 AND tried_at > 0 AND lease_until = 0 AND next_at <= $1) o
		WHERE sources.id = o.id AND o.place > $2`, micros(now), first, spacing.Microseconds())
	return err
}

// NextPoll gives when the next active source that nobody has leased is due, or
// the zero time. A lease is given back by who holds it, or voided by [DB.Lead].
func (r *Reader) NextPoll(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT next_at FROM sources WHERE active = 1 AND pushed = 0 AND gone_at = 0 AND lease_until = 0 ORDER BY next_at LIMIT 1`)
	if err = row(rows, err, &us); errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return time.UnixMicro(us).UTC(), explain(err)
}
