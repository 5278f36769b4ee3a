package feeds

import (
	"html/template"
	"regexp"
	"strings"
	"testing"
)

// contentTemplate is what content.html has to write, escaped as html/template
// does.
var contentTemplate = template.Must(template.New("entry").Parse(`
{{- with .Authors}}<p>By {{.}}</p>
{{end}}<p>{{.What}}{{with .Level}} · {{.}}{{end}}{{with .Group}} · group {{.}}{{end}}{{with .Pages}} · {{.}} pages{{end}} · {{.Date}}</p>
{{.Abstract}}
{{- with .Changes}}<div>{{.}}</div>
{{end}}
{{- with .Links}}<p>{{range $i, $l := .}}{{if $i}} · {{end}}<a href="{{$l.Href}}">{{$l.Title}}</a>{{end}}</p>
{{end}}
{{- with .Reason}}<p><small>Why it is here: {{.}}</small></p>
{{end}}`))

// Whatever outsiders write into facts, content is what html/template makes of it.
func FuzzContent(f *testing.F) {
	f.Add("Ada", "New revision", "Experimental", "quic", "7 December 2025", `group "quic"`, "a?b=c&d=e", "Diff", 12, 3)
	f.Add("", "Post", "", "", "about then", "", "", "", 0, 0)
	f.Add(`"><script>alert('x')</script>`, "C++ & <b>", "\x00\xff", "a\"b", "é", "`x`", "('é%zz%2F%2)\"<>\\ ^|{}`\x00\xff+", "<i>", -1, 1)
	f.Fuzz(func(t *testing.T, authors, what, level, group, date, reason, address, title string, pages, links int) {
		c := content{
			authors: authors, what: what, level: level, group: group, date: date, pages: pages, reason: reason,
			abstract: "<p>An abstract.</p>\n", changes: strings.Repeat("<p>News.</p>", pages&1),
		}
		for range min(max(links, 0), 5) {
			c.links = append(c.links, link{Href: "https://example.org/" + address, Title: title})
		}
		var want strings.Builder
		err := contentTemplate.Execute(&want, map[string]any{
			"Authors": c.authors, "What": c.what, "Level": c.level, "Group": c.group, "Pages": c.pages, "Date": c.date, "Reason": c.reason,
			"Abstract": template.HTML(c.abstract), "Changes": template.HTML(c.changes), "Links": c.links, //nolint:gosec // of the test
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.html(); got != want.String() {
			t.Errorf("got\n%q\nwant\n%q", got, want.String())
		}
	})
}

var sentenceEnd = regexp.MustCompile(`[.!?]['")\]]* |[。！？]`)

func FuzzLastSentence(f *testing.F) {
	for _, s := range []string{"", "One. Two", "One.) Two", "一。二", "a.\"') b", "...   ", "no end", "e.g.x", "?!) "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = clean(text)
		want := 0
		for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
			want = at[1]
		}
		if got := lastSentence(text); got != want {
			t.Errorf("%q: the last sentence ends at %d, not %d", text, got, want)
		}
	})
}
