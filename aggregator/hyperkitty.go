// This file polls HyperKitty, the archive of Mailman 3.

package aggregator

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// HyperKitty is the archive of one list, by its export of mbox files. URL is
// the list's page, such as https://lists.example.org/archives/list/tls@example.org/.
// A month is exported whole once, then only from Overlap before the last poll.
type HyperKitty struct {
	Archive
	URL string
}

// Address implements [Movable].
func (h HyperKitty) Address() string { return h.URL }

// At implements [Movable].
func (h HyperKitty) At(address string, tell func(fetch.Outcome)) Upstream {
	h.URL, h.Client = address, h.Client.Telling(tell)
	return h
}

// Poll implements [Upstream].
func (h HyperKitty) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	return 0, h.poll(ctx, cursor, take, func(done time.Time) ([]volume, error) {
		return months(done, h.Now(), h.month), nil
	})
}

// month is a month's export. Its end is exclusive.
func (h HyperKitty) month(first time.Time) volume {
	file := strings.TrimSuffix(h.URL, "/") + "/export/" + first.Format("2006-01") + ".mbox.gz"
	return volume{name: withoutPassword(file), url: func(at volumePlace) string {
		start := first
		if late := at.Read.Add(-cmp.Or(h.Overlap, lateBy)); !at.Read.IsZero() && late.After(start) {
			start = late
		}
		return file + "?" + url.Values{
			"start": {start.UTC().Format(time.DateOnly)},
			"end":   {first.AddDate(0, 1, 0).Format(time.DateOnly)},
		}.Encode()
	}}
}
