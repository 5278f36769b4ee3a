// Times in answers: Retry-After, Cache-Control and Expires.

package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is the most that a server's word on time is believed.
const longest = 24 * time.Hour

// retryAfter reads Retry-After in both forms (RFC 9110, section 10.2.3):
// seconds, or a date, which is taken from the answer's own Date if there is
// one, since the two clocks agree. It is between 0 and longest.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if d, ok := seconds(value); ok {
		return d
	}
	if at, ok := httpDate(value); ok {
		return within(at.Sub(sent(h, now)))
	}
	return 0
}

// freshFor says how long the answer is fresh by Cache-Control and Expires (RFC
// 9111, section 4.2), less its Age. It is between 0 and longest.
func freshFor(h http.Header, now time.Time) time.Duration {
	life, ruled := maxAge(h.Values("Cache-Control"))
	if !ruled {
		at, ok := httpDate(h.Get("Expires"))
		if !ok {
			return 0 // an Expires that is no date, such as "0", means stale
		}
		life = within(at.Sub(sent(h, now)))
	}
	age, _ := seconds(strings.TrimSpace(h.Get("Age")))
	return within(life - age)
}

// lastModified is the validator. Without an ETag beside it, it is none if the
// answer was made within a second of it: what was written later in that second
// would go unseen for ever (RFC 9110, section 8.8.2.2).
func lastModified(h http.Header) string {
	text := h.Get("Last-Modified")
	at, ok := httpDate(text)
	made, dated := httpDate(h.Get("Date"))
	if ok && dated && h.Get("ETag") == "" && made.Sub(at).Abs() <= time.Second {
		return ""
	}
	return text
}

// maxAge reads the directives a private cache obeys; ok is false if none of
// them says how long.
func maxAge(lines []string) (life time.Duration, ok bool) {
	for _, line := range lines {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(directive, "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-store", "no-cache":
				return 0, true
			case "max-age":
				// One that is no number is stale (RFC 9111, section 4.2.1).
				d, _ := seconds(strings.Trim(strings.TrimSpace(value), `"`))
				if !ok || d < life {
					life, ok = d, true
				}
			}
		}
	}
	return life, ok
}

// seconds reads a whole number of seconds, capped at longest; a negative one
// is 0.
func seconds(s string) (time.Duration, bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case n < 0:
		return 0, true
	case err != nil || n > int64(longest/time.Second): // more digits than an int64 holds
		return longest, true
	}
	return time.Duration(n) * time.Second, true
}

// dateLayouts are seen in the wild beside the three of RFC 9110, section 5.6.7.
var dateLayouts = []string{time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 -0700", time.RFC3339}

// httpDate reads a date. A zone that is a name must be GMT or UTC: Go would
// take any other for UTC without a word.
func httpDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if t, err := http.ParseTime(s); err == nil {
		return t, true
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		zone, _ := t.Zone()
		if strings.HasSuffix(layout, "MST") && zone != "GMT" && zone != "UTC" {
			continue
		}
		return t, true
	}
	return time.Time{}, false
}

// sent is the answer's Date, or now.
func sent(h http.Header, now time.Time) time.Time {
	if t, ok := httpDate(h.Get("Date")); ok {
		return t
	}
	return now
}

func within(d time.Duration) time.Duration { return min(max(d, 0), longest) }
