// Related: the editions in which a draft, a group or a hot topic stood before.

package editions

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Bounds of what is told of earlier editions.
const (
	pastOfItem = 2
	pastOfHot  = 3
)

// relate tells items and hot topics where they stood before.
func (n Newsletter) relate(ctx context.Context, r *store.Reader, w Window, e *Edition, events []found) error {
	ids, keys := make([]int64, 0, len(events)), make(map[string]int64, len(events))
	for _, f := range events {
		ids = append(ids, f.ID)
		keys[f.Key] = f.ID
	}
	before, err := r.Appearances(ctx, n.Name, ids, w.From)
	if err != nil {
		return err
	}
	for _, s := range e.Sections {
		for i, item := range s.Items {
			s.Items[i].Past = n.past(before[keys[item.Key]], pastOfItem)
		}
	}
	for i, h := range e.Hot {
		spans := together(h.Items, keys, before)
		if h.Kind == HotGroup {
			if spans, err = r.GroupAppearances(ctx, n.Name, h.Name, w.From, pastOfHot); err != nil {
				return err
			}
		}
		e.Hot[i].Past = n.past(spans, pastOfHot)
	}
	return nil
}

// together gives the editions that had two or more of the items, newest first.
func together(items []string, keys map[string]int64, before map[int64][]store.Span) (spans []store.Span) {
	times := make(map[store.Span]int)
	for _, key := range items {
		for _, s := range before[keys[key]] {
			if times[s]++; times[s] == 2 {
				spans = append(spans, s)
			}
		}
	}
	slices.SortFunc(spans, func(a, b store.Span) int { return cmp.Compare(b.From.UnixMicro(), a.From.UnixMicro()) })
	return spans
}

func (n Newsletter) past(spans []store.Span, most int) (past []Past) {
	for _, s := range spans[:min(most, len(spans))] {
		past = append(past, Past{n.Label(Window(s)), s.To.Add(-1).In(n.zone()).Format(time.DateOnly)})
	}
	return past
}
