// One request, from URL to body, along its redirects.

package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Request is what to get. ETag and Last-Modified are sent back byte for byte
// as an earlier Response gave them; empty ones are not sent.
type Request struct {
	URL          string // http or https; user and password become basic authentication
	ETag         string
	LastModified string
	Accept       string

	// From asks for the body from that byte on, as it is stored (RFC 9110,
	// section 14.2). A server may give the whole: see Response.From.
	From int64
}

// Response is a success: a body, or word that it has not changed.
type Response struct {
	Status       int    // 200 and its like, or 304
	NotModified  bool   // 304: there is no body, and the caller keeps its validators unless these are new
	Body         []byte // decompressed; nil from GetTo
	Size         int64  // bytes of the body
	From         int64  // where in the whole the body begins: Request.From after a 206, else 0
	ContentType  string // as sent
	ETag         string // verbatim, weak and unquoted ones too
	LastModified string // verbatim; empty if it is too young to be a validator
	FinalURL     string // that answered, without fragment and password

	// Permanent is where the URL has moved for good: the target of the 301s
	// and 308s it began with, up to the first redirect of another kind. It is
	// empty if there were none.
	Permanent string

	// Fresh says how long the server wants not to be asked again, by
	// Cache-Control or Expires; at most 24 h.
	Fresh time.Duration
}

const maxURL = 8 << 10 // bytes, asked for or redirected to

// trip is one Get or Post under way.
type trip struct {
	client    *Client
	req       Request
	at        *url.URL
	chain     []string // URLs so far, at included, without passwords
	moved     bool     // a redirect so far was a temporary one
	permanent string
	left      time.Duration           // of the time limit; waiting for a turn is free
	limit     int64                   // bytes of the body
	out       io.Writer               // takes the body; nil: it is held in memory
	stall     context.CancelCauseFunc // ends the request under way
	post      *Post                   // what is sent; nil: it is a Get
}

// Get asks for r.URL and follows its redirects. It waits for the host's turn,
// or fails at once with a *BusyError. See the types of this package's errors
// for how else it fails.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	return c.get(ctx, trip{client: c, req: r, left: c.timeout, limit: c.maxBytes})
}

func (c *Client) get(ctx context.Context, t trip) (*Response, error) {
	resp, err := t.along(ctx)
	if c.tell != nil {
		o := Outcome{Asked: t.req.URL, Err: err}
		if resp != nil {
			o.Permanent = resp.Permanent
		}
		c.tell(o)
	}
	return resp, err
}

// along asks for the URL, and goes where redirects lead.
func (t *trip) along(ctx context.Context) (*Response, error) {
	if err := t.begin(t.req.URL); err != nil {
		return nil, err
	}
	for {
		resp, err := t.hop(ctx)
		if resp != nil || err != nil {
			return resp, err
		}
	}
}

// begin sets the trip off to an address.
func (t *trip) begin(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	if !web(u) || len(address) > maxURL {
		return fmt.Errorf("fetch %.100s: want an http or https URL of at most %d bytes", u.Redacted(), maxURL)
	}
	u.Fragment, u.RawFragment = "", ""
	t.at, t.chain = u, []string{u.Redacted()}
	return nil
}

func web(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// hop asks t.at in its host's turn. Both results are nil after a redirect.
func (t *trip) hop(ctx context.Context) (*Response, error) {
	key := hostPort(t.at)
	if err := t.client.pacer.enter(ctx, key); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", t.at.Redacted(), err)
	}
	resp, closeFor, err := t.timed(ctx)
	t.client.pacer.leave(key, closeFor)
	return resp, err
}

// timed makes one request within what is left of the time limit, and tells for
// how long its host wants to be left alone.
func (t *trip) timed(ctx context.Context) (_ *Response, closeFor time.Duration, _ error) {
	start := time.Now()
	timed, cancel := context.WithTimeoutCause(ctx, t.left, tooSlow("no complete answer", t.left))
	defer cancel()
	timed, t.stall = context.WithCancelCause(timed)
	defer t.stall(nil)
	resp, err := t.exchange(timed)
	t.left -= time.Since(start)

	if status := (*StatusError)(nil); errors.As(err, &status) {
		if status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable {
			closeFor = status.RetryAfter
		}
	}
	if err != nil && timed.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("fetch %s: %w", t.at.Redacted(), context.Cause(timed))
	}
	return resp, closeFor, err
}

