// Bodies too big for memory, and parts of them.

package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// patience is how many times the client's timeout a big body may take in all.
// Within each single one, something must come.
const patience = 10

// GetTo is Get for what is too big for memory: the body, of at most limit
// bytes after decompression, is written to w. After an error, what w got is
// worth nothing. It may take ten times Options.Timeout, but a server that
// sends nothing for one is given up.
func (c *Client) GetTo(ctx context.Context, r Request, w io.Writer, limit int64) (*Response, error) {
	return c.get(ctx, trip{client: c, req: r, left: patience * c.timeout, limit: limit, out: w})
}

// errOut is wrapped by errors of the writer that GetTo was given.
var errOut = errors.New("keeping the body")

// copy writes the body to t.out, and gives a silent server up.
func (t *trip) copy(body io.Reader) (size int64, err error) {
	quiet := time.AfterFunc(t.client.timeout, func() { t.stall(tooSlow("not a byte", t.client.timeout)) })
	defer quiet.Stop()
	return io.Copy(writeFunc(func(p []byte) (int, error) {
		quiet.Reset(t.client.timeout)
		n, err := t.out.Write(p)
		if err != nil {
			err = fmt.Errorf("%w: %w", errOut, err)
		}
		return n, err
	}), body)
}

type writeFunc func(p []byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }

// checkRange refuses a part other than the one asked for: offsets would be
// wrong from then on (RFC 9110, section 14.4).
func (t *trip) checkRange(h http.Header) error {
	got := h.Get("Content-Range")
	if want := fmt.Sprintf("bytes %d-", t.req.From); !strings.HasPrefix(got, want) {
		return fmt.Errorf("fetch %s: the server sends %.60q of the body, want %q", t.at.Redacted(), got, want)
	}
	if encoding := h.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return fmt.Errorf("fetch %s: a part comes as %.40q, which was not asked for", t.at.Redacted(), encoding)
	}
	return nil
}

// Unsatisfied reports whether the body is shorter than where a range was to
// begin (416).
func (e *StatusError) Unsatisfied() bool { return e.Status == http.StatusRequestedRangeNotSatisfiable }
