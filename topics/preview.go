package topics

// This file tells beforehand what a query would have selected.

import (
	"context"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Preview is what a query would have selected of the last days.
type Preview struct {
	From, To     time.Time // whole days in UTC, the last of them today: [From, To)
	Count        int       // events it finds
	Total        int       // events there are
	PerDay       []int     // what it finds on each day, the oldest first
	BusiestDay   time.Time // the last of the days with most; zero if it finds nothing
	BusiestCount int
	Examples     []catalog.Event // the newest it finds, at most MaxExamples
	Warnings     []string        // what speaks against publishing it, one sentence each
}

// Bounds of a preview.
const (
	MaxPreviewDays = 366
	MaxExamples    = 5
)

// NewPreview asks what q, resolved, would have selected in the last days, 1 to
// MaxPreviewDays of them, up to now.
func NewPreview(ctx context.Context, r *store.Reader, q *filters.Query, now time.Time, days int) (*Preview, error) {
	if days < 1 || days > MaxPreviewDays {
		return nil, fmt.Errorf("a preview of %d days: want 1 to %d", days, MaxPreviewDays)
	}
	today := now.UTC().Truncate(24 * time.Hour)
	p := &Preview{From: today.AddDate(0, 0, 1-days), To: today.AddDate(0, 0, 1), PerDay: make([]int, days)}
	ids, err := r.FindIDs(ctx, q.At(now), store.Page{From: p.From, To: p.To})
	if err != nil {
		return nil, err
	}
	if p.Total, err = r.EventCount(ctx, p.From, p.To); err != nil {
		return nil, err
	}
	if p.Examples, err = r.Events(ctx, ids[:min(len(ids), MaxExamples)]); err != nil {
		return nil, err
	}
	p.count(ids)
	p.warn()
	return p, nil
}

// count spreads events over the days. An event's id is its date; see
// [catalog.EventID].
func (p *Preview) count(ids []int64) {
	p.Count = len(ids)
	for _, id := range ids {
		p.PerDay[int(time.UnixMicro(id).Sub(p.From)/(24*time.Hour))]++
	}
	for i, n := range p.PerDay {
		if n > 0 && n >= p.BusiestCount {
			p.BusiestCount, p.BusiestDay = n, p.From.AddDate(0, 0, i)
		}
	}
}

func (p *Preview) warn() {
	when := fmt.Sprintf("in the last %d days", len(p.PerDay))
	if len(p.PerDay) == 1 {
		when = "today"
	}
	switch {
	case p.Total == 0:
		p.Warnings = append(p.Warnings, "the catalogue has nothing "+when+", so this says little")
	case p.Count == 0:
		p.Warnings = append(p.Warnings, "it finds nothing "+when)
	case p.Count*3 > p.Total:
		p.Warnings = append(p.Warnings, fmt.Sprintf("it finds almost everything: %d of %d events %s", p.Count, p.Total, when))
	}
}
