//go:build full

package main

// This file holds that the edition which opens first in the demo has a hot
// topic, on whichever day one tries it, and that those before it have none.

import (
	"testing"
	"time"

	"github.com/draftwire/draftwire/demo"
)

func TestDemoHasAHotTopicYesterdayOnly(t *testing.T) {
	t.Parallel()
	for now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC); now.Day() < 30; now = now.AddDate(0, 0, 1) {
		sample := demo.Generate(now)
		c := newColumns(t, sample.Announcements)
		e := c.edition(sample.Yesterday.Format(time.DateOnly))
		if len(e.Hot) < 1 || len(e.Hot) > 2 || !found(e, 3, "SCITT") {
			t.Errorf("opened on %s, the newest edition has %d hot topics: %q", now.Format(time.DateOnly), len(e.Hot), e.Headline())
		}
		for day := sample.Yesterday.AddDate(0, 0, -28); day.Before(sample.Yesterday); day = day.AddDate(0, 0, 1) {
			if e := c.edition(day.Format(time.DateOnly)); len(e.Hot) > 0 {
				t.Errorf("opened on %s, the edition of %s is about %s", now.Format(time.DateOnly), e.Label, e.Headline())
			}
		}
	}
}
