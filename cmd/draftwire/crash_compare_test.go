package main

// This file compares a site that was killed with one that was not.

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// tables are what must be equal, by names instead of row numbers. Left out is
// when things were recorded, and with it what counts as news: a first poll that
// was cut short is still the first, so that more of what comes with it is
// history, and of a document that comes by import and by poll, the earlier
// decides. No edition depends on that here, since nothing in it is late. Of an
// event's number only the second counts: behind it, of two that fall on one number,
// the later moves on. Left out too are places in a source that hold the times at which it was read.
var tables = []struct{ name, query string }{
	{"messages", `SELECT s.name, hex(m.digest), m.message_id, m.list, m.format, m.no_archive, hex(m.raw)
		FROM messages m JOIN sources s ON s.id = m.source`},
	{"sources", `SELECT name, active, messages, iif(cursor LIKE '%"read":%' OR name IN ('all-maildir', 'all-public-inbox'), '',
		iif(cursor LIKE '%"swept":%', json_remove(cursor, '$.swept'), cursor)) FROM sources`},
	{"documents", `SELECT d.name, d.folded, d.kind, h.folded FROM documents d JOIN documents h ON h.id = d.lineage`},
	{"relations", `SELECT from_name, type, to_name FROM relations`},
	{"revisions", `SELECT d.folded, r.rev, r.title, r.abstract, r.authors, r.grp, r.stream, r.level, r.pages, r.doc_date,
		r.language, r.url FROM revisions r JOIN documents d ON d.id = r.document`},
	{"events", `SELECT e.id / 1000000, e.key, d.folded, r.rev, e.event, e.part, e.published, e.precision
		FROM events e JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document`},
	{"evidence", `SELECT e.key, s.name, hex(m.digest), v.rank, v.date, v.precision, coalesce(v.awaits, '')
		FROM evidence v JOIN events e ON e.id = v.event JOIN messages m ON m.id = v.message JOIN sources s ON s.id = m.source`},
	{"sessions", `SELECT x.meeting, x.session, s.name, x.digest, x.grp, x.content FROM sessions x JOIN sources s ON s.id = x.source`},
	{"materials", `SELECT x.name, x.rev, s.name, x.digest, x.content FROM materials x JOIN sources s ON s.id = x.source`},
	{"selections", `SELECT t.name, e.key, x.reason FROM selections x JOIN topics t ON t.id = x.topic
		JOIN events e ON e.id = x.event WHERE x.withdrawn = 0`},
	{"index", `SELECT term, doc, cnt FROM temp.vocabulary`},
	{"texts", `SELECT document, rev, marks, change, hex(content) FROM texts`},
	{"index of texts", `SELECT term, doc, cnt FROM temp.bodywords`},
	{"edition items", `SELECT n.name, x.number, e.key, i.late FROM edition_items i JOIN editions x ON x.id = i.edition
		JOIN newsletters n ON n.id = x.newsletter JOIN events e ON e.id = i.event`},
	{"deliveries", `SELECT n.name, x.number, s.address, count(*) FROM deliveries v JOIN editions x ON x.id = v.edition
		JOIN newsletters n ON n.id = x.newsletter JOIN subscribers s ON s.id = v.subscriber GROUP BY 1, 2, 3`},
}

func compareSites(t *testing.T, whole, killed *site) {
	t.Helper()
	for _, table := range tables {
		want, got := whole.dump(t, table.query), killed.dump(t, table.query)
		if len(want) == 0 {
			t.Errorf("%s: there are none to compare", table.name)
		}
		compareLines(t, table.name, want, got)
	}
	compareLines(t, "editions", whole.editions(t), killed.editions(t))
}

// compareLines tells a few of the lines that only one side has.
func compareLines(t *testing.T, what string, want, got []string) {
	t.Helper()
	if slices.Equal(want, got) {
		return
	}
	t.Errorf("%s differ: %d without kills, %d with\nmissing: %s\ntoo much: %s",
		what, len(want), len(got), onlyIn(want, got), onlyIn(got, want))
}

