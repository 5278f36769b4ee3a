// This file lets other processes write while an archive is taken in.

package aggregator

import (
	"context"
	"time"
)

// turn is how long the writer rests so that another process finds its turn: who
// waits for SQLite's lock asks for it every 100 ms.
const turn = 120 * time.Millisecond

// giveWay rests between two batches if others write, too.
func (c *Cataloguer) giveWay(ctx context.Context) {
	if c.Beside == nil || !c.Beside() {
		return
	}
	timer := time.NewTimer(turn)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
