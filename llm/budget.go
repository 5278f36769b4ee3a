// The budget: what may be spent on a day in UTC.

package llm

import (
	"fmt"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Budget bounds what is spent on a day.
type Budget struct {
	Tokens            int64   // in and out
	PriceIn, PriceOut float64 // of a million tokens
	Cost              float64 // at these prices; 0 is no bound
}

// Price is what tokens cost.
func (b Budget) Price(d store.MachineDay) float64 {
	return (float64(d.TokensIn)*b.PriceIn + float64(d.TokensOut)*b.PriceOut) / 1e6
}

// Spent tells in words what keeps a day that would come to d from going on, or
// nothing.
func (b Budget) Spent(d store.MachineDay) string {
	switch {
	case d.TokensIn+d.TokensOut > b.Tokens:
		return fmt.Sprintf("the day's %d tokens", b.Tokens)
	case b.Cost > 0 && b.Price(d) > b.Cost:
		return fmt.Sprintf("the day's %.2f", b.Cost)
	}
	return ""
}

// plus is a day with more spent on it.
func plus(d store.MachineDay, in, out int64) store.MachineDay {
	return store.MachineDay{Requests: d.Requests + 1, TokensIn: d.TokensIn + in, TokensOut: d.TokensOut + out}
}

// tomorrow is when the next day begins.
func tomorrow(now time.Time) time.Time {
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
}
