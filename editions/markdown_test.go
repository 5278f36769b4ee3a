package editions

import "testing"

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":      "plain text",
		"# no heading #":  `\# no heading \#`,
		"1. no list":      `1\. no list`,
		"12) no list":     `12\) no list`,
		"1.2 a number":    `1\.2 a number`,
		"- no list":       `\- no list`,
		"=== no title":    `\=== no title`,
		":::message":      `\:::message`,
		"AS_PATH & <b>":   `AS\_PATH \& \<b\>`,
		"a | b ~~c~~ $x$": `a \| b \~\~c\~\~ \$x\$`,
		`back\slash`:      `back\\slash`,
		"![i](x) [[w]]":   `!\[i\](x) \[\[w\]\]`,
	} {
		if got := escape(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestEscapeProse(t *testing.T) {
	for in, want := range map[string]string{
		"see https://example.org/a_b.":        "see <https://example.org/a_b>.",
		"(http://example.org/x) and *":        `(<http://example.org/x>) and \*`,
		"https://example.org/?a=1&b=<script>": `<https://example.org/?a=1&b=>\<script\>`,
		"https://":                            "https://",
	} {
		if got := escapeProse(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMarkdownText(t *testing.T) {
	const in = "one\n\n- a_b\n- # c\n\n  x ```\n  y"
	const want = "one\n\n- a\\_b\n- \\# c\n\n````\n  x ```\n  y\n````\n"
	if got := markdownText(in); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
