package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

// Page bounds a search. The zero value is everything, newest first.
type Page struct {
	From, To time.Time // published in [From, To); zero is open
	Before   int64     // only events whose id is less: go on below the last one seen; 0 is from the top
	Limit    int       // at most so many; 0 is all
}

// Search finds the events a query selects, newest first.
func (r *Reader) Search(ctx context.Context, q *filters.Query, p Page) (events []catalog.Event, err error) {
	return events, r.EachFound(ctx, q, p, func(e catalog.Event) error {
		events = append(events, e)
		return nil
	})
}

// EachFound calls fn for each event a query selects, newest first, without
// holding them all. An error of fn ends it.
func (r *Reader) EachFound(ctx context.Context, q *filters.Query, p Page, fn func(catalog.Event) error) error {
	rows, err := r.find(ctx, eventColumns, q, p)
	return explain(each(rows, err, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		if err != nil {
			return err
		}
		return fn(e)
	}))
}

// FindIDs is Search for the ids alone.
func (r *Reader) FindIDs(ctx context.Context, q *filters.Query, p Page) (ids []int64, err error) {
	rows, err := r.find(ctx, "e.id", q, p)
	return ids, explain(each(rows, err, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}))
}

// Count counts what Search would find.
func (r *Reader) Count(ctx context.Context, q *filters.Query, p Page) (n int, err error) {
	p.Limit = 0
	rows, err := r.find(ctx, "count(*)", q, p)
	return n, explain(row(rows, err, &n))
}

// find runs a compiled query. Dates are bounds of rowids, so the index walks
// only what is asked for.
func (r *Reader) find(ctx context.Context, columns string, q *filters.Query, p Page) (*sql.Rows, error) {
	c := compile(q.Root())
	text := "SELECT " + columns + " FROM"
	id := "e.id"
	var args []any
	if c.match != "" {
		id = "words.rowid"
		text += " words JOIN events e ON e.id = words.rowid JOIN revisions r ON r.id = e.revision" +
			" JOIN documents d ON d.id = r.document WHERE words MATCH ?"
		args = append(args, c.match)
	} else {
		text += eventTables + " WHERE 1"
	}
	if !p.From.IsZero() {
		text, args = text+" AND "+id+" >= ?", append(args, micros(p.From))
	}
	below := p.Before
	if to := micros(p.To); to != 0 && (below == 0 || to < below) {
		below = to
	}
	if below != 0 {
		text, args = text+" AND "+id+" < ?", append(args, below)
	}
	if c.where != "" {
		text, args = text+" AND "+c.where, append(args, c.args...)
	}
	if columns != "count(*)" {
		text += " ORDER BY " + id + " DESC"
	}
	if p.Limit > 0 {
		text, args = text+" LIMIT ?", append(args, p.Limit)
	}
	return r.q.adhoc(ctx, text, args...)
}

// Newest gives when the newest event was published, or the zero time for an
// empty catalogue.
func (r *Reader) Newest(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce((SELECT published FROM events ORDER BY id DESC LIMIT 1), 0)`)
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}
