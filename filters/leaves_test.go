package filters

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
)

// full has a value for every field.
var full = &catalog.Event{
	Document: "draft-Old-ACME-2.5g", Kind: catalog.Draft, Event: catalog.Revised, Rev: "07",
	Published: time.Date(2026, time.March, 20, 23, 59, 59, 999999000, time.UTC),
	Facts: catalog.Facts{
		Title: "Post-Quantum  Keys\nfor ACME", Abstract: "One paragraph.\n\nAnother, über   Kurven.",
		Authors: []catalog.Author{{Name: "Ada Löffler"}, {Name: "Bob Tester"}}, Group: "acme", Stream: catalog.IETF,
		Level: catalog.ProposedStandard, Pages: 12, Language: "ja-JP",
	},
	Lineage: []string{"draft-Old-ACME-2.5g", "draft-bob-keys"},
	Sources: []string{"i-d-announce"}, Lists: []string{"acme.ietf.org"},
	Area: "sec", States: []string{"wg-lc", "active"},
	Updates: []string{"rfc8446", "rfc9000"}, Obsoletes: []string{"rfc5246"}, Replaces: []string{"draft-bob-keys"},
}

// Each row is also asked negated.
func TestLeaves(t *testing.T) {
	it := NewItem(full)
	now := time.Date(2026, time.March, 21, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		query string
		want  bool
	}{
		{"/Quantum Keys/", true}, // white space is collapsed
		{"/quantum keys/", false},
		{"/quantum keys/i", true},
		{"title:/^Post-Quantum Keys for ACME$/", true},
		{"title:/Kurven/", false},
		{`abstract:/paragraph\. Another, [üu]ber Kurven/`, true},
		{"abstract:/ÜBER/i", true},
		{"abstract:/UBER/i", false}, // expressions see the text as it is stored
		{"author:/Ada.*Tester/", false},
		{"author:/^Bob/", true},
		{"name:/-07$/", true},
		{"name:/^draft-bob-keys$/", true},
		{"name:/acme/", false},
		{"name:/acme/i", true},
		{"text:/^acme$/", true}, // the group
		{"/(e+)+$/i", true},
		{"/(x+)+$/", false},
		{"/nosuch/ OR /Tester/", true},
		{"name:draft-*-acme-*", true},
		{"name:DRAFT-???-acme-2.5G", true},
		{"name:draft-??-acme-2.5g", false},
		{"name:acme-*", false}, // a pattern is of the whole name
		{"name:*-07", true},
		{"name:draft-bob-key?", true},
		{"name:draft-bob-*-07", false}, // the revision is of this document
		{"after:2026-03-20", true},
		{"after:2026-03-21", false},
		{"before:2026-03-21", true},
		{"before:2026-03-20", false},
		{"before:2026-04", true},
		{"after:2026", true},
		{"date:2026-03-20", true},
		{"date:2026-03", true},
		{"date:2025", false},
		{"date:2025..2026-03-20", true},
		{"date:>2026-03-19", true},
		{"date:<=2026-03-19", false},
		{"within:1d", true},
		{"within:12h", false},
		{"within:13h", true},
		{"within:1w", true},
		{"within:1m", true},
		{"within:1y", true},
		{"level:ps", true},
		{`level:"proposed standard"`, true},
		{"level:inf", false},
		{"area:SEC", true},
		{"state:active", true},
		{"state:dead", false},
		{"lang:ja", true},
		{"lang:ja-jp", true},
		{"lang:j", false},
		{"updates:rfc9000", true},
		{`updates:"RFC 8446"`, true},
		{"obsoletes:rfc8446", false},
		{"obsoletes:rfc5246", true},
		{"replaces:draft-bob-keys", true},
		{"updates:(rfc1 OR rfc9000)", true},
	} {
		q := mustParse(t, tt.query)
		for _, q := range []*Query{q, mustParse(t, q.String())} {
			if got := q.At(now).Match(it); got != tt.want {
				t.Errorf("%s (%s) matches: %v, want %v", tt.query, q, got, tt.want)
			}
		}
		if got := mustParse(t, "-("+tt.query+")").At(now).Match(it); got == tt.want {
			t.Errorf("-(%s) matches: %v too", tt.query, got)
		}
		if e := q.At(now).Explain(it); e.Matched != tt.want || e.Reason == "" {
			t.Errorf("%s explained: %+v, want matched %v and a reason", tt.query, e, tt.want)
		}
		if mustParse(t, tt.query).At(now).Match(NewItem(bare)) {
			t.Errorf("%s matches an event without values", tt.query)
		}
	}
}

