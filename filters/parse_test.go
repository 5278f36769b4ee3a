package filters

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameTree compares trees, not where they were read from.
var sameTree = cmp.Options{cmpopts.IgnoreTypes(Span{}), cmpopts.IgnoreUnexported(Pattern{})}

func mustParse(t testing.TB, text string) *Query {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return q
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{" \t\n", ""},
		{"quic", "quic"},
		{"QUIC Multipath", "quic multipath"},
		{"a AND b OR c", "a b OR c"},
		{"a OR b c", "a OR b c"},
		{"(a OR b) c", "(a OR b) c"},
		{"((a b) c) OR (d OR (e))", "a b c OR d OR e"},
		{"NOT a b", "-a b"},
		{"NOT (a b)", "-(a b)"},
		{"-(a OR b) c", "-(a OR b) c"},
		{"NOT NOT a", "a"},
		{"--a", "a"},
		{"-(-a)", "a"},
		{"NOT -a", "a"},
		{"post-quantum", "post-quantum"},
		{`"post-quantum"`, "post-quantum"},
		{`"post quantum"`, `"post quantum"`},
		{`"post-quantum crypto"`, `"post quantum crypto"`},
		{`"quic"`, "quic"},
		{"TCP/IP", `"tcp ip"`},
		{"TLS 1.3", "tls 1.3"},
		{"drafts", "draft"},
		{"Löffler", "loffler"},
		{"crypt*", "crypt*"},
		{`"public key"*`, `"public key"*`},
		{"post-quant*", "post-quant*"},
		{"標準化", "標準化"},
		{"標", "標"},
		{"標*", "標"},
		{"標準*", "標準"},
		{"「標準 化 案」", `"標準 化 案"`},
		{"｢ﾋｮｳｼﾞｭﾝ ｶ｣", `"ヒョウジュン カ"`},
		{"標準化TLS", `"標準化 tls"`},
		{"TLS標準", `"tls 標準"`},
		{`"標準 準"`, `"標準 準"`},
		{"group:QUIC", "group:quic"},
		{"WG:quic", "group:quic"},
		{`group:"quic"`, "group:quic"},
		{"list:tls@ietf.org", "list:tls.ietf.org"},
		{`source:"I-D Announce"`, "source:i-d_announce"},
		{"source:標準", "source:標準"},
		{"kind:Draft event:last-call stream:ise", "kind:draft event:last-call stream:ise"},
		{"rev:5", "rev:05"},
		{"rev:=05 rev:>9 rev:<=3 rev:1..3", "rev:05 rev:>09 rev:<=03 rev:01..03"},
		{"pages:39 pages:>=100 pages:010..20", "pages:39 pages:>=100 pages:10..20"},
		{"name:draft-ietf-quic-multipath", "name:draft-ietf-quic-multipath"},
		{"name:a:b", `name:"a b"`},
		{`author:"Mirja Kühlewind"`, `author:"mirja kuhlewind"`},
		{"author:Küh*", "author:kuh*"},
		{"title:OR", "title:or"},
		{"title:-x", "title:x"},
		{"title:(a OR b) c", "(title:a OR title:b) c"},
		{"title:(a -b)", "title:a -title:b"},
		{"-title:(a b)", "-(title:a title:b)"},
		{"group:(quic OR tls)", "group:quic OR group:tls"},
		{"rev:(00 OR >=10)", "rev:00 OR rev:>=10"},
		{"（標準 ＯＲ ｇｒｏｕｐ：quic） －“a b”", `(標準 OR group:quic) -"a b"`},
		{"group:quic(a)", "group:quic a"},
		{"group:quic\n  -title:multipath\n", "group:quic -title:multipath"},
		{"and or not", "and or not"},
		{"text:quic text:(a OR b)", "quic (a OR b)"},
		{"/Post-?Quantum/", "/Post-?Quantum/"},
		{"TITLE:/a b(c|d)/i", "title:/a b(c|d)/i"},
		{`abstract:/a\/b/ text:/x/`, `abstract:/a\/b/ /x/`},
		{"title:(/a/ OR -/b/i)", "title:/a/ OR -title:/b/i"},
		{"/(a+)+$/", "/(a+)+$/"},
		{"name:Draft-*-ACME-*", "name:draft-*-acme-*"},
		{"name:draft-?-x name:(a-* OR b?)", "name:draft-?-x (name:a-* OR name:b?)"},
		{"name:quic-multi* name:quic", "name:quic-multi* name:quic"},
		{"name:**a**b**", "name:*a*b*"},
		{"after:2025-12-01 before:2026", "after:2025-12-01 before:2026-01-01"},
		{"date:2025 date:2025-12 date:2025-12-31", "date:2025 date:2025-12 date:2025-12-31"},
		{"date:2025-01..2025-12 date:2024-02..2024-02-29", "date:2025 date:2024-02"},
		{"date:2025-12..2026-02", "date:2025-12-01..2026-02-28"},
		{"date:>=2025 date:>2025 date:<2025 date:<=2025", "after:2025-01-01 after:2026-01-01 before:2025-01-01 before:2026-01-01"},
		{"date:2025-06-30..2026-06-29", "date:2025-06-30..2026-06-29"},
		{"within:30D within:012h within:1Y", "within:30d within:12h within:1y"},
		{`level:"Proposed Standard" level:INF level:best-current-practice`, "level:ps level:inf level:bcp"},
		{`updates:"RFC 8446" obsoletes:rfc0793 replaces:Draft-X`, "updates:rfc8446 obsoletes:rfc793 replaces:draft-x"},
		{"area:SEC state:wg-lc lang:pt-BR", "area:sec state:wg-lc lang:pt-br"},
		{"date:(2025 OR >2026-03) within:(1d OR 2w)", "(date:2025 OR after:2026-04-01) (within:1d OR within:2w)"},
		{"level:(ps OR Historic) topic:(a OR -b)", "(level:ps OR level:hist) (topic:a OR -topic:b)"},
		{"topic:PQ -topic:tls-1.3", "topic:pq -topic:tls-1.3"},
	} {
		q := mustParse(t, tt.in)
		if q.String() != tt.want {
			t.Errorf("Parse(%q) = %s, want %s", tt.in, q, tt.want)
		}
		again := mustParse(t, q.String())
		if diff := cmp.Diff(q.Root(), again.Root(), sameTree); diff != "" {
			t.Errorf("%q printed as %s reads differently (-first +second):\n%s", tt.in, q, diff)
		}
		if q.IsAll() != (tt.want == "") {
			t.Errorf("Parse(%q).IsAll() = %v", tt.in, q.IsAll())
		}
	}
}

