package feeds

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

const base = "https://wire.example.org"

var (
	authority = catalog.Authority{Name: "example.org", Year: 2025}
	noon      = time.Date(2025, time.December, 7, 12, 0, 0, 0, time.UTC)
	daily     = editions.Newsletter{Name: "daily", Title: "Drafts, daily", Language: "ja"}
)

// wire is a store with feeds over it.
type wire struct {
	t     testing.TB
	db    *store.DB
	feeds *Feeds
	path  string // of the database
	topic int64
	now   time.Time
}

func newWire(t testing.TB) *wire {
	t.Helper()
	w := &wire{t: t, now: noon}
	w.open(filepath.Join(t.TempDir(), "wire.db"))
	w.update(func(ctx context.Context, tx *store.Tx) (err error) {
		w.topic, err = tx.PutTopic(ctx, store.Topic{Name: "quic", Query: "group:quic", Title: "QUIC & co"})
		if err != nil {
			return err
		}
		return tx.KeepNewsletters(ctx, []string{"daily"}, noon)
	})
	return w
}

func (w *wire) open(path string) {
	w.t.Helper()
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { db.Close() })
	w.db, w.path = db, path
	w.feeds = New(Config{
		DB: db, Base: base + "/", Authority: authority, Version: "1.2.3",
		Newsletters: []editions.Newsletter{daily}, Now: func() time.Time { return w.now },
	})
	w.feeds.budget = time.Minute // what a page holds must not depend on how busy the machine is
}

func (w *wire) update(fn func(context.Context, *store.Tx) error) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		w.t.Fatal(err)
	}
}

// add puts an event into the catalogue and selects it.
func (w *wire) add(e catalog.Event) (id int64) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *store.Tx) (err error) {
		if e.Recorded.IsZero() {
			e.Recorded = e.Published.Add(time.Minute)
		}
		if id, err = put(ctx, tx, e); err != nil {
			return err
		}
		return tx.Select(ctx, w.topic, id, "group:quic", true, e.Recorded)
	})
	return id
}

// put records an event, with the words that queries find it by.
func put(ctx context.Context, tx *store.Tx, e catalog.Event) (int64, error) {
	d, _, err := tx.Document(ctx, e.Document, e.Kind)
	if err != nil {
		return 0, err
	}
	revision, _, err := tx.Revision(ctx, d.ID, e.Rev, e.Facts)
	if err != nil {
		return 0, err
	}
	e.Key = catalog.Report{Document: e.Document, Kind: e.Kind, Event: e.Event, Rev: e.Rev, Part: e.Part}.Key()
	id, err := tx.AddEvent(ctx, revision, e)
	if err != nil {
		return 0, err
	}
	if e, err = tx.Event(ctx, id); err == nil {
		tx.PutWords(id, filters.NewItem(&e))
	}
	return id, err
}

// fill adds n drafts, an hour apart.
func (w *wire) fill(n int) {
	w.t.Helper()
	for i := range n {
		w.add(draft(i))
	}
}

func draft(i int) catalog.Event {
	rev := fmt.Sprintf("%02d", i%10)
	return catalog.Event{
		Document: fmt.Sprintf("draft-ietf-quic-sample-%d", i), Kind: catalog.Draft, Rev: rev,
		Event: catalog.EventOfRevision(rev), Published: noon.Add(time.Duration(i) * time.Hour),
		Facts: catalog.Facts{
			Title:   fmt.Sprintf("Sample %d: Paths <and> Streams", i),
			Authors: []catalog.Author{{Name: "Ada Example", Email: "ada@example.org"}, {Name: "Bo Sample"}},
			Group:   "quic", Pages: 12 + i,
			Abstract: "This document says how paths are told apart. It is a sample.\n\nIt updates nothing.",
		},
	}
}

// closeEdition stores an edition of the daily newsletter as closed.
func (w *wire) closeEdition(number int, from time.Time, e editions.Edition) {
	w.t.Helper()
	e.Newsletter, e.Number, e.From, e.To, e.Closed = "daily", number, from, from.AddDate(0, 0, 1), from.AddDate(0, 0, 1).Add(90*time.Minute)
	e.Label = from.Format(time.DateOnly)
	content, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Newsletters(ctx)
		if err != nil {
			return err
		}
		_, err = tx.AddEdition(ctx, rows[0].ID, store.Edition{
			Newsletter: "daily", Number: number, From: e.From, To: e.To, Closed: e.Closed, Content: content,
		}, nil)
		return err
	})
}
