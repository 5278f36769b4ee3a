package editions

import (
	"strings"
	"testing"
	"testing/fstest"
)

func look(t *testing.T, files map[string]string) (*Look, error) {
	t.Helper()
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return LoadLook(dir)
}

func TestOwnTemplates(t *testing.T) {
	l, err := look(t, map[string]string{
		"page.html":   `{{define "item"}}<article id="item-{{.Number}}">MINE {{.Title}}</article>{{end}}`,
		"mail.html":   `{{define "mail-foot"}}<p>My foot.</p>{{end}}`,
		"text.txt":    `MY TEXT {{.When}}{{range .Sections}}{{range .Items}} {{.Number}}. {{.Title}}{{end}}{{end}}`,
		"markdown.md": "# MY {{escape .Edition.Title}}\n{{range .Sections}}{{range .Items}}{{range .News}}{{mdrow .}}{{end}}{{end}}{{end}}",
	})
	if err != nil {
		t.Fatal(err)
	}
	own, e := Links{Base: site.Base, Look: l}, sample(t, "en")
	mail, complete := e.MailHTML(own, 0)
	for format, want := range map[string]string{
		string(e.HTML(own, 0)): "MINE Hawks &lt;script&gt;", string(mail): "<p>My foot.</p>",
		e.Text(own, 0): "MY TEXT 1–7 December 2025 (UTC) · 2025-W49 · No. 1 1. Carrying Letters", e.Markdown(own): "# MY Birds of the Week",
	} {
		if !strings.Contains(format, want) || !complete {
			t.Errorf("no %q in\n%s", want, format)
		}
	}
	if got := string(e.HTML(site, 0)); strings.Contains(got, "MINE") {
		t.Error("an editor's template changed ours")
	}
}

func TestNoTemplatesLookLikeOurs(t *testing.T) {
	l, err := look(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, own := sample(t, "ja"), Links{Base: site.Base, Look: l}
	if e.HTML(own, 0) != e.HTML(site, 0) || e.Text(own, 0) != e.Text(site, 0) || e.Markdown(own) != e.Markdown(site) {
		t.Error("an empty folder changes something")
	}
}

func TestFaultsOfTemplatesHavePlaces(t *testing.T) {
	for _, tt := range []struct{ file, text, want string }{
		{"page.html", "{{define \"item\"}}\n{{.Title}", "page.html:2"},
		{"page.html", "{{define \"item\"}}\n\n{{.Titel}}{{end}}", "page.html:3"},
		{"mail.html", "{{define \"mail-item\"}}{{if}}{{end}}", "mail.html:1"},
		{"text.txt", "a\nb {{.Nonsense}}", "text.txt:2:4"},
		{"text.txt", "{{shout .When}}", `function "shout" not defined`},
		{"markdown.md", "{{index .Sections 0}}", "markdown.md:1"}, // an empty edition has none
		{"text.md", "a", "text.md is no format's"},
		{"page.html", "\n{{define \"pgae\"}}x{{end}}", `page.html:2: nothing calls "pgae"`},
		{"markdown.md", strings.Repeat("x", maxTemplate+1), "want at most"},
	} {
		_, err := look(t, map[string]string{tt.file: tt.text})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %.40q: got %v, want %q", tt.file, tt.text, err, tt.want)
		}
	}
}

// What passes and fails all the same gives way to what we have, and is told.
func TestFailingTemplateGivesWay(t *testing.T) {
	l, err := look(t, map[string]string{"text.txt": `{{if eq .Edition.Title "Birds of the Week"}}{{index .Counts 99}}{{end}}MINE`})
	if err != nil {
		t.Fatal(err)
	}
	var told error
	l.Failed = func(err error) { told = err }
	e := sample(t, "en")
	if got := e.Text(Links{Base: site.Base, Look: l}, 0); got != e.Text(site, 0) || told == nil || !strings.Contains(told.Error(), "text.txt:1") {
		t.Errorf("told %v, and gave\n%s", told, got)
	}
}
