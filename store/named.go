// Events by the names that people know documents by.

package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// EventsOf lists the events of a document and of all that its lineage joins,
// newest first. It is empty for an unknown name.
func (r *Reader) EventsOf(ctx context.Context, document string) ([]catalog.Event, error) {
	rows, err := r.q.query(ctx, `SELECT `+eventColumns+` FROM documents me JOIN documents d ON d.lineage = me.lineage
		JOIN revisions r ON r.document = d.id JOIN events e ON e.revision = r.id
		WHERE me.folded = $1 ORDER BY e.id DESC`, catalog.Fold(document))
	events, err := scanEvents(rows, err)
	return events, explain(err)
}

// NamesFrom lists names of documents that begin with prefix, case-blind, at
// most limit of them, sorted.
func (r *Reader) NamesFrom(ctx context.Context, prefix string, limit int) (names []string, err error) {
	from := catalog.Fold(prefix)
	rows, err := r.q.query(ctx, `SELECT name FROM documents WHERE folded >= $1 AND folded < $2 ORDER BY folded LIMIT $3`,
		from, from+"\U0010ffff", limit)
	return scanNames(rows, err)
}

// Groups lists the acronyms of the groups that the catalogue knows, sorted.
func (r *Reader) Groups(ctx context.Context) ([]string, error) {
	rows, err := r.q.query(ctx, `SELECT DISTINCT grp FROM revisions WHERE grp <> '' ORDER BY grp`)
	return scanNames(rows, err)
}

// Lists lists the mailing lists that the catalogue knows, sorted: the id of
// each, and the first part of it, which stands for it in queries.
func (r *Reader) Lists(ctx context.Context) ([]string, error) {
	rows, err := r.q.query(ctx, `SELECT DISTINCT list FROM messages WHERE list <> '' ORDER BY list`)
	ids, err := scanNames(rows, err)
	var names []string
	for _, id := range ids {
		names = addSorted(names, id)
		if short, _, ok := strings.Cut(id, "."); ok {
			names = addSorted(names, short)
		}
	}
	return names, err
}

// EventCount counts the events published in [from, to).
func (r *Reader) EventCount(ctx context.Context, from, to time.Time) (n int, err error) {
	rows, err := r.q.query(ctx, `SELECT count(*) FROM events WHERE id >= $1 AND id < $2`, micros(from), micros(to))
	return n, explain(row(rows, err, &n))
}

func scanNames(rows *sql.Rows, err error) (names []string, _ error) {
	err = each(rows, err, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, explain(err)
}
