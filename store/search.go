package store

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

// Page bounds a search. The zero value is everything, newest first.
type Page struct {
	From, To time.Time     // published in [From, To); zero is open
	Before   int64         // only events whose id is less: go on below the last one seen; 0 is from the top
	Limit    int           // at most so many; 0 is all
	Oldest   bool          // oldest first, not for Look with a budget
	Budget   time.Duration // for Look: how long it may take; 0 is as long as it takes
}

// Search finds the events a query selects, newest first.
func (r *Reader) Search(ctx context.Context, q *filters.Query, p Page) (events []catalog.Event, err error) {
	return events, r.EachFound(ctx, q, p, func(e catalog.Event) error {
		events = append(events, e)
		return nil
	})
}

// EachFound calls fn for each event a query selects, newest first, without
// holding them all. An error of fn ends it. fn must not search: the statement
// is in use.
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

// span gives the ids that the page asks for.
func (p Page) span() span {
	s := span{math.MinInt64, math.MaxInt64}
	if !p.From.IsZero() {
		s.low = p.From.UnixMicro()
	}
	if !p.To.IsZero() {
		s.high = p.To.UnixMicro()
	}
	if p.Before != 0 {
		s.high = min(s.high, p.Before)
	}
	return s
}

// bounds gives the ids that both the page and a condition admit.
func (p Page) bounds(c condition) span {
	s := p.span()
	return span{max(s.low, c.from), min(s.high, c.to)}
}

// find runs a compiled query. Dates are bounds of rowids, so the index walks
// only what is asked for.
func (r *Reader) find(ctx context.Context, columns string, q *filters.Query, p Page) (*sql.Rows, error) {
	var within *span
	if p.Limit == 0 || !p.From.IsZero() {
		s := p.span()
		within = &s
	}
	c := compileFor(q.Root(), within)
	if c.err != nil {
		return nil, c.err
	}
	text := "SELECT " + columns + " FROM"
	id := "e.id"
	var args []any
	if index, match := c.leading(); index != "" {
		id = index + ".rowid"
		text += " " + index + " JOIN events e ON e.id = " + id + " JOIN revisions r ON r.id = e.revision" +
			" JOIN documents d ON d.id = r.document WHERE " + index + " MATCH ?"
		args = append(args, match)
	} else {
		text += eventTables + " WHERE 1"
	}
	bounds := p.bounds(c)
	if bounds.low != math.MinInt64 {
		text, args = text+" AND "+id+" >= ?", append(args, bounds.low)
	}
	if bounds.high != math.MaxInt64 {
		text, args = text+" AND "+id+" < ?", append(args, bounds.high)
	}
	if c.where != "" {
		text, args = text+" AND "+c.where, append(args, c.args...)
	}
	if columns != "count(*)" {
		text += " ORDER BY " + id + p.order()
	}
	if p.Limit > 0 {
		text, args = text+" LIMIT ?", append(args, p.Limit)
	}
	if c.where == "" { // all that differs stands in args
		return r.q.search(ctx, text, args...)
	}
	return r.q.adhoc(ctx, text, args...)
}

// leading gives the index that is walked, with what it is asked, or nothing.
// Where texts are asked for, that is theirs, since it holds least.
func (c *condition) leading() (index, match string) {
	switch {
	case c.body != "":
		if c.match != "" {
			ask := c.within("words", c.match)
			if c.where != "" { // its arguments stand first
				ask = c.where + " AND " + ask
			}
			c.where = ask
		}
		return "bodies", c.body
	case c.match != "":
		return "words", c.match
	}
	return "", ""
}

func (p Page) order() string {
	if p.Oldest {
		return " ASC"
	}
	return " DESC"
}

// Newest gives when the newest event was published, or the zero time for an
// empty catalogue.
func (r *Reader) Newest(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce((SELECT published FROM events ORDER BY id DESC LIMIT 1), 0)`)
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}