func TestExplainLeaves(t *testing.T) {
	now := time.Date(2026, time.March, 21, 12, 0, 0, 0, time.UTC)
	for query, want := range map[string]string{
		"/quantum k.y/i":       `It matches: title "Quantum Key".`,
		"title:/kurven/":       `It does not match: title does not say /kurven/.`,
		"name:*-acme-*":        `It matches: name draft-Old-ACME-2.5g.`,
		"name:acme-*":          `It does not match: no name is acme-*.`,
		"after:2027":           `It does not match: date 2026-03-20 23:59Z is not after:2027-01-01.`,
		"date:2026":            `It matches: date 2026-03-20 23:59Z.`,
		"within:1h":            `It does not match: date 2026-03-20 23:59Z is not within:1h.`,
		"level:inf":            `It does not match: level is ps, not inf.`,
		"updates:rfc1":         `It does not match: updates is rfc8446, rfc9000, not rfc1.`,
		"topic:x":              `It does not match: topic x is not at hand.`,
		"lang:ja -topic:other": `It matches: lang:ja.`,
	} {
		if got := mustParse(t, query).At(now).Explain(NewItem(full)).Sentence(); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

func TestAt(t *testing.T) {
	now := time.Date(2026, time.March, 31, 12, 0, 0, 0, time.FixedZone("JST", 9*3600))
	q := mustParse(t, "within:1m OR (within:90h -within:2w)")
	if !q.Relative() || mustParse(t, "after:2025").Relative() {
		t.Error("within: alone is relative")
	}
	if q.Match(NewItem(full)) {
		t.Errorf("%s matches though it was not told the time", q)
	}
	told := q.At(now)
	if told.String() != q.String() || q.Match(NewItem(full)) {
		t.Error("At changes the query it is asked of, or its canonical form")
	}
	want := []string{"2026-03-03T03:00:00Z", "2026-03-27T09:00:00Z", "2026-03-17T03:00:00Z"}
	var got []string
	walk(told.Root(), func(n Node) {
		if w, ok := n.(*Within); ok {
			got = append(got, w.Since.Format(time.RFC3339))
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("beginnings (-want +got):\n%s", diff)
	}
	plain := mustParse(t, "quic")
	if plain.At(now) != plain {
		t.Error("At copies a query that does not depend on the time")
	}
}

func TestLiteral(t *testing.T) {
	for expr, want := range map[string]string{
		"/post-?quantum/": "quantum", "/post-?Quantum/i": "quantum", "/a|b/": "", "/(foo)+bar?/": "foo", "/x*/": "", "/(abc){2,3}/": "abc",
		"/ü/i": "", "/ü/": "ü",
	} {
		n := mustParse(t, expr).Root().(*Pattern)
		if got, _ := n.Literal(); got != want {
			t.Errorf("literal of %s: %q, want %q", expr, got, want)
		}
	}
	for expr, texts := range map[string][2]string{
		"/kelvin scale/i": {"the \u212aelvin ſcale", "the calvin scale"},
		"/straße/":        {"eine Straße: straße", "eine Strasse"},
	} {
		n := mustParse(t, expr).Root().(*Pattern)
		if !n.MatchText(texts[0]) || n.MatchText(texts[1]) {
			t.Errorf("%s: %q must match and %q must not", expr, texts[0], texts[1])
		}
	}
}

func TestGlobbed(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "", true},
		{"a*b*c", "aXbXbc", true},
		{"a*b*c", "aXbX", false},
		{"?", "", false},
		{"a?c", "abc", true},
		{"a*?", "a", false},
		{strings.Repeat("*a", 60), strings.Repeat("a", 200), true},
		{strings.Repeat("*a", 60) + "b", strings.Repeat("a", 200), false},
	} {
		if got := globbed(tt.pattern, tt.name); got != tt.want {
			t.Errorf("globbed(%.20q, %.20q) = %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}
