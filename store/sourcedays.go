// How much sources give, day by day.

package store

import (
	"context"
	"database/sql"
	"time"
)

// SourceDay is how many new messages a source gave that are of one day, by
// their own dates. Days without any are left out.
type SourceDay struct {
	Source   string // its name
	Day      time.Time
	Messages int
}

const microsOfDay = 24 * 60 * 60 * 1_000_000

// SourceDays lists them from the day of since, for all sources, by name and day.
func (r *Reader) SourceDays(ctx context.Context, since time.Time) (list []SourceDay, err error) {
	rows, err := r.q.query(ctx, `SELECT s.name, d.day, d.messages FROM sources s JOIN source_days d ON d.source = s.id
		WHERE d.day >= $1 ORDER BY s.name, d.day`, dayOf(since))
	err = each(rows, err, func(rows *sql.Rows) error {
		var d SourceDay
		var day int64
		if err := rows.Scan(&d.Source, &day, &d.Messages); err != nil {
			return err
		}
		d.Day = fromDay(day)
		list = append(list, d)
		return nil
	})
	return list, explain(err)
}

// CountDays adds new messages of a source to their days, and moves the date of
// its newest on. Call it in the transaction that adds the messages.
func (tx *Tx) CountDays(ctx context.Context, source int64, dates []time.Time) error {
	if len(dates) == 0 {
		return nil
	}
	days, newest := make(map[int64]int), dates[0]
	for _, date := range dates {
		days[dayOf(date)]++
		if date.After(newest) {
			newest = date
		}
	}
	for day, n := range days {
		if _, err := tx.exec(ctx, `INSERT INTO source_days (source, day, messages) VALUES ($1, $2, $3)
			ON CONFLICT DO UPDATE SET messages = messages + excluded.messages`, source, day, n); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `UPDATE sources SET newest_at = max(newest_at, $1) WHERE id = $2`, micros(newest), source)
	return err
}

// dayOf counts days since 1970-01-01, UTC.
func dayOf(t time.Time) int64 {
	us := t.UnixMicro()
	if us < 0 {
		us -= microsOfDay - 1 // towards the past
	}
	return us / microsOfDay
}

func fromDay(day int64) time.Time { return time.UnixMicro(day * microsOfDay).UTC() }
