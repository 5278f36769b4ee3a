// One rendered feed over HTTP (RFC 9110, RFC 9111).

package feeds

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// document is a feed ready to be served. It does not change, except that it
// may turn out to hold for a later version of the database too.
type document struct {
	version  atomic.Uint64
	plain    *encoded        // as rendered
	packed   func() *encoded // the same, gzip: made once, when first asked for
	stamp    string          // see rendering
	modified time.Time

	date     []string // modified as a header
	cache    []string // Cache-Control
	format   *format
	variants [4]headers // by variant
}

// encoded is a body as it is sent, with its Content-Length.
type encoded struct {
	body   []byte
	length []string
}

func newEncoded(body []byte) *encoded { return &encoded{body, []string{strconv.Itoa(len(body))}} }

// headers are made once and shared by all responses.
type headers struct{ media, etag []string }

// What tells the variants of a document apart.
const (
	asPacked = 1 << iota
	asPage
)

// packs is about how much smaller gzip makes a feed.
const packs = 4

var (
	headerCache   = []string{"public, max-age=600, stale-if-error=86400"}
	headerForever = []string{"public, max-age=31536000, immutable, stale-if-error=31536000"}
	headerVary    = []string{"Accept-Encoding"}
	headerVaries  = []string{"Accept, Accept-Encoding"}
	headerAnyone  = []string{"*"}
	headerExpose  = []string{"ETag"}
	headerSniff   = []string{"nosniff"}
	headerPolicy  = []string{"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
	headerGzip    = []string{"gzip"}
	headerBytes   = []string{"bytes"}
)

func newDocument(k key, body []byte, modified time.Time, version uint64) *document {
	d := &document{
		plain: newEncoded(body), modified: modified, date: []string{modified.UTC().Format(http.TimeFormat)},
		format: k.format, cache: headerCache,
		packed: sync.OnceValue(func() *encoded { return newEncoded(pack(body)) }),
	}
	if k.number > 0 {
		d.cache = headerForever
	}
	d.version.Store(version)
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:18])
	for v := range d.variants {
		suffix, media := "", k.format.header
		if v&asPage != 0 && k.format.forPages != nil {
			suffix, media = ".xml", k.format.forPages
		}
		if v&asPacked != 0 {
			suffix += ".gz"
		}
		d.variants[v] = headers{media, []string{`"` + tag + suffix + `"`}}
	}
	return d
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body) //nolint:errcheck,gosec // a buffer takes everything
	z.Close()     //nolint:errcheck,gosec // likewise
	return bytes.Clone(b.Bytes())
}

// serve answers a GET or HEAD. Strong validators differ between the variants
// (RFC 9110, section 8.8.3.3); conditions and ranges are net/http's. A request
// with neither gets the bytes directly: net/http would copy them in pieces.
// now is for dates from the future, which say nothing (section 13.1.3).
func (d *document) serve(w http.ResponseWriter, r *http.Request, now time.Time) {
	variant, sent, h := 0, d.plain, w.Header()
	h["Vary"] = headerVary
	if d.format.forPages != nil {
		h["Vary"] = headerVaries
		if wantsPage(r.Header["Accept"]) {
			variant |= asPage
		}
	}
	if acceptsGzip(r.Header["Accept-Encoding"]) {
		variant |= asPacked
	}
	own := &d.variants[variant]
	h["Cache-Control"] = d.cache
	h["Access-Control-Allow-Origin"] = headerAnyone
	h["Access-Control-Expose-Headers"] = headerExpose
	h["X-Content-Type-Options"] = headerSniff
	h["Content-Security-Policy"] = headerPolicy
	h["Etag"] = own.etag
	if unchanged(r.Header, own.etag[0]) {
		h["Last-Modified"] = d.date
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if variant&asPacked != 0 {
		sent = d.packed()
		h["Content-Encoding"] = headerGzip
	}
	h["Content-Type"] = own.media
	h["Content-Length"] = sent.length
	if r.Method != http.MethodGet || special(r.Header) {
		d.dropFuture(r.Header, now)
		http.ServeContent(w, r, "", d.modified, bytes.NewReader(sent.body))
		return
	}
	h["Last-Modified"] = d.date
	h["Accept-Ranges"] = headerBytes
	w.Write(sent.body) //nolint:errcheck,gosec // whoever asked has left; all from outside in it is escaped
}

// unchanged reports whether the only condition is our very tag, as a polite
// reader sends it. All else that conditions may say is read by net/http.
func unchanged(h http.Header, tag string) bool {
	values := h["If-None-Match"]
	return len(values) == 1 && values[0] == tag && len(h["If-Match"]) == 0 && len(h["If-Unmodified-Since"]) == 0
}

// dropFuture forgets an If-Modified-Since that cannot be a date we gave. A
// reader whose clock is wrong would never hear of anything again.
func (d *document) dropFuture(h http.Header, now time.Time) {
	if since, err := http.ParseTime(h.Get("If-Modified-Since")); err == nil && since.After(now) && since.After(d.modified) {
		h.Del("If-Modified-Since")
	}
}

// wantsPage reports whether a browser asks, to show it to a person: those name
// HTML, and no type of feed.
func wantsPage(accept []string) bool {
	page := false
	for _, value := range accept {
		if strings.Contains(value, "application/atom+xml") || strings.Contains(value, "application/rss+xml") {
			return false
		}
		page = page || strings.Contains(value, "text/html")
	}
	return page
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
