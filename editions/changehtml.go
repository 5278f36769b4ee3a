// What is new in revisions, for who shows it outside of an edition.

package editions

import (
	"context"
	"html/template"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

var changesTemplate = template.Must(template.New("changes").Parse(
	`<ul>{{range .Rows}}<li>{{.Label}}{{$.Colon}}{{.HTML}}</li>{{end}}</ul>`))

// changedRows are the rows of what is new, with what stands between label and text.
type changedRows struct {
	Rows  []row
	Colon string
}

// ChangesHTML is [ChangesIn] English.
func ChangesHTML(ctx context.Context, r *store.Reader, events []catalog.Event) (map[int64]template.HTML, error) {
	return ChangesIn(ctx, r, events, english.Tag)
}

// ChangesIn lists for each event, by its id, what its revision changed of what
// the catalogue knows, against the one before it, its text included, in a
// language. What is no revision of a draft, or the first that is known, is not in
// it. Names, titles and abstracts are clean and escaped: the HTML is its own
// sanitised form.
func ChangesIn(ctx context.Context, r *store.Reader, events []catalog.Event, language string) (map[int64]template.HTML, error) {
	var ids []int64
	var revised []found
	for _, e := range events {
		if e.Event == catalog.Revised && e.Kind == catalog.Draft {
			ids, revised = append(ids, e.ID), append(revised, found{Event: e})
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	earlier, err := r.EarlierRevisions(ctx, ids)
	if err != nil {
		return nil, err
	}
	inText, err := textChanges(ctx, r, revised)
	if err != nil {
		return nil, err
	}
	m := messagesIn(language)
	list := make(map[int64]template.HTML, len(earlier))
	for _, f := range revised {
		var rows []row
		if before, ok := earlier[f.ID]; ok {
			rows = m.factRows(before, f.Event)
		}
		if c := inText[f.ID]; c != nil {
			rows = append(rows, m.textRows(c, showSections, true)...)
		}
		if len(rows) == 0 {
			continue
		}
		if list[f.ID], err = m.rowsHTML(rows); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// factRows are the rows of what is new beside the text.
func (m *messages) factRows(before store.Earlier, e catalog.Event) []row {
	now := Item{Day: e.Published.UTC().Format(time.DateOnly), Level: e.Facts.Level, Pages: e.Facts.Pages}
	edition := Edition{Language: m.Tag}
	return edition.changed(changeOf(before, e.Facts, time.UTC), now)
}

func (m *messages) rowsHTML(rows []row) (template.HTML, error) {
	var b strings.Builder
	if err := changesTemplate.Execute(&b, changedRows{rows, m.Colon}); err != nil {
		return "", err
	}
	html := b.String()
	if strings.Contains(html, "<a ") { // links are marked as what they are: somebody's
		html = markup.Sanitize(html, "")
	}
	return template.HTML(html), nil //nolint:gosec // the template escapes, or the rows have
}
