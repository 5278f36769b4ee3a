// How editions look: the templates of this package, or an editor's own.

package editions

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	plaintext "text/template"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/texts"
)

//go:embed templates/*.html
var templateFiles embed.FS

var builtIn = ours()

// ours parses the templates of this package. One that was executed cannot be
// cloned, so an editor's look parses them once more.
func ours() *template.Template {
	return template.Must(template.New("").ParseFS(templateFiles, "templates/*.html"))
}

// Look is an editor's own templates. The zero value has none.
type Look struct {
	html           *template.Template
	text, markdown *plaintext.Template

	// Failed is told of a template that failed on an edition, though it had
	// passed; what this package has takes its place then. It may be nil.
	Failed func(error)
}

// The files of a folder of templates, each of which may be missing.
const (
	pageFile     = "page.html"
	mailFile     = "mail.html"
	textFile     = "text.txt"
	markdownFile = "markdown.md"
)

// maxTemplate bounds a file of templates, in bytes.
const maxTemplate = 256 << 10

// LoadLook reads a folder of templates. Files named page.html and mail.html
// redefine those of this package that they define (html/template); text.txt and
// markdown.md stand for the whole (text/template). Each is tried on editions of
// all kinds, in every language; the error holds the faults with file, line and
// column. What would never be used is a fault too: a file of another name, a
// definition that nothing calls. An empty folder gives a look like ours.
func LoadLook(dir fs.FS) (*Look, error) {
	l := &Look{html: ours()}
	faults := []error{strangers(dir), l.uncalled(dir)}
	for _, name := range []string{pageFile, mailFile} {
		text, err := readTemplate(dir, name)
		if err == nil && text != "" {
			_, err = l.html.New(name).Parse(text)
		}
		faults = append(faults, err)
	}
	for name, to := range map[string]**plaintext.Template{textFile: &l.text, markdownFile: &l.markdown} {
		text, err := readTemplate(dir, name)
		if err == nil && text != "" {
			*to, err = plaintext.New(name).Funcs(textFuncs).Parse(text)
		}
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return l, l.try()
}

// strangers gives the files that look like templates and are none.
func strangers(dir fs.FS) error {
	entries, err := fs.ReadDir(dir, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	faults := []error{err}
	known := []string{pageFile, mailFile, textFile, markdownFile, "README.md", "README.txt"}
	for _, e := range entries {
		switch path.Ext(e.Name()) {
		case ".html", ".txt", ".md":
			if !slices.Contains(known, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
				faults = append(faults, fmt.Errorf("template: %s is no format's: want %s, %s, %s or %s", e.Name(), pageFile, mailFile, textFile, markdownFile))
			}
		}
	}
	return errors.Join(faults...)
}

var (
	defines = regexp.MustCompile(`{{-?\s*define\s+"([^"]*)"`)
	calls   = regexp.MustCompile(`{{-?\s*(?:template|block)\s+"([^"]*)"`)
)

// uncalled gives the definitions that are neither one of ours nor called: most
// often a name that was misspelt.
func (l *Look) uncalled(dir fs.FS) error {
	known := make(map[string]bool)
	for _, t := range l.html.Templates() {
		known[t.Name()] = true
	}
	texts := make(map[string]string)
	for _, name := range []string{pageFile, mailFile} {
		texts[name], _ = readTemplate(dir, name) // who parses it tells what is wrong
		for _, m := range calls.FindAllStringSubmatch(texts[name], -1) {
			known[m[1]] = true
		}
	}
	var faults []error
	for _, name := range []string{pageFile, mailFile} {
		for _, at := range defines.FindAllStringSubmatchIndex(texts[name], -1) {
			if defined := texts[name][at[2]:at[3]]; !known[defined] {
				faults = append(faults, fmt.Errorf("template: %s:%d: nothing calls %q; is it misspelt?",
					name, 1+strings.Count(texts[name][:at[0]], "\n"), defined))
			}
		}
	}
	return errors.Join(faults...)
}

func readTemplate(dir fs.FS, name string) (string, error) {
	text, err := fs.ReadFile(dir, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case len(text) > maxTemplate:
		return "", fmt.Errorf("template: %s has %d bytes: want at most %d", name, len(text), maxTemplate)
	}
	return string(text), nil
}

// textFuncs are what text.txt and markdown.md may call beside the usual.
var textFuncs = plaintext.FuncMap{
	"wrap":   func(text string) string { return wrap(text, "", "", textColumns) },
	"indent": func(by int, text string) string { return wrap(text, blanks(by), blanks(by), textColumns) },
	"line":   func(mark, under string) string { return strings.Repeat(mark, min(columns(under), textColumns)) },
	"join":   func(list []string, between string) string { return strings.Join(list, between) },
	"escape": escape,
	"link":   link,
	"row":    row.plain,
	"mdrow":  row.markdown,
	"plain":  plain,
}

func blanks(n int) string { return strings.Repeat(" ", min(max(n, 0), textColumns/2)) }

// try draws editions of all kinds, and gives what fails.
func (l *Look) try() error {
	var faults []error
	tried := Links{Base: "https://wire.example.org", Look: &Look{html: l.html, text: l.text, markdown: l.markdown, Failed: func(err error) {
		faults = append(faults, err)
	}}}
	for tag := range languages {
		for _, e := range specimens(tag) {
			for part := range e.Parts() + 1 {
				e.HTML(tried, part)
				e.Text(tried, part)
			}
			e.MailHTML(tried, 0)
			e.Markdown(tried)
			if len(faults) > 0 {
				return faults[0]
			}
		}
	}
	return nil
}

// specimens are an empty edition, and one that has all there is.
func specimens(language string) []*Edition {
	n := Newsletter{Name: "specimen", Title: "Specimen", Language: language}
	empty := n.blank(n.WindowAt(time.Date(2025, time.December, 7, 0, 0, 0, 0, time.UTC)))
	full := n.blank(n.WindowAt(empty.From))
	full.Number, full.Closed, full.Note, full.Intro, full.Closing = 1, empty.To, "", "An *introduction*.", "The end."
	past := []Past{{"2025-12-01", "2025-12-01"}}
	for i := range PartSize + 2 {
		kind, event := catalog.Draft, catalog.EventKinds()[i%len(catalog.EventKinds())]
		full.Sections = append(full.Sections, Section{Topic: fmt.Sprintf("topic%d", i), Title: "Topic", Weeks: []int{0, 1, 2}, Items: []Item{{
			Number: i + 1, Key: fmt.Sprint(i), Document: "draft-x", Rev: "01", Name: "draft-x-01", Kind: kind, Event: event, Title: "A title",
			Group: "x", Level: catalog.Informational, Authors: []string{"Ada Wing"}, Summary: "A summary.", Abstract: "A summary. And more.", Pages: 2,
			Machine:  []MachineText{{"summary", "en", "What a machine says.", "x"}},
			Language: "en", Published: empty.From, Day: "2025-12-07", Late: i%2 == 0, Pinned: true, Note: "A **note**.", Past: past,
			Change: &Change{Rev: "00", Day: "2025-12-01", Title: "B", Level: catalog.Experimental, Pages: 1, Joined: []string{"A"}, Abstract: []Span{{Kept, "a"}, {Added, "b"}}},
			Older:  []Posting{{Rev: "00", Day: "2025-12-01", Late: true}},
			Text:   &TextChange{Rev: "00", Comparison: texts.Comparison{Kept: 0.5, Marks: []catalog.Mark{catalog.ChangedIANA, catalog.ChangedText}, Sections: []texts.SectionChange{{Kind: texts.Added, Number: "1", Title: "New"}}, Added: []texts.Reference{{Label: "RFC1", Document: "rfc1", Normative: true}}}},
			Origin: &Origin{Replaces: []string{"draft-y"}, Works: []Work{{"Ada Wing", []string{"draft-z"}, 1}}},
			Links:  ItemLinks{Page: "https://example.org/", HTML: "https://example.org/h"}, Topics: []Mention{{Name: "other", Title: "Other"}}, Reason: "because",
		}}})
	}
	full.Machine = &MachineText{"intro", "en", "What a machine proposes.", "x"}
	full.Hot = []Hot{{Kind: HotGroup, Name: "x", Count: 2, Before: 3, Days: 90, Shared: []string{"title"}, Items: []string{"0", "1"}, Past: past}}
	return []*Edition{empty, full, n.specimenReport()}
}

// render draws one of the HTML templates over our own values: the editor's, or
// ours where that fails.
func (l Links) render(name string, data any) template.HTML {
	var b strings.Builder
	if l.Look != nil {
		err := l.Look.html.ExecuteTemplate(&b, name, data)
		if err == nil {
			return template.HTML(b.String()) //nolint:gosec // html/template escaped it
		}
		l.Look.fail(err)
		b.Reset()
	}
	if err := builtIn.ExecuteTemplate(&b, name, data); err != nil {
		panic(err) // a template and its view disagree: a test over every template holds that they do not
	}
	return template.HTML(b.String()) //nolint:gosec // html/template escaped it
}

// own draws an editor's template for a whole text, if there is one and it works.
func (l Links) own(choose func(*Look) *plaintext.Template, v view) (text string, ok bool) {
	if l.Look == nil || choose(l.Look) == nil {
		return "", false
	}
	var b bytes.Buffer
	if err := choose(l.Look).Execute(&b, v); err != nil {
		l.Look.fail(err)
		return "", false
	}
	return b.String(), true
}

func (l *Look) fail(err error) {
	if l.Failed != nil {
		l.Failed(err)
	}
}
