package main

// This file tells what is wrong with the sources, wherever they are listed.

import (
	"context"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/store"
)

// tellAlarms prints what is wrong now, and whether anybody polls at all: that
// is seen from here too, whoever should have polled.
func (a *app) tellAlarms(ctx context.Context, db *store.DB) error {
	alarms, err := db.Alarms(ctx, time.Time{})
	if err != nil {
		return err
	}
	still, err := aggregator.Standstill(ctx, &db.Reader, now())
	if err != nil {
		return err
	}
	for _, alarm := range alarms {
		if alarm.Kind != store.Stopped {
			fmt.Fprintf(a.out, "ALARM: %s\n", alarm.Words)
		}
	}
	if !still.IsZero() {
		fmt.Fprintf(a.out, "ALARM: nothing has been polled since %s, although sources are due; does \"draftwire serve\" run?\n", day(still))
	}
	return nil
}