func TestTree(t *testing.T) {
	const text = `group:quic -(post-quantum OR rev:>=3)`
	want := &And{Span{0, 37}, []Node{
		&Facet{Span{0, 10}, "group=quic"},
		&Not{Span{11, 36}, &Or{Span{13, 36}, []Node{
			&Words{Span{13, 25}, Anywhere, [][]string{{"post", "quantum"}, {"postquantum"}}, false},
			&Number{Span{29, 36}, Rev, GreaterOrEqual, 3, 0},
		}}},
	}}
	want.End = 36
	if diff := cmp.Diff(Node(want), mustParse(t, text).Root()); diff != "" {
		t.Errorf("tree of %s (-want +got):\n%s", text, diff)
	}
}

func TestHints(t *testing.T) {
	hints := mustParse(t, "quic or tls").Hints()
	want := []Hint{{Span{5, 7}, 1, 6, `"or" is looked for as a word; the operator is OR`}}
	if diff := cmp.Diff(want, hints); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
	for text, n := range map[string]int{`"or"`: 0, "title:or": 0, "a OR b": 0, `"key*"`: 1, `"key"*`: 0, "not a and b": 2} {
		if got := mustParse(t, text).Hints(); len(got) != n {
			t.Errorf("%s: got hints %v, want %d", text, got, n)
		}
	}
}

