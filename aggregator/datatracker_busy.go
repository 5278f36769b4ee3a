// This file waits where the Datatracker says "too many" without saying how long.

package aggregator

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// How long to wait within a poll after an answer 429 that names no time: the
// first wait, which then doubles, and the last. After that the poll fails, and
// what follows is the source's own back-off.
const (
	busyFirst = 1875 * time.Millisecond
	busyLast  = time.Minute
)

// patiently makes a request until the host is no longer too busy for it. A host
// that names a time (Retry-After, RFC 9110, section 10.2.3) is left alone until
// then by package fetch, and the error returned.
func patiently(ctx context.Context, request func() error) error {
	for wait := busyFirst; ; wait *= 2 {
		err := request()
		status, ok := errors.AsType[*fetch.StatusError](err)
		if !ok || status.Status != http.StatusTooManyRequests || status.RetryAfter > 0 || wait > busyLast {
			return err
		}
		if pause(ctx, wait); ctx.Err() != nil {
			return err
		}
	}
}
