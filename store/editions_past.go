// What came before the events of an edition.

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

// Earlier is the revision before another.
type Earlier struct {
	Rev       string
	Published time.Time
	Facts     catalog.Facts
}

// EarlierRevisions gives for each of the events of drafts the newest earlier
// revision that was posted, by the event's id. Events without one are not in it.
func (r *Reader) EarlierRevisions(ctx context.Context, events []int64) (map[int64]Earlier, error) {
	ids, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]Earlier)
	rows, err := r.q.query(ctx, `SELECT c.id, r.rev, e.published, r.title, r.abstract, r.authors, r.level, r.pages
		FROM json_each($1) j JOIN events c ON c.id = j.value JOIN revisions cr ON cr.id = c.revision
		JOIN revisions r ON r.document = cr.document AND r.rev < cr.rev AND length(r.rev) = 2
		JOIN events e ON e.revision = r.id AND e.event IN ('new', 'revision')
		ORDER BY c.id, r.rev`, string(ids)) // the last of each event stays
	err = each(rows, err, func(rows *sql.Rows) error {
		var id, published int64
		var p Earlier
		var authors []byte
		if err := rows.Scan(&id, &p.Rev, &published, &p.Facts.Title, &p.Facts.Abstract, &authors, &p.Facts.Level, &p.Facts.Pages); err != nil {
			return err
		}
		if err := json.Unmarshal(authors, &p.Facts.Authors); err != nil {
			return fmt.Errorf("authors of revision %s before event %d: %w", p.Rev, id, err)
		}
		p.Published = fromMicros(published)
		found[id] = p
		return nil
	})
	return found, explain(err)
}

// Brief is an event with the little that telling events apart and counting
// them needs.
type Brief struct {
	ID       int64 // by date; see catalog.EventID
	Document string
	Event    catalog.EventKind
	Rev      string
	Group    string
	Title    string
	Authors  []string // names
	Lineage  int64    // the same for all documents that are one
}

// Published is when, to the second.
func (b Brief) Published() time.Time { return fromMicros(b.ID).Truncate(time.Second) }

// Briefly is Search for little of each event, at a fraction of its cost.
func (r *Reader) Briefly(ctx context.Context, q *filters.Query, p Page) (list []Brief, err error) {
	rows, err := r.find(ctx, "e.id, d.name, e.event, r.rev, r.grp, r.title, r.authors, d.lineage", q, p)
	return list, explain(each(rows, err, func(rows *sql.Rows) error {
		var b Brief
		var authors []byte
		if err := rows.Scan(&b.ID, &b.Document, &b.Event, &b.Rev, &b.Group, &b.Title, &authors, &b.Lineage); err != nil {
			return err
		}
		if len(authors) > len("[]") {
			var f catalog.Facts
			if err := json.Unmarshal(authors, &f.Authors); err != nil {
				return fmt.Errorf("authors of %s: %w", b.Document, err)
			}
			b.Authors = f.AuthorNames()
		}
		list = append(list, b)
		return nil
	}))
}