// Each row gives the position and message of every fault.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"gruop:masque", `1: unknown field "gruop"`},
		{"a gruop:b knd:c", `3: unknown field "gruop" | 11: unknown field "knd"`},
		{"kind:drft group:", `6: kind has no value "drft" | 11: group wants a value right behind the colon`},
		{"event:(new OR nwe)", `15: event has no value "nwe"`},
		{"group: quic", "1: group wants a value right behind the colon"},
		{`group:""`, "1: group wants a value right behind the colon"},
		{"title:)", `1: title wants a value right behind the colon | 7: this ")" closes nothing`},
		{"body:/x/", "6: body takes no expression"},
		{"changed:ianna", `9: changed has no value "ianna"`},
		{":x", "1: a colon without a field before it"},
		{"title:(a group:b)", "10: a field within title:( )"},
		{"group:q*", "7: group wants a whole value"},
		{"rev:100", `5: rev has no value "100"`},
		{"rev:>", `5: rev has no value ">"`},
		{"rev:1..", `5: rev has no value "1.."`},
		{"pages:-1", `7: pages has no value "-1"`},
		{"pages:1e3", `7: pages has no value "1e3"`},
		{"pages:1234567", `7: pages has no value "1234567"`},
		{"pages:9..3", "7: the range is empty"},
		{"標準 kind:x", `9: kind has no value "x"`},
		{"a\nb kind:x", `8: kind has no value "x"`},
		{"a OR", "3: OR has nothing behind it"},
		{"OR a", "1: OR has nothing before it"},
		{"a OR OR b", "6: OR has nothing before it"},
		{"a AND", "3: AND has nothing behind it"},
		{"AND a", "1: AND has nothing before it"},
		{"a AND AND b", "7: AND has nothing before it"},
		{"a AND OR b", "3: AND has nothing behind it"},
		{"NOT", "1: NOT has nothing behind it"},
		{"a NOT OR b", "3: NOT has nothing behind it"},
		{"-", `1: "-" has nothing behind it`},
		{"a - b", `3: "-" has nothing behind it`},
		{"(a", `1: this "(" is never closed`},
		{"((a)", `1: this "(" is never closed`},
		{"a) b)", `2: this ")" closes nothing | 5: this ")" closes nothing`},
		{"()", "1: nothing stands in these parentheses"},
		{`a "b c`, "3: the quotation that begins here has no end"},
		{"「a", "1: the quotation that begins here has no end"},
		{`""`, `1: "" holds no letter or digit to look for`},
		{"a | b", "3: | holds no letter or digit to look for"},
		{"*", "1: * holds no letter or digit to look for"},
		{"a*b", "1: * stands only at the end of a word"},
		{"(a+)+$", "5: +$ holds no letter or digit to look for"},
		{"/a(b/", "1: missing closing ): a(b"},
		{"/(a{1000}){1000}/", "1: invalid repeat count: {1000}"},
		{"/(a{30}){30}{30}/", "1: invalid nested repetition operator: {30}{30}"},
		{"/((ab){30}){30}/", "1: the expression is too large: 3660 steps, at most 1000"},
		{"/a**/", "1: invalid nested repetition operator: **"},
		{`/\1/`, `1: invalid escape sequence: \1`},
		{"//", "1: nothing stands between these slashes"},
		{"/" + strings.Repeat("a", MaxExpression+1) + "/", "1: an expression is at most 256 bytes long, this one 257"},
		{"a /b", "3: the expression that begins here has no end"},
		{"/etc/passwd", `6: "passwd" stands behind an expression`},
		{"/a/I", `4: "I" stands behind an expression`},
		{"group:/a/", "7: group takes no expression"},
		{strings.Repeat("/a/ ", MaxExpressions+5), "81: more than 20 expressions"},
		{"name:a*b_c(", "11: this \"(\" is never closed"},
		{"name:é*x", "6: names hold letters, digits, dots and hyphens"},
		{"name:*-?", "6: *-? holds no letter or digit to look for"},
		{"name:a-" + strings.Repeat("b", MaxToken) + "-*", "6: a pattern of names is at most 128 bytes long"},
		{"title:a*b", "7: * stands only at the end of a word"},
		{"after:2025-13", `7: after has no value "2025-13"`},
		{"after:2025-2-1", `7: after has no value "2025-2-1"`},
		{"after:yesterday before:>2025", `7: after has no value "yesterday" | 24: before has no value ">2025"`},
		{"date:2025-02-30", `6: date has no value "2025-02-30"`},
		{"date:1066", `6: date has no value "1066"`},
		{"date:2025..", `6: date has no value "2025.."`},
		{"date:2026..2025", "6: the range is empty"},
		{"within:30", `8: within has no value "30"`},
		{"within:d", `8: within has no value "d"`},
		{"within:0d", `8: within has no value "0d"`},
		{"within:-1d", `8: within has no value "-1d"`},
		{"within:101y", `8: within has no value "101y"`},
		{"within:99999999999999999999d", `8: within has no value "99999999999999999999d"`},
		{"topic:a/b", `7: topic has no value "a/b"`},
		{"level:standrad", `7: level has no value "standrad"`},
		{"lang:ja*", "6: lang wants a whole value"},
		{"a\x00b \u202e", "2: the invisible character U+0000 | 5: the invisible character U+202E"},
		{"a\xff", "2: a byte that is not UTF-8"},
		{strings.Repeat("a", MaxToken+1), "1: a word is at most 128 bytes long"},
		{`"` + strings.Repeat("a ", MaxPhrase+1) + `"`, "1: a phrase is at most 64 words long"},
		{strings.Repeat("a-", MaxPhrase) + "a", "1: a phrase is at most 64 words long"},
		{"group:" + strings.Repeat("a", MaxToken+1), "7: a value of group is at most 128 bytes long"},
		{strings.Repeat("a ", MaxQuery), "4097: the query is too long: 8192 bytes, at most 4096"},
		{strings.Repeat("(", 100_000), "4097: the query is too long: 100000 bytes, at most 4096"},
		{strings.Repeat("(", 2000) + "a" + strings.Repeat(")", 2000), "51: more than 50 parentheses within each other"},
		{strings.Repeat("a ", MaxTerms+9), "1001: more than 500 terms"},
		{"abstract:(" + strings.Repeat("a ", 500) + ")", "1: the query is too long written out: 5499 bytes, at most 4096"},
	} {
		_, err := Parse(tt.in)
		var faults *Errors
		if !errors.As(err, &faults) {
			t.Errorf("Parse(%.40q): got error %v, want *Errors", tt.in, err)
			continue
		}
		var got []string
		for _, f := range faults.All {
			if f.Hint == "" || f.Start < 0 || f.End <= f.Start || f.Start >= len(tt.in) {
				t.Errorf("Parse(%.40q): %q at %v says not what would be right, or where: %q", tt.in, f.Message, f.Span, f.Hint)
			}
			got = append(got, fmt.Sprintf("%d: %s", f.Column, f.Message))
		}
		if have := strings.Join(got, " | "); have != tt.want {
			t.Errorf("Parse(%.40q):\n got %s\nwant %s", tt.in, have, tt.want)
		}
	}
}

