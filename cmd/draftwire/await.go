package main

// This file is how a command works beside "draftwire serve": what is to be done
// are rows, and the process that leads does it.

import (
	"context"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/store"
)

// awaitLeader waits until the process that leads has done what stands in rows
// for it. If that process ends first, this one leads in its place: release is
// then not nil, and the work is the caller's.
func (a *app) awaitLeader(ctx context.Context, db *store.DB, done func() (bool, error)) (release func() error, err error) {
	fmt.Fprintln(a.err, "note: a running draftwire was asked to do it; Ctrl-C ends only the waiting")
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for n := 1; ; n++ {
		if ok, err := done(); ok || err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		if n%10 > 0 { // taking the lead, if only to try, is in the way of a serve that starts
			continue
		}
		if release, leads, err := db.Lead(ctx, now()); leads || err != nil {
			return release, err
		}
	}
}
