// What is new in one revision, for who shows it outside of an edition.

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

// ChangesHTML lists what an event's revision changed of what the catalogue
// knows, against the one before it, in English. It gives nothing for what is no
// revision of a draft, or the first that is known.
func ChangesHTML(ctx context.Context, r *store.Reader, e catalog.Event) (string, error) {
	if e.Event != catalog.Revised || e.Kind != catalog.Draft {
		return "", nil
	}
	earlier, err := r.EarlierRevisions(ctx, []int64{e.ID})
	if err != nil {
		return "", err
	}
	before, ok := earlier[e.ID]
	if !ok {
		return "", nil
	}
	now := Item{Day: e.Published.UTC().Format(time.DateOnly), Level: e.Facts.Level, Pages: e.Facts.Pages}
	rows := new(Edition).changed(changeOf(before, e.Facts, time.UTC), now)
	var b strings.Builder
	err = changesTemplate.Execute(&b, rows)
	return b.String(), err
}