func tooSlow(what string, limit time.Duration) error {
	return fmt.Errorf("%s within %s: %w", what, limit.Round(time.Millisecond), context.DeadlineExceeded)
}

// Host gives what requests to an http or https address are paced by,
// "host:port", or nothing for any other.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil || !web(u) {
		return ""
	}
	return hostPort(u)
}

// hostPort is the key of pacing.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port)
}

// exchange makes one request and reads its answer.
func (t *trip) exchange(ctx context.Context) (*Response, error) {
	where := t.at.Redacted()
	req, err := t.request(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", where, err)
	}
	resp, err := t.client.transport.RoundTrip(req)
	if blocked := (*BlockedError)(nil); errors.As(err, &blocked) {
		return nil, &BlockedError{URL: where, Addr: blocked.Addr, Reason: blocked.Reason}
	}
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", where, err)
	}
	defer resp.Body.Close()

	switch resp.StatusCode {
	case http.StatusNotModified:
		if t.req.ETag != "" || t.req.LastModified != "" {
			return t.response(resp, nil, 0), nil
		}
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if location := resp.Header.Get("Location"); location != "" && t.post == nil {
			drain(resp.Body)
			return nil, t.follow(location, resp.StatusCode)
		}
	case http.StatusPartialContent: // an error if no range was asked for
		if t.req.From > 0 {
			if err := t.checkRange(resp.Header); err != nil {
				return nil, err
			}
			return t.success(resp)
		}
	default:
		if resp.StatusCode/100 == 2 {
			return t.success(resp)
		}
	}
	drain(resp.Body)
	return nil, &StatusError{URL: where, Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header, t.client.now())}
}

// success takes the body in.
func (t *trip) success(resp *http.Response) (*Response, error) {
	body, size, err := t.read(resp)
	if err != nil {
		return nil, err
	}
	return t.response(resp, body, size), nil
}

// request builds the request for t.at. Basic authentication goes to the host
// it was given for and nowhere else, since a redirect's URL replaces t.at.
func (t *trip) request(ctx context.Context) (*http.Request, error) {
	if t.post != nil {
		return t.posting(ctx)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, bare(t.at), nil)
	if err != nil {
		return nil, err
	}
	req.Header["User-Agent"] = []string{t.client.agent}
	set := func(name, value string) {
		if value != "" {
			req.Header[name] = []string{value}
		}
	}
	set("Accept", t.req.Accept)
	set("If-None-Match", t.req.ETag)
	set("If-Modified-Since", t.req.LastModified)
	if t.req.From > 0 {
		set("Range", "bytes="+strconv.FormatInt(t.req.From, 10)+"-")
		set("Accept-Encoding", "identity") // offsets count stored bytes
	}
	if t.at.User != nil {
		password, _ := t.at.User.Password()
		req.SetBasicAuth(t.at.User.Username(), password)
	}
	return req, nil
}

// bare is u without user and password.
func bare(u *url.URL) string {
	b := *u
	b.User = nil
	return b.String()
}

func (t *trip) response(resp *http.Response, body []byte, size int64) *Response {
	r := &Response{
		Status:       resp.StatusCode,
		NotModified:  resp.StatusCode == http.StatusNotModified,
		Body:         body,
		Size:         size,
		ContentType:  resp.Header.Get("Content-Type"),
		ETag:         resp.Header.Get("ETag"),
		LastModified: lastModified(resp.Header),
		FinalURL:     bare(t.at),
		Permanent:    t.permanent,
		Fresh:        freshFor(resp.Header, t.client.now()),
	}
	if resp.StatusCode == http.StatusPartialContent {
		r.From = t.req.From
	}
	return r
}
