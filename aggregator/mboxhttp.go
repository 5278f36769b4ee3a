// This file polls mbox files at HTTP addresses.

package aggregator

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// MboxHTTP is a mailbox at an HTTP address, plain or gzipped. An address that
// holds {YYYY} and {MM} stands for one file a month, such as
// https://www.ietf.org/mail-archive/text/tls/{YYYY}-{MM}.mail; the month
// before is read for seven more days. One that grows is asked for from 4 KiB
// before where reading stopped, and read whole if those are not what they
// were; a gzipped one is always read whole. What is known already is known by
// its content.
type MboxHTTP struct {
	Archive
	URL string
}

// Address implements [Movable].
func (m MboxHTTP) Address() string { return m.URL }

// At implements [Movable].
func (m MboxHTTP) At(address string, tell func(fetch.Outcome)) Upstream {
	m.URL, m.Client = address, m.Client.Telling(tell)
	return m
}

// Poll implements [Upstream].
func (m MboxHTTP) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	return 0, m.poll(ctx, cursor, take, func(done time.Time) ([]volume, error) {
		if !strings.Contains(m.URL, "{YYYY}") && !strings.Contains(m.URL, "{MM}") {
			return []volume{{name: withoutPassword(m.URL), url: func(volumePlace) string { return m.URL }}}, nil
		}
		return months(done, m.Now(), m.month), nil
	})
}

func (m MboxHTTP) month(first time.Time) volume {
	address := strings.NewReplacer("{YYYY}", first.Format("2006"), "{MM}", first.Format("01")).Replace(m.URL)
	return volume{name: withoutPassword(address), url: func(volumePlace) string { return address }, quiet: true}
}

func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is none"
	}
	return u.Redacted()
}

// months lists the months that begin after a day, up to the present one.
func months(done, now time.Time, each func(first time.Time) volume) (list []volume) {
	for first := monthOf(done).AddDate(0, 1, 0); !first.After(now); first = first.AddDate(0, 1, 0) {
		v := each(first)
		v.key, v.end = first.Format(time.DateOnly), first.AddDate(0, 1, 0)
		list = append(list, v)
	}
	return list
}
