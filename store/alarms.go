// Alarms: what is wrong with a source, for as long as it is.

package store

import (
	"context"
	"database/sql"
	"time"
)

// AlarmKind says what is wrong.
type AlarmKind string

// The closed set of kinds.
const (
	Silence AlarmKind = "silence" // nothing came for longer than usual
	Drop    AlarmKind = "drop"    // far less came than usual
	Failing AlarmKind = "failing" // it could not be read for long
	Gone    AlarmKind = "gone"    // its host says that it is gone for good
	Stopped AlarmKind = "stopped" // sources are due and nobody polls them
)

// Alarm is one thing that is or was wrong.
type Alarm struct {
	ID       int64
	Source   string // its name; empty when Kind is Stopped
	SourceID int64  // its row; 0 when Kind is Stopped
	Kind     AlarmKind
	Since    time.Time // when what it tells of began, such as the date of the newest message
	Began    time.Time // when it was noticed
	Told     time.Time // when the operator was last told, or zero
	Ended    time.Time // or zero
	Words    string    // a sentence for the operator
}

// Alarms lists what is wrong now and, unless ended is zero, what ended since
// then, by source and age.
func (r *Reader) Alarms(ctx context.Context, ended time.Time) (list []Alarm, err error) {
	since := micros(ended)
	if ended.IsZero() {
		since = 1<<63 - 1
	}
	rows, err := r.q.query(ctx, `SELECT a.id, coalesce(s.name, ''), coalesce(a.source, 0), a.kind, a.since, a.began, a.told, a.ended, a.words
		FROM alarms a LEFT JOIN sources s ON s.id = a.source WHERE a.ended = 0 OR a.ended >= $1 ORDER BY 2, a.began, a.id`, since)
	err = each(rows, err, func(rows *sql.Rows) error {
		var a Alarm
		var since, began, told, ended int64
		if err := rows.Scan(&a.ID, &a.Source, &a.SourceID, &a.Kind, &since, &began, &told, &ended, &a.Words); err != nil {
			return err
		}
		a.Since, a.Began, a.Told, a.Ended = fromMicros(since), fromMicros(began), fromMicros(told), fromMicros(ended)
		list = append(list, a)
		return nil
	})
	return list, explain(err)
}

// Raise records an alarm and gives its id, or 0 if there is one of its source
// and kind already; that one's words become the new ones.
func (tx *Tx) Raise(ctx context.Context, a Alarm) (id int64, err error) {
	source := sql.NullInt64{Int64: a.SourceID, Valid: a.SourceID != 0}
	n, err := tx.exec(ctx, `UPDATE alarms SET words = $1 WHERE coalesce(source, 0) = $2 AND kind = $3 AND ended = 0`,
		a.Words, a.SourceID, string(a.Kind))
	if err != nil || n > 0 {
		return 0, err
	}
	return tx.insert(ctx, `INSERT INTO alarms (source, kind, since, began, words) VALUES ($1, $2, $3, $4, $5)`,
		source, string(a.Kind), micros(a.Since), micros(a.Began), a.Words)
}

// AlarmTold notes that the operator was told of an alarm.
func (tx *Tx) AlarmTold(ctx context.Context, id int64, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE alarms SET told = $1 WHERE id = $2`, micros(now), id)
	return err
}

// EndAlarm notes that what an alarm tells of is over.
func (tx *Tx) EndAlarm(ctx context.Context, id int64, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE alarms SET ended = $1 WHERE id = $2 AND ended = 0`, micros(now), id)
	return err
}
