package editions

import (
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

func TestReasonsAreWords(t *testing.T) {
	for _, tt := range []struct{ reason, en, ja string }{
		{`group:tls`, "group tls", "グループ tls"},
		{`title "Post-Quantum"`, "“Post-Quantum” in the title", "題名に「Post-Quantum」"},
		{`name "sidrops", abstract "a \\ b"`, "“sidrops” in the name, “a \\ b” in the abstract", "文書名に「sidrops」、要旨に「a \\ b」"},
		{`title "one, \"two\"", stream:irtf`, "“one, \"two\"” in the title, stream:irtf", "題名に「one, \"two\"」、stream:irtf"},
		{`authors "Ada", group "coop", rev:00, and 3 more`, "by Ada, group coop, rev:00 and 3 more", "著者に「Ada」、グループ coop、rev:00、ほか3件"},
		{`title "unclosed`, `title "unclosed`, `title "unclosed`},
		{`title "half\`, `title "half\`, `title "half\`},
		{`group:letters matched`, "group:letters matched", "group:letters matched"},
		{"", "", ""},
	} {
		if en, ja := english.reason(tt.reason), japanese.reason(tt.reason); en != tt.en || ja != tt.ja {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.reason, en, ja, tt.en, tt.ja)
		}
	}
}

// What package filters says of a match can be told in words.
func TestReasonsOfQueriesAreWords(t *testing.T) {
	it := filters.NewItem(&catalog.Event{Document: "draft-wing-pigeons", Facts: catalog.Facts{
		Title: "Carrying \"Post-Quantum\" Letters", Abstract: "Of hawks.", Group: "coop", Authors: []catalog.Author{{Name: "Ada Wing"}},
	}})
	for query, want := range map[string]string{
		"group:coop -title:hawk":     "group coop",
		"title:letter":               "“Letters” in the title",
		"post-quantum name:pigeon":   "“Post-Quantum” in the title, “pigeons” in the name",
		"abstract:hawk author:wing":  "“hawks” in the abstract, by Wing",
		"title:\"carrying post\" -x": "“Carrying \"Post” in the title",
	} {
		q, err := filters.Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := english.reason(q.Explain(it).Reason); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func FuzzReason(f *testing.F) {
	f.Add(`name "sidrops", abstract "a \\ b", and 99999999999999999999 more`)
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" {
			return
		}
		for _, m := range languages {
			if m.reason(s) == "" && s != `""` {
				t.Errorf("%s has no words for %q", m.Tag, s)
			}
		}
	})
}
