// This file decides how long to wait from one poll of a source to the next.

package aggregator

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// fortnight is what [store.Source.Recent] counts.
const fortnight = 14 * 24 * time.Hour

// rhythm is how long to leave a source alone by its own habits: half of what
// lay between two of its messages in the last fortnight, on average, so that it
// is asked about twice as often as it has something to say; and no longer than
// Interval after a poll that brought something, since what is new seldom comes
// alone. Interval and MaxInterval bound it.
func (s Source) rhythm(recent, brought int) time.Duration {
	longest := max(s.Interval, s.MaxInterval)
	switch {
	case brought > 0:
		return s.Interval
	case recent == 0:
		return longest
	}
	return min(max(fortnight/time.Duration(2*recent), s.Interval), longest)
}

// longestWait bounds how long anyone can make us leave a source alone.
const longestWait = 24 * time.Hour

// retryAfter is when a failed source is tried again: later with each failure,
// up to a day, never given up, never sooner than the host asked for, and
// scattered so that sources that failed together do not return together.
func retryAfter(err error, interval time.Duration, attempts int, now time.Time) time.Duration {
	wait := min(min(max(interval, time.Minute), longestWait)<<min(attempts, 11), longestWait)
	wait -= time.Duration(rand.Int64N(int64(wait)/5 + 1)) //nolint:gosec // scatter, not secrecy
	if until := asked(err, now); !until.IsZero() {
		wait = max(wait, until.Sub(now))
	}
	if busy, ok := errors.AsType[*fetch.BusyError](err); ok {
		wait = max(busy.Until.Sub(now), time.Second)
	}
	return min(wait, longestWait)
}

// asked is until when a host asked to be left alone (RFC 9110, section
// 10.2.3), or the zero time.
func asked(err error, now time.Time) time.Time {
	if busy, ok := errors.AsType[*fetch.BusyError](err); ok {
		return busy.Until
	}
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && status.RetryAfter > 0 {
		return now.Add(status.RetryAfter)
	}
	return time.Time{}
}
