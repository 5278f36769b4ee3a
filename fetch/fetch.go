// Package fetch is HTTP made polite and guarded.
//
// A [Client] asks for one URL at a time of each host and port, never sooner
// than its spacing allows, sends validators back exactly as they came, and
// keeps away from a host that answered 429 or 503 with Retry-After until that
// time has come. It never connects to an address inside: every connection,
// redirects included, is checked after DNS, when the address is known.
//
//	client := fetch.New(fetch.Options{UserAgent: "Draftwire (+mailto:ops@example.org)"})
//	resp, err := client.Get(ctx, fetch.Request{URL: url, ETag: etag})
//	switch {
//	case err != nil: // *StatusError, *BusyError, *BlockedError, *TooLargeError, *RedirectError, or a network error
//	case resp.NotModified: // what the caller has is still right
//	default: // resp.Body
//	}
//
// A body is held in memory whole, up to Options.MaxBytes after decompression.
// There are no cookies, no Referer and no proxy from the environment, which
// would dial in our place and see no guard.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Options says how a Client behaves; the zero value is usable.
type Options struct {
	// UserAgent names the program and a contact, "Draftwire" by default.
	UserAgent string

	// Allow lists exceptions to the address guard, each "127.0.0.1:8080",
	// "127.0.0.1", "127.0.0.0/8", "host:port" or "host". An exception lifts
	// the rule of ports 80 and 443 too. See CheckAllow.
	Allow []string

	// MaxBytes bounds a body after decompression; 32 MiB by default.
	MaxBytes int64

	// Timeout bounds a whole request with its redirects and body, waiting for
	// a turn excepted; 60 s by default.
	Timeout time.Duration

	// HeaderTimeout bounds the wait for the first byte of an answer; 30 s by default.
	HeaderTimeout time.Duration

	// Spacing is the least time between the end of one request to a host and
	// port and the start of the next; 1 s by default, none if negative.
	Spacing time.Duration

	// Now is the clock, time.Now by default.
	Now func() time.Time

	// TLS is the base of every TLS connection; nil means Go's defaults.
	TLS *tls.Config
}

const (
	defaultMaxBytes = 32 << 20
	defaultTimeout  = time.Minute
	defaultSpacing  = time.Second

	dialTimeout   = 15 * time.Second
	headerTimeout = 30 * time.Second
	maxHeader     = 256 << 10 // real feeds carry a security policy of some 10 KB
	maxIdle       = 256
	idleTimeout   = 15 * time.Second // a source is asked again in minutes, not seconds
)

// Client fetches URLs. It is safe for concurrent use and starts no goroutine
// of its own; see Close.
type Client struct {
	agent     string
	maxBytes  int64
	timeout   time.Duration
	now       func() time.Time
	guard     guard
	tell      func(Outcome) // may be nil
	pacer     *pacer
	transport *http.Transport
}

// New returns a Client. An entry of o.Allow that CheckAllow refuses lifts
// nothing.
func New(o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Client{
		agent:    cmp.Or(o.UserAgent, "Draftwire"),
		maxBytes: cmp.Or(o.MaxBytes, defaultMaxBytes),
		timeout:  cmp.Or(o.Timeout, defaultTimeout),
		now:      o.Now,
		guard:    newGuard(o.Allow),
		pacer:    newPacer(max(0, cmp.Or(o.Spacing, defaultSpacing)), o.Now),
	}
	c.transport = &http.Transport{
		Proxy:                  nil,
		DialContext:            c.dialHTTP,
		TLSClientConfig:        o.TLS.Clone(),
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    min(dialTimeout, c.timeout),
		ResponseHeaderTimeout:  cmp.Or(o.HeaderTimeout, headerTimeout), // where the timeout of the whole is shorter, that one speaks
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    1, // one request at a time is all a host gets
		IdleConnTimeout:        idleTimeout,
	}
	return c
}

// Outcome is how one request ended.
type Outcome struct {
	Asked     string // Request.URL
	Permanent string // as in Response
	Err       error
}

// Telling is c in every way, its turns and connections included, but tells of
// each request how it ended, in the goroutine that made it.
func (c *Client) Telling(tell func(Outcome)) *Client {
	telling := *c
	telling.tell = tell
	return &telling
}

// Close drops the idle connections. The Client stays usable.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// DialContext connects to addr ("host:port") on any port, under the same
// address guard as Get. It is for the other protocols: IMAP, SMTP. The error
// is a *BlockedError when the guard refused.
func (c *Client) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return c.guard.dial(ctx, network, addr, false)
}

func (c *Client) dialHTTP(ctx context.Context, network, addr string) (net.Conn, error) {
	return c.guard.dial(ctx, network, addr, true)
}
