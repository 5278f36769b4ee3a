package editions

import (
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestWindowAt(t *testing.T) {
	tests := []struct {
		zone    string
		cadence Cadence
		at      string // UTC
		label   string
		from    string // UTC
		hours   float64
	}{
		{"UTC", Daily, "2025-12-07 00:00", "2025-12-07", "2025-12-07 00:00", 24},
		{"UTC", Daily, "2025-12-07 23:59", "2025-12-07", "2025-12-07 00:00", 24},
		{"UTC", Daily, "2025-12-08 00:00", "2025-12-08", "2025-12-08 00:00", 24},
		{"Asia/Tokyo", Daily, "2025-12-07 15:00", "2025-12-08", "2025-12-07 15:00", 24},
		{"Asia/Tokyo", Daily, "2025-12-07 14:59", "2025-12-07", "2025-12-06 15:00", 24},
		{"Europe/Berlin", Daily, "2025-03-30 12:00", "2025-03-30", "2025-03-29 23:00", 23},
		{"Europe/Berlin", Daily, "2025-10-26 12:00", "2025-10-26", "2025-10-25 22:00", 25},
		{"Europe/Berlin", Weekly, "2025-10-26 12:00", "2025-W43", "2025-10-19 22:00", 169},
		{"America/Havana", Daily, "2025-11-02 04:30", "2025-11-02", "2025-11-02 04:00", 25}, // midnight twice
		{"America/Havana", Daily, "2025-11-02 05:30", "2025-11-02", "2025-11-02 04:00", 25},
		{"America/Havana", Daily, "2025-03-09 06:00", "2025-03-09", "2025-03-09 05:00", 23}, // no midnight
		{"America/Havana", Daily, "2025-03-09 04:59", "2025-03-08", "2025-03-08 05:00", 24},
		{"America/Sao_Paulo", Daily, "2018-11-04 02:30", "2018-11-03", "2018-11-03 03:00", 24},
		{"Asia/Kathmandu", Daily, "2025-12-07 18:15", "2025-12-08", "2025-12-07 18:15", 24},
		{"Pacific/Apia", Daily, "2011-12-30 05:00", "2011-12-29", "2011-12-29 10:00", 24}, // no 30th
		{"UTC", Weekly, "2025-12-07 23:00", "2025-W49", "2025-12-01 00:00", 168},
		{"UTC", Weekly, "2026-01-01 00:00", "2026-W01", "2025-12-29 00:00", 168},
		{"UTC", Weekly, "2021-01-03 12:00", "2020-W53", "2020-12-28 00:00", 168},
		{"UTC", Weekdays, "2025-12-05 12:00", "2025-12-05", "2025-12-05 00:00", 24},
		{"UTC", Weekdays, "2025-12-06 00:00", "2025-12-08", "2025-12-06 00:00", 72},
		{"UTC", Weekdays, "2025-12-07 12:00", "2025-12-08", "2025-12-06 00:00", 72},
		{"UTC", Weekdays, "2025-12-08 23:59", "2025-12-08", "2025-12-06 00:00", 72},
		{"UTC", Weekdays, "2025-12-09 00:00", "2025-12-09", "2025-12-09 00:00", 24},
		{"Europe/Berlin", Weekdays, "2025-10-26 12:00", "2025-10-27", "2025-10-24 22:00", 73},
		{"UTC", Monthly, "2025-12-31 23:59", "2025-12", "2025-12-01 00:00", 744},
		{"Europe/Berlin", Monthly, "2025-03-01 12:00", "2025-03", "2025-02-28 23:00", 743},
	}
	for _, tt := range tests {
		n := Newsletter{Zone: zone(t, tt.zone), Cadence: tt.cadence}
		moment := at(tt.at)
		if tt.zone == "America/Sao_Paulo" {
			moment = moment.Add(-time.Minute) // the last of the day before clocks jump over midnight
		}
		w := n.WindowAt(moment)
		if got := n.Label(w); got != tt.label || !w.From.Equal(at(tt.from)) || w.To.Sub(w.From).Hours() != tt.hours {
			t.Errorf("%s %s: got %s from %v for %v, want %s from %s for %v hours", tt.zone, tt.at, got, w.From, w.To.Sub(w.From), tt.label, tt.from, tt.hours)
		}
		if moment.Before(w.From) || !moment.Before(w.To) {
			t.Errorf("%s %s: the window %v is not half-open around it", tt.zone, tt.at, w)
		}
		if back, err := n.ParseLabel(tt.label); err != nil || back != w {
			t.Errorf("%s %s: label leads back to %v, %v", tt.zone, tt.label, back, err)
		}
	}
}

// Windows follow each other without gap or overlap over years of clock changes.
func TestNextLeavesNoGap(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Havana", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut", "Australia/Lord_Howe"} {
		for _, cadence := range []Cadence{Daily, Weekdays, Weekly, Monthly} {
			n := Newsletter{Zone: zone(t, name), Cadence: cadence}
			w := n.WindowAt(at("2008-01-01 12:00"))
			for w.From.Year() < 2020 {
				next := n.Next(w)
				if !next.From.Equal(w.To) || !next.To.After(next.From) || n.WindowAt(next.From) != next || n.WindowAt(next.To.Add(-1)) != next {
					t.Fatalf("%s %s: %v is followed by %v", name, cadence, w, next)
				}
				w = next
			}
		}
	}
}

