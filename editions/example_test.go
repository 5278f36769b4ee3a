package editions_test

import (
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/draftwire/draftwire/editions"
)

func ExampleNewsletter_WindowAt() {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		panic(err)
	}
	n := editions.Newsletter{Cadence: editions.Weekly, Zone: tokyo}
	w := n.WindowAt(time.Date(2025, time.December, 7, 15, 0, 0, 0, time.UTC)) // Monday, 0:00 in Tokyo
	fmt.Println(n.Label(w), "from", w.From, "to", w.To)
	// Output: 2025-W50 from 2025-12-07 15:00:00 +0000 UTC to 2025-12-14 15:00:00 +0000 UTC
}
