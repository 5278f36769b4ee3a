// This file settles when a mail or an entry was published.

package aggregator

import (
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

// oldest is the first date that is believed: no mail of ours is older.
var oldest = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// DateOf gives when a mail was published, in UTC: its Date, or if that is
// missing or absurd (before 1980, or more than a day after we received it) the
// newest Received that is not, or else the time of receipt. The last two are
// approximate.
func DateOf(m mail.Message, received time.Time) (time.Time, catalog.Precision) {
	if isPlausible(m.Date, received) {
		return settled(m.Date), catalog.Exact
	}
	for _, t := range m.Received {
		if isPlausible(t, received) {
			return settled(t), catalog.Approximate
		}
	}
	return settled(received), catalog.Approximate
}

// DateOfEntry gives when a feed entry was published, in UTC: as it says, or if
// that is missing or absurd when it was last updated, or else the time of
// receipt. The last two are approximate.
func DateOfEntry(e Entry, received time.Time) (time.Time, catalog.Precision) {
	switch {
	case isPlausible(e.Published, received):
		return settled(e.Published), catalog.Exact
	case isPlausible(e.Updated, received):
		return settled(e.Updated), catalog.Approximate
	}
	return settled(received), catalog.Approximate
}

func isPlausible(t, received time.Time) bool {
	return !t.Before(oldest) && !t.After(received.Add(24*time.Hour))
}

// settled gives a time as the catalogue keeps it: UTC, whole microseconds.
func settled(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
