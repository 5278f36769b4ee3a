package main

import (
	"slices"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

// TestUnpolled holds for which sources closing waits after a start.
func TestUnpolled(t *testing.T) {
	start := time.Date(2026, 3, 4, 6, 0, 0, 123_456_789, time.UTC)
	at := start.Truncate(time.Microsecond) // as a row has it
	before, later := at.Add(-time.Hour), at.Add(time.Hour)
	for _, tt := range []struct {
		name string
		row  store.Source
		want bool
	}{
		{"never tried", store.Source{}, true},
		{"due", store.Source{Tried: before, Success: before, Next: at}, true},
		{"not due", store.Source{Tried: before, Success: before, Next: later}, false},
		{"not due after a fault", store.Source{Tried: before, Next: later, LastError: "gone"}, false},
		{"being polled", store.Source{Tried: at, Success: before, Next: before, LeaseUntil: later}, true},
		{"polled", store.Source{Tried: at, Success: later, Next: later}, false},
		{"failed", store.Source{Tried: at, Success: before, Next: later, LastError: "gone"}, false},
		{"put off", store.Source{Success: before, Next: later}, true},
		{"gone", store.Source{Tried: before, Next: before, Gone: before}, false},
		{"polled and being polled again", store.Source{Tried: later, Success: later, Next: later, LeaseUntil: later}, false},
		{"cut off before", store.Source{Tried: before, Success: before, Next: before, LeaseUntil: later}, true},
	} {
		tt.row.Name = "it"
		rows := []store.Source{{Name: "another"}, tt.row}
		if got := len(unpolled([]string{"it"}, rows, start)) > 0; got != tt.want {
			t.Errorf("%s: waits %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := unpolled([]string{"new", "it"}, nil, start); !slices.Equal(got, []string{"new", "it"}) {
		t.Errorf("sources that the store does not know yet: %v", got)
	}
}
