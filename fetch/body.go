// The body of an answer: decompressed, and bounded.

package fetch

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const maxDrain = 4 << 10 // bytes

// read reads the body up to the limit. The transport has undone the gzip it
// asked for; a server that sends gzip under its old name is met here.
func (t *trip) read(resp *http.Response) ([]byte, error) {
	where, limit := t.at.Redacted(), t.client.maxBytes
	var body io.Reader = resp.Body
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		if resp.ContentLength > limit {
			return nil, &TooLargeError{URL: where, Limit: limit}
		}
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: the body is not the gzip it says it is: %w", where, err)
		}
		body = z
	default:
		return nil, fmt.Errorf("fetch %s: the body comes as %.40q, which was not asked for; want gzip or nothing", where, encoding)
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(data)) > limit {
		return nil, &TooLargeError{URL: where, Limit: limit}
	}
	if err != nil {
		return nil, fmt.Errorf("fetch %s: the body breaks off after %d bytes: %w", where, len(data), err)
	}
	return data, nil
}

// drain reads the little that may be left of a body nobody wants, so that the
// connection can be used again.
func drain(body io.Reader) { io.CopyN(io.Discard, body, maxDrain) }
