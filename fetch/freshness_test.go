package fetch

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 7, 19, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		value, date string
		want        time.Duration
	}{
		{value: "120", want: 2 * time.Minute},
		{value: " 120 ", want: 2 * time.Minute},
		{value: "0"},
		{value: "-5"},
		{value: "-99999999999999999999"},
		{value: "1.5"},
		{value: "soon"},
		{value: ""},
		{value: "86401", want: longest},
		{value: "99999999999999999999", want: longest},
		{value: "Sun, 19 Jul 2026 12:01:00 GMT", want: time.Minute},
		{value: "Sunday, 19-Jul-26 12:01:00 GMT", want: time.Minute},
		{value: "Sun Jul 19 12:01:00 2026", want: time.Minute},
		{value: "Sun, 19 Jul 2026 14:01:00 +0200", want: time.Minute},
		{value: "Sun, 19 Jul 2026 12:01:00 UTC", want: time.Minute},
		{value: "Sun, 19 Jul 2026 12:01:00 PST"},
		{value: "Sun, 19 Jul 2026 11:00:00 GMT"},
		{value: "Sun, 19 Jul 2036 11:00:00 GMT", want: longest},
		{value: "Sun, 32 Jul 2026 12:01:00 GMT"},
		{value: "Sun, 19 Jul 2026 09:01:00 GMT", date: "Sun, 19 Jul 2026 09:00:00 GMT", want: time.Minute},
		{value: "60", date: "Sun, 19 Jul 2026 09:00:00 GMT", want: time.Minute},
	}
	for _, tt := range tests {
		h := http.Header{"Retry-After": {tt.value}, "Date": {tt.date}}
		if got := retryAfter(h, noon); got != tt.want {
			t.Errorf("Retry-After %q, Date %q: got %s, want %s", tt.value, tt.date, got, tt.want)
		}
	}
}

func TestFreshFor(t *testing.T) {
	tests := []struct {
		cache, expires, age string
		want                time.Duration
	}{
		{},
		{cache: "max-age=600", want: 10 * time.Minute},
		{cache: `public, Max-Age="600"`, want: 10 * time.Minute},
		{cache: "max-age=600, max-age=60", want: time.Minute},
		{cache: "max-age=600, no-cache"},
		{cache: "no-store"},
		{cache: "s-maxage=600"},
		{cache: "max-age=x"},
		{cache: "max-age"},
		{cache: "max-age=31536000", want: longest},
		{cache: "max-age=600", age: "500", want: 100 * time.Second},
		{cache: "max-age=600", age: "700"},
		{cache: "private", expires: "Sun, 19 Jul 2026 12:05:00 GMT", want: 5 * time.Minute},
		{cache: "max-age=60", expires: "Sun, 19 Jul 2026 12:05:00 GMT", want: time.Minute},
		{expires: "Sun, 19 Jul 2026 11:05:00 GMT"},
		{expires: "0"},
		{expires: "-1"},
	}
	for _, tt := range tests {
		h := http.Header{"Cache-Control": {tt.cache}, "Expires": {tt.expires}, "Age": {tt.age}}
		if got := freshFor(h, noon); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}

func FuzzTimes(f *testing.F) {
	for _, s := range []string{"120", "-1", "Sun, 19 Jul 2026 12:01:00 GMT", "max-age=60, no-cache", `max-age="`, "max-age=99999999999999999999"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		h := http.Header{"Retry-After": {a}, "Cache-Control": {b}, "Expires": {a}, "Date": {c}, "Age": {c}}
		for _, d := range []time.Duration{retryAfter(h, noon), freshFor(h, noon)} {
			if d < 0 || d > longest {
				t.Errorf("%s is out of bounds", d)
			}
		}
	})
}

func TestLastModifiedTooYoung(t *testing.T) {
	made := time.Date(2026, 7, 19, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		modified, date string
		want           bool // kept
	}{
		{made.Format(http.TimeFormat), made.Format(http.TimeFormat), false},
		{made.Add(-time.Second).Format(http.TimeFormat), made.Format(http.TimeFormat), false},
		{made.Add(-2 * time.Second).Format(http.TimeFormat), made.Format(http.TimeFormat), true},
		{made.Format(http.TimeFormat), "", true},
		{"yesterday, as it were", made.Format(http.TimeFormat), true},
	} {
		h := http.Header{"Last-Modified": {tt.modified}, "Date": {tt.date}}
		if got := lastModified(h); (got == tt.modified) != tt.want || !tt.want && got != "" {
			t.Errorf("Last-Modified %q, Date %q: got %q", tt.modified, tt.date, got)
		}
	}
}
