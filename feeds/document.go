// One rendered feed over HTTP (RFC 9110, RFC 9111).

package feeds

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// document is a feed ready to be served. It does not change, except that it
// may turn out to hold for a later version of the database too.
type document struct {
	version  atomic.Uint64
	body     []byte // as rendered
	packed   []byte // the same, gzip
	stamp    string // see rendering
	modified time.Time

	date        []string // modified as a header
	plain, gzip headers
}

// headers are made once and shared by all responses.
type headers struct{ etag, length []string }

var (
	headerType   = []string{"application/atom+xml; charset=utf-8"}
	headerCache  = []string{"public, max-age=600, stale-if-error=86400"}
	headerVary   = []string{"Accept-Encoding"}
	headerAnyone = []string{"*"}
	headerSniff  = []string{"nosniff"}
	headerGzip   = []string{"gzip"}
	headerBytes  = []string{"bytes"}
)

func newDocument(body []byte, modified time.Time, version uint64) (*document, error) {
	d := &document{body: body, modified: modified, date: []string{modified.UTC().Format(http.TimeFormat)}}
	d.version.Store(version)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	d.packed = bytes.Clone(b.Bytes())
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:18])
	d.plain = headers{[]string{`"` + tag + `"`}, []string{strconv.Itoa(len(body))}}
	d.gzip = headers{[]string{`"` + tag + `.gz"`}, []string{strconv.Itoa(len(d.packed))}}
	return d, nil
}

// serve answers a GET or HEAD. Strong validators differ between the variants
// (RFC 9110, section 8.8.3.3); conditions and ranges are net/http's. A request
// with neither gets the bytes directly: net/http would copy them in pieces.
func (d *document) serve(w http.ResponseWriter, r *http.Request) {
	body, own, h := d.body, d.plain, w.Header()
	if acceptsGzip(r.Header["Accept-Encoding"]) {
		body, own = d.packed, d.gzip
		h["Content-Encoding"] = headerGzip
	}
	h["Content-Type"] = headerType
	h["Cache-Control"] = headerCache
	h["Vary"] = headerVary
	h["Access-Control-Allow-Origin"] = headerAnyone
	h["X-Content-Type-Options"] = headerSniff
	h["Etag"] = own.etag
	h["Content-Length"] = own.length
	if r.Method != http.MethodGet || special(r.Header) {
		http.ServeContent(w, r, "", d.modified, bytes.NewReader(body))
		return
	}
	h["Last-Modified"] = d.date
	h["Accept-Ranges"] = headerBytes
	w.Write(body) //nolint:errcheck,gosec // whoever asked has left; it is XML, and all in it escaped
}

// special reports whether a request asks for less than everything.
func special(h http.Header) bool {
	for _, name := range [...]string{"If-None-Match", "If-Modified-Since", "Range", "If-Match", "If-Unmodified-Since"} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3).
func acceptsGzip(values []string) bool {
	accepted := false
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			coding, params, _ := strings.Cut(item, ";")
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				return weight(params) > 0 // it names what it thinks of gzip
			case "*":
				accepted = weight(params) > 0
			}
		}
	}
	return accepted
}

// weight reads q=0.5; what cannot be read counts as 1.
func weight(params string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(params), "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 1
	}
	return q
}
