package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestGetTo(t *testing.T) {
	const text = "0123456789"
	srv, client := serve(t, Options{MaxBytes: 4}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file":
			w.Header().Set("ETag", `"a"`)
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
		case "/moved":
			w.Header().Set("Location", "/file")
			w.WriteHeader(http.StatusFound)
			io.WriteString(w, "not this")
		case "/whole":
			io.WriteString(w, text)
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			io.WriteString(z, text)
			z.Close()
		case "/liar", "/squeezed":
			w.Header().Set("Content-Range", "bytes 2-9/10")
			if r.URL.Path == "/squeezed" {
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("Content-Range", "bytes 4-9/10")
			}
			w.WriteHeader(http.StatusPartialContent)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, text)
		}
	})
	for _, tt := range []struct {
		path, etag string
		from       int64
		limit      int64
		want       string
		at         int64
		err        string
	}{
		{path: "/file", limit: 10, want: text},
		{path: "/file", limit: 9, err: "larger than the limit of 9 bytes"},
		{path: "/moved", limit: 10, want: text},
		{path: "/gzip", limit: 10, want: text},
		{path: "/gzip", limit: 9, err: "larger than the limit of 9 bytes"},
		{path: "/file", from: 4, limit: 10, want: "456789", at: 4},
		{path: "/moved", from: 4, limit: 6, want: "456789", at: 4},
		{path: "/file", from: 4, limit: 5, err: "larger"},
		{path: "/file", from: 4, limit: 10, etag: `"a"`, want: ""},
		{path: "/file", from: 10, limit: 10, err: "416"},
		{path: "/whole", from: 4, limit: 10, want: text},
		{path: "/liar", from: 4, limit: 10, err: `sends "bytes 2-9/10" of the body, want "bytes 4-"`},
		{path: "/squeezed", from: 4, limit: 10, err: `a part comes as "gzip"`},
		{path: "/cut", limit: 100, err: "breaks off after 10 bytes"},
	} {
		var b bytes.Buffer
		resp, err := client.GetTo(t.Context(), Request{URL: srv.URL + tt.path, ETag: tt.etag, From: tt.from}, &b, tt.limit)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s from %d: %v, want %q", tt.path, tt.from, err, tt.err)
			}
			if status, ok := errors.AsType[*StatusError](err); ok != (tt.err == "416") || ok && !status.Unsatisfied() {
				t.Errorf("%s from %d: %v", tt.path, tt.from, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s from %d: %v", tt.path, tt.from, err)
			continue
		}
		if b.String() != tt.want || resp.From != tt.at || resp.Body != nil || resp.Size != int64(len(tt.want)) || resp.NotModified != (tt.etag != "") {
			t.Errorf("%s from %d: got %q, %+v", tt.path, tt.from, b.String(), resp)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestGetToEnds holds that neither a server that falls silent nor one that
// sends a little for ever nor a full disk keeps the caller.
func TestGetToEnds(t *testing.T) {
	t.Parallel()
	srv, client := serve(t, Options{Timeout: 400 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			if r.URL.Path == "/silent" {
				<-r.Context().Done()
			}
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	})
	for path, want := range map[string]string{"/silent": "not a byte within 400ms", "/drip": "no complete answer within 4s"} {
		_, err := client.GetTo(t.Context(), Request{URL: srv.URL + path}, io.Discard, 1<<20)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if _, err := client.GetTo(t.Context(), Request{URL: srv.URL}, fullDisk{}, 9); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("full disk: %v", err)
	}
}
