package editions

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// BenchmarkCompose composes an edition of 400 items in front of 300,000 events
// of 30 years, and puts it into each of the forms.
func BenchmarkCompose(b *testing.B) {
	const events, items = 300_000, 400
	topics := []string{"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"}
	w := newWire(b, topics...)
	day := at("2025-12-07 00:00")
	step := 30 * 365 * 24 * time.Hour / events
	for from := 0; from < events; from += 1000 {
		w.update(func(tx *store.Tx) error {
			for i := from; i < from+1000; i++ {
				when := day.Add(-time.Duration(events-i) * step)
				if i >= events-items {
					when = day.Add(time.Duration(i-events+items) * 3 * time.Minute)
				}
				if err := w.bulk(tx, i, when, topics[i%len(topics)]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	n := daily(topics...)
	var e *Edition
	b.Run("compose", func(b *testing.B) {
		for b.Loop() {
			e = w.compose(n, "2025-12-07")
		}
		if e.Len() != items {
			b.Fatalf("%d items", e.Len())
		}
	})
	b.Run("render", func(b *testing.B) {
		for b.Loop() {
			e.Text(site, 0)
			e.HTML(site, 0)
			e.MailHTML(site, 0)
			e.Markdown(site)
		}
	})
}

// bulk adds the i-th event, one revision of some draft, without the mail that
// would have told of it.
func (w *wire) bulk(tx *store.Tx, i int, when time.Time, topic string) error {
	ctx := context.Background()
	h := ordinary(i, when)
	h.name = fmt.Sprintf("draft-writer%d-thing-%d-%02d", i%997, i/20, i%20)
	h.facts.Abstract = fmt.Sprintf("Things of kind %d are many. This document specifies thing %d, which allows the use of thing %d. "+
		"It updates RFC %d. Security is considered, and so are the operations of networks that have neither.", i%71, i/20, i%113, 1000+i%8000)
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
	e.Lineage = []string{catalog.Fold(e.Document)}
	tx.PutWords(id, filters.NewItem(&e))
	return tx.Select(ctx, w.topics[topic], id, "title", true, when)
}
