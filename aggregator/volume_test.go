package aggregator

import (
	"context"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// A first poll of old news is counted on the days that the news is of, once.
func TestDaysAreCounted(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	s.says(posts(3))
	r.one(Tally{Messages: 3, Posts: 3})
	s.says(posts(4))
	r.one(Tally{Messages: 1, Posts: 1})
	days, err := r.db.SourceDays(context.Background(), time.Time{})
	want := store.SourceDay{Source: "news", Day: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), Messages: 4}
	if err != nil || len(days) != 1 || days[0] != want {
		t.Errorf("%v, %v", days, err)
	}
	if got := r.source("news").Newest; !got.Equal(time.Date(2026, 3, 20, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("newest %s", got)
	}
}

func TestCame(t *testing.T) {
	old, received := now.AddDate(-1, 0, 0), now.Add(-time.Hour)
	for _, tt := range []struct {
		name    string
		in      intake
		history bool
		want    time.Time // zero: on no day
	}{
		{"its own date", intake{date: old}, true, old},
		{"never in the future", intake{date: now.AddDate(1, 0, 0)}, false, now},
		{"only a month", intake{date: old, exact: catalog.Month}, false, received},
		{"only a month, long ago", intake{date: old, exact: catalog.Month}, true, time.Time{}},
		{"a record", intake{date: old, record: &Record{}}, false, received},
		{"a record of the first poll", intake{date: old, record: &Record{}}, true, time.Time{}},
	} {
		tt.in.message.Received = received
		got, known := tt.in.came(Origin{History: tt.history}, now)
		if !got.Equal(tt.want) || known == tt.want.IsZero() {
			t.Errorf("%s: %s, %t; want %s", tt.name, got, known, tt.want)
		}
	}
}
