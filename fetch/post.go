// Sending: JSON to an address that the operator named.

package fetch

import (
	"bytes"
	"context"
	"net/http"
)

// Post is what to send where.
type Post struct {
	URL   string // http or https
	JSON  []byte
	Token string // for "Authorization: Bearer"; empty: none
}

// Post sends JSON and gives the answer, as guarded and bounded as that of Get.
// It follows no redirect: that is a *StatusError, since neither body nor token
// are for whoever stands there. The token appears in no error. A host that asked
// to be left alone is, but there is no turn to wait for: how much is asked at
// once of an address that the operator named is for the caller to bound.
func (c *Client) Post(ctx context.Context, p Post) (*Response, error) {
	t := trip{client: c, left: c.timeout, limit: c.maxBytes, post: &p}
	if err := t.begin(p.URL); err != nil {
		return nil, err
	}
	key := hostPort(t.at)
	if err := c.pacer.open(key); err != nil {
		return nil, err
	}
	resp, closeFor, err := t.timed(ctx)
	if closeFor > 0 {
		c.CloseUntil(key, c.now().Add(closeFor))
	}
	return resp, err
}

// open fails with a *BusyError while a host is closed.
func (p *pacer) open(key string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refusal(key, p.now())
}

// posting builds the request of a Post.
func (t *trip) posting(ctx context.Context) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, bare(t.at), bytes.NewReader(t.post.JSON))
	if err != nil {
		return nil, err
	}
	req.Header["User-Agent"] = []string{t.client.agent}
	req.Header["Content-Type"] = []string{"application/json"}
	req.Header["Accept"] = []string{"application/json"}
	if t.post.Token != "" {
		req.Header["Authorization"] = []string{"Bearer " + t.post.Token}
	}
	return req, nil
}
