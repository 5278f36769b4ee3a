package editions

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
)

// compared is what the texts of a revision changed, in the store.
func (w *wire) compared(document, rev string, c texts.Comparison) {
	w.Helper()
	w.update(func(tx *store.Tx) error {
		change, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if err := tx.PutText(w.Context(), document, rev, []byte("text"), at("2025-12-07 12:00")); err != nil {
			return err
		}
		return tx.PutTextChange(w.Context(), document, rev, change, c.Marks)
	})
}

func TestWhatATextChanged(t *testing.T) {
	for _, tt := range []struct {
		name     string
		change   texts.Comparison
		want     []string
		japanese []string
	}{
		{
			"only the date",
			texts.Comparison{Kept: 1, Marks: []catalog.Mark{catalog.ChangedNothing}},
			[]string{"Text: nothing changed but date and revision (against -02)"},
			[]string{"本文：日付と版番号のほかに変更なし（-02との比較）"},
		},
		{
			"only references",
			texts.Comparison{
				Kept: 1, Marks: []catalog.Mark{catalog.ChangedNormative},
				Added:   []texts.Reference{{Label: "TLS13", Document: "rfc8446", Normative: true}, {Label: "I-D.ietf-x", Document: "draft-ietf-x", Normative: true}, {Label: "RFC1", Document: "rfc1"}},
				Dropped: []texts.Reference{{Label: "Bird97", Normative: true}},
			},
			[]string{"Text: the sections say the same (against -02)", "New normative references: RFC 8446, draft-ietf-x", "No longer normative references: Bird97"},
			[]string{"本文：各節の文章は同一（-02との比較）", "加わった規範的参照：RFC 8446、draft-ietf-x", "外れた規範的参照：Bird97"},
		},
		{
			"sections",
			texts.Comparison{
				Kept: 0.9349, Renumbered: 3, Marks: []catalog.Mark{catalog.ChangedIANA, catalog.ChangedPrivacy, catalog.ChangedSections, catalog.ChangedText},
				Sections: []texts.SectionChange{
					{Kind: texts.Edited, Number: "1", Title: "Introduction", Words: 9},
					{Kind: texts.Edited, Number: "2", Title: "Least", Words: 1},
					{Kind: texts.Edited, Number: "3", Title: "Three", Words: 3},
					{Kind: texts.Added, Number: "4", Title: "Nest <b>boxes</b>", Words: 40},
					{Kind: texts.Edited, Number: "5", Title: "Five", Words: 3},
					{Kind: texts.Edited, Number: "6", Title: "Six", Words: 3},
					{Kind: texts.Edited, Number: "7", Title: "Seven", Words: 2},
					{Kind: texts.Removed, Was: "4.1", Title: "Eggs", Words: 12},
					{Kind: texts.Rewritten, Number: "8", Was: "7", Title: "IANA Considerations", TitleWas: "Registries", Words: 50},
				},
			},
			[]string{
				"Text: 93% of the words kept; IANA Considerations, Privacy Considerations changed (against -02)",
				"Sections: new: 4 Nest <b>boxes</b>; removed: 4.1 Eggs; rewritten: 8 IANA Considerations (was “Registries”); " +
					"edited: 1 Introduction, 3 Three, 5 Five, 6 Six, 7 Seven and 1 more",
			},
			[]string{
				"本文：語の93%は元のまま；IANAに関する考慮事項、プライバシーに関する考慮事項に変更（-02との比較）",
				"節：新設：4 Nest <b>boxes</b>；削除：4.1 Eggs；書き換え：8 IANA Considerations（旧「Registries」）；修正：1 Introduction、3 Three、5 Five、6 Six、7 Seven、ほか1件",
			},
		},
		{
			"only more",
			texts.Comparison{Kept: 1, Marks: []catalog.Mark{catalog.ChangedText}, Sections: []texts.SectionChange{{Kind: texts.Edited, Title: "Acknowledgements", Words: 7}}},
			[]string{"Text: 7 words added, none taken out (against -02)", "Sections: edited: Acknowledgements"},
			[]string{"本文：7語追加、削除なし（-02との比較）", "節：修正：Acknowledgements"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.add(happening{name: "draft-nest-eggs-03", at: at("2025-12-07 10:00"), facts: catalog.Facts{Title: "Eggs"}})
			w.compared("draft-nest-eggs", "03", tt.change)
			e := w.compose(daily(), "2025-12-07")
			item := e.Sections[0].Items[0]
			for language, want := range map[string][]string{"en": tt.want, "ja": tt.japanese} {
				e.Language = language
				var got []string
				for _, r := range e.news(site, item) {
					got = append(got, r.Label+messagesIn(language).Colon+r.plain())
				}
				equal(t, language, got, want)
			}
		})
	}
}

