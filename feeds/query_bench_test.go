package feeds

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// BenchmarkQueryFeed asks for feeds of queries that nobody has asked for yet,
// over 300,000 generated events, from the request to the last byte. The last is
// of revisions whose abstracts changed, which have to be compared.
func BenchmarkQueryFeed(b *testing.B) {
	w := newWire(b)
	w.feeds.cfg.Changes = editions.ChangesHTML
	w.shelve(300_000)
	w.revise(2 * maxEntries)
	for _, tt := range []struct{ name, query string }{
		{"rare word", "zyzzyva"},
		{"common word", "protocol"},
		{"phrase", `"key agreement"`},
		{"boolean", "(post-quantum OR multipath) group:wg7 -title:protocol"},
		{"revisions", "title:quokka event:revision"},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var took []time.Duration
			var size int
			for b.Loop() {
				w.feeds = New(w.feeds.cfg) // keeps nothing yet
				rec := httptest.NewRecorder()
				r := httptest.NewRequest("GET", "/feed.atom?q="+url.QueryEscape(canonicalOf(b, tt.query)), nil)
				handler := w.feeds.Handler()
				began := time.Now()
				handler.ServeHTTP(rec, r)
				took = append(took, time.Since(began))
				if size = rec.Body.Len(); rec.Code != 200 || !strings.Contains(rec.Body.String(), "<entry") {
					b.Fatal(rec.Code, rec.Body.String()[:min(300, size)])
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-max")
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}

func canonicalOf(b *testing.B, query string) string {
	b.Helper()
	text, err := canonicalQuery(query)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// shelve fills the catalogue with drafts whose words follow Zipf's law.
func (w *wire) shelve(n int) {
	w.t.Helper()
	r := rand.New(rand.NewPCG(26, 3))
	zipf := rand.NewZipf(r, 1.1, 4, 4999)
	words := []string{"the", "protocol", "key", "agreement", "network", "post-quantum", "path", "multipath"}
	for len(words) < 5000 {
		words = append(words, fmt.Sprintf("w%c%c%d", 'a'+len(words)%26, 'a'+len(words)/26%26, len(words)))
	}
	text := func(n int) string {
		var list []string
		for range n {
			list = append(list, words[zipf.Uint64()])
		}
		return strings.Join(list, " ")
	}
	const batch = 5000
	for from := 0; from < n; from += batch {
		w.update(func(ctx context.Context, tx *store.Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				group := fmt.Sprintf("wg%d", r.IntN(120))
				e := catalog.Event{
					Document: fmt.Sprintf("draft-ietf-%s-topic-%06d", group, i), Kind: catalog.Draft, Rev: "00", Event: catalog.New,
					Published: noon.Add(time.Duration(i-n) * 50 * time.Minute), Recorded: noon,
					Facts: catalog.Facts{
						Title: text(8), Abstract: text(80), Group: group, Stream: catalog.IETF, Pages: 5 + r.IntN(60),
						Authors: []catalog.Author{{Name: fmt.Sprintf("Author%d Name%d", r.IntN(3000), r.IntN(3000))}},
					},
				}
				if i%100_000 == 77 {
					e.Facts.Abstract += " zyzzyva"
				}
				if _, err := put(ctx, tx, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// revise adds drafts with a revision each, which changes three words of eighty.
func (w *wire) revise(n int) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *store.Tx) error {
		for i := range 2 * n {
			rev := fmt.Sprintf("%02d", i/n)
			words := strings.Fields(strings.Repeat("This document says how letters are carried, and what is done where none arrive. ", 6))
			for at := 20; i >= n && at < 80; at += 25 {
				words[at] = fmt.Sprintf("changed%d", i)
			}
			_, err := put(ctx, tx, catalog.Event{
				Document: fmt.Sprintf("draft-ietf-wg7-revised-%06d", i%n), Kind: catalog.Draft, Rev: rev, Event: catalog.EventOfRevision(rev),
				Published: noon.Add(time.Duration(i-2*n) * time.Minute), Recorded: noon,
				Facts: catalog.Facts{
					Title: "Carrying quokka letters", Abstract: strings.Join(words, " "), Group: "wg7", Pages: 5 + i/n,
					Authors: []catalog.Author{{Name: "Ada Example"}, {Name: "Bo Sample"}},
				},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkManyTopics asks for feeds of 10,000 topics of 50 entries each, a
// hundred at a time, and tells how much more memory is in use after them: what
// is kept is bounded.
func BenchmarkManyTopics(b *testing.B) {
	const topics = 10_000
	w := newWire(b)
	w.fill(maxEntries)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		ids, err := tx.SelectedIDs(ctx, w.topic)
		if err != nil {
			return err
		}
		for i := range topics {
			topic, err := tx.PutTopic(ctx, store.Topic{Name: fmt.Sprintf("t%d", i), Query: "quic", Position: i})
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := tx.Select(ctx, topic, id, "quic in title", true, noon); err != nil {
					return err
				}
			}
		}
		return nil
	})
	before := inUse()
	for i := 0; b.Loop(); i += 100 {
		for j := range 100 {
			w.body(fmt.Sprintf("/topics/t%d/feed.atom", (i+j)%topics))
		}
	}
	b.ReportMetric(float64(inUse()-before)/(1<<20), "MB-more")
	b.ReportMetric(float64(len(w.feeds.named.slots)), "feeds-kept")
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // far less
}
