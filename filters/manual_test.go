package filters

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// manualEvent is the event that the manual tries its queries on.
var manualEvent = &catalog.Event{
	Document: "draft-ietf-example-post-quantum", Kind: catalog.Draft, Event: catalog.Revised, Rev: "02",
	Published: time.Date(2026, time.March, 20, 23, 30, 0, 0, time.UTC),
	Facts: catalog.Facts{
		Title:    "Post-Quantum Key Agreements for TLS 1.3",
		Abstract: "Policies for hybrid key exchange. 標準化の状況も述べる。",
		Authors:  []catalog.Author{{Name: "Mirja Kühlewind"}, {Name: "Ada Löffler"}},
		Group:    "example", Stream: catalog.IETF, Level: catalog.ProposedStandard, Pages: 24, Language: "ja-JP",
	},
	Area: "sec", States: []string{"wg-lc"},
	Updates: []string{"rfc8446", "rfc9000"}, Obsoletes: []string{"rfc5246"}, Replaces: []string{"draft-kuhlewind-post-quantum"},
	Lineage: []string{"draft-ietf-example-post-quantum", "draft-kuhlewind-post-quantum"},
	Changed: []catalog.Mark{catalog.ChangedIANA, catalog.ChangedText},
	Sources: []string{"i-d-announce"},
	Lists:   []string{"i-d-announce.ietf.org"},
}

// manualNoon is when the manual asks, and manualTopics are its topics.
var (
	manualNoon   = time.Date(2026, time.March, 21, 12, 0, 0, 0, time.UTC)
	manualTopics = shelf{"pq": "post-quantum OR title:hybrid"}
)

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
	text, it := manual(t), NewItem(manualEvent).WithBody(func() string { return "Path migration is out of scope." })
	rows := triedRow.FindAllStringSubmatch(text, -1)
	if len(rows) < 80 {
		t.Errorf("only %d examples found in the manual", len(rows))
	}
	for _, row := range rows {
		q, err := Resolve(mustParse(t, row[1]), manualTopics.lookup(t))
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
			continue
		}
		if got := q.At(manualNoon).Match(it); got != (row[2] == "yes") {
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
		indexed := ""
		if f.Indexed {
			indexed = "yes"
		}
		row := fmt.Sprintf("| %s | %s | `%s` | %s | %s |\n", names, matches, f.Example, f.Filled, indexed)
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
