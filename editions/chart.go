// Charts: the history of a topic by week.

package editions

import (
	"context"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/store"
)

// chartWeeks is how far a topic's chart reaches back, leastWeeks from when on
// there is something to see.
const (
	chartWeeks = 26
	leastWeeks = 4
)

// chart gives the sections their topics' history. Weeks of before anything was
// selected are left out: the catalogue had not begun.
func (n Newsletter) chart(ctx context.Context, r *store.Reader, w Window, e *Edition) error {
	weeks, err := r.SelectionWeeks(ctx, w.To, chartWeeks)
	if err != nil {
		return err
	}
	first := chartWeeks
	for _, counts := range weeks {
		if i := slices.IndexFunc(counts, func(n int) bool { return n > 0 }); i >= 0 {
			first = min(first, i)
		}
	}
	for i, s := range e.Sections {
		if counts := weeks[s.Topic]; s.Topic != "" && len(counts) > 0 && chartWeeks-first >= leastWeeks {
			e.Sections[i].Weeks = counts[first:]
		}
	}
	return nil
}

// bars draws counts with block characters, zero as the lowest.
func bars(counts []int) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	most := max(slices.Max(counts), 1)
	var b strings.Builder
	for _, n := range counts {
		b.WriteRune(blocks[(n*(len(blocks)-1)+most-1)/most])
	}
	return b.String()
}
