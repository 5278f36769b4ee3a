package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/filters"
)

// Newsletter is a newsletter's own state; what it is like stands in the
// configuration.
type Newsletter struct {
	ID     int64
	Name   string
	Made   time.Time // when it was first seen; the edition open then is its first
	Active bool
	Next   time.Time // when the open edition may be closed
}

// Newsletters lists every newsletter ever named, by name.
func (r *Reader) Newsletters(ctx context.Context) (list []Newsletter, err error) {
	rows, err := r.q.query(ctx, `SELECT id, name, made, active, next_at FROM newsletters ORDER BY name`)
	err = each(rows, err, func(rows *sql.Rows) error {
		var n Newsletter
		var made, next int64
		if err := rows.Scan(&n.ID, &n.Name, &made, &n.Active, &next); err != nil {
			return err
		}
		n.Made, n.Next = fromMicros(made), fromMicros(next)
		list = append(list, n)
		return nil
	})
	return list, explain(err)
}

// KeepNewsletters makes the named newsletters the active ones.
func (tx *Tx) KeepNewsletters(ctx context.Context, names []string, now time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE newsletters SET active = 0`); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := tx.exec(ctx, `INSERT INTO newsletters (name, made, next_at) VALUES ($1, $2, $2)
			ON CONFLICT (name) DO UPDATE SET active = 1`, name, micros(now)); err != nil {
			return err
		}
	}
	return nil
}

// SetNextEdition notes when a newsletter's open edition may be closed.
func (tx *Tx) SetNextEdition(ctx context.Context, newsletter int64, next time.Time) error {
	_, err := tx.exec(ctx, `UPDATE newsletters SET next_at = $1 WHERE id = $2`, micros(next), newsletter)
	return err
}

// Edition is a closed edition. Its content never changes.
type Edition struct {
	ID         int64
	Newsletter string
	Number     int // from 1, without gaps, for each newsletter
	From, To   time.Time
	Closed     time.Time
	Content    []byte // JSON as composed; nil in lists
}

// EditionItem is an event that an edition shows.
type EditionItem struct {
	Event int64
	Late  bool
}

// AddEdition closes an edition: the number is the newsletter's next, and
// another edition of the same window is refused by the schema.
func (tx *Tx) AddEdition(ctx context.Context, newsletter int64, e Edition, items []EditionItem) (id int64, err error) {
	id, err = tx.insert(ctx, `INSERT INTO editions (newsletter, number, from_at, to_at, closed, content)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		newsletter, e.Number, micros(e.From), micros(e.To), micros(e.Closed), Pack(e.Content))
	if err != nil {
		return 0, err
	}
	for _, item := range items {
		if _, err := tx.exec(ctx, `INSERT INTO edition_items (edition, event, late) VALUES ($1, $2, $3)`,
			id, item.Event, item.Late); err != nil {
			return 0, err
		}
	}
	return id, nil
}

const editionColumns = `x.id, n.name, x.number, x.from_at, x.to_at, x.closed`

func scanEdition(rows *sql.Rows, more ...any) (Edition, error) {
	var e Edition
	var from, to, closed int64
	err := rows.Scan(append([]any{&e.ID, &e.Newsletter, &e.Number, &from, &to, &closed}, more...)...)
	e.From, e.To, e.Closed = fromMicros(from), fromMicros(to), fromMicros(closed)
	return e, err
}

// Edition reads the closed edition of a newsletter whose window begins at from.
func (r *Reader) Edition(ctx context.Context, newsletter string, from time.Time) (Edition, error) {
	rows, err := r.q.query(ctx, `SELECT `+editionColumns+`, x.content FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $1 AND x.from_at = $2`, newsletter, micros(from))
	return oneEdition(rows, err, fmt.Sprintf("edition of %s from %s", newsletter, from.Format(time.RFC3339)))
}

// EditionByID reads a closed edition.
func (r *Reader) EditionByID(ctx context.Context, id int64) (Edition, error) {
	rows, err := r.q.query(ctx, `SELECT `+editionColumns+`, x.content FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE x.id = $1`, id)
	return oneEdition(rows, err, fmt.Sprintf("edition %d", id))
}

func oneEdition(rows *sql.Rows, err error, what string) (Edition, error) {
	var found []Edition
	err = each(rows, err, func(rows *sql.Rows) error {
		var packed []byte
		e, err := scanEdition(rows, &packed)
		if err != nil {
			return err
		}
		e.Content, err = Unpack(packed)
		found = append(found, e)
		return err
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	if err != nil {
		return Edition{}, explain(err)
	}
	return found[0], nil
}

// Editions lists a newsletter's closed editions without their content, newest
// first, at most limit.
func (r *Reader) Editions(ctx context.Context, newsletter string, limit int) (list []Edition, err error) {
	rows, err := r.q.query(ctx, `SELECT `+editionColumns+` FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $1 ORDER BY x.number DESC LIMIT $2`, newsletter, limit)
	err = each(rows, err, func(rows *sql.Rows) error {
		e, err := scanEdition(rows)
		list = append(list, e)
		return err
	})
	return list, explain(err)
}

// Late lists the ids of the news in scope that was published before from,
// recorded since, and shown in no edition of the newsletter, newest first.
func (r *Reader) Late(ctx context.Context, newsletter string, scope *filters.Query, from, since time.Time) ([]int64, error) {
	rows, err := r.q.query(ctx, `SELECT e.id FROM events e
		WHERE e.recorded >= $1 AND e.id < $2 AND e.news = 1 AND NOT EXISTS (
			SELECT 1 FROM edition_items i JOIN editions x ON x.id = i.edition JOIN newsletters n ON n.id = x.newsletter
			WHERE i.event = e.id AND n.name = $3)
		ORDER BY e.id DESC`, micros(since), micros(from), newsletter)
	ids, err := scanIDs(rows, err)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	c := compile(scope.Root())
	return r.among(ctx, c, string(list))
}

// among keeps of a JSON array of ids those that a condition holds for.
func (r *Reader) among(ctx context.Context, c condition, ids string) ([]int64, error) {
	text, args := `SELECT e.id FROM json_each(?) j JOIN events e ON e.id = j.value
		JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document WHERE 1`, []any{ids}
	if c.match != "" {
		text, args = text+` AND EXISTS (SELECT 1 FROM words w WHERE w.rowid = e.id AND w.words MATCH ?)`, append(args, c.match)
	}
	if c.body != "" {
		text, args = text+` AND EXISTS (SELECT 1 FROM bodies w WHERE w.rowid = e.id AND w.bodies MATCH ?)`, append(args, c.body)
	}
	if c.where != "" {
		text, args = text+` AND `+c.where, append(args, c.args...)
	}
	rows, err := r.q.adhoc(ctx, text+` ORDER BY e.id DESC`, args...)
	return scanIDs(rows, err)
}
