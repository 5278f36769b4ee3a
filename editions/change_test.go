package editions

import (
	"html/template"
	"slices"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

func TestWhatIsNew(t *testing.T) {
	w := newWire(t)
	ada, bo := catalog.Author{Name: "Ada Wing", Email: "ada@example.org"}, catalog.Author{Name: "Bo Beak"}
	w.add(
		happening{name: "draft-ietf-coop-carrying-00", at: at("2025-06-01 10:00"), facts: catalog.Facts{Title: "Long ago"}},
		happening{name: "draft-ietf-coop-carrying-02", at: at("2025-11-06 10:00"), facts: catalog.Facts{
			Title: "Carrying Mail", Abstract: "This document describes\n   one way to carry letters.", Authors: []catalog.Author{ada, bo},
			Level: catalog.Informational, Pages: 10,
		}},
		happening{name: "draft-ietf-coop-carrying-03", at: at("2025-12-07 10:00"), facts: catalog.Facts{
			Title: "Carrying Letters", Abstract: "This document describes two ways to carry letters.",
			Authors: []catalog.Author{{Name: "Ada Wing-Feather", Email: "Ada@example.org"}, {Name: "Cy Claw"}},
			Level:   catalog.ProposedStandard, Pages: 12,
		}},
		happening{name: "draft-nest-eggs-07", at: at("2025-12-07 11:00")},
	)
	e := w.compose(daily(), "2025-12-07")
	if got := e.Sections[0].Items[1]; got.Change != nil || len(e.news(site, got)) != 0 {
		t.Errorf("of a revision whose earlier ones are unknown: %+v", got.Change)
	}
	item := e.Sections[0].Items[0]
	if item.Change == nil {
		t.Fatal("no change of a revision whose earlier one is known")
	}
	var got []string
	for _, r := range e.news(site, item) {
		got = append(got, r.Label+": "+r.plain())
	}
	equal(t, "what is new", got, []string{
		"Revision before: -02 of 6 November 2025, 31 days earlier", "Title before: Carrying Mail", "Level: Informational → Proposed Standard",
		"Pages: 10 → 12", "New authors: Cy Claw", "No longer authors: Bo Beak",
		"Abstract: This document describes [-one way-] {+two ways+} to carry letters.",
	})
	mail, _ := e.MailHTML(site, 0)
	for format, want := range map[string]string{
		e.Text(site, 0): "[-one way-] {+two ways+}", e.Markdown(site): "~~one way~~ **two ways**",
		string(mail): "<del>one way</del> <ins>two ways</ins>", string(e.HTML(site, 0)): "<del>one way</del> <ins>two ways</ins>",
	} {
		if !strings.Contains(format, want) {
			t.Errorf("no %q in\n%s", want, format)
		}
	}
	var html template.HTML
	err := w.db.View(t.Context(), func(r *store.Reader) (err error) {
		q, err := filters.Parse("name:draft-ietf-coop-carrying rev:03")
		if err != nil {
			return err
		}
		events, err := r.Search(t.Context(), q, store.Page{})
		if err != nil {
			return err
		}
		changes, err := ChangesHTML(t.Context(), r, events)
		html = changes[events[0].ID]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(html), "<ul><li>Revision before: -02 of 6 November 2025, 31 days earlier</li>") || !strings.Contains(string(html), "<ins>two ways</ins>") {
		t.Errorf("for others: %s", html)
	}
}

func TestSamePerson(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"Ada Wing", "ADA WING", true},
		{"A. Wing", "Ada Wing", true},
		{"Ada Wing", "A. Wing", true},
		{"Ada B. Wing", "Ada Wing", true},
		{"Mirja Kühlewind", "Mirja Kuehlewind", false},
		{"Mirja Kühlewind", "Mirja Kuhlewind", true},
		{"Ada Wing", "Al Wing", false},
		{"Ada Wing", "Ada Beak", false},
		{"", "", false},
	} {
		if got := samePerson(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: %v", tt.a, tt.b, got)
		}
	}
}