func TestDraw(t *testing.T) {
	for _, tt := range []struct{ in, where, want string }{
		{"group:quic OR gruop:masque", "topics.quic", `topics.quic:15: unknown field "gruop"
	group:quic OR gruop:masque
	              ^^^^^
	did you mean "group"? fields: abstract, after, area, author, before, body, changed, date, event, group, kind, lang, level, list, name, obsoletes, pages, replaces, rev, source, state, stream, text, title, topic, updates, within`},
		{"標準\u202e kind", "", `3: the invisible character U+202E
	標準� kind
	    ^
	remove it: control characters and marks of writing direction may not stand in a query`},
		{"group:quic\n(kind:drft", "", `2:1: this "(" is never closed
	(kind:drft
	^
	put ")" behind what belongs together
2:7: kind has no value "drft"
	(kind:drft
	      ^^^^
	did you mean "draft"? values: draft, rfc, charter, post`},
		{strings.Repeat("x", 70) + " pages:p " + strings.Repeat("y ", 70), "", `78: pages has no value "p"
	…` + strings.Repeat("x", 53) + " pages:p " + strings.Repeat("y ", 29) + `y…
	` + strings.Repeat(" ", 61) + `^
	a number of up to six digits, also compared: pages:12, pages:>=50, pages:<20, pages:10..20`},
	} {
		_, err := Parse(tt.in)
		var faults *Errors
		if !errors.As(err, &faults) {
			t.Errorf("Parse(%q): got error %v, want *Errors", tt.in, err)
			continue
		}
		if got := faults.Draw(tt.where); got != tt.want {
			t.Errorf("Parse(%q) draws\n%s\nwant\n%s", tt.in, got, tt.want)
		}
	}
}

func TestErrorsAreBounded(t *testing.T) {
	_, err := Parse(strings.Repeat("x:y ", 1000))
	var faults *Errors
	if !errors.As(err, &faults) || len(faults.All) != maxErrors {
		t.Fatalf("a thousand faults: got %d reported, want %d", len(faults.All), maxErrors)
	}
	if n := len(err.Error()); n > 20*1024 {
		t.Errorf("the drawing has %d bytes", n)
	}
}

func TestDidYouMean(t *testing.T) {
	for word, want := range map[string]string{"gruop": "group", "auhtor": "author", "titel": "title", "revv": "rev", "x": "", "colour": ""} {
		if got := closest(word, fieldNames()); got != want {
			t.Errorf("closest(%q) = %q, want %q", word, got, want)
		}
	}
}
