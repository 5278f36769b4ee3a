package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// serve starts a server on loopback and a client that may reach it.
func serve(t *testing.T, o Options, handler http.HandlerFunc) (*httptest.Server, *Client) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	o.Allow = append(o.Allow, srv.Listener.Addr().String())
	if o.Spacing == 0 {
		o.Spacing = -1
	}
	client := New(o)
	t.Cleanup(client.Close)
	return srv, client
}

func TestGet(t *testing.T) {
	srv, client := serve(t, Options{UserAgent: "Draftwire/1 (+mailto:a@example.org)"}, func(w http.ResponseWriter, r *http.Request) {
		for name, want := range map[string]string{
			"User-Agent": "Draftwire/1 (+mailto:a@example.org)", "Accept": "application/atom+xml",
			"If-None-Match": "", "Referer": "", "Cookie": "",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		w.Header()["ETag"] = []string{`W/"a"`}
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/atom+xml; charset=x")
		w.Header().Set("Last-Modified", "yesterday, as it were")
		w.Header().Set("Cache-Control", "max-age=90")
		w.Header().Set("Set-Cookie", "a=b")
		io.WriteString(w, "<feed/>")
	})
	want := &Response{
		Status: 200, Body: []byte("<feed/>"), Size: 7, ContentType: "application/atom+xml; charset=x",
		ETag: `W/"a"`, LastModified: "yesterday, as it were", FinalURL: srv.URL + "/feed", Fresh: 90 * time.Second,
	}
	for range 2 {
		got, err := client.Get(t.Context(), Request{URL: srv.URL + "/feed#top", Accept: "application/atom+xml"})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	c := New(Options{})
	if c.maxBytes != 32<<20 || c.timeout != time.Minute || c.pacer.spacing != time.Second || c.transport.Proxy != nil {
		t.Errorf("got %d bytes, %s, spacing %s, proxy set: %v", c.maxBytes, c.timeout, c.pacer.spacing, c.transport.Proxy != nil)
	}
}

func TestValidatorsGoBackVerbatim(t *testing.T) {
	for _, etag := range []string{`"a"`, `W/"a"`, `w/"a"`, `unquoted`, `"a-gzip"`, `"ä"`, `"a", "b"`} {
		date := "Sun, 6 Jan 2026 8:9:7 +0000 (odd)"
		srv, client := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == date {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header()["ETag"] = []string{etag}
			w.Header().Set("Last-Modified", date)
		})
		first, err := client.Get(t.Context(), Request{URL: srv.URL})
		if err != nil {
			t.Fatal(err)
		}
		second, err := client.Get(t.Context(), Request{URL: srv.URL, ETag: first.ETag, LastModified: first.LastModified})
		if err != nil || !second.NotModified || second.Status != 304 || second.ETag != "" {
			t.Errorf("ETag %s: got %+v, %v, want 304", etag, second, err)
		}
	}
}

func TestStatusErrors(t *testing.T) {
	tests := []struct {
		status int
		after  string
		want   time.Duration
		closes bool
	}{
		{status: 304}, // which nobody asked for
		{status: 206},
		{status: 301}, // without a Location
		{status: 404},
		{status: 410},
		{status: 429, after: "60", want: time.Minute, closes: true},
		{status: 503, after: "Sun, 19 Jul 2026 13:00:00 GMT", want: time.Hour, closes: true},
		{status: 503},
		{status: 500, after: "60", want: time.Minute},
	}
	for _, tt := range tests {
		srv, client := serve(t, Options{Now: func() time.Time { return noon }}, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Date"] = nil
			w.Header().Set("Retry-After", tt.after)
			w.WriteHeader(tt.status)
		})
		_, err := client.Get(t.Context(), Request{URL: srv.URL})
		status := (*StatusError)(nil)
		if !errors.As(err, &status) || *status != (StatusError{URL: srv.URL, Status: tt.status, RetryAfter: tt.want}) {
			t.Errorf("%+v: got %v", tt, err)
			continue
		}
		if status.Gone() != (tt.status == 410) {
			t.Errorf("%d: Gone() = %v", tt.status, status.Gone())
		}
		_, err = client.Get(t.Context(), Request{URL: srv.URL})
		busy := (*BusyError)(nil)
		if closed := errors.As(err, &busy); closed != tt.closes {
			t.Errorf("%+v: the next request gives %v, want busy: %v", tt, err, tt.closes)
		} else if closed && !busy.Until.Equal(noon.Add(tt.want)) {
			t.Errorf("%+v: busy until %s", tt, busy.Until)
		}
	}
}