// An item that stands for several revisions tells what all of them changed.
func TestTextChangeOfSeveralRevisions(t *testing.T) {
	w := newWire(t)
	write := func(rev, intro, iana string) {
		text := "\n\nCoop  A. Wing\nInternet-Draft  7 December 2025\n\n Eggs\n draft-nest-eggs-" + rev +
			"\n\nAbstract\n\n   Of eggs.\n\n1.  Introduction\n\n   " + intro + "\n\n2.  IANA Considerations\n\n   " + iana + "\n"
		w.update(func(tx *store.Tx) error {
			return tx.PutText(w.Context(), "draft-nest-eggs", rev, []byte(text), at("2025-12-07 12:00"))
		})
	}
	write("02", "A bird lays eggs in a nest.", "None.")
	write("03", "A bird lays eggs in a nest.", "A registry of eggs.")
	write("04", "A bird lays eggs in some nest.", "A registry of eggs.")
	w.add(
		happening{name: "draft-nest-eggs-03", at: at("2025-12-07 10:00"), facts: catalog.Facts{Title: "Eggs"}},
		happening{name: "draft-nest-eggs-04", at: at("2025-12-07 20:00"), facts: catalog.Facts{Title: "Eggs"}},
		happening{name: "draft-nest-fresh-00", at: at("2025-12-07 10:00")}, happening{name: "draft-nest-fresh-01", at: at("2025-12-07 20:00")},
	)
	e := w.compose(daily(), "2025-12-07")
	if e.Len() != 2 {
		t.Fatalf("%d items, want 2", e.Len())
	}
	for _, item := range e.Sections[0].Items {
		if item.Document == "draft-nest-fresh" {
			if item.Text != nil {
				t.Errorf("a new draft was compared: %+v", item.Text)
			}
			continue
		}
		if item.Text == nil || item.Text.Rev != "02" || len(item.Text.Sections) != 2 || !slices.Contains(item.Text.Marks, catalog.ChangedIANA) {
			t.Errorf("got %+v, want both sections against -02", item.Text)
		}
	}
}

// What stands in a text is somebody's: none of it is markup, however it is drawn.
func TestHostileTextChange(t *testing.T) {
	w := newWire(t)
	const evil = "<script>alert(1)</script> [x](javascript:y) \u202eesrever\x00"
	w.add(happening{name: "draft-nest-eggs-03", at: at("2025-12-07 10:00"), facts: catalog.Facts{Title: "Eggs"}})
	change := texts.Comparison{Kept: 0.5, Marks: []catalog.Mark{catalog.ChangedText}}
	for range 3 * maxSections {
		change.Sections = append(change.Sections, texts.SectionChange{Kind: texts.Added, Number: evil, Title: evil, TitleWas: evil})
		change.Added = append(change.Added, texts.Reference{Label: evil, Document: evil, Title: evil, Normative: true})
	}
	w.compared("draft-nest-eggs", "03", change)
	e := w.compose(daily(), "2025-12-07")
	if n := len(e.Sections[0].Items[0].Text.Sections); n != maxSections {
		t.Errorf("%d sections kept, want %d", n, maxSections)
	}
	mail, _ := e.MailHTML(site, 0)
	for _, drawn := range []string{string(e.HTML(site, 0)), string(mail), e.Text(site, 0)} {
		if strings.Contains(drawn, "\u202e") || strings.Contains(drawn, "\x00") {
			t.Error("control characters are drawn")
		}
	}
	for _, drawn := range []string{string(e.HTML(site, 0)), string(mail), e.Markdown(site)} {
		if strings.Contains(drawn, "<script>") || strings.Contains(drawn, `href="javascript:`) {
			t.Errorf("markup of others is drawn:\n%s", drawn)
		}
	}
	if md := e.Markdown(site); strings.Contains(md, " [x](") {
		t.Errorf("a link of others is one in Markdown:\n%s", md)
	}
	lines, err := TextLines([]byte(`{"kept":0.5,"marks":["text"],"added":[{"document":"rfc1"}]}`), "02", "en")
	if want := []string{"Text: 50% of the words kept (against -02)", "New informative references: RFC 1"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("got %q (%v), want %q", lines, err, want)
	}
	if _, err := TextLines([]byte(`{`), "02", "en"); err == nil {
		t.Error("a damaged comparison is no error")
	}
}

// Whatever stands in two texts, what changed is HTML that needs no sanitising.
func FuzzTextRows(f *testing.F) {
	f.Add("4.1", "Eggs", "Nests", "RFC9000", "rfc9000")
	f.Add("<b>", "<script>alert(1)</script>", "\"'&amp;", "[x](y)", "draft-x\" onclick=\"y")
	f.Add("\x00", "\u202e\xff\u2028", "a\nb", "I-D.x", "draft-ietf-x")
	f.Fuzz(func(t *testing.T, number, title, was, label, document string) {
		change, err := json.Marshal(texts.Comparison{
			Kept: 0.5, Marks: []catalog.Mark{catalog.ChangedText},
			Sections: []texts.SectionChange{{Kind: texts.Rewritten, Number: number, Was: was, Title: title, TitleWas: was}, {Kind: texts.Removed, Was: number, Title: title}},
			Added:    []texts.Reference{{Label: label, Document: document, Normative: true}}, Dropped: []texts.Reference{{Label: label, Document: document}},
		})
		if err != nil {
			t.Fatal(err)
		}
		c, err := readTextChange(change)
		if err != nil {
			t.Fatal(err)
		}
		got, err := english.rowsHTML(english.textRows(c, 5, true))
		if err != nil {
			t.Fatal(err)
		}
		if safe := markup.Sanitize(string(got), ""); safe != string(got) {
			t.Errorf("sanitised\n%q\nit is\n%q", safe, got)
		}
	})
}
