// The errors a caller branches on.

package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// StatusError is an answer that is neither a body nor "not modified".
type StatusError struct {
	URL        string        // that answered, after redirects
	Status     int           // as in net/http
	RetryAfter time.Duration // what the server asked for, at most 24 h; 0 if nothing
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("fetch %s: the server answers %d %s", e.URL, e.Status, http.StatusText(e.Status))
	if e.RetryAfter > 0 {
		s += fmt.Sprintf(", retry after %s", e.RetryAfter)
	}
	return s
}

// Gone reports whether the server says the resource is gone for good (410).
func (e *StatusError) Gone() bool { return e.Status == http.StatusGone }

// BlockedError is a connection that the address guard refused.
type BlockedError struct {
	URL    string // empty for DialContext
	Addr   string // the address and port as resolved
	Reason string
}

func (e *BlockedError) Error() string {
	s := fmt.Sprintf("connection to %s refused: %s; an operator may allow it, by allow = [%q] under [fetch]", e.Addr, e.Reason, e.Addr)
	if e.URL != "" {
		s = "fetch " + e.URL + ": " + s
	}
	return s
}

// TooLargeError is a body over the limit, counted after decompression.
type TooLargeError struct {
	URL   string
	Limit int64 // bytes
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("fetch %s: the body is larger than the limit of %d bytes", e.URL, e.Limit)
}

// BusyError is a request not made, since the host asked to be left alone.
type BusyError struct {
	Host  string // "host:port"
	Until time.Time
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("%s asked for no requests until %s", e.Host, e.Until.UTC().Format(time.RFC3339))
}

// RedirectError is a chain of redirects that leads nowhere we go.
type RedirectError struct {
	Chain  []string // every URL in order, the refused one last
	Reason string
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("fetch %s: %s: %s", e.Chain[0], e.Reason, strings.Join(e.Chain, " -> "))
}
