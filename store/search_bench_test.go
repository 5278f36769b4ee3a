package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// BenchmarkSearch asks a catalogue of 300,000 generated events, made once for
// all its parts, for the newest 20 of what a query finds, within a budget of
// 250 ms; and for a preview, all of the last 30 days.
//
//	ms-median, ms-max   time of one search
//	years               how far back the search looked, of 30; absent if it looked at everything
//	found               events found
func BenchmarkSearch(b *testing.B) {
	const events = 300_000
	db := library(b, events)
	end := libraryEnd
	for _, tt := range []struct {
		name, query string
		page        store.Page
	}{
		{"common word", "protocol", store.Page{Limit: 20}},
		{"rare word", "zyzzyva", store.Page{Limit: 20}},
		{"phrase", `"key agreement"`, store.Page{Limit: 20}},
		{"boolean", "(post-quantum OR multipath) group:wg7 -title:protocol", store.Page{Limit: 20}},
		{"expression", "/post-?quantum agree/i", store.Page{Limit: 20}},
		{"expression found nowhere", "/zyz{3}[aeiou]/i", store.Page{Limit: 20}},
		{"glob", "name:draft-*-wg9-*-2999??", store.Page{Limit: 20}},
		{"rare intersection", "evenly oddly", store.Page{Limit: 20}},
		{"mixed or", "zyzzyva OR pages:>900", store.Page{Limit: 20}},
		{"preview of a word", "protocol", store.Page{From: end.AddDate(0, 0, -30)}},
		{"preview of an expression", "/post-?quantum agree/i", store.Page{From: end.AddDate(0, 0, -30)}},
		{"preview of everything", "", store.Page{From: end.AddDate(0, 0, -30)}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			q := parse(b, tt.query)
			tt.page.Budget = 250 * time.Millisecond
			var took []time.Duration
			var found store.Found
			for b.Loop() {
				began := time.Now()
				var err error
				if found, err = db.Look(ctx, q, tt.page); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-max")
			b.ReportMetric(float64(len(found.Events)), "found")
			if !found.Reached.IsZero() {
				b.ReportMetric(end.Sub(found.Reached).Hours()/24/365.25, "years")
			}
		})
	}
}

// libraryEnd is when the newest event of the library was published; the oldest
// is 30 years before.
var libraryEnd = time.Date(2026, time.March, 20, 0, 0, 0, 0, time.UTC)

// library fills a catalogue with drafts whose words follow Zipf's law.
func library(b *testing.B, n int) *store.DB {
	b.Helper()
	db := open(b, filepath.Join(b.TempDir(), "library.db"), store.Options{})
	w := newWriter()
	step := 30 * 365 * 24 * time.Hour / time.Duration(n)
	const batch = 5000
	for from := 0; from < n; from += batch {
		err := db.Update(ctx, func(tx *store.Tx) error {
			source, err := tx.SourceID(ctx, "library")
			for i := from; i < min(n, from+batch) && err == nil; i++ {
				err = shelve(tx, source, w.event(i, libraryEnd.Add(-step*time.Duration(n-i))))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// shelve records a new event with one message as its evidence.
func shelve(tx *store.Tx, source int64, e catalog.Event) error {
	e.Key = catalog.Report{Document: e.Document, Event: e.Event, Rev: e.Rev}.Key()
	doc, _, err := tx.Document(ctx, e.Document, e.Kind)
	if err != nil {
		return err
	}
	revision, _, err := tx.Revision(ctx, doc.ID, e.Rev, e.Facts)
	if err != nil {
		return err
	}
	id, err := tx.AddEvent(ctx, revision, e)
	if err != nil {
		return err
	}
	message, _, err := tx.AddMessage(ctx, store.Message{
		Source: source, Digest: store.Digest([]byte(e.Key)), MessageID: e.Key, List: "library.example.org", Received: e.Published, Raw: []byte{0},
	})
	if err != nil {
		return err
	}
	e.ID, e.Lineage, e.Sources, e.Lists = id, []string{e.Document}, []string{"library"}, []string{"library.example.org"}
	tx.PutWords(id, filters.NewItem(&e))
	return tx.AddProof(ctx, store.Proof{Event: id, Message: message, Date: e.Published})
}

// writer makes texts of 5,000 words, of which few make up the most.
type writer struct {
	*rand.Rand
	zipf  *rand.Zipf
	words []string
}

func newWriter() *writer {
	r := rand.New(rand.NewPCG(26, 3))
	w := &writer{Rand: r, zipf: rand.NewZipf(r, 1.1, 4, 4999)}
	w.words = []string{"the", "protocol", "key", "agreement", "network", "post-quantum", "path", "multipath"}
	for len(w.words) < 5000 {
		w.words = append(w.words, fmt.Sprintf("w%c%c%d", 'a'+len(w.words)%26, 'a'+len(w.words)/26%26, len(w.words)))
	}
	return w
}

func (w *writer) text(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = w.words[w.zipf.Uint64()]
	}
	return strings.Join(words, " ")
}

// event makes draft number i.
func (w *writer) event(i int, published time.Time) catalog.Event {
	group := fmt.Sprintf("wg%d", w.IntN(120))
	e := catalog.Event{
		Document: fmt.Sprintf("draft-ietf-%s-topic-%06d", group, i), Kind: catalog.Draft, Rev: "00", Event: catalog.New,
		Published: published.Truncate(time.Second), Recorded: published,
		Facts: catalog.Facts{
			Title: w.text(8), Abstract: w.text(80), Group: group, Stream: catalog.IETF, Pages: 5 + w.IntN(60),
			Authors: []catalog.Author{{Name: fmt.Sprintf("Author%d Name%d", w.IntN(3000), w.IntN(3000))}},
		},
	}
	// Words of every second document, together in one of 100,000.
	e.Facts.Abstract += []string{" evenly", " oddly"}[i%2]
	if i%100_000 == 77 {
		e.Facts.Abstract += " evenly zyzzyva"
	}
	return e
}
