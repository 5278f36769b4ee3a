package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// vocabulary is small, so that words of queries and of texts meet often.
var vocabulary = []string{
	"quic", "path", "paths", "post-quantum", "post quantum", "postquantum", "key", "TLS", "1.3", "Élan", "elan",
	"標準", "標準化", "化", "policy", "policies", "a", "draft", "rfc", "co-op", "2.5g3g",
}

var (
	groups  = []string{"quic", "tls", "dnsop", ""}
	people  = []string{"Ada Writer", "Élan Müller", "山田 太郎", "Bob van der Key"}
	sources = []string{"i-d-announce", "quic", "rfc"}
)

func someText(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, most).Draw(t, label), " ")
}

func someEvent(t *rapid.T, i int) catalog.Event {
	rev := fmt.Sprintf("%02d", rapid.IntRange(0, 12).Draw(t, "rev"))
	e := catalog.Event{
		Document: fmt.Sprintf("draft-%s-%d", rapid.SampledFrom([]string{"ietf-quic-paths", "ada-key", "Old-2.5g3g"}).Draw(t, "name"), i),
		Kind:     catalog.Draft, Rev: rev, Event: catalog.EventOfRevision(rev),
	}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		e = catalog.Event{Document: fmt.Sprintf("rfc%d", 9000+i), Kind: catalog.RFC, Event: catalog.Published}
	case 1:
		e = catalog.Event{Document: catalog.PostName(fmt.Sprint(i)), Kind: catalog.Post, Event: catalog.Posted}
	}
	e.Published = noon.Add(-time.Duration(rapid.IntRange(0, 1000).Draw(t, "hours")) * time.Hour)
	e.Recorded = noon
	e.Facts = catalog.Facts{
		Title: someText(t, "title", 4), Abstract: someText(t, "abstract", 8),
		Group:  rapid.SampledFrom(groups).Draw(t, "group"),
		Stream: rapid.SampledFrom([]catalog.Stream{catalog.IETF, catalog.IRTF, ""}).Draw(t, "stream"),
		Pages:  rapid.IntRange(0, 30).Draw(t, "pages"),
	}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(people), 0, 2, rapid.ID).Draw(t, "authors") {
		e.Facts.Authors = append(e.Facts.Authors, catalog.Author{Name: name})
	}
	return e
}

// someQuery writes a query with up to depth nestings.
func someQuery(t *rapid.T, depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "operator") {
		case 0:
			return "(" + someQuery(t, depth-1) + " AND " + someQuery(t, depth-1) + ")"
		case 1:
			return "(" + someQuery(t, depth-1) + " OR " + someQuery(t, depth-1) + ")"
		case 2:
			return "NOT (" + someQuery(t, depth-1) + ")"
		case 3:
			return someQuery(t, depth-1) + " " + someQuery(t, depth-1)
		}
	}
	word := rapid.SampledFrom(vocabulary).Draw(t, "word")
	quoted := `"` + word + `"`
	return rapid.SampledFrom([]string{
		quoted, strings.Fields(word)[0], "title:" + quoted, "abstract:" + quoted, "name:" + quoted,
		"author:" + rapid.SampledFrom([]string{"ada", "müller", "muller", "太郎", `"ada writer"`}).Draw(t, "author"),
		"group:" + rapid.SampledFrom([]string{"quic", "TLS", "dnsop"}).Draw(t, "group"),
		"kind:" + rapid.SampledFrom([]string{"draft", "rfc", "post"}).Draw(t, "kind"),
		"event:" + rapid.SampledFrom([]string{"new", "revision", "rfc", "post"}).Draw(t, "event"),
		"stream:" + rapid.SampledFrom([]string{"ietf", "irtf"}).Draw(t, "stream"),
		"source:" + rapid.SampledFrom(sources).Draw(t, "source"),
		"list:" + rapid.SampledFrom(sources).Draw(t, "list"),
		fmt.Sprintf("rev:%02d", rapid.IntRange(0, 12).Draw(t, "rev")),
		fmt.Sprintf("rev:%s%d", rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "op"), rapid.IntRange(0, 12).Draw(t, "rev")),
		fmt.Sprintf("pages:%s%d", rapid.SampledFrom([]string{"", "<", ">="}).Draw(t, "op"), rapid.IntRange(1, 30).Draw(t, "pages")),
	}).Draw(t, "leaf")
}

// TestMatcherAndSQLAgree holds that a query finds over SQL exactly the events
// that the matcher says it matches: there is one meaning.
func TestMatcherAndSQLAgree(t *testing.T) {
	queries := 25
	if os.Getenv("DRAFTWIRE_FULL") != "" {
		queries = 200
	}
	pairs, matching := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		db := fresh(t)
		err := db.Update(ctx, func(tx *store.Tx) error {
			for i := range rapid.IntRange(1, 12).Draw(rt, "events") {
				told := rapid.SliceOfNDistinct(rapid.SampledFrom(sources), 0, 2, rapid.ID).Draw(rt, "told by")
				if _, err := put(tx, someEvent(rt, i), told...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		all, err := db.Search(ctx, parse(t, ""), store.Page{})
		if err != nil {
			rt.Fatal(err)
		}
		for range queries {
			text := someQuery(rt, 3)
			q, err := filters.Parse(text)
			if err != nil {
				rt.Fatalf("%s: %v", text, err)
			}
			var want []string
			for _, e := range all {
				pairs++
				if q.Match(filters.NewItem(&e)) {
					matching++
					want = append(want, e.Key)
				}
			}
			found, err := db.Search(ctx, q, store.Page{})
			if err != nil {
				rt.Fatalf("%s: %v", text, err)
			}
			var got []string
			for _, e := range found {
				got = append(got, e.Key)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("%s (-matcher +SQL):\n%s", text, diff)
			}
		}
	})
	if matching*5 < pairs {
		t.Errorf("only %d of %d pairs match; the test says little", matching, pairs)
	}
}
