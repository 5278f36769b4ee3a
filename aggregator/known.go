// This file passes over what feeds repeat: most entries of a feed that changed
// are those that were there before.

package aggregator

import (
	"context"

	"github.com/draftwire/draftwire/store"
)

// known tells by digest which feed entries of a batch the source gave before.
// It only saves work: who is asked too early, or in vain, finds out when the
// batch is written. What may be an announcement now is never passed over; see
// recorder.trust.
func (c *Cataloguer) known(ctx context.Context, o Origin, batch []Received) map[string]bool {
	if o.Announcements {
		return nil
	}
	var digests [][]byte
	for _, r := range batch {
		if r.Format == store.FeedEntry {
			digests = append(digests, store.Digest(r.Raw))
		}
	}
	if len(digests) == 0 {
		return nil
	}
	known, err := c.DB.KnownDigests(ctx, o.Source, digests)
	if err != nil {
		return nil
	}
	return known
}
