package catalog

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSettle(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	announced := Evidence{Message: "a", Rank: Announced, Date: day(5), Facts: Facts{Title: "Title", GroupHint: "quic"}}
	indexed := Evidence{Message: "i", Rank: Indexed, Date: day(1), Facts: Facts{Title: "Indexed", Pages: 7, Level: ProposedStandard}}
	copied := Evidence{Message: "c", Rank: Copied, Date: day(2), Facts: Facts{
		Title: "Forged", Abstract: "From the copy.", Group: "tls", Stream: IETF, Level: Historic,
	}}
	for _, tt := range []struct {
		name     string
		evidence []Evidence
		want     Facts
	}{
		{"none", nil, Facts{}},
		{"better rank before earlier", []Evidence{indexed, announced}, Facts{Title: "Title", Group: "quic", Pages: 7, Level: ProposedStandard}},
		{"a copy fills in text, not what a document counts as", []Evidence{copied, announced}, Facts{Title: "Title", Abstract: "From the copy.", Group: "quic"}},
		{"a copy alone", []Evidence{copied}, Facts{Title: "Forged", Abstract: "From the copy.", Group: "tls", Stream: IETF, Level: Historic}},
		{"the sentence before the hint, whichever evidence has it", []Evidence{announced, {Message: "b", Date: day(9), Facts: Facts{Group: "masque"}}}, Facts{Title: "Title", Group: "masque"}},
	} {
		for range 2 {
			if diff := cmp.Diff(tt.want, Settle(tt.evidence)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
			slices.Reverse(tt.evidence) // the order of arrival plays no part
		}
	}
}

func TestSettleDate(t *testing.T) {
	exact := Evidence{Message: "e", Rank: Syndicated, Date: time.Date(2026, 3, 9, 8, 7, 6, 0, time.UTC)}
	month := Evidence{Message: "m", Rank: Indexed, Date: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Precision: Month}
	for _, tt := range []struct {
		name     string
		evidence []Evidence
		want     Evidence
	}{
		{"a month never replaces a full date", []Evidence{month, exact}, exact},
		{"a month where there is no more", []Evidence{month}, month},
	} {
		date, precision := SettleDate(tt.evidence)
		if !date.Equal(tt.want.Date) || precision != tt.want.Precision {
			t.Errorf("%s: got %v %v", tt.name, date, precision)
		}
	}
	if date, _ := SettleDate(nil); !date.IsZero() {
		t.Errorf("of nothing: %v", date)
	}
}
