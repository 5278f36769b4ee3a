// This file polls pipermail, the archive of Mailman 2, and its like: a page
// that links to one mailbox a month.

package aggregator

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// Pipermail is an archive with an index page at URL that links to mailboxes,
// such as https://lists.example.org/pipermail/tls/. Months, quarters, years,
// weeks and days are known, as Mailman names them, and the months of other
// hosts (2026-11.mail, 202611.mbox). Only links below the page are followed.
type Pipermail struct {
	Archive
	URL string
}

// Address implements [Movable].
func (m Pipermail) Address() string { return m.URL }

// At implements [Movable].
func (m Pipermail) At(address string, tell func(fetch.Outcome)) Upstream {
	m.URL, m.Client = address, m.Client.Telling(tell)
	return m
}

// Poll implements [Upstream].
func (m Pipermail) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	var empty error
	err := m.poll(ctx, cursor, take, func(time.Time) ([]volume, error) {
		resp, err := m.Client.Get(ctx, fetch.Request{URL: m.URL, Accept: "text/html, */*;q=0.5"})
		if err != nil {
			return nil, err
		}
		base, err := url.Parse(resp.FinalURL)
		if err != nil {
			return nil, err
		}
		if own, err := url.Parse(m.URL); err == nil && own.Host == base.Host {
			base.User = own.User
		}
		found := archiveIndex(resp.Body, base)
		if len(found) == 0 {
			empty = fmt.Errorf("%s links to no mailbox: want an index of files such as 2026-November.txt", resp.FinalURL)
		}
		return m.volumes(found), nil
	})
	if err == nil && empty != nil { // a new list, or another page
		err = partly([]error{empty})
	}
	return 0, err
}

// volumes leaves out what has not begun.
func (m Pipermail) volumes(found []indexed) (list []volume) {
	for _, f := range found {
		if f.start.After(m.Now()) {
			continue
		}
		list = append(list, volume{
			key: f.start.Format(time.DateOnly) + " " + f.stem, name: withoutPassword(f.url), end: f.end,
			url: func(volumePlace) string { return f.url },
		})
	}
	return list
}
