// This file reads from a feed how long it wants to be left alone.

package aggregator

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// rest is how long a feed says it need not be asked again: RSS ttl, skipHours
// and skipDays (RSS 2.0), updatePeriod (RSS 1.0 Syndication).
type rest struct {
	Minutes int   `json:"minutes,omitempty"`
	Hours   []int `json:"hours,omitempty"` // of the day in UTC when it is not to be asked
	Days    []int `json:"days,omitempty"`  // of the week, Sunday is 0
}

// longestRest is the most a feed's own word is believed, as in package fetch.
const longestRest = 24 * time.Hour

func restOf(feed *gofeed.Feed) (r rest) {
	r.Minutes = updatePeriod(feed.Extensions["sy"])
	channel, ok := feed.OriginalFeed().(*rss.Feed)
	if !ok {
		return r
	}
	if n, ok := wholeNumber(channel.TTL, int(longestRest/time.Minute)); ok {
		r.Minutes = max(r.Minutes, n)
	}
	for _, hour := range channel.SkipHours {
		if n, ok := wholeNumber(hour, 24); ok && !slices.Contains(r.Hours, n%24) { // early specifications counted to 24
			r.Hours = append(r.Hours, n%24)
		}
	}
	for _, day := range channel.SkipDays {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(strings.TrimSpace(day), d.String()) && !slices.Contains(r.Days, int(d)) {
				r.Days = append(r.Days, int(d))
			}
		}
	}
	return r
}

// wholeNumber reads a number from 0 to most; what is more is most.
func wholeNumber(s string, most int) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return min(n, most), err == nil && n >= 0
}

var periodMinutes = map[string]int{
	"hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60, "monthly": 30 * 24 * 60, "yearly": 365 * 24 * 60,
}

// updatePeriod gives the minutes of a period divided by how often in it the
// feed changes.
func updatePeriod(sy map[string][]ext.Extension) int {
	value := func(name string) string {
		if list := sy[name]; len(list) > 0 {
			return strings.TrimSpace(list[0].Value)
		}
		return ""
	}
	often, ok := wholeNumber(value("updateFrequency"), 1000)
	if !ok || often == 0 {
		often = 1
	}
	return min(periodMinutes[strings.ToLower(value("updatePeriod"))]/often, int(longestRest/time.Minute))
}

// from says how long after now the feed is to be left alone. Hours and days
// that leave no time at all within two days say nothing.
func (r rest) from(now time.Time) time.Duration {
	earliest := now.UTC().Add(time.Duration(r.Minutes) * time.Minute)
	for at := earliest; at.Sub(earliest) < 2*longestRest; at = at.Truncate(time.Hour).Add(time.Hour) {
		if !slices.Contains(r.Hours, at.Hour()) && !slices.Contains(r.Days, int(at.Weekday())) {
			return min(at.Sub(now), 2*longestRest)
		}
	}
	return earliest.Sub(now)
}
