package markup

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const rel = ` rel="nofollow noopener noreferrer"`

func TestSanitize(t *testing.T) {
	const base = "https://example.org/blog/post"
	tests := []struct{ in, want string }{
		{`plain & simple`, `plain &amp; simple`},
		{`<p>a<p>b`, `<p>a</p><p>b</p>`},
		{`<p id="x" class="y" style="color:red" onclick="z()" title="t">a</p>`, `<p>a</p>`},
		{`<script>alert(1)</script>a<style>p{}</style><noscript>b</noscript>`, `a`},
		{`<ScRiPt >alert(1)</sCrIpT >a`, `a`},
		{`<scr<script>ipt>alert(1)</script>`, `ipt&gt;alert(1)`},
		{`a</noscript>b<noscript>c</noscript>d`, `abd`},
		{`<svg><svg></svg><script>x</script></svg>a`, `a`},
		{`<svg/>a`, `a`},
		{`<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>a`, `a`},
		{`<a href="javascript:alert(1)">a</a>`, `a`},
		{`<a href="java&#10;script:alert(1)">a</a>`, `a`},
		{`<a href=" javascript:alert(1)">a</a>`, `a`},
		{`<a href="data:text/html,x">a</a><a href="vbscript:x">b</a>`, `ab`},
		{`<a href="https://e.org/?a=1&b=2" target=_top rel=me>a</a>`, `<a href="https://e.org/?a=1&amp;b=2"` + rel + `>a</a>`},
		{`<a href="../x">a</a>`, `<a href="https://example.org/x"` + rel + `>a</a>`},
		{`<a href="//cdn.example/x">a</a>`, `<a href="https://cdn.example/x"` + rel + `>a</a>`},
		{`<a href="#n">a</a>`, `<a href="https://example.org/blog/post#n"` + rel + `>a</a>`},
		{`<a href="mailto:a@example.org">a</a>`, `<a href="mailto:a@example.org"` + rel + `>a</a>`},
		{`<a name="x">a</a>`, `a`},
		{`<img src=x onerror=alert(1)>a<iframe src=x>b</iframe><form><input>c</form>`, `ac`},
		{`</div></div><table><tr><td>q`, `<table><tbody><tr><td>q</td></tr></tbody></table>`},
		{`<table><tr><td colspan="2" rowspan="-1" width=9>q</table>`, `<table><tbody><tr><td colspan="2">q</td></tr></tbody></table>`},
		{`<ol start="3"><li>a<li>b</ol>`, `<ol start="3"><li>a</li><li>b</li></ol>`},
		{`<section><h2>a</h2></section>`, `<div><h2>a</h2></div>`},
		{`<b>a<i>b</b>c</i>`, `<strong>a<em>b</em></strong><em>c</em>`},
		{`<span>a</span><font>b</font>`, `ab`},
		{`<div lang="en" dir="x"><span lang="zh-Hant" id="y">a</span></div>`, `<div lang="en"><span lang="zh-Hant">a</span></div>`},
		{`<p lang="en&quot; onclick=&quot;x()">a</p><p lang="">b</p><span lang="*">c</span>`, `<p>a</p><p>b</p>c`},
		{`a<br>b<hr>`, `a<br/>b<hr/>`},
		{`<!-- a --><!doctype x><![CDATA[b]]>c`, `c`},
		{"<p>a\x00b\u202ec&#8238;d&#1;e\xff</p>", `<p>abcde</p>`},
		{`<base href="https://evil.example/"><a href="x">a</a>`, `<a href="https://example.org/blog/x"` + rel + `>a</a>`},
		{`<textarea></p><script>x</script></textarea>a`, `a`},
		{`<p>a</p><plaintext>b`, `<p>a</p>`},
		{`<pre>` + "\n\n a\n  b</pre>", "<pre>\n\n a\n  b</pre>"},
		{``, ``},
	}
	for _, tt := range tests {
		if got := Sanitize(tt.in, base); got != tt.want {
			t.Errorf("Sanitize(%q)\n got %q\nwant %q", tt.in, got, tt.want)
		}
		checkSafe(t, tt.in, base)
	}
	if got := Sanitize(`<a href="../x">a</a><a href="//e.org/">b</a>`, ""); got != "ab" {
		t.Errorf("relative links without a base: %q, want ab", got)
	}
}

