package filters

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// leaves makes terms of every kind, and some that mean the same.
func leaves() *rapid.Generator[string] {
	word := rapid.SampledFrom([]string{
		"quic", "Paths", "post-quantum", "postquantum", "TLS", "1.3", "é", "標準化", "標", "a-b-c", "TCP/IP", "and", "conn*", "量子*",
		`"network paths"`, `"post-quantum tls"`, `"標準 化"`, `"public key"*`, "「暗号とTLS」", `"conn"*`,
	})
	return rapid.OneOf(
		word,
		rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"title:", "abstract:", "name:", "author:", "body:"}).Draw(t, "field") + word.Draw(t, "word")
		}),
		rapid.SampledFrom([]string{
			"group:quic", "WG:tls", "kind:draft", "event:new", "stream:ietf", "rev:00", "rev:>=10", "rev:1..5", "pages:39", "pages:<20",
			"source:i-d-announce", "list:quic@ietf.org", `source:"blog 日本"`, "title:(a OR -b)",
			"/quic/i", "title:/Path(s)?/", `name:/^draft-.*-18$/`, "author:/K.hl/", "name:draft-*-quic-*", "name:rfc????", "text:quic",
			"after:2025-12-01", "before:2026", "date:2026-03", "date:2025..2026-03-21", "within:30d", "level:ps", "area:sec", "state:wg-lc",
			"lang:ja", "changed:iana", "updates:rfc8446", "obsoletes:rfc1", "replaces:draft-x", "topic:tls",
		}),
	)
}

// queries makes queries of at most so many parentheses within each other.
func queries(depth int) *rapid.Generator[string] {
	if depth == 0 {
		return leaves()
	}
	return rapid.OneOf(leaves(), rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for i := range rapid.IntRange(1, 4).Draw(t, "terms") {
			if i > 0 {
				b.WriteString(rapid.SampledFrom([]string{" ", " AND ", " OR "}).Draw(t, "operator"))
			}
			b.WriteString(rapid.SampledFrom([]string{"", "", "-", "NOT ", "NOT -"}).Draw(t, "negation"))
			b.WriteString("(" + queries(depth-1).Draw(t, "term") + ")")
		}
		return b.String()
	}))
}

// What is printed reads as the same tree, prints as itself, and finds the same.
func TestPrintedReadsTheSame(t *testing.T) {
	items := []*Item{NewItem(multipath), NewItem(hybrid), NewItem(japanese), NewItem(rfc), NewItem(bare)}
	rapid.Check(t, func(t *rapid.T) {
		text := queries(3).Draw(t, "query")
		q, err := Parse(text)
		if err != nil {
			t.Fatalf("Parse(%q): %v", text, err)
		}
		again, err := Parse(q.String())
		if err != nil {
			t.Fatalf("%q printed as %q: %v", text, q, err)
		}
		if diff := cmp.Diff(q.Root(), again.Root(), sameTree); diff != "" {
			t.Fatalf("%q printed as %q reads differently:\n%s", text, q, diff)
		}
		if again.String() != q.String() {
			t.Fatalf("%q printed as %q, and that as %q", text, q, again)
		}
		for _, it := range items {
			if m := q.Match(it); again.Match(it) != m || q.Explain(it).Matched != m {
				t.Fatalf("%q, its canonical form and its explanation disagree about %s", text, it.Event().Document)
			}
		}
	})
}

// A word taken from a text is found in that text, however it is cut out.
func TestWordsOfATextAreFound(t *testing.T) {
	alphabet := []rune("abs-. 1標準化ーがéxyß/")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), 1, 40, -1).Draw(t, "text")
		e := *bare
		e.Facts.Title = text
		it := NewItem(&e)
		for word := range strings.FieldsSeq(text) {
			q, err := Parse(`"` + word + `"`)
			if err != nil {
				continue // no letter or digit
			}
			if !q.Match(it) {
				t.Fatalf("%q is not found in %q (%s)", word, text, it.Column(Title))
			}
		}
	})
}

// stepsOf counts the tokens that parsing looks at.
func stepsOf(text string) int {
	p := parser{text: text}
	p.parse()
	return p.steps
}