func TestOrigins(t *testing.T) {
	ada, bo := catalog.Author{Name: "Ada Wing"}, catalog.Author{Name: "Bo Beak"}
	facts := func(title, group string, authors ...catalog.Author) catalog.Facts {
		return catalog.Facts{Title: title, Group: group, Authors: authors}
	}
	before := []happening{
		{name: "draft-wing-coop-feeding-pigeons-04", at: at("2025-10-07 10:00"), facts: facts("Feeding", "", ada)},
		{name: "draft-wing-how-hawks-fly-01", at: at("2025-10-08 10:00"), facts: facts("How Hawks Fly Today", "", ada, bo)},
		{name: "draft-wing-a-01", at: at("2025-10-09 10:00"), facts: facts("A", "", ada)},
		{name: "draft-wing-a-02", at: at("2025-10-10 10:00"), facts: facts("A", "", ada)},
		{name: "draft-wing-b-02", at: at("2025-10-11 10:00"), facts: facts("B", "", ada)},
		{name: "draft-wing-c-02", at: at("2020-10-11 10:00"), facts: facts("C", "", ada)},
	}
	for _, tt := range []struct {
		name string
		new  happening
		want []string
	}{
		{"by name", happening{name: "draft-ietf-coop-feeding-pigeons-00", facts: facts("Feeding Pigeons", "coop", ada)}, []string{
			"Seems to go on from: draft-wing-coop-feeding-pigeons (an author and the name behind the authors' are the same; the IETF has not said so)",
			"Also by Ada Wing: draft-wing-b, draft-wing-a, draft-wing-how-hawks-fly",
		}},
		{"by title", happening{name: "draft-beak-coop-hawks-00", facts: facts("How Hawks Fly Today", "", bo)}, []string{
			"Seems to go on from: draft-wing-how-hawks-fly (an author and the title are the same; the IETF has not said so)",
		}},
		{"nobody's", happening{name: "draft-claw-feeding-pigeons-00", facts: facts("How Hawks Fly Today", "", catalog.Author{Name: "Cy Claw"})}, nil},
		{"a namesake", happening{name: "draft-wing-x-00", facts: facts("X", "", catalog.Author{Name: "Wing"})}, nil},
		{"many", happening{name: "draft-wing-d-00", facts: facts("D", "", ada)}, []string{
			"Also by Ada Wing: draft-wing-b, draft-wing-a, draft-wing-how-hawks-fly and 1 more",
		}},
		{"odd", happening{name: "draft-wing-q-00", facts: facts("Q", "", catalog.Author{Name: `Ada "AND /x/ Wing"`})}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.add(before...)
			tt.new.at = at("2025-12-07 10:00")
			w.add(tt.new)
			e := w.compose(daily(), "2025-12-07")
			var got []string
			for _, r := range e.news(site, e.Sections[0].Items[0]) {
				got = append(got, r.Label+": "+r.plain())
			}
			equal(t, "origin", got, tt.want)
		})
	}
}

// Of several drafts that an author posts on one day, each names the others.
func TestDraftsOfOneDayNameEachOther(t *testing.T) {
	w := newWire(t)
	ada := []catalog.Author{{Name: "Ada Wing"}}
	w.add(
		happening{name: "draft-wing-a-00", at: at("2025-12-07 01:00"), facts: catalog.Facts{Title: "Hawks and Other Birds", Authors: ada}},
		happening{name: "draft-wing-b-00", at: at("2025-12-07 02:00"), facts: catalog.Facts{Title: "Hawks and Other Birds", Authors: ada}},
		happening{name: "draft-wing-c-00", at: at("2025-12-07 03:00"), facts: catalog.Facts{Title: "Fish", Authors: ada}},
	)
	for i, want := range []struct {
		works  []string
		likely string
	}{
		{[]string{"draft-wing-c", "draft-wing-b"}, ""},
		{[]string{"draft-wing-c"}, "draft-wing-a"},
		{[]string{"draft-wing-b", "draft-wing-a"}, ""},
	} {
		o := w.compose(daily(), "2025-12-07").Sections[0].Items[i].Origin
		if o == nil || len(o.Works) != 1 || !slices.Equal(o.Works[0].Drafts, want.works) || o.Likely != want.likely {
			t.Errorf("item %d: got %+v, want %+v", i+1, o, want)
		}
	}
}

func TestAnAdoptedDraftSaysWhatItReplaces(t *testing.T) {
	m := english
	rows := m.origin(&Origin{Replaces: []string{"draft-wing-a", "draft-wing-b"}})
	if got := rows[0].Label + ": " + rows[0].markdown(); got != "Replaces: [draft-wing-a](<https://datatracker.ietf.org/doc/draft-wing-a/>), [draft-wing-b](<https://datatracker.ietf.org/doc/draft-wing-b/>)" {
		t.Error(got)
	}
}

// Whatever outsiders write into two revisions, what changed is HTML that needs
// no sanitising.
func FuzzChangeHTML(f *testing.F) {
	f.Add("Carrying Mail", "Ada Wing", "One way to carry letters.", "Carrying Letters", "Bo Beak", "Two ways to carry letters.")
	f.Add("<b>a</b>", "<script>alert(1)</script>", "a b c d <i>e</i>", "\"&amp;'+", "\x00\u202e\xff", "a b c d </div></ul> \u2028e&#43;")
	f.Add("", "", "", "x", "y\nz", "o one\no two\n\n> three")
	f.Fuzz(func(t *testing.T, title, author, abstract, titleNow, authorNow, abstractNow string) {
		before := store.Earlier{Rev: "00", Facts: catalog.Facts{
			Title: title, Authors: []catalog.Author{{Name: author}}, Abstract: abstract, Level: catalog.Level(title), Pages: 1,
		}}
		now := catalog.Event{Facts: catalog.Facts{
			Title: titleNow, Authors: []catalog.Author{{Name: authorNow}}, Abstract: abstractNow, Level: catalog.Level(titleNow), Pages: 2,
		}}
		got, err := english.rowsHTML(english.factRows(before, now))
		if err != nil {
			t.Fatal(err)
		}
		if safe := markup.Sanitize(string(got), ""); safe != string(got) {
			t.Errorf("sanitised\n%q\nit is\n%q", got, safe)
		}
	})
}