func TestRedirects(t *testing.T) {
	srv, client := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		var code, next int
		switch {
		case r.URL.Path == "/ok":
			if user, _, _ := r.BasicAuth(); user != r.URL.Query().Get("user") {
				t.Errorf("%s: user %q", r.URL, user)
			}
		case r.URL.Path == "/auth":
			http.Redirect(w, r, "/ok?user=me", http.StatusTemporaryRedirect)
		case r.URL.Path == "/loop":
			http.Redirect(w, r, "/loop#again", http.StatusFound)
		case r.URL.Path == "/ftp":
			w.Header().Set("Location", "ftp://example.org/")
			w.WriteHeader(301)
		case r.URL.Path == "/bad":
			w.Header().Set("Location", "http://[::1")
			w.WriteHeader(301)
		case r.URL.Path == "/inside":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		case r.URL.Path == "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		default: // /301/302: one hop of each
			fmt.Sscanf(r.URL.Path, "/%d/%d", &code, &next)
			if rest := strings.TrimPrefix(r.URL.Path, fmt.Sprintf("/%d", code)); rest != "" {
				http.Redirect(w, r, rest, code)
			} else {
				http.Redirect(w, r, "/ok", code)
			}
		}
	})
	tests := []struct{ path, permanent, err string }{
		{path: "/301", permanent: "/ok"},
		{path: "/308/301", permanent: "/ok"},
		{path: "/302"},
		{path: "/303"},
		{path: "/307/301"},
		{path: "/301/302", permanent: "/302"},
		{path: "/301/302/303/307/308", permanent: "/302/303/307/308"},
		{path: "/302/302/302/302/302/302", err: "more than 5 redirects: " + srv.URL + "/302"},
		{path: "/loop", err: "redirect loop: " + srv.URL + "/loop -> " + srv.URL + "/loop"},
		{path: "/ftp", err: "other than http and https: " + srv.URL + "/ftp -> ftp://example.org/"},
		{path: "/bad", err: "no URL"},
		{path: "/inside", err: "127.0.0.1:1 refused: loopback"},
		{path: "/metadata", err: "169.254.169.254:80 refused: link-local"},
	}
	for _, tt := range tests {
		resp, err := client.Get(t.Context(), Request{URL: srv.URL + tt.path})
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: got %v, want an error with %q", tt.path, err, tt.err)
			}
			continue
		}
		permanent := tt.permanent
		if permanent != "" {
			permanent = srv.URL + permanent
		}
		if err != nil || resp.FinalURL != srv.URL+"/ok" || resp.Permanent != permanent {
			t.Errorf("%s: got %+v, %v, want permanent %q", tt.path, resp, err, permanent)
		}
	}
	withUser := strings.Replace(srv.URL, "http://", "http://me:secret@", 1) + "/auth"
	resp, err := client.Get(t.Context(), Request{URL: withUser})
	if err != nil || strings.Contains(resp.FinalURL, "secret") {
		t.Errorf("with a password: %+v, %v", resp, err)
	}
}

func TestGetRefuses(t *testing.T) {
	client := New(Options{})
	for _, url := range []string{"", "ftp://example.org", "file:///etc/passwd", "http://", "://", "http://a b/", "https://example.org/" + strings.Repeat("x", maxURL)} {
		if _, err := client.Get(t.Context(), Request{URL: url}); err == nil {
			t.Errorf("%.40q fetched, want an error", url)
		}
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	_, err := client.Get(t.Context(), Request{URL: srv.URL})
	if b := (*BlockedError)(nil); !errors.As(err, &b) || b.URL != srv.URL || b.Addr != srv.Listener.Addr().String() {
		t.Errorf("loopback: %v, want a BlockedError", err)
	}
}

func TestBodyLimit(t *testing.T) {
	var bomb bytes.Buffer
	z, _ := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	zeros := make([]byte, 1<<20)
	for range 200 {
		z.Write(zeros)
	}
	z.Close()
	srv, client := serve(t, Options{MaxBytes: 1 << 20}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/exact":
			w.Write(zeros)
		case "/long":
			w.Write(append(zeros, 0))
		case "/chunked":
			for range 3 {
				w.Write(zeros)
				w.(http.Flusher).Flush()
			}
		case "/bomb", "/old-name":
			w.Header().Set("Content-Encoding", map[string]string{"/bomb": "gzip", "/old-name": "x-gzip"}[r.URL.Path])
			w.Write(bomb.Bytes())
		case "/cut":
			w.Header().Set("Content-Length", "100")
			w.Write(zeros[:50])
		case "/no-gzip":
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "plain")
		case "/br":
			w.Header().Set("Content-Encoding", "br")
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, path := range []string{"/long", "/chunked", "/bomb", "/old-name"} {
		_, err := client.Get(t.Context(), Request{URL: srv.URL + path})
		if e := (*TooLargeError)(nil); !errors.As(err, &e) || e.Limit != 1<<20 {
			t.Errorf("%s: %v, want a TooLargeError", path, err)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d bytes allocated to cut bodies at 1 MiB", used)
	}
	if resp, err := client.Get(t.Context(), Request{URL: srv.URL + "/exact"}); err != nil || resp.Size != 1<<20 {
		t.Errorf("a body of the very limit: %v", err)
	}
	for path, want := range map[string]string{"/cut": "breaks off after 50 bytes", "/no-gzip": "gzip", "/br": `"br"`} {
		if _, err := client.Get(t.Context(), Request{URL: srv.URL + path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", path, err, want)
		}
	}
}

func TestSlowServers(t *testing.T) {
	srv, client := serve(t, Options{Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/drip" {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	})
	for _, path := range []string{"/silent", "/drip"} {
		_, err := client.Get(t.Context(), Request{URL: srv.URL + path})
		if err == nil || (!errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "timeout")) {
			t.Errorf("%s: %v, want a timeout", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Get(ctx, Request{URL: srv.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestHugeHeader(t *testing.T) {
	srv, client := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeader))
	})
	if _, err := client.Get(t.Context(), Request{URL: srv.URL}); err == nil {
		t.Error("a header of 512 KiB was taken, want an error")
	}
}
