package editions

import (
	"html/template"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/draftwire/draftwire/catalog"
)

// No element, attribute or address of a stranger's gets into any format.
func TestHostileText(t *testing.T) {
	evil := `"><img src=x onerror=alert(1)><a href="javascript:x">` + "`${x}` [a](javascript:x) ![i](http://t.example/p.gif)\n\n# H\n<script>x</script>"
	w := newWire(t, "a")
	w.add(happening{name: "msg-1", at: at("2025-12-07 12:00"), topics: []string{"a"}, facts: catalog.Facts{
		Title: evil, Abstract: evil + "\n\n    ```\n    code | x\n    ````` <b>\n      more", Group: evil, Authors: []catalog.Author{{Name: evil}},
		URL: "https://example.org/\"><script>", Language: evil,
	}})
	n := daily("a")
	n.Title, n.Titles = evil, map[string]string{"a": evil}
	e := w.compose(n, "2025-12-07")
	mail, _ := e.MailHTML(site, 0)
	for format, got := range map[string]template.HTML{"html": e.HTML(site, 0), "mail": mail} {
		wellFormed(t, got)
		z := html.NewTokenizer(strings.NewReader(string(got)))
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			if tok.Type != html.StartTagToken {
				continue
			}
			if tok.Data == "img" || tok.Data == "script" || tok.Data == "b" {
				t.Errorf("%s: <%s> came through", format, tok.Data)
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: attribute %s=%q came through", format, a.Key, a.Val)
				}
			}
		}
	}
	e.Sections[0].Items[0].Summary = "" // so that the abstract is shown
	golden(t, "hostile.markdown", e.Markdown(site))
	if strings.ContainsAny(e.Subject(), "\r\n") {
		t.Errorf("a subject of several lines: %q", e.Subject())
	}
	for line := range strings.SplitSeq(e.Text(site, 0), "\n") {
		if columns(line) > textColumns && !strings.Contains(line, "://") {
			t.Errorf("%d columns: %s", columns(line), line)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{"", "o  a\n o  b", "\u202e<b>", "鳩、鳩。", "```\n|", "> > x", strings.Repeat("x", 400)} {
		f.Add(s, s, 1)
	}
	f.Fuzz(func(t *testing.T, title, abstract string, part int) {
		n := daily()
		n.Title = title
		ev := happening{name: "draft-a-b-00", at: at("2025-12-07 12:00"), facts: catalog.Facts{Title: title, Abstract: abstract}}.toEvent()
		item := n.item(found{Event: ev}, background{})
		item.Number = 1
		e := n.blank(n.WindowAt(ev.Published))
		e.Sections = []Section{{Title: clean(title), Items: []Item{item}}}
		wellFormed(t, e.HTML(site, part))
		mail, _ := e.MailHTML(site, 2000)
		wellFormed(t, mail)
		for what, s := range map[string]string{"text": e.Text(site, part), "markdown": e.Markdown(site), "subject": e.Subject()} {
			if !utf8.ValidString(s) {
				t.Errorf("%s is not UTF-8: %q", what, s)
			}
		}
		if strings.Contains(e.Subject(), "\n") {
			t.Errorf("subject %q", e.Subject())
		}
	})
}
