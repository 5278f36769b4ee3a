package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// Reader reads the catalogue: over the pool of readers, within one picture
// (see [DB.View]) or within a writing transaction.
type Reader struct{ q querier }

// eventColumns read an event together with what a query asks of it. e, r and d
// stand for the event, its revision and its document.
const eventColumns = `e.id, e.key, d.name, d.kind, e.event, r.rev, e.part, e.published, e.precision, e.recorded, e.news,
	r.title, r.abstract, r.authors, r.grp, r.stream, r.level, r.pages, r.doc_date, r.language, r.url,
	(SELECT json_group_array(l.name ORDER BY l.folded) FROM documents l WHERE l.lineage = d.lineage),
	(SELECT json_group_array(json_array(s.name, m.list, m.message_id) ORDER BY v.rank, v.date, m.digest)
	 FROM evidence v JOIN messages m ON m.id = v.message JOIN sources s ON s.id = m.source WHERE v.event = e.id),
	(SELECT json_group_array(json_array(o.type, o.to_name) ORDER BY o.to_name) FROM relations o WHERE o.from_name = d.folded),
	` + standingColumn + `,
	` + marksColumn

const eventTables = ` events e JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document`

// scanEvent reads eventColumns, and whatever a query adds behind them.
func scanEvent(rows *sql.Rows, more ...any) (catalog.Event, error) {
	var e catalog.Event
	var published, recorded int64
	var authors, lineage, proofs, relations, standings, marks []byte
	f := &e.Facts
	dest := append([]any{
		&e.ID, &e.Key, &e.Document, &e.Kind, &e.Event, &e.Rev, &e.Part, &published, &e.Precision, &recorded, &e.News,
		&f.Title, &f.Abstract, &authors, &f.Group, &f.Stream, &f.Level, &f.Pages, &f.DocDate, &f.Language, &f.URL,
		&lineage, &proofs, &relations, &standings, &marks,
	}, more...)
	if err := rows.Scan(dest...); err != nil {
		return e, err
	}
	e.Published, e.Recorded = fromMicros(published), fromMicros(recorded)
	if err := json.Unmarshal(authors, &f.Authors); err != nil {
		return e, fmt.Errorf("authors of %s: %w", e.Key, err)
	}
	if err := json.Unmarshal(lineage, &e.Lineage); err != nil {
		return e, fmt.Errorf("lineage of %s: %w", e.Key, err)
	}
	var told [][3]string
	if err := json.Unmarshal(proofs, &told); err != nil {
		return e, fmt.Errorf("evidence of %s: %w", e.Key, err)
	}
	for _, t := range told {
		Tell(&e, t[0], t[1], t[2])
	}
	if err := relate(&e, relations); err != nil {
		return e, err
	}
	if err := mark(&e, marks); err != nil {
		return e, err
	}
	return e, stand(&e, standings)
}

// relate adds to an event what its document is to others, given as a JSON
// array of pairs of type and folded name.
func relate(e *catalog.Event, relations []byte) error {
	if len(relations) <= len("[]") { // as for most
		return nil
	}
	var pairs [][2]string
	if err := json.Unmarshal(relations, &pairs); err != nil {
		return fmt.Errorf("relations of %s: %w", e.Key, err)
	}
	for _, pair := range pairs {
		switch name := pair[1]; catalog.RelationType(pair[0]) {
		case catalog.Updates:
			e.Updates = append(e.Updates, name)
		case catalog.Obsoletes:
			e.Obsoletes = append(e.Obsoletes, name)
		case catalog.Replaces:
			e.Replaces = append(e.Replaces, name)
		}
	}
	return nil
}

// Tell adds to an event what one message's envelope tells of it: its source,
// its list, and where the IETF's archive keeps it. Call it best evidence first.
func Tell(e *catalog.Event, source, list, messageID string) {
	e.Sources = addSorted(e.Sources, source)
	if list == "" {
		return
	}
	e.Lists = addSorted(e.Lists, list)
	if local, ok := strings.CutSuffix(list, ".ietf.org"); ok && e.Archived == "" {
		e.Archived = catalog.ArchivedAt(messageID, local)
	}
}

func addSorted(set []string, s string) []string {
	i, found := slices.BinarySearch(set, s)
	if found {
		return set
	}
	return slices.Insert(set, i, s)
}

// Event reads one event. It gives ErrNotFound for an unknown id.
func (r *Reader) Event(ctx context.Context, id int64) (catalog.Event, error) {
	rows, err := r.q.query(ctx, `SELECT `+eventColumns+` FROM`+eventTables+` WHERE e.id = $1`, id)
	events, err := scanEvents(rows, err)
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("event %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return catalog.Event{}, err
	}
	return events[0], nil
}

func scanEvents(rows *sql.Rows, err error) (events []catalog.Event, _ error) {
	return events, each(rows, err, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		events = append(events, e)
		return err
	})
}

// Events reads the events of a list of ids, newest first.
func (r *Reader) Events(ctx context.Context, ids []int64) ([]catalog.Event, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.q.query(ctx, `SELECT `+eventColumns+` FROM json_each($1) j JOIN events e ON e.id = j.value
		JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document ORDER BY e.id DESC`, string(list))
	events, err := scanEvents(rows, err)
	return events, explain(err)
}
