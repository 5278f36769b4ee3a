package aggregator

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// TestNamedList holds that mails of an archive belong to the list that its
// source names, unless they name one themselves, and that the catalogue does
// not depend on whether that archive was read before another copy.
func TestNamedList(t *testing.T) {
	head := "From: Ann <ann@example.org>\nDate: Mon, 01 Dec 2025 10:00:00 +0000\n"
	archived := head + "Message-ID: <1@example.org>\nSubject: [tls] Hello\n\nWords.\n"
	sent := head + "Message-ID: <1@example.org>\nList-Id: <tls.ietf.org>\nTo: tls@ietf.org\nSubject: [tls] Hello\n\nWords, and a footer.\n"
	other := head + "Message-ID: <2@example.org>\nList-Id: <quic.ietf.org>\nSubject: [tls] Elsewhere\n\nWords.\n"
	batches := []struct {
		origin Origin
		raws   []string
	}{
		{Origin{Name: "archive", List: "tls.ietf.org"}, []string{archived, other}},
		{Origin{Name: "imap"}, []string{sent}},
	}
	var first []catalog.Event
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 1, 0}} {
		db := openStore(t)
		c := testCataloguer(db)
		for _, i := range order {
			o := batches[i].origin
			err := db.Update(t.Context(), func(tx *store.Tx) (err error) {
				o.Source, err = tx.SourceID(t.Context(), o.Name)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			var batch []Received
			for _, raw := range batches[i].raws {
				batch = append(batch, Received{Raw: []byte(raw), Format: store.RFC5322, At: now})
			}
			if _, err := c.Take(t.Context(), o, batch); err != nil {
				t.Fatal(err)
			}
		}
		q, err := filters.Parse("list:tls")
		if err != nil {
			t.Fatal(err)
		}
		if found, err := db.Search(t.Context(), q, store.Page{}); err != nil || len(found) != 1 || found[0].Facts.Title != "Hello" {
			t.Errorf("order %v: list:tls finds %+v, %v", order, found, err)
		}
		got := catalogued(t, db)
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("order %v makes another catalogue:\n%s", order, diff)
		}
		if i := slices.IndexFunc(got, func(e catalog.Event) bool { return slices.Equal(e.Lists, []string{"quic.ietf.org"}) }); i < 0 {
			t.Errorf("order %v: a mail lost its own list", order)
		}
	}
}

func testCataloguer(db *store.DB) *Cataloguer {
	return &Cataloguer{DB: db, Now: func() time.Time { return now }}
}