func TestSanitizeBounds(t *testing.T) {
	deep := strings.Repeat("<div>", maxDepth+1) + "<b>x</b> &lt; y"
	if got, want := Sanitize(deep, ""), "<p>x &lt; y</p>"; got != want {
		t.Errorf("too deep: %q, want %q", got, want)
	}
	many := strings.Repeat("<p>x", maxTags)
	if got := Sanitize(many, ""); !strings.HasPrefix(got, "<p>x x x") {
		t.Errorf("too many tags: %.20q", got)
	}
	reopened := strings.Repeat("<b><i><em><strong><code><tt>", 3) + strings.Repeat("<p>x", maxTags/2)
	if got := Sanitize(reopened, ""); len(got) > 64<<20 {
		t.Errorf("%d bytes from %d", len(got), len(reopened))
	}
	long := strings.Repeat(`"é`, maxHTML)
	for _, in := range []string{long, deep + long} {
		got := Sanitize(in, "")
		if again := Sanitize(got, ""); again != got {
			t.Errorf("long input: %d bytes become %d", len(got), len(again))
		}
	}
}

var (
	handler = regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`)
	tagName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
)

// checkSafe holds every promise of Sanitize against its output.
func checkSafe(t *testing.T, in, base string) {
	t.Helper()
	out := Sanitize(in, base)
	if again := Sanitize(out, base); again != out {
		t.Errorf("not stable: %q\n gives %q\n  then %q", in, out, again)
	}
	if handler.MatchString(out) {
		t.Errorf("%q gives a handler: %q", in, out)
	}
	var open []string
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		tok := z.Token()
		switch kind {
		case html.CommentToken, html.DoctypeToken:
			t.Errorf("%q gives %v", in, tok)
		case html.StartTagToken:
			open = append(open, tok.Data)
			checkTag(t, in, tok)
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("%q gives unbalanced %q", in, out)
			}
			open = open[:len(open)-1]
		case html.SelfClosingTagToken:
			checkTag(t, in, tok)
		}
	}
	if len(open) > 0 {
		t.Errorf("%q leaves %v open: %q", in, open, out)
	}
}

func checkTag(t *testing.T, in string, tok html.Token) {
	t.Helper()
	if opaque[tok.Data] || !tagName.MatchString(tok.Data) || tok.Data == "img" || tok.Data == "base" {
		t.Errorf("%q gives %v", in, tok)
	}
	for _, a := range tok.Attr {
		switch a.Key {
		case "href":
			if !regexp.MustCompile(`^(https?://[^/]|mailto:.)`).MatchString(a.Val) {
				t.Errorf("%q links to %q", in, a.Val)
			}
		case "lang":
			if strings.Trim(strings.ToLower(a.Val), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Errorf("%q gives language %q", in, a.Val)
			}
		case "rel", "colspan", "rowspan", "start":
		default:
			t.Errorf("%q gives attribute %v", in, a)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{
		`<p>a<b>c</p>d`, `<a href="x"><table><a href="y">z`, `<script>x</script>`, `<pre>` + "\n\n" + `x`, `<li><p><ul><dt><h1><td>`,
		`<svg><p><style><a title="</style><img src=1 onerror=alert(1)>">`, `<a href="javascript:x">&#0;&lt;</a>`, "<\x00p>", `<h1><p><h2>`,
		`<table>a<tr><b>c<td>d</table>e`, `</p></br><br/></a>`, `<a href="https://[::1]:80/%zz?q#f">x`, `<b><i></b></i><em><p></em>`,
	} {
		f.Add(s, "https://example.org/a/b?c")
	}
	f.Fuzz(func(t *testing.T, in, base string) {
		checkSafe(t, in, base)
		checkSafe(t, in, "")
	})
}
