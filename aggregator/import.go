// This file takes whole archives in.

package aggregator

import (
	"context"
	"fmt"

	"github.com/draftwire/draftwire/store"
)

// Import takes in all that an upstream has, as history, under the name of a
// source that need not be in the configuration. What was read before an error
// is kept; the same again adds nothing.
func (c *Cataloguer) Import(ctx context.Context, source string, announcements bool, up Upstream) (Tally, error) {
	o := Origin{Name: source, Announcements: announcements, History: true}
	err := c.DB.Update(ctx, func(tx *store.Tx) (err error) {
		o.Source, err = tx.SourceID(ctx, source)
		return err
	})
	if err != nil {
		return Tally{}, err
	}
	in := stream{c: c, origin: o}
	_, err = up.Poll(ctx, "", func(ctx context.Context, batch []Received, _ string) error {
		return in.add(ctx, batch, func(tx *store.Tx, t Tally) error { return tx.CountMessages(ctx, o.Source, t.New()) })
	})
	tally, writeErr := in.finish()
	if err == nil {
		err = writeErr
	}
	if err != nil {
		err = fmt.Errorf("import: %w", err)
	}
	return tally, err
}
