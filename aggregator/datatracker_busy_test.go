package aggregator

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// TestPatiently holds how long a host that answers 429 without a time is
// waited for, and that nothing else is.
func TestPatiently(t *testing.T) {
	busy := &fetch.StatusError{Status: http.StatusTooManyRequests}
	for _, tt := range []struct {
		name     string
		err      error
		times    int // that the host fails
		requests int
		took     time.Duration
		fails    bool
	}{
		{"well", nil, 0, 1, 0, false},
		{"busy once", busy, 1, 2, 1875 * time.Millisecond, false},
		{"busy thrice", busy, 3, 4, 13125 * time.Millisecond, false},
		{"busy for good", busy, 100, 7, 118125 * time.Millisecond, true},
		{"names a time", &fetch.StatusError{Status: http.StatusTooManyRequests, RetryAfter: time.Second}, 100, 1, 0, true},
		{"broken", &fetch.StatusError{Status: http.StatusInternalServerError}, 100, 1, 0, true},
		{"unreachable", errors.New("no route"), 100, 1, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, requests := time.Now(), 0
				err := patiently(t.Context(), func() error {
					if requests++; requests <= tt.times {
						return tt.err
					}
					return nil
				})
				if took := time.Since(start); requests != tt.requests || took != tt.took || (err != nil) != tt.fails {
					t.Errorf("%d requests in %s, %v; want %d in %s", requests, took, err, tt.requests, tt.took)
				}
			})
		})
	}
}

func TestPatientlyStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := patiently(ctx, func() error { return &fetch.StatusError{Status: http.StatusTooManyRequests} })
		if took := time.Since(start); err == nil || took != 10*time.Second {
			t.Errorf("stopped after %s with %v", took, err)
		}
	})
}

// TestDatatrackerBusy holds that a page refused with "Retry-After: 0" is asked
// for again in the same poll.
func TestDatatrackerBusy(t *testing.T) {
	t.Parallel()
	k := newTracker(t)
	r := k.rig(true)
	refused := false
	k.does(func(w http.ResponseWriter, q *http.Request) {
		if !refused {
			refused = true
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		k.serve(w, q)
	})
	for _, res := range r.poll() {
		if res.Err != nil || !refused {
			t.Errorf("refused %v: %v", refused, res.Err)
		}
	}
}
