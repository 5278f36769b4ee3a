package markup

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a\n  b &amp; c", "a b & c"},
		{"<h1>T</h1><p>a</p>\n<p>b</p>", "T\n\na\n\nb"},
		{"<div>a</div><div>b</div>", "a\nb"},
		{"a<br>b<br><br>c<br><br><br>d", "a\nb\n\nc\n\nd"},
		{"<b>a</b>b <i>c</i>, d", "ab c, d"},
		{"<p>x</p><ul><li>a</li><li><p>b</p><p>c</p></li></ul><p>y</p>", "x\n\n- a\n\n- b\n\n  c\n\ny"},
		{"<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"},
		{`<ol start="9"><li>a<li>b<br>c</ol>`, "9. a\n10. b\n    c"},
		{"<ul><li></li><li>b</li></ul>", "- b"},
		{"<dl><dt>a</dt><dd>b</dd></dl>", "a\n  b"},
		{"<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n\n> b\n\nc"},
		{"<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td></td><td>d</td></tr></table>", "a | b\nc | | d"},
		{"<table><tr><td><p>a</p></td><td><table><tr><td>b</td></tr></table></td></tr></table>", "a\n\nb"},
		{"x<pre>a\n\n  b <b>c</b>\n</pre>y", "x\n\na\n\n  b c\n\ny"},
		{`<a href="https://e.org/x">the x</a>.`, "the x <https://e.org/x>."},
		{`<a href="https://e.org/">https://e.org</a> <a href="mailto:a@e.org">a@e.org</a>`, "https://e.org a@e.org"},
		{`<a href="https://e.org/"></a><a href="/x">y</a>`, "y"},
		{"a<script>b</script><style>c</style><!-- d --><title>e</title>", "a"},
		{"a<hr>b", "a\n\n----\n\nb"},
		{"a\u00a0b&nbsp;c&shy;d&#8238;e", "a b cde"},
		{"一<b>二</b>三", "一二三"},
		{strings.Repeat("<div>", 600) + "a<p>b", "a b"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := Text(tt.in); got != tt.want {
			t.Errorf("Text(%.80q)\n got %q\nwant %q", tt.in, got, tt.want)
		}
	}
}

