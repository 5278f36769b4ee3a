// Where the documents, groups and topics of an edition stood before.

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Span is the window of a closed edition.
type Span struct{ From, To time.Time }

// Appearances gives for each of the events the closed editions of a newsletter,
// ended by a time, that had an event of the same lineage, newest first.
func (r *Reader) Appearances(ctx context.Context, newsletter string, events []int64, until time.Time) (map[int64][]Span, error) {
	ids, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	found := make(map[int64][]Span)
	rows, err := r.q.query(ctx, `SELECT DISTINCT e.id, x.from_at, x.to_at FROM json_each($1) j JOIN events e ON e.id = j.value
		JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document JOIN documents o ON o.lineage = d.lineage
		JOIN revisions s ON s.document = o.id JOIN events f ON f.revision = s.id JOIN edition_items i ON i.event = f.id
		JOIN editions x ON x.id = i.edition JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $2 AND x.to_at <= $3 ORDER BY e.id, x.from_at DESC`, string(ids), newsletter, micros(until))
	err = each(rows, err, func(rows *sql.Rows) error {
		var id, from, to int64
		err := rows.Scan(&id, &from, &to)
		found[id] = append(found[id], Span{fromMicros(from), fromMicros(to)})
		return err
	})
	return found, explain(err)
}

// GroupAppearances gives the newest closed editions of a newsletter, ended
// within the year before a time, that had several documents of a group.
func (r *Reader) GroupAppearances(ctx context.Context, newsletter, group string, until time.Time, limit int) (list []Span, err error) {
	rows, err := r.q.query(ctx, `SELECT x.from_at, x.to_at FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $1 AND x.to_at <= $2 AND x.to_at > $5 AND (SELECT count(DISTINCT r.document) FROM edition_items i
			JOIN events e ON e.id = i.event JOIN revisions r ON r.id = e.revision WHERE i.edition = x.id AND r.grp = $3) > 1
		ORDER BY x.from_at DESC LIMIT $4`, newsletter, micros(until), group, limit, micros(until.AddDate(-1, 0, 0)))
	err = each(rows, err, func(rows *sql.Rows) error {
		var from, to int64
		err := rows.Scan(&from, &to)
		list = append(list, Span{fromMicros(from), fromMicros(to)})
		return err
	})
	return list, explain(err)
}

// SelectionWeeks counts for each topic, by name, what it finds in each of the
// weeks of seven days that end at to, the oldest first.
func (r *Reader) SelectionWeeks(ctx context.Context, to time.Time, weeks int) (map[string][]int, error) {
	const week = int64(7 * 24 * time.Hour / time.Microsecond)
	counts := make(map[string][]int)
	// CROSS JOIN: see TopicNames.
	rows, err := r.q.query(ctx, `SELECT t.name, ($1 - 1 - x.event) / $2, count(*) FROM selections x CROSS JOIN topics t ON t.id = x.topic
		WHERE x.event >= $3 AND x.event < $1 AND x.withdrawn = 0 AND t.gone = 0 GROUP BY 1, 2`,
		micros(to), week, micros(to)-week*int64(weeks))
	err = each(rows, err, func(rows *sql.Rows) error {
		var name string
		var ago, n int
		if err := rows.Scan(&name, &ago, &n); err != nil {
			return err
		}
		if counts[name] == nil {
			counts[name] = make([]int, weeks)
		}
		counts[name][weeks-1-ago] = n
		return nil
	})
	return counts, explain(err)
}
