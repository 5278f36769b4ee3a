package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPost(t *testing.T) {
	srv, client := serve(t, Options{UserAgent: "Draftwire/1"}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got := strings.Join([]string{
			r.Method, r.URL.Path, string(body), r.Header.Get("Content-Type"), r.Header.Get("Accept"),
			r.Header.Get("User-Agent"), r.Header.Get("Authorization"), r.Header.Get("Referer"),
		}, "|")
		if want := `POST|/v1/x|{"a":1}|application/json|application/json|Draftwire/1|Bearer s3cret|`; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "{}")
	})
	resp, err := client.Post(t.Context(), Post{URL: srv.URL + "/v1/x", JSON: []byte(`{"a":1}`), Token: "s3cret"})
	if err != nil || string(resp.Body) != "{}" || resp.ContentType != "application/json" || resp.Status != 200 {
		t.Errorf("got %+v, %v", resp, err)
	}
}

// TestPostFails holds that nothing is followed, that all is bounded, and that
// the token stands in no error.
func TestPostFails(t *testing.T) {
	var elsewhere atomic.Int32
	srv, client := serve(t, Options{MaxBytes: 8, Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // else it is not noticed that the client leaves
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusPermanentRedirect)
		case "/elsewhere":
			elsewhere.Add(1)
		case "/big":
			io.WriteString(w, "123456789")
		case "/never":
			<-r.Context().Done()
		case "/refuses":
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	for address, want := range map[string]string{
		srv.URL + "/moved":     "answers 308",
		srv.URL + "/big":       "larger than the limit",
		srv.URL + "/never":     "no complete answer within 50ms",
		srv.URL + "/refuses":   "answers 401",
		"http://127.0.0.2:1/":  "refused: loopback address",
		"ftp://example.org/":   "want an http or https URL",
		"http://example.org:x": "invalid port",
	} {
		_, err := client.Post(t.Context(), Post{URL: address, JSON: []byte("{}"), Token: "s3cret"})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Post(ctx, Post{URL: srv.URL + "/never"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPostKeepsAway holds that Retry-After is obeyed, and that two at once are
// possible.
func TestPostKeepsAway(t *testing.T) {
	now := noon
	both := make(chan struct{}) // closed when two are there
	var waiting, asked atomic.Int32
	srv, client := serve(t, Options{Now: func() time.Time { return now }}, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/both" {
			if waiting.Add(1) == 2 {
				close(both)
			}
			select {
			case <-both:
			case <-r.Context().Done():
			}
			return
		}
		asked.Add(1)
		w.Header()["Date"] = nil
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := client.Post(context.Background(), Post{URL: srv.URL + "/both"})
			ended <- err
		}()
	}
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	_, err := client.Post(t.Context(), Post{URL: srv.URL})
	if status, ok := errors.AsType[*StatusError](err); !ok || status.RetryAfter != time.Minute {
		t.Errorf("got %v", err)
	}
	_, err = client.Post(t.Context(), Post{URL: srv.URL})
	if busy, ok := errors.AsType[*BusyError](err); !ok || !busy.Until.Equal(noon.Add(time.Minute)) || asked.Load() != 1 {
		t.Errorf("got %v after %d requests", err, asked.Load())
	}
	now = noon.Add(time.Minute)
	client.Post(t.Context(), Post{URL: srv.URL})
	if asked.Load() != 2 {
		t.Error("when the time has come, nothing is asked")
	}
}