// Of what makes other parsers slow, a query twice as long takes twice the
// steps.
func TestParseIsLinear(t *testing.T) {
	for _, unit := range []string{
		"ab ", "a OR ", "-", "--a ", "(", "()", "(a)", "(a", "((a) ", ")", "or ", "x:y ", ":", "a:", "標 ", `"`, `"a" `, "/", "/a/ ", "title:(",
		"name:*a ", "NOT ", "a AND ", "OR ", "-(", "date:2025 ",
	} {
		n := MaxQuery / 2 / len(unit)
		half, whole := stepsOf(strings.Repeat(unit, n)), stepsOf(strings.Repeat(unit, 2*n))
		if whole > 2*half+64 || whole > 8*MaxQuery {
			t.Errorf("%q %d times takes %d steps, twice as often %d", unit, n, half, whole)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "quic", `group:quic -title:multipath`, `(a OR "b c") NOT d`, `post-quant* rev:>=10 pages:1..3`, "標準化 「量子 暗号」",
		"（a ＯＲ group：quic）", `source:"Ünï cödé"`, "((((", "a) OR", `"x`, "-(-(-a))", "title:(a -b)", "list:tls@ietf.org", "ﬃ½㍿ﷺ",
		"/a(b|c)/i -title:/\\/x$/", "name:draft-*-acme-?*", "after:2025-12 before:2026 date:2025..2026-02 within:30d", `level:"proposed standard"`,
		"topic:a OR text:b", "updates:(rfc1 OR \"RFC 2\")", "name:＊a？", "/a", "//", "/[/", "/a/x",
	} {
		f.Add(seed)
	}
	items := []*Item{NewItem(multipath), NewItem(japanese)}
	f.Fuzz(func(t *testing.T, text string) {
		if steps := stepsOf(text); steps > 16*len(text)+64 { // nine a byte for open parentheses
			t.Fatalf("%q of %d bytes takes %d steps", text, len(text), steps)
		}
		q, err := Parse(text)
		if err != nil {
			if drawn := err.Error(); !utf8.ValidString(drawn) && utf8.ValidString(text) {
				t.Fatalf("%q draws errors that are not UTF-8: %q", text, drawn)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil {
			t.Fatalf("%q printed as %q: %v", text, q, err)
		}
		if diff := cmp.Diff(q.Root(), again.Root(), sameTree); diff != "" {
			t.Fatalf("%q printed as %q reads differently:\n%s", text, q, diff)
		}
		for _, it := range items {
			if m := q.Match(it); again.Match(it) != m || q.Explain(it).Matched != m {
				t.Fatalf("%q, its canonical form and its explanation disagree", text)
			}
		}
	})
}

// survives reports whether SQLite's ascii tokenizer with ._@=- as token
// characters leaves a token as it is.
func survives(token string) bool {
	for i := range len(token) {
		c := token[i]
		if c < utf8.RuneSelf && lower[c] != c && !strings.ContainsRune("._@=-", rune(c)) {
			return false
		}
	}
	return token != "" && utf8.ValidString(token)
}

func FuzzAnalyse(f *testing.F) {
	for _, seed := range []string{
		"", "post-quantum e-mails", "TLS 1.3. x", "標準化TLS ｶﾞ か\u3099", "Löffler’s İ ß", "a\u0301\u200b\u00adb", "\xff\xfe", "policies-classes",
		"1.1.1.", "a‐b", "ﷺ", "नमस्ते", "\u1112\u1161\u11ab",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := Analyse(text)
		for _, token := range tokens {
			if !survives(token) || len(token) > MaxToken {
				t.Fatalf("%q gives the token %q", text, token)
			}
			if again := Analyse(token); token != Boundary && !cjk([]rune(token)[0]) && (len(again) != 1 || again[0] != token) {
				t.Fatalf("%q gives the token %q, which itself gives %q", text, token, again)
			}
		}
		if len(text) < MaxText/20 {
			if folded := fold(text); fold(folded) != folded {
				t.Fatalf("%q folds to %q, and that to %q", text, folded, fold(folded))
			}
		}
		e := catalogEvent(text)
		e.Area, e.States, e.Updates, e.Facts.Language = text, []string{text}, []string{text}, text
		for token := range strings.FieldsSeq(NewItem(e).Column(Facets)) {
			if !survives(token) {
				t.Fatalf("%q gives the facet %q", text, token)
			}
		}
		if n := len(strings.Fields(NewItem(e).Column(Facets))); text != "" && n < 4 {
			t.Fatalf("%q gives %d facets", text, n)
		}
	})
}
