// What may be missing: an edition says so when a source that it lives on is in
// trouble, since its readers cannot see what did not come.

package editions

import (
	"context"
	"slices"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Missing is a source in trouble when an edition was composed, so that
// documents may be missing.
type Missing struct {
	Source string          `json:"source,omitempty"` // name; empty when none at all is polled
	Kind   store.AlarmKind `json:"kind"`
	Since  time.Time       `json:"since"` // UTC
}

// missing gives the newsletter's sources that have been in trouble since before
// the window's end.
func (n Newsletter) missing(ctx context.Context, r *store.Reader, w Window) (list []Missing, err error) {
	alarms, err := r.Alarms(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	for _, a := range alarms {
		if a.Since.Before(w.To) && (a.Kind == store.Stopped || slices.Contains(n.Sources, a.Source)) {
			list = append(list, Missing{Source: clean(a.Source), Kind: a.Kind, Since: a.Since})
		}
	}
	return list, nil
}

// missingWords gives a sentence for each.
func (e *Edition) missingWords() (words []string) {
	m := messagesIn(e.Language)
	for _, missing := range e.Missing {
		if tell := m.Missing[missing.Kind]; tell != nil {
			words = append(words, tell(missing.Source, missing.Since.UTC().Format("2006-01-02 15:04 UTC")))
		}
	}
	return words
}
