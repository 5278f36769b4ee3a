package main

// This file tells whether anybody polls at all, wherever sources are shown.

import (
	"context"
	"fmt"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/store"
)

// tellStandstill says so if nobody polls: that is seen from here too, whoever
// should have polled. Without a database there is nothing to poll yet.
func (a *app) tellStandstill(ctx context.Context, db *store.DB) error {
	if db == nil {
		return nil
	}
	still, err := aggregator.Standstill(ctx, &db.Reader, now())
	if err == nil && !still.IsZero() {
		fmt.Fprintf(a.err, "ALARM: nothing has been polled since %s, although sources are due; does \"draftwire serve\" run?\n", day(still))
	}
	return err
}