func onlyIn(these, others []string) (list []string) {
	known := make(map[string]int, len(others))
	for _, line := range others {
		known[line]++
	}
	for _, line := range these {
		if known[line]--; known[line] < 0 && len(list) < 4 {
			list = append(list, fmt.Sprintf("\n  %.300s", line))
		}
	}
	return list
}

// open opens the database for writing, for what needs that.
func (s *site) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.db+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // the temporary table belongs to a connection
	t.Cleanup(func() { _ = db.Close() })
	for name, index := range map[string]string{"vocabulary": "words", "bodywords": "bodies"} {
		if _, err := db.Exec(`CREATE VIRTUAL TABLE temp.` + name + ` USING fts5vocab('main', '` + index + `', 'col')`); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// dump gives the rows of a query as sorted lines of JSON.
func (s *site) dump(t *testing.T, query string) []string {
	t.Helper()
	if s.ended == nil {
		s.ended = s.open(t)
	}
	rows, err := s.ended.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	var lines []string
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// editions gives all editions as they were composed, but for the time of closing.
func (s *site) editions(t *testing.T) (lines []string) {
	t.Helper()
	rows, err := s.ended.Query(`SELECT n.name, x.number, x.from_at, x.to_at, x.content
		FROM editions x JOIN newsletters n ON n.id = x.newsletter ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	items := 0
	for rows.Next() {
		var name string
		var number, from, to int64
		var packed []byte
		if err := rows.Scan(&name, &number, &from, &to, &packed); err != nil {
			t.Fatal(err)
		}
		content, err := store.Unpack(packed)
		if err != nil {
			t.Fatal(err)
		}
		var model map[string]any
		if err := json.Unmarshal(content, &model); err != nil {
			t.Fatal(err)
		}
		delete(model, "closed")
		text, err := json.Marshal(model)
		if err != nil {
			t.Fatal(err)
		}
		if sections, ok := model["sections"].([]any); ok {
			items += len(sections)
		}
		lines = append(lines, fmt.Sprintf("%s %d %d-%d %s", name, number, from, to, text))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if items == 0 {
		t.Error("the editions are empty: there is nothing to compare")
	}
	return lines
}

// store opens the database as the program does, and closes it after fn.
func (s *site) store(t *testing.T, fn func(ctx context.Context, db *store.DB)) {
	t.Helper()
	db, err := store.Open(t.Context(), s.db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	fn(t.Context(), db)
}

// checkIndex holds that the index is sound, and that every event is found by
// its document's name.
func (s *site) checkIndex(t *testing.T) {
	t.Helper()
	for _, index := range []string{"words", "bodies"} {
		if _, err := s.ended.Exec(`INSERT INTO ` + index + ` (` + index + `) VALUES ('integrity-check')`); err != nil {
			t.Errorf("the index %s is not sound: %v", index, err)
		}
	}
	if lines := s.dump(t, `PRAGMA integrity_check`); !slices.Equal(lines, []string{`["ok"]`}) {
		t.Errorf("the database is not sound: %v", lines)
	}
	s.store(t, func(ctx context.Context, db *store.DB) {
		events, err := db.Search(ctx, parsed(t, ""), store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		found := make(map[string][]int64) // by name, which many share
		for _, e := range events {
			ids, asked := found[e.Document]
			if !asked {
				if ids, err = db.FindIDs(ctx, parsed(t, `name:"`+e.Document+`"`), store.Page{}); err != nil {
					t.Fatal(err)
				}
				found[e.Document] = ids
			}
			if !slices.Contains(ids, e.ID) {
				t.Errorf("%s is not found by its name", e.NameRev())
			}
		}
	})
}

// checkSelections holds that live selections are what the queries find.
func (s *site) checkSelections(t *testing.T) {
	t.Helper()
	s.store(t, func(ctx context.Context, db *store.DB) {
		list, err := db.Topics(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, topic := range list {
			got, err := db.SelectedIDs(ctx, topic.ID)
			if err != nil {
				t.Fatal(err)
			}
			want, err := db.FindIDs(ctx, parsed(t, topic.Query), store.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("topic %s selects other than its query finds: %s", topic.Name, diff)
			}
		}
	})
}

func parsed(t *testing.T, text string) *filters.Query {
	t.Helper()
	q, err := filters.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
