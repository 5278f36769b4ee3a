package topics_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, time.March, 20, 12, 0, 0, 0, time.UTC)
)

func open(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "wire.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// put records the event of a draft's revision, so many days before noon.
func put(t testing.TB, db *store.DB, nameRev, title string, daysAgo int) int64 {
	t.Helper()
	document, rev, ok := catalog.SplitDraft(nameRev)
	if !ok {
		t.Fatal(nameRev)
	}
	return record(t, db, catalog.Event{
		Document: document, Kind: catalog.Draft, Rev: rev, Event: catalog.EventOfRevision(rev),
		Published: noon.AddDate(0, 0, -daysAgo),
		Facts:     catalog.Facts{Title: title, Group: catalog.GroupOfDraft(document)},
	})
}

func record(t testing.TB, db *store.DB, e catalog.Event, relations ...catalog.Relation) (id int64) {
	t.Helper()
	e.Key = catalog.Report{Document: e.Document, Kind: e.Kind, Event: e.Event, Rev: e.Rev, Part: e.Part}.Key()
	e.Recorded, e.News = noon, true
	update(t, db, func(tx *store.Tx) error {
		doc, _, err := tx.Document(ctx, e.Document, e.Kind)
		if err != nil {
			return err
		}
		revision, _, err := tx.Revision(ctx, doc.ID, e.Rev, e.Facts)
		if err != nil {
			return err
		}
		if id, err = tx.AddEvent(ctx, revision, e); err != nil {
			return err
		}
		for _, r := range relations {
			if _, err := tx.Relate(ctx, r); err != nil {
				return err
			}
		}
		told, err := tx.Event(ctx, id)
		if err != nil {
			return err
		}
		tx.PutWords(id, filters.NewItem(&told))
		return nil
	})
	return id
}

func update(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func parse(t testing.TB, text string) *filters.Query {
	t.Helper()
	q, err := filters.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q
}

// topic is one with former names.
func topic(t testing.TB, name, query string, formerly ...string) topics.Topic {
	t.Helper()
	return topics.Topic{Name: name, Title: "About " + name, Query: parse(t, query), Formerly: formerly}
}

// sync makes the database follow a list of topics, and gives what changed in
// short: added a 3, renamed b 2 (was a).
func sync(t testing.TB, db *store.DB, list ...topics.Topic) (short []string) {
	t.Helper()
	changes, err := topics.Sync(ctx, db, list, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		line := fmt.Sprintf("%s %s %d", c.Kind, c.Topic, c.Found)
		if c.Was != "" {
			line += " (was " + c.Was + ")"
		}
		short = append(short, line)
	}
	return short
}

// selected gives the documents that the topic of a name finds, sorted.
func selected(t testing.TB, db *store.DB, name string) (names []string) {
	t.Helper()
	row, err := db.Topic(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := db.Selected(ctx, row.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		names = append(names, s.Event.NameRev())
	}
	slices.Sort(names)
	return names
}
