// Who asks for more than a share of what queries cost is told to wait.

package feeds

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A client may have so many feeds made at once that nobody has asked for since
// the catalogue changed, and so many a second later on. Feeds that are kept
// cost nothing and are not counted.
const (
	limitBurst  = 100
	limitRate   = 5
	limitMemory = 4096 // clients remembered, and as many again that were seen before
)

// limiter gives every client a bucket of tokens. Of those not seen lately it
// forgets, and so never holds more than twice limitMemory.
type limiter struct {
	now func() time.Time

	mu         sync.Mutex // guards what follows
	young, old map[netip.Prefix]*rate.Limiter
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, young: make(map[netip.Prefix]*rate.Limiter)}
}

// admit takes a token of the client that sent a request. Without one it gives
// a busyError that says when there will be.
func (l *limiter) admit(r *http.Request) error {
	client, known := clientOf(r)
	if !known {
		return nil
	}
	now := l.now()
	reserved := l.bucket(client).ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	reserved.CancelAt(now)
	return busyError{
		http.StatusTooManyRequests,
		fmt.Sprintf("Too many different feeds at once from your address: at most %d at a time and %d a second are made. "+
			"Please wait, and ask for each feed no more than a few times an hour.", limitBurst, limitRate),
		wait + time.Second,
	}
}

func (l *limiter) bucket(client netip.Prefix) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.young[client]
	if b != nil {
		return b
	}
	if b = l.old[client]; b == nil {
		b = rate.NewLimiter(limitRate, limitBurst)
	}
	if len(l.young) >= limitMemory {
		l.old, l.young = l.young, make(map[netip.Prefix]*rate.Limiter)
	}
	l.young[client] = b
	return b
}

// clientOf gives the address that a request comes from, or of IPv6 the network,
// which is one customer's. What comes from this machine comes through a proxy
// here, which tells by the last address in X-Forwarded-For whom it serves;
// without that it is unknown.
func clientOf(r *http.Request) (netip.Prefix, bool) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}, false
	}
	address := from.Addr().Unmap()
	if address.IsLoopback() {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if address, err = netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err != nil {
			return netip.Prefix{}, false
		}
		address = address.Unmap()
	}
	bits := 32
	if address.Is6() {
		bits = 64
	}
	client, err := address.WithZone("").Prefix(bits)
	return client, err == nil
}
