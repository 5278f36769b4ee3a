// Areas, their groups, and when documents first appeared.

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// TopicByID reads one topic, also one that is gone.
func (r *Reader) TopicByID(ctx context.Context, id int64) (Topic, error) {
	list, err := scanTopics(r.q.query(ctx, `SELECT `+topicColumns+`, t.gone FROM topics t WHERE t.id = $1`, id))
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Topic{}, err
	}
	return list[0], nil
}

// Areas lists the acronyms of the areas that any source has told of, sorted.
func (r *Reader) Areas(ctx context.Context) ([]string, error) {
	rows, err := r.q.query(ctx, `SELECT DISTINCT area FROM standings WHERE area <> '' ORDER BY area`)
	return scanNames(rows, err)
}

// GroupsOf lists the acronyms of the groups that a source says are of an area,
// sorted.
func (r *Reader) GroupsOf(ctx context.Context, area string) ([]string, error) {
	rows, err := r.q.query(ctx, `SELECT DISTINCT substr(document, length('charter-ietf-') + 1) AS grp FROM standings
		WHERE area = $1 AND document LIKE 'charter-ietf-_%' ORDER BY grp`, catalog.Fold(area))
	return scanNames(rows, err)
}

// HasGroup reports whether any source has told of a group, given by its acronym,
// though nothing may have happened in it yet.
func (r *Reader) HasGroup(ctx context.Context, acronym string) (found bool, err error) {
	rows, err := r.q.query(ctx, `SELECT EXISTS (SELECT 1 FROM standings WHERE document IN ('charter-ietf-' || $1, 'charter-irtf-' || $1))`,
		catalog.Fold(acronym))
	return found, explain(row(rows, err, &found))
}

// FirstPublished tells for each of the documents, by folded name, when the
// first of its events was.
func (r *Reader) FirstPublished(ctx context.Context, documents []string) (map[string]time.Time, error) {
	list, err := json.Marshal(documents)
	if err != nil {
		return nil, err
	}
	first := make(map[string]time.Time, len(documents))
	rows, err := r.q.query(ctx, `SELECT d.folded, min(e.published) FROM json_each($1) j JOIN documents d ON d.folded = j.value
		JOIN revisions r ON r.document = d.id JOIN events e ON e.revision = r.id GROUP BY d.id`, string(list))
	err = each(rows, err, func(rows *sql.Rows) error {
		var name string
		var us int64
		err := rows.Scan(&name, &us)
		first[name] = fromMicros(us)
		return err
	})
	return first, explain(err)
}
