package catalog

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSettleStanding(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	type states = map[string]string
	index := func(d int, iesg string) Standing {
		return Standing{Rank: Indexed, Said: day(d), Area: "sec", States: states{"draft": "active", "draft-iesg": iesg}}
	}
	tracker := func(d int, s states) Standing {
		return Standing{Rank: Indexed, Said: day(d), States: s, Complete: true}
	}
	for _, tt := range []struct {
		name       string
		told       []Standing
		wantArea   string
		wantStates []string
	}{
		{"nothing", nil, "", nil},
		{"the latest word", []Standing{index(1, "lc"), index(3, "ann"), index(2, "iesg-eva")}, "sec", []string{"active", "ann"}},
		{"no longer in a state", []Standing{index(1, "lc"), index(2, "")}, "sec", []string{"active"}},
		{
			"of each type, from who speaks of it",
			[]Standing{index(2, "ann"), tracker(1, states{"draft-iesg": "lc", "draft-stream-ietf": "sub-pub"})},
			"sec",
			[]string{"active", "ann", "sub-pub"},
		},
		{
			"nothing beside a complete word",
			[]Standing{index(1, "lc"), tracker(2, states{"draft": "repl"})},
			"sec",
			[]string{"repl"},
		},
		{
			"a better rank before a later word",
			[]Standing{index(5, "lc"), {Rank: Announced, Said: day(1), Area: "wit", States: states{"draft-iesg": "dead"}}},
			"wit",
			[]string{"active", "dead"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range len(tt.told) + 1 { // whatever comes first
				area, got := SettleStanding(tt.told)
				if area != tt.wantArea || !cmp.Equal(got, tt.wantStates) {
					t.Errorf("got %q %v, want %q %v", area, got, tt.wantArea, tt.wantStates)
				}
				if len(tt.told) > 0 {
					tt.told = append(tt.told[1:], tt.told[0])
				}
			}
		})
	}
}
