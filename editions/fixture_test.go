package editions

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// wire is a database that a test fills, with topics by name.
type wire struct {
	testing.TB
	path   string
	db     *store.DB
	source int64
	topics map[string]int64
}

func newWire(t testing.TB, topics ...string) *wire {
	t.Helper()
	w := &wire{TB: t, path: filepath.Join(t.TempDir(), "wire.db"), topics: make(map[string]int64)}
	w.db = w.open()
	w.update(func(tx *store.Tx) (err error) {
		w.source, err = tx.SourceID(context.Background(), "announcements")
		for i, name := range topics {
			w.topics[name], err = tx.PutTopic(context.Background(),
				store.Topic{Name: name, Query: "group:" + name, Title: "Topic " + name, Position: i})
		}
		return err
	})
	return w
}

// open opens the database once more, as another process would.
func (w *wire) open() *store.DB {
	w.Helper()
	db, err := store.Open(context.Background(), w.path, store.Options{})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.Error(err)
		}
	})
	return db
}

func (w *wire) update(fn func(*store.Tx) error) {
	w.Helper()
	if err := w.db.Update(context.Background(), fn); err != nil {
		w.Fatal(err)
	}
}

// keep makes newsletters known to the store.
func (w *wire) keep(now time.Time, names ...string) {
	w.Helper()
	w.update(func(tx *store.Tx) error { return tx.KeepNewsletters(context.Background(), names, now) })
}

// happening is an event as tests write it: at stands for published and, unless
// recorded says otherwise, for when it was learned of.
type happening struct {
	name     string // draft-x-NN or rfcN; anything else is a post
	at       time.Time
	recorded time.Time
	old      bool // history, not news
	event    catalog.EventKind
	facts    catalog.Facts
	topics   []string // that select it
}

func (w *wire) add(list ...happening) {
	w.Helper()
	w.update(func(tx *store.Tx) error {
		for _, h := range list {
			if err := w.put(tx, h); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *wire) put(tx *store.Tx, h happening) error {
	ctx := context.Background()
	e := h.toEvent()
	doc, _, err := tx.Document(ctx, e.Document, e.Kind)
	if err != nil {
		return err
	}
	rev, _, err := tx.Revision(ctx, doc.ID, e.Rev, e.Facts)
	if err != nil {
		return err
	}
	id, err := tx.AddEvent(ctx, rev, e)
	if err != nil {
		return err
	}
	raw := []byte(e.Key)
	msg, _, err := tx.AddMessage(ctx, store.Message{
		Source: w.source, Digest: store.Digest(raw), MessageID: e.Key + "@example.org", List: "i-d-announce.ietf.org",
		Received: e.Recorded, Raw: store.Pack(raw),
	})
	if err != nil {
		return err
	}
	if err := tx.AddProof(ctx, store.Proof{Event: id, Message: msg, Date: e.Published}); err != nil {
		return err
	}
	e.Lineage, e.Sources = []string{catalog.Fold(e.Document)}, []string{"announcements"}
	tx.PutWords(id, filters.NewItem(&e))
	for _, topic := range h.topics {
		if err := tx.Select(ctx, w.topics[topic], id, "group:"+topic+" matched", e.News, e.Recorded); err != nil {
			return err
		}
	}
	return nil
}

func (h happening) toEvent() catalog.Event {
	r := catalog.Report{Document: h.name, Kind: catalog.KindOf(h.name), Event: h.event, Facts: h.facts}
	if name, rev, ok := catalog.SplitDraft(h.name); ok {
		r.Document, r.Rev = name, rev
		if r.Event == "" {
			r.Event = catalog.EventOfRevision(rev)
		}
	}
	if r.Event == "" {
		r.Event = map[catalog.Kind]catalog.EventKind{catalog.RFC: catalog.Published, catalog.Post: catalog.Posted}[r.Kind]
	}
	if h.recorded.IsZero() {
		h.recorded = h.at
	}
	if r.Facts.Title == "" {
		r.Facts.Title = "About " + h.name
	}
	return catalog.Event{
		Key: r.Key(), Document: r.Document, Kind: r.Kind, Event: r.Event, Rev: r.Rev, Facts: r.Facts,
		Published: h.at.UTC(), Recorded: h.recorded.UTC(), News: !h.old,
	}
}

func query(t testing.TB, text string) *filters.Query {
	t.Helper()
	q, err := filters.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// compose composes the edition of a label.
func (w *wire) compose(n Newsletter, label string) *Edition {
	w.Helper()
	win, err := n.ParseLabel(label)
	if err != nil {
		w.Fatal(err)
	}
	e, err := Compose(context.Background(), &w.db.Reader, n, win)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// outline is what stands where: section titles and the names of their items.
func outline(e *Edition) (lines []string) {
	for _, s := range e.Sections {
		line := s.Topic + ":"
		for _, item := range s.Items {
			line += " " + item.Name
			if item.Late {
				line += "(late)"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func equal(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}
