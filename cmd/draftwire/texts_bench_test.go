package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
)

// BenchmarkTextsEdition takes in the texts of a hundred revisions of some 30
// pages and those of the revisions before them, as fetching does when they have
// come, then composes their edition and draws it in every form. It gives
// the seconds that take and read, compare and keep took, and all.
func BenchmarkTextsEdition(b *testing.B) {
	const items = 100
	for b.Loop() {
		b.StopTimer()
		db, raw := withRevisions(b, items)
		c := &aggregator.Cataloguer{DB: db, Now: now}
		b.StartTimer()
		began := time.Now()
		for _, t := range raw {
			text, err := texts.Parse([]byte(t.text))
			if err == nil {
				err = c.KeepText(b.Context(), t.document, t.rev, []byte(t.text), text)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/keeping")
		n := editions.Newsletter{Name: "daily", Title: "Daily", Rest: true}
		w, err := n.ParseLabel("2026-03-20")
		if err != nil {
			b.Fatal(err)
		}
		e, err := editions.Compose(b.Context(), &db.Reader, n, w)
		if err != nil {
			b.Fatal(err)
		}
		links := editions.Links{Base: "https://wire.example.org"}
		e.Text(links, 0)
		e.HTML(links, 0)
		e.MailHTML(links, 0)
		e.Markdown(links)
		b.ReportMetric(time.Since(began).Seconds(), "s/all")
		b.StopTimer()
		changed := 0
		for _, s := range e.Sections {
			for _, item := range s.Items {
				if item.Text != nil {
					changed++
				}
			}
		}
		if e.Len() != items || changed != items {
			b.Fatalf("%d items, %d with what their texts changed", e.Len(), changed)
		}
		b.StartTimer()
	}
}

// rawText is a text as it comes.
type rawText struct{ document, rev, text string }

// withRevisions is a catalogue with n announced revisions, and the texts of each
// and the one before.
func withRevisions(b *testing.B, n int) (*store.DB, []rawText) {
	b.Helper()
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "wire.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	day := time.Date(2026, time.March, 20, 1, 0, 0, 0, time.UTC)
	sample := demo.Generate(day.AddDate(0, 0, 1)).Announcements
	origin := aggregator.Origin{Name: "bench", Announcements: true}
	err = db.Update(b.Context(), func(tx *store.Tx) (err error) {
		origin.Source, err = tx.SourceID(b.Context(), origin.Name)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	var batch []aggregator.Received
	var raw []rawText
	seen := map[string]bool{}
	for _, a := range sample {
		if a.Kind != catalog.Draft || seen[a.Name] || len(batch) == n {
			continue
		}
		seen[a.Name] = true
		a.Rev, a.At = "05", day.Add(time.Duration(len(batch))*time.Minute)
		a.MessageID = fmt.Sprintf("%s@bench", a.Name)
		batch = append(batch, aggregator.Received{Raw: a.Mails()[0].Raw, At: a.At})
		for _, rev := range []string{"04", "05"} {
			text, ok := demo.DraftText(a.Name, rev, day)
			if !ok {
				b.Fatal(a.Name)
			}
			raw = append(raw, rawText{a.Name, rev, swollen(text)})
		}
	}
	if len(batch) < n {
		b.Fatalf("the sample has %d drafts", len(batch))
	}
	if _, err := (&aggregator.Cataloguer{DB: db, Now: now}).Take(b.Context(), origin, batch); err != nil {
		b.Fatal(err)
	}
	return db, raw
}

// swollen puts long sections into a text, so that it has some 30 pages.
func swollen(text string) string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "Appendix %c.  Experience of Site %d\n\n", 'A'+i%26, i)
		for j := range 12 {
			fmt.Fprintf(&b, "   In network %d of site %d, a path of %d hops was seen to carry %d\n   flows, of which %d were moved without any loss to a user.\n\n", j, i, i+j, i*j+7, j)
		}
	}
	head, tail, _ := strings.Cut(text, "Authors' Addresses")
	return head + b.String() + "Authors' Addresses" + tail
}