func TestNextAfterChangeOfZone(t *testing.T) {
	tests := []struct{ from, to, label, next, end string }{
		{"Asia/Tokyo", "UTC", "2025-12-07", "2025-12-08", "2025-12-09 00:00"}, // nine hours join the next day
		{"UTC", "Asia/Tokyo", "2025-12-07", "2025-12-08", "2025-12-08 15:00"}, // fifteen hours are a day
		{"UTC", "America/New_York", "2025-12-07", "2025-12-08", "2025-12-09 05:00"},
	}
	for _, tt := range tests {
		before := Newsletter{Zone: zone(t, tt.from)}
		w, err := before.ParseLabel(tt.label)
		if err != nil {
			t.Fatal(err)
		}
		after := Newsletter{Zone: zone(t, tt.to)}
		next := after.Next(w)
		if got := after.Label(next); got != tt.next || !next.From.Equal(w.To) || !next.To.Equal(at(tt.end)) {
			t.Errorf("%s to %s: got %s, %v; want %s until %s", tt.from, tt.to, got, next, tt.next, tt.end)
		}
	}
}

func TestParseLabelRefuses(t *testing.T) {
	tests := []struct {
		cadence Cadence
		in, err string
	}{
		{Daily, "", "such as 2025-12-07"},
		{Daily, "2025-W49", "such as 2025-12-07"},
		{Daily, "2025-02-30", "such as 2025-12-07"},
		{Daily, "2025-12-7", "such as 2025-12-07"},
		{Daily, "0001-01-01", "between 1971 and 9998"},
		{Daily, "9999-12-31", "between 1971 and 9998"},
		{Weekdays, "2025-12-07", "has no such working day"},
		{Monthly, "2025-12-07", "such as 2025-12"},
		{Monthly, "2025-13", "such as 2025-12"},
		{Weekly, "2025-12-07", "such as 2025-W49"},
		{Weekly, "2025-W53", "has no such week"},
		{Weekly, "2025-W00", "has no such week"},
		{Weekly, "2025-W9", "has no such week"},
		{Weekly, "2025-W49x", "has no such week"},
		{Weekly, "-025-W49", "edition"},
		{Weekly, strings.Repeat("9", 1000), "edition"},
	}
	for _, tt := range tests {
		_, err := Newsletter{Cadence: tt.cadence}.ParseLabel(tt.in)
		if err == nil || !strings.Contains(err.Error(), tt.err) || len(err.Error()) > 200 {
			t.Errorf("%s %.40q: got %v, want an error with %q", tt.cadence, tt.in, err, tt.err)
		}
	}
	apia := Newsletter{Zone: zone(t, "Pacific/Apia")}
	if w, err := apia.ParseLabel("2011-12-30"); err == nil {
		t.Errorf("a day that Samoa left out gave %v", w)
	}
}

func FuzzParseLabel(f *testing.F) {
	for _, s := range []string{"2025-12-07", "2025-W49", "2020-W53", "", "x", "2025-W-1", "１２３４-01-01", "2025-12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, n := range []Newsletter{{Cadence: Daily, Zone: zone(t, "Europe/Berlin")}, {Cadence: Weekly}, {Cadence: Weekdays}, {Cadence: Monthly}} {
			w, err := n.ParseLabel(s)
			if err == nil && (n.Label(w) != s || !w.To.After(w.From)) {
				t.Errorf("%q gave %v, labelled %q", s, w, n.Label(w))
			}
		}
	})
}
