// Queueing: a row for each delivery before anything is sent.

package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// batch is how many mails are queued in one transaction.
const batch = 1000

// Enqueue queues a closed edition for every subscription of its newsletter
// that is live now, and tells how many mails it queued. Those who have the
// edition, may have it, or have it queued are passed over; a mail that failed,
// be it because its reader had left, is queued once more as the same mail. It
// gives store.ErrNotFound for an unknown id.
func (n *Notifier) Enqueue(ctx context.Context, edition int64) (int, error) {
	e, err := n.DB.EditionByID(ctx, edition)
	if err != nil {
		return 0, err
	}
	return n.enqueue(ctx, e, errand{again: true})
}

// errand says for whom an edition is queued.
type errand struct {
	until time.Time // who subscribed by then; zero: everyone
	again bool      // also those whose mail failed
}

// EnqueueClosed queues the editions that were closed and not queued yet, for
// the subscriptions that began before the edition's window ended: nobody is
// sent the past for having subscribed. An edition whose window ended longer
// ago than a mail would be tried for is left alone, so that what stood still
// for weeks, or gets its relay late, does not send them all at once.
func (n *Notifier) EnqueueClosed(ctx context.Context) (added int, err error) {
	closed, err := n.DB.Unmailed(ctx, n.Now().Add(-patience))
	if err != nil {
		return 0, fmt.Errorf("look for editions to mail: %w", err)
	}
	for _, e := range closed {
		series, known := n.series(e.Newsletter)
		if !known {
			continue
		}
		if series.SkipEmpty {
			if skipped, err := n.skipEmpty(ctx, e); err != nil || skipped {
				if err != nil {
					return added, err
				}
				continue
			}
		}
		more, err := n.enqueue(ctx, e, errand{until: e.To})
		added += more
		if err != nil {
			return added, err
		}
	}
	return added, nil
}

// skipEmpty notes an edition without items as done. It reports false for one
// that has any.
func (n *Notifier) skipEmpty(ctx context.Context, e store.Edition) (bool, error) {
	row, err := n.DB.EditionByID(ctx, e.ID)
	if err != nil {
		return false, err
	}
	edition, err := editions.Decode(row)
	if err != nil || edition.Len() > 0 {
		return false, err
	}
	return true, n.DB.Update(ctx, func(tx *store.Tx) error { return tx.SetMailed(ctx, e.ID, n.Now()) })
}

// enqueue queues an edition in batches. A crash between two leaves the edition
// to be queued again, which adds what is missing.
func (n *Notifier) enqueue(ctx context.Context, e store.Edition, to errand) (added int, err error) {
	now := n.Now()
	for after, done := int64(0), false; !done; {
		more := 0
		err := n.DB.Update(ctx, func(tx *store.Tx) error {
			more = 0
			list, err := tx.SubscriptionsAfter(ctx, e.Newsletter, after, to.until, batch)
			if err != nil {
				return err
			}
			for _, s := range list {
				fresh, err := tx.Enqueue(ctx, e.ID, s, n.messageID(e.ID, s.ID), now)
				if err == nil && !fresh && to.again {
					fresh, err = tx.Requeue(ctx, e.ID, s.Subscriber, now)
				}
				if err != nil {
					return fmt.Errorf("to subscription %d: %w", s.ID, err)
				}
				if after = s.ID; fresh {
					more++
				}
			}
			if done = len(list) < batch; done {
				return tx.SetMailed(ctx, e.ID, now)
			}
			return nil
		})
		if err != nil {
			return added, fmt.Errorf("queue edition %d of %s: %w", e.Number, e.Newsletter, err)
		}
		added += more
	}
	if added > 0 {
		n.Log.Info("edition queued", "newsletter", e.Newsletter, "edition", e.Number, "mails", added)
		n.Wake()
	}
	return added, nil
}

// messageID is the Message-ID of an edition for a subscription, the same at
// every try and on every machine, and not to be guessed.
func (n *Notifier) messageID(edition, subscription int64) string {
	mac := hmac.New(sha256.New, n.Secret)
	mac.Write([]byte("message-id\x00"))
	mac.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(edition)), uint64(subscription)))
	return hex.EncodeToString(mac.Sum(nil)[:16]) + "@" + n.ListHost
}
