package feeds

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// ask makes a request; headers alternate between names and values.
func (w *wire) ask(method, path string, headers ...string) *http.Response {
	w.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.feeds.Handler().ServeHTTP(rec, r)
	return rec.Result()
}

// askAs is ask with another host.
func (w *wire) askAs(host, path string, headers ...string) *http.Response {
	w.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Host = host
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.feeds.Handler().ServeHTTP(rec, r)
	return rec.Result()
}

func bodyOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (w *wire) body(path string) string {
	w.t.Helper()
	resp := w.ask("GET", path)
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("GET %s: %s, %v\n%s", path, resp.Status, err, b)
	}
	return string(b)
}

const quic = "/topics/quic/feed.atom"

var quicKey = topicKey("quic")

func topicKey(name string) key { return key{kind: aTopic, name: name, format: atomFormat} }

func TestConditions(t *testing.T) {
	w := newWire(t)
	w.fill(3)
	first := w.ask("GET", quic)
	etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	if etag == "" || strings.HasPrefix(etag, "W/") {
		t.Fatalf("ETag %q is not a strong one", etag)
	}
	if want := noon.Add(2*time.Hour + time.Minute).Format(http.TimeFormat); modified != want {
		t.Errorf("Last-Modified is %s, not when the newest was recorded, %s", modified, want)
	}
	packed := w.ask("GET", quic, "Accept-Encoding", "gzip").Header.Get("ETag")
	if packed == etag {
		t.Error("both variants have one ETag")
	}
	const early, late = "Sun, 07 Dec 2025 11:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
	for _, tt := range []struct {
		name   string
		header []string
		want   int
	}{
		{"no condition", nil, 200},
		{"our tag", []string{"If-None-Match", etag}, 304},
		{"weak form of our tag", []string{"If-None-Match", "W/" + etag}, 304},
		{"in a list", []string{"If-None-Match", `"x", W/"y", ` + etag}, 304},
		{"any", []string{"If-None-Match", "*"}, 304},
		{"another tag", []string{"If-None-Match", `"x"`}, 200},
		{"nonsense", []string{"If-None-Match", `x, "`}, 200},
		{"tag of the other variant", []string{"If-None-Match", packed}, 200},
		{"tag of the packed variant", []string{"If-None-Match", packed, "Accept-Encoding", "gzip"}, 304},
		{"our date", []string{"If-Modified-Since", modified}, 304},
		{"an earlier date", []string{"If-Modified-Since", early}, 200},
		{"a date to come", []string{"If-Modified-Since", late}, 200},
		{"no date", []string{"If-Modified-Since", "yesterday"}, 200},
		{"the tag wins over the date", []string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, 200},
		{"our tag wins over an early date", []string{"If-None-Match", etag, "If-Modified-Since", early}, 304},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			resp := w.ask(method, quic, tt.header...)
			if resp.StatusCode != tt.want {
				t.Errorf("%s with %s: %d, want %d", method, tt.name, resp.StatusCode, tt.want)
			}
			body, _ := io.ReadAll(resp.Body)
			if (len(body) > 0) != (method == "GET" && tt.want == 200) {
				t.Errorf("%s with %s: a body of %d bytes", method, tt.name, len(body))
			}
			if resp.Header.Get("ETag") == "" || resp.Header.Get("Vary") == "" || resp.Header.Get("Cache-Control") == "" {
				t.Errorf("%s with %s: headers are missing in %v", method, tt.name, resp.Header)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	w := newWire(t)
	w.fill(1)
	h := w.ask("HEAD", quic).Header
	for name, want := range map[string]string{
		"Content-Type":                "application/atom+xml; charset=utf-8",
		"Cache-Control":               "public, max-age=600, stale-if-error=86400",
		"Access-Control-Allow-Origin": "*",
		"Vary":                        "Accept, Accept-Encoding",
		"X-Content-Type-Options":      "nosniff",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestGzip(t *testing.T) {
	w := newWire(t)
	w.fill(5)
	plain := w.body(quic)
	for _, tt := range []struct {
		accept string
		want   bool
	}{
		{"gzip", true},
		{"GZIP", true},
		{"br, gzip;q=0.5", true},
		{"*", true},
		{"x-gzip", true},
		{"", false},
		{"br", false},
		{"gzip;q=0", false},
		{"gzip; q=0.000, *", false},
		{"*;q=0", false},
		{"identity", false},
	} {
		resp := w.ask("GET", quic, "Accept-Encoding", tt.accept)
		if got := resp.Header.Get("Content-Encoding") == "gzip"; got != tt.want {
			t.Errorf("Accept-Encoding %q: gzip %v, want %v", tt.accept, got, tt.want)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		if int64(len(body)) != resp.ContentLength {
			t.Errorf("Accept-Encoding %q: Content-Length %d of %d bytes", tt.accept, resp.ContentLength, len(body))
		}
		if tt.want {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if string(body) != plain {
			t.Errorf("Accept-Encoding %q: the variants say different things", tt.accept)
		}
	}
}

func TestRefused(t *testing.T) {
	w := newWire(t)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PutTopic(ctx, store.Topic{Name: "old", Query: "old", Gone: noon})
		if err != nil {
			return err
		}
		return tx.KeepNewsletters(ctx, []string{"daily", "weekly"}, noon)
	})
	for _, tt := range []struct {
		method, path string
		want         int
		says         string
	}{
		{"GET", "/topics/none/feed.atom", 404, base + "/"},
		{"GET", "/topics/old/feed.atom", 410, "removed on 7 December 2025 (UTC)"},
		{"GET", "/newsletters/none/feed.atom", 404, base + "/"},
		{"GET", "/newsletters/weekly/feed.atom", 410, "has ended"},
		{"GET", "/topics/%00%ff%3Cscript%3E/feed.atom", 404, ""},
		{"POST", quic, 405, ""},
	} {
		resp := w.ask(tt.method, tt.path)
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != tt.want || !strings.Contains(string(body), tt.says) {
			t.Errorf("%s %s: %s %s, want %d with %q", tt.method, tt.path, resp.Status, body, tt.want, tt.says)
		}
	}
	if n := len(w.feeds.named.slots) + len(w.feeds.asked.slots); n != 0 {
		t.Errorf("%d feeds that do not exist are kept", n)
	}
}

// While nothing is committed, no request reads: a closed database goes unnoticed.
func TestUnchangedFeedAsksNothing(t *testing.T) {
	w := newWire(t)
	w.fill(2)
	want := w.body(quic)
	w.db.Close()
	for range 1000 {
		if w.body(quic) != want {
			t.Fatal("the feed changed by itself")
		}
	}
}

func TestChanges(t *testing.T) {
	w := newWire(t)
	w.fill(2)
	first := w.ask("GET", quic)
	validators := func(r *http.Response) string { return r.Header.Get("ETag") + r.Header.Get("Last-Modified") }

	w.now = noon.Add(100 * time.Hour)
	w.update(func(ctx context.Context, tx *store.Tx) error { // a commit that changes nothing here
		_, err := tx.SetOnce(ctx, "some", "thing")
		return err
	})
	if again := w.ask("GET", quic); validators(again) != validators(first) {
		t.Errorf("a commit elsewhere changed %s to %s", validators(first), validators(again))
	}

	w.add(draft(2))
	grown := w.ask("GET", quic)
	if grown.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Error("a new entry left the ETag")
	}

	// A withdrawal shows nothing newer, and yet the date must move.
	w.update(func(ctx context.Context, tx *store.Tx) error { return tx.WithdrawAll(ctx, w.topic, w.now) })
	empty := w.ask("GET", quic, "If-Modified-Since", grown.Header.Get("Last-Modified"))
	if empty.StatusCode != http.StatusOK {
		t.Errorf("who asks by date alone never hears of a withdrawal: %s", empty.Status)
	}
}

// Many requests for a changed feed render it once.
func TestSingleFlight(t *testing.T) {
	w := newWire(t)
	w.fill(1)
	inner, renderings := w.feeds.named.render, 0
	begun, release := make(chan struct{}, 50), make(chan struct{})
	w.feeds.named.render = func(ctx context.Context, k key, known string) (rendering, error) {
		renderings++ // under the slot's token
		begun <- struct{}{}
		<-release
		return inner(ctx, k, known)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := w.feeds.named.get(context.Background(), quicKey, free); err != nil {
				t.Error(err)
			}
		})
	}
	<-begun
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.feeds.named.get(ctx, quicKey, free); err == nil {
		t.Error("who has left still waits")
	}
	close(release)
	wg.Wait()
	if renderings != 1 {
		t.Errorf("rendered %d times", renderings)
	}
}

func TestCacheIsBounded(t *testing.T) {
	body := bytes.Repeat([]byte("x"), 1000)
	c := newCache(30_000, func() uint64 { return 1 }, time.Now, func(context.Context, key, string) (rendering, error) {
		return rendering{body: body, changed: noon}, nil
	})
	for i := range 100 {
		if _, err := c.get(context.Background(), topicKey(strings.Repeat("n", i)), free); err != nil {
			t.Fatal(err)
		}
		if _, err := c.get(context.Background(), topicKey("loved"), free); err != nil {
			t.Fatal(err)
		}
	}
	if *c.bytes > c.limit || len(c.slots) != c.used.Len() || len(c.slots) < 5 {
		t.Errorf("%d bytes in %d feeds, %d listed", *c.bytes, len(c.slots), c.used.Len())
	}
	if c.slots[topicKey("loved")] == nil {
		t.Error("what is asked for most was thrown out")
	}
}

// A newsletter's feed is made anew when an edition is closed, and only then.
func TestNewsletterStamp(t *testing.T) {
	const path = "/newsletters/daily/feed.atom"
	w := newWire(t)
	w.closeEdition(1, noon.Truncate(24*time.Hour), editions.Edition{Title: "Drafts, daily"})
	first := w.ask("GET", path).Header.Get("ETag")
	read := w.feeds.named.slots[key{kind: aNewsletter, name: "daily", format: atomFormat}].doc.Load()
	w.add(draft(1))
	if again := w.ask("GET", path).Header.Get("ETag"); again != first || w.feeds.named.slots[key{kind: aNewsletter, name: "daily", format: atomFormat}].doc.Load() != read {
		t.Error("an event made the feed anew")
	}
	w.closeEdition(2, noon.Truncate(24*time.Hour).AddDate(0, 0, 1), editions.Edition{Title: "Drafts, daily"})
	if later := w.ask("GET", path).Header.Get("ETag"); later == first {
		t.Error("an edition was closed, and the feed stays")
	}
}

func FuzzAcceptsGzip(f *testing.F) {
	for _, s := range []string{"gzip", "gzip;q=0, *", "br;q=1.0, gzip;q=0.8, *;q=0.1", ";;,=,q=", "gzip;q=NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if acceptsGzip([]string{value}) != acceptsGzip([]string{value, "br"}) {
			t.Errorf("%q: another coding changes what it says of gzip", value)
		}
		if !acceptsGzip([]string{"gzip", value}) {
			t.Errorf("%q overrules what was said before", value)
		}
	})
}
