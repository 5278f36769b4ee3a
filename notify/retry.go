// The schedule of a mail that the relay does not want now.

package notify

import "time"

// A deferred mail is tried again after firstDelay, then after twice as long
// each time, up to maxDelay, and given up after patience (RFC 5321, section
// 4.5.4.1, asks for four to five days).
const (
	firstDelay = 5 * time.Minute
	maxDelay   = 8 * time.Hour
	patience   = 4 * 24 * time.Hour
)

// retryAfter gives how long to wait after so many attempts. It reports false
// when they have lasted long enough.
func retryAfter(attempts int) (delay time.Duration, again bool) {
	delay = firstDelay
	total := delay
	for range attempts - 1 {
		delay = min(2*delay, maxDelay)
		if total += delay; total > patience {
			return 0, false
		}
	}
	return delay, true
}
