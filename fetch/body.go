// The body of an answer: decompressed, and bounded.

package fetch

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const maxDrain = 4 << 10 // bytes

// read reads the body up to the limit, into memory or into t.out.
func (t *trip) read(resp *http.Response) (data []byte, size int64, err error) {
	where := t.at.Redacted()
	body, err := t.decoded(resp)
	if err != nil {
		return nil, 0, err
	}
	body = io.LimitReader(body, t.limit+1)
	if t.out == nil {
		data, err = io.ReadAll(body)
		size = int64(len(data))
	} else if size, err = t.copy(body); errors.Is(err, errOut) {
		return nil, size, fmt.Errorf("fetch %s: %w", where, err)
	}
	if size > t.limit {
		return nil, size, &TooLargeError{URL: where, Limit: t.limit}
	}
	if err != nil {
		return nil, size, fmt.Errorf("fetch %s: the body breaks off after %d bytes: %w", where, size, err)
	}
	return data, size, nil
}

// decoded gives the body as it was before it was compressed for the way. The
// transport has undone the gzip it asked for; a server that sends gzip under
// its old name is met here.
func (t *trip) decoded(resp *http.Response) (io.Reader, error) {
	where := t.at.Redacted()
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		if resp.ContentLength > t.limit {
			return nil, &TooLargeError{URL: where, Limit: t.limit}
		}
		return resp.Body, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: the body is not the gzip it says it is: %w", where, err)
		}
		return z, nil
	default:
		return nil, fmt.Errorf("fetch %s: the body comes as %.40q, which was not asked for; want gzip or nothing", where, encoding)
	}
}

// drain reads the little that may be left of a body nobody wants, so that the
// connection can be used again.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, maxDrain) }
