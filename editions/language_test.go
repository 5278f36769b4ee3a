package editions

import (
	"encoding/xml"
	"strings"
	"testing"
)

// What was closed in one language can be told in another, and is not changed by it.
func TestIn(t *testing.T) {
	e := sample(t, "en")
	before := e.Text(site, 0)
	ja := e.In(Newsletter{Language: "ja", Titles: map[string]string{"pigeons": "鳩"}})
	got := ja.Text(site, 0)
	for _, want := range []string{"鳩\n--\n", "その他\n", "Topic letters", "第1号", "Carrying Letters"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Everything else") || strings.Contains(got, "Topic pigeons") {
		t.Errorf("English is left in\n%s", got)
	}
	if e.Text(site, 0) != before {
		t.Error("the edition itself was changed")
	}
	if e.In(Newsletter{Language: "en-GB"}) != e {
		t.Error("the same language is another edition")
	}
	if c := unpublished().In(Newsletter{Language: "ja"}); c.Note != japanese.Composition {
		t.Errorf("a composition says %q", c.Note)
	}
}

func TestAtom(t *testing.T) {
	e := sample(t, "ja")
	out, err := e.Atom(site, "tag:example.org,2026:newsletters/birds/2025-W49")
	if err != nil {
		t.Fatal(err)
	}
	var got entry
	if err := xml.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mail, _ := e.MailHTML(site, 0)
	if got.ID != "tag:example.org,2026:newsletters/birds/2025-W49" || got.Title != e.Subject() || got.Updated != "2025-12-08T00:00:00Z" ||
		got.Link.Href != site.Edition(e, 1) || got.Content.Type != "html" || got.Content.Body != string(mail) || got.Author != e.Title {
		t.Errorf("got %+v", got)
	}
}

func TestExplain(t *testing.T) {
	got := sample(t, "ja").Explain()
	for _, want := range []string{
		"2025-W49: 6 items in 3 sections, 1 part\n",
		"1. draft-ietf-coop-carrying-00 Carrying Letters\n   stands under pigeons (2 found in 90 days): group:pigeons matched\n" +
			"   also found by letters (2 found in 90 days): group:letters matched\n" +
			"   place 1 of 2 there: new draft, published 2025-12-02 10:00:00 UTC\n",
		"   no topic of this newsletter finds it\n",
		"place 1 of 3 there: revision, published 2025-11-30 10:00:00 UTC, late\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestAnyDays(t *testing.T) {
	w := newWire(t)
	w.add(happening{name: "draft-a-b-00", at: at("2025-12-01 00:00")}, happening{name: "draft-a-c-01", at: at("2025-12-03 23:59")},
		happening{name: "draft-a-b-02", at: at("2025-12-04 00:00")})
	n := daily()
	n.Cadence = AnyDays
	win := n.Days(at("2025-12-01 00:00"), at("2025-12-03 00:00"))
	e, err := Compose(t.Context(), &w.db.Reader, n, win)
	if err != nil {
		t.Fatal(err)
	}
	if e.Label != "2025-12-01..2025-12-03" || e.Len() != 2 || !e.Before || !e.IsComposition() || e.FirstDay != "2025-12-01" || e.LastDay != "2025-12-03" {
		t.Errorf("got %s with %d items, %s to %s", e.Label, e.Len(), e.FirstDay, e.LastDay)
	}
}
