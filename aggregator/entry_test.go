package aggregator

import (
	"reflect"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
)

func TestRecogniseEntry(t *testing.T) {
	tests := []struct {
		name            string
		entry           Entry
		document, title string // no document: a post
	}{
		{"RFC Editor, old site", Entry{Title: "RFC 9737: Rope", Link: "https://www.rfc-editor.org/info/rfc9737"}, "rfc9737", "Rope"},
		{"RFC Editor, new site", Entry{Title: "RFC 9737: Rope", Link: "https://www.rfc-editor.org/info/rfc9737/"}, "rfc9737", "Rope"},
		{"Datatracker", Entry{Title: "rfc9737 : Rope: Part One", Link: "https://rfc-editor.org/info/rfc9737"}, "rfc9737", "Rope: Part One"},
		{"id alone", Entry{Title: "RFC 9737: Rope", ID: "http://www.rfc-editor.org/info/rfc9737"}, "rfc9737", "Rope"},
		{"number in the link alone", Entry{Title: "Rope", Link: "https://www.rfc-editor.org/rfc/rfc0009.html"}, "rfc9", "Rope"},
		{"number in the title alone", Entry{Title: "RFC 0009: Rope", Link: "https://www.rfc-editor.org/"}, "rfc9", "Rope"},
		{"five digits", Entry{Title: "RFC 10000: Rope", Link: "https://datatracker.ietf.org/doc/rfc10000/"}, "rfc10000", "Rope"},
		{"numbers that differ", Entry{Title: "RFC 9738: Rope", Link: "https://www.rfc-editor.org/info/rfc9737"}, "", ""},
		{"a blog on an RFC", Entry{Title: "RFC 9737: what I think", Link: "https://blog.example.org/rfc9737"}, "", ""},
		{"a host that only looks right", Entry{Title: "RFC 9737: Rope", Link: "https://www.rfc-editor.org.evil.example/info/rfc9737"}, "", ""},
		{"a change of a document", Entry{Title: "[RFC Editor] changed", Link: "https://datatracker.ietf.org/doc/rfc9737/history/#history-1"}, "", ""},
		{"a statement on a document", Entry{Title: "RFC 9737: a statement", Link: "https://datatracker.ietf.org/ipr/9737/"}, "", ""},
		{"no link", Entry{Title: "RFC 9737: Rope"}, "", ""},
		{"no number", Entry{Title: "News", Link: "https://www.rfc-editor.org/news"}, "", ""},
		{"broken link", Entry{Title: "RFC 9737: Rope", Link: "https://[www.rfc-editor.org/info/rfc9737"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.entry.Summary = "<p>Rope &amp; <i>knots</i>.</p>"
			r, ok := RecogniseEntry(tt.entry)
			if ok != (tt.document != "") || r.Document != tt.document || r.Facts.Title != tt.title {
				t.Fatalf("got %q %q %t, want %q %q", r.Document, r.Facts.Title, ok, tt.document, tt.title)
			}
			if ok && (r.Kind != catalog.RFC || r.Event != catalog.Published || r.Facts.Abstract != "Rope & knots.") {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestEntryReport(t *testing.T) {
	e := Entry{
		ID: "urn:1", Link: "http://example.org/a", Title: "On <b>rope</b>\n&amp; knots", Content: "<p>One.</p><script>x</script><p>Two.</p>",
		Authors:  []Person{{Name: " Ida  Jay "}, {Email: "kai@example.org"}, {}},
		Language: "ja",
	}
	want := catalog.Report{
		Document: catalog.EntryName("urn:1"), Kind: catalog.Post, Event: catalog.Posted, Part: "urn:1",
		Facts: catalog.Facts{
			Title: "On rope & knots", Abstract: "One.\n\nTwo.", Language: "ja", URL: "http://example.org/a",
			Authors: []catalog.Author{{Name: "Ida Jay"}, {Name: "kai", Email: "kai@example.org"}},
		},
	}
	if got := EntryReport(e, "digest"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	names := []struct {
		e    Entry
		want string
	}{
		{Entry{ID: "i", Link: "l"}, "i"},
		{Entry{Link: "l"}, "l"},
		{Entry{}, "digest"},
	}
	for _, tt := range names {
		if got := EntryReport(tt.e, "digest"); got.Document != catalog.EntryName(tt.want) || got.Part != tt.want {
			t.Errorf("%+v: got %s %q, want the name of %q", tt.e, got.Document, got.Part, tt.want)
		}
	}
	for _, link := range []string{"javascript:alert(1)", "data:text/html,x", "/relative", "https://", "https://x/" + strings.Repeat("y", 3000)} {
		if got := EntryReport(Entry{Link: link}, "").Facts.URL; got != "" {
			t.Errorf("%.40q is kept as %q", link, got)
		}
	}
	long := EntryReport(Entry{Title: strings.Repeat("x", 9000), Summary: strings.Repeat("word ", 9000)}, "").Facts
	if len(long.Title) > maxTitle || len(long.Abstract) > maxExcerpt {
		t.Errorf("not bounded: %d %d", len(long.Title), len(long.Abstract))
	}
}
