// What is new in revisions, for who shows it outside of an edition.

package editions

import (
	"context"
	"html/template"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

var changesTemplate = template.Must(template.New("changes").Parse(
	`<ul>{{range .}}<li>{{.Label}}: {{.HTML}}</li>{{end}}</ul>`))

// ChangesHTML lists for each event, by its id, what its revision changed of what
// the catalogue knows, against the one before it, in English. What is no
// revision of a draft, or the first that is known, is not in it. Names, titles
// and abstracts are clean and escaped: the HTML is its own sanitised form.
func ChangesHTML(ctx context.Context, r *store.Reader, events []catalog.Event) (map[int64]template.HTML, error) {
	var ids []int64
	for _, e := range events {
		if e.Event == catalog.Revised && e.Kind == catalog.Draft {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	earlier, err := r.EarlierRevisions(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make(map[int64]template.HTML, len(earlier))
	for _, e := range events {
		before, ok := earlier[e.ID]
		if !ok {
			continue
		}
		if list[e.ID], err = changeHTML(before, e); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func changeHTML(before store.Earlier, e catalog.Event) (template.HTML, error) {
	now := Item{Day: e.Published.UTC().Format(time.DateOnly), Level: e.Facts.Level, Pages: e.Facts.Pages}
	rows := new(Edition).changed(changeOf(before, e.Facts, time.UTC), now)
	var b strings.Builder
	err := changesTemplate.Execute(&b, rows)
	return template.HTML(b.String()), err //nolint:gosec // the template escapes, or the rows have
}
