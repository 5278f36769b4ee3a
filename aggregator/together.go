// This file lets batches that wait for the database be written in one
// transaction: a commit waits for the disk, and feeds bring a few entries each.

package aggregator

import (
	"context"
	"fmt"
	"sync"

	"github.com/draftwire/draftwire/store"
)

// maxTogether bounds the messages of a transaction that several batches share.
const maxTogether = 1000

// writing is a batch on its way into the database.
type writing struct {
	ctx    context.Context //nolint:containedctx // whoever has the turn does the writing
	origin Origin
	batch  []intake
	with   after // may be nil

	done  bool // this and what follows: guarded by queue.turn
	tally Tally
	taken int // of the batch
	err   error
}

// queue holds the batches that wait.
type queue struct {
	turn sync.Mutex // held by who writes

	mu      sync.Mutex // guards waiting
	waiting []*writing
}

func (q *queue) join(w *writing) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, w)
}

// next takes the batches that come next, at least one.
func (q *queue) next() []*writing {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, messages := 0, 0
	for n < len(q.waiting) && (n == 0 || messages+len(q.waiting[n].batch) <= maxTogether) {
		messages += len(q.waiting[n].batch)
		n++
	}
	group := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return group
}

// write records a prepared batch. with, if not nil, runs in the same
// transaction, and again if that had to be repeated: it is where a poller notes
// how far it has read.
func (c *Cataloguer) write(ctx context.Context, o Origin, batch []intake, with after) (Tally, error) {
	w := &writing{ctx: ctx, origin: o, batch: batch, with: with}
	c.queue.join(w)
	c.queue.turn.Lock()
	defer c.queue.turn.Unlock()
	for !w.done { // else who had the turn before has done it
		c.writeAll(c.queue.next())
	}
	return w.tally, w.err
}

// writeAll writes a group in one transaction, and if that fails each batch in
// one of its own, so that none suffers for another.
func (c *Cataloguer) writeAll(group []*writing) {
	err := c.update(group)
	for _, w := range group {
		if w.err = err; err != nil && len(group) > 1 {
			w.err = c.update([]*writing{w})
		}
		if n := len(w.batch); w.err != nil && n > 0 && w.taken == n { // none of them was at fault, but all are not kept
			w.err = fmt.Errorf("%d messages from %q to %q of source %s: %w",
				n, w.batch[0].message.MessageID, w.batch[n-1].message.MessageID, w.origin.Name, w.err)
		}
		w.done = true
	}
}

// update records a group in one transaction, which ends with the first of their
// contexts.
func (c *Cataloguer) update(group []*writing) error {
	return c.DB.Update(group[0].ctx, func(tx *store.Tx) error {
		for _, w := range group {
			if err := c.record(tx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// record records one batch.
func (c *Cataloguer) record(tx *store.Tx, w *writing) error {
	ctx := w.ctx
	w.tally, w.taken = Tally{Messages: len(w.batch)}, 0
	if err := c.set.Refresh(ctx, tx); err != nil {
		return err
	}
	r := recorder{tx: tx, set: &c.set, origin: w.origin, now: c.Now(), tally: &w.tally}
	var err error
	if r.waiting, err = tx.AnyAwaiting(ctx); err != nil {
		return err
	}
	if r.indexed, err = anyIndexed(ctx, tx); err != nil {
		return err
	}
	if r.texts, err = tx.AnyText(ctx); err != nil {
		return err
	}
	if r.renamed, err = tx.FirstEntryNames(ctx); err != nil {
		return err
	}
	for _, in := range w.batch {
		if err := r.take(ctx, in); err != nil {
			return fmt.Errorf("message %q of source %s: %w", in.message.MessageID, w.origin.Name, err)
		}
		w.taken++
	}
	if err := tx.CountDays(ctx, w.origin.Source, r.dates); err != nil {
		return err
	}
	if w.with == nil {
		return nil
	}
	return w.with(tx, w.tally)
}
