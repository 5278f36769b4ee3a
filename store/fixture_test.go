package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, time.March, 20, 12, 0, 0, 0, time.UTC)
)

func open(t testing.TB, path string, opt store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, path, opt)
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

func fresh(t testing.TB) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "draftwire.db"), store.Options{})
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

// put records an event told by the named sources, as lists of the same name.
func put(tx *store.Tx, e catalog.Event, sources ...string) (int64, error) {
	if e.Key == "" {
		e.Key = catalog.Report{Document: e.Document, Kind: e.Kind, Event: e.Event, Rev: e.Rev, Part: e.Part}.Key()
	}
	doc, _, err := tx.Document(ctx, e.Document, e.Kind)
	if err != nil {
		return 0, err
	}
	revision, _, err := tx.Revision(ctx, doc.ID, e.Rev, e.Facts)
	if err != nil {
		return 0, err
	}
	id, err := tx.AddEvent(ctx, revision, e)
	if err != nil {
		return 0, err
	}
	for _, name := range sources {
		source, err := tx.SourceID(ctx, name)
		if err != nil {
			return 0, err
		}
		raw := []byte(name + e.Key)
		message, _, err := tx.AddMessage(ctx, store.Message{
			Source: source, Digest: store.Digest(raw), MessageID: e.Key + "@example.org", List: name + ".ietf.org",
			Received: noon, Raw: store.Pack(raw),
		})
		if err != nil {
			return 0, err
		}
		if err := tx.AddProof(ctx, store.Proof{Event: id, Message: message, Date: e.Published}); err != nil {
			return 0, err
		}
	}
	told, err := tx.Event(ctx, id)
	if err != nil {
		return 0, err
	}
	tx.PutWords(id, filters.NewItem(&told))
	return id, nil
}

// draft is an event to put.
func draft(name, title string, published time.Time) catalog.Event {
	document, rev, ok := catalog.SplitDraft(name)
	if !ok {
		panic(name)
	}
	return catalog.Event{
		Document: document, Kind: catalog.Draft, Rev: rev, Event: catalog.EventOfRevision(rev),
		Published: published, Recorded: noon, News: true,
		Facts: catalog.Facts{Title: title, Group: catalog.GroupOfDraft(document), Stream: catalog.StreamOfDraft(document)},
	}
}
