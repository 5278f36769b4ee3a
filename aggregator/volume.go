// This file tells on which day a message counts towards its source's volume.

package aggregator

import (
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// came is when a new message came into its source, by its own date, so that a
// first poll of years shows at once what is usual. A date that names no day, and
// the record of an index, which may be of anything that ever happened, count
// when they are received; as history they count on no day. What is said of meetings
// counts on none: between two of them nothing comes for months, and all is well.
func (in intake) came(o Origin, now time.Time) (date time.Time, known bool) {
	date = in.date
	if in.exact == catalog.Month || in.record != nil {
		if o.History || in.record != nil && (in.record.Session != nil || in.record.Material != nil) {
			return time.Time{}, false
		}
		date = in.message.Received
	}
	if date.After(now) {
		date = now
	}
	return date, true
}
