package filters

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
)

// manualEvent is the event that the manual tries its queries on.
var manualEvent = &catalog.Event{
	Document: "draft-ietf-example-post-quantum", Kind: catalog.Draft, Event: catalog.Revised, Rev: "02",
	Facts: catalog.Facts{
		Title:    "Post-Quantum Key Agreements for TLS 1.3",
		Abstract: "Policies for hybrid key exchange. 標準化の状況も述べる。",
		Authors:  []catalog.Author{{Name: "Mirja Kühlewind"}, {Name: "Ada Löffler"}},
		Group:    "example", Stream: catalog.IETF, Pages: 24,
	},
	Lineage: []string{"draft-ietf-example-post-quantum", "draft-kuhlewind-post-quantum"},
	Sources: []string{"i-d-announce"},
	Lists:   []string{"i-d-announce.ietf.org"},
}

func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	triedRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (yes|no) \\|")
	fenced   = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
)

func TestManualExamples(t *testing.T) {
	text, it := manual(t), NewItem(manualEvent)
	rows := triedRow.FindAllStringSubmatch(text, -1)
	if len(rows) < 40 {
		t.Errorf("only %d examples found in the manual", len(rows))
	}
	for _, row := range rows {
		if got := mustParse(t, row[1]).Match(it); got != (row[2] == "yes") {
			t.Errorf("the manual says of %s %q: %v", row[1], row[2], got)
		}
	}
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		switch block[1] {
		case "query":
			for line := range strings.Lines(block[2]) {
				mustParse(t, strings.TrimSpace(line))
			}
		case "error":
			query, want, _ := strings.Cut(strings.TrimSuffix(block[2], "\n"), "\n")
			if _, err := Parse(query); err == nil || err.Error() != want {
				t.Errorf("Parse(%q) draws\n%v\nthe manual says\n%s", query, err, want)
			}
		default:
			t.Errorf("the manual has a block of %q, which no test knows", block[1])
		}
	}
}

func TestManualFields(t *testing.T) {
	text := manual(t)
	for _, f := range Fields() {
		names := "`" + strings.Join(append([]string{f.Name}, f.Aliases...), "`, `") + "`"
		matches := f.Matches
		if len(f.Values) > 0 {
			matches += ": " + strings.Join(f.Values, ", ")
		}
		row := fmt.Sprintf("| %s | %s | `%s` | %s |\n", names, matches, f.Example, f.Filled)
		if !strings.Contains(text, row) {
			t.Errorf("the manual wants this row:\n%s", row)
		}
		q := mustParse(t, f.Example)
		if mustParse(t, strings.ToUpper(f.Name)+strings.TrimPrefix(f.Example, f.Name)).String() != q.String() {
			t.Errorf("%s in upper case means something else", f.Example)
		}
		for _, v := range f.Values {
			if got := mustParse(t, f.Name+":"+v).String(); got != f.Name+":"+v {
				t.Errorf("%s:%s prints as %s", f.Name, v, got)
			}
		}
	}
}