func TestClean(t *testing.T) {
	tests := []struct{ in, want string }{
		{"  a \t b\r\nc ", "a b c"},
		{"a\x00b\x1bc\x7fd\u0085e", "abcd e"},
		{"a\u202eb\u2066c\u200bd\ufeffe\u00adf\u2060g\u200eh", "abcdefgh"},
		{"a\xffb\xc3", "ab"},
		{"a\ufffeb\uffffc\ufffdd", "abc\ufffdd"},
		{"a\u2028b\u2029c\u3000d", "a b c d"},
		{"a\u200db\u200cc", "abc"},
		{"می\u200cخواهم", "می\u200cخواهم"},
		{"क्\u200dष", "क्\u200dष"},
		{"👩\u200d💻 ❤\ufe0f\u200d🔥 👩🏽\u200d🚀", "👩\u200d💻 ❤\ufe0f\u200d🔥 👩🏽\u200d🚀"},
		{"👩\u200d", "👩"},
		{"日刊IETF é", "日刊IETF é"},
		{"a\U000e0041b", "ab"},
		{"Subject\r\nBcc: x", "Subject Bcc: x"},
	}
	for _, tt := range tests {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got, want := CleanText("a\r\n\tb\rc\x00  d\u2028e\n"), "a\n\tb\nc  d\ne\n"; got != want {
		t.Errorf("CleanText: %q, want %q", got, want)
	}
}

func TestFromText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"prose", "   One line\n   & more.\n\n   Two.\n", "<p>One line &amp; more.</p>\n<p>Two.</p>\n"},
		{"first line set in", "   One\nline.", "<p>One line.</p>\n"},
		{"bullets", "  o  One\n     more\n  o  Two", "<ul>\n<li>One more</li>\n<li>Two</li>\n</ul>\n"},
		{"a dash that begins a line", "  Protocols of today\n  - such as these - are long.", "<p>Protocols of today - such as these - are long.</p>\n"},
		{"one bullet", "It has\n  - such as these", "<p>It has</p>\n<ul>\n<li>such as these</li>\n</ul>\n"},
		{"bullets behind a line", "Goals:\n - One\n - Two", "<p>Goals:</p>\n<ul>\n<li>One</li>\n<li>Two</li>\n</ul>\n"},
		{"art", "  +---+    +---+\n  | A |--->| B |\n  +---+    +---+", "<pre>+---+    +---+\n| A |---&gt;| B |\n+---+    +---+</pre>\n"},
		{"columns", "Name      Value\na         1", "<pre>Name      Value\na         1</pre>\n"},
		{"code", "if x {\n    for y {\n        z\n    }\n}", "<pre>if x {\n    for y {\n        z\n    }\n}</pre>\n"},
		{"tabs", "a\tb\tc", "<pre>a       b       c</pre>\n"},
		{"quote", "> a\n> b\n>\n>> c\nd", "<blockquote>\n<p>a b</p>\n<blockquote>\n<p>c</p>\n</blockquote>\n</blockquote>\n<p>d</p>\n"},
		{"link", "See (https://e.org/a_(b)), or\nhttps://e.org/?a&b.", `<p>See (<a href="https://e.org/a_(b)"` + rel + `>https://e.org/a_(b)</a>), or <a href="https://e.org/?a&amp;b"` + rel + `>https://e.org/?a&amp;b</a>.</p>` + "\n"},
		{"no link", "http:// javascript:x ftp://e.org", "<p>http:// javascript:x ftp://e.org</p>\n"},
		{"hostile", "<script>x</script>\x00", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"},
		{"a lone dash", "This works - in\nprose - too.", "<p>This works - in prose - too.</p>\n"},
		{"signature", "Bye.\n\n--\nAn Author", "<p>Bye.</p>\n<p>--<br/>\nAn Author</p>\n"},
		{"labels", "Title:   Some long title of a draft\nAuthors: A. One\n         B. Two\nPages:   9", "<p>Title:   Some long title of a draft<br/>\nAuthors: A. One<br/>\nB. Two<br/>\nPages:   9</p>\n"},
		{"re-flowed", "   Defines elements offered to parties as    evidence, so that many more\nwords follow on the next line.", "<p>Defines elements offered to parties as    evidence, so that many more words follow on the next line.</p>\n"},
		{"semicolon", "Something that goes on;\nand on.", "<p>Something that goes on; and on.</p>\n"},
		{"Japanese", "標準化は\n続く。\n次", "<p>標準化は続く。次</p>\n"},
		{"empty", "\n \n", ""},
	}
	for _, tt := range tests {
		if got := FromText(tt.in); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a<ul><li>b<ol start=5><li>c", "<table><td>a<td><p>b", "<pre>a\n\nb", "> a\n>> b", "o a\n  b https://e.org/).", "\t|--|", "<a href=http://a>b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{Text(s), Clean(s), CleanText(s)} {
			if !utf8.ValidString(out) || strings.ContainsAny(out, "\x00\r\u202e\u200b") {
				t.Errorf("%q gives %q", s, out)
			}
		}
		if once := Clean(s); Clean(once) != once || strings.Contains(once, "\n") {
			t.Errorf("Clean is not stable on %q: %q", s, once)
		}
		out := FromText(s)
		if again := Sanitize(out, ""); again != out {
			t.Errorf("FromText(%q) is not its own sanitised form:\n%q\n%q", s, out, again)
		}
		if got := Reflow(s); got != Text(out) {
			t.Errorf("Reflow(%q) is %q, not Text of FromText, %q", s, got, Text(out))
		}
	})
}

// FuzzBare holds that what skips the policy is what the policy would leave. Each
// byte is a piece of HTML, so that most of it is bare.
func FuzzBare(f *testing.F) {
	pieces := []string{
		"<p>", "</p>", "<br>", "<br/>", "<br />", "<div>", "</div>", "<ul>", "</ul>", "<ol>", "<li>", "</li>", "<pre>", "</pre>", "<blockquote>",
		"</blockquote>", "<h1>", "</h1>", "<b>", "</b>", "<i>", "</i>", "<em>", "</em>", "<code>", "</code>", "a", " ", "\n", "\r", "\u00a0",
		"&", "&lt;", "&lt", "&amp;", "&#0;", "&#60;", "&#x80;", "&notit;", "&copy", ";", ">", "\"", "'", "\x00", "\xff", "\u2028", "é", "標準",
	}
	f.Add([]byte("\x00\x1a\x1b\x1a\x01"))
	f.Add([]byte("\x0c\x1c\x1c\x1a\x23\x1a\x0d\x10\x00\x11\x12\x00\x13"))
	f.Fuzz(func(t *testing.T, codes []byte) {
		var b strings.Builder
		for _, c := range codes {
			b.WriteString(pieces[int(c)%len(pieces)])
		}
		s := harmless(cut(b.String(), maxHTML))
		if !isBare(s) {
			return
		}
		once, ok := parse(s, nil)
		twice, fine := parse(policy.Sanitize(prune(s)), nil)
		if ok != fine || render(once) != render(twice) {
			t.Errorf("%q\ngives   %q\nbehind the policy %q", s, render(once), render(twice))
		}
	})
}
