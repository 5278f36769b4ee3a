package aggregator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// shelf is an archive host with files that a test changes.
type shelf struct {
	*httptest.Server
	t *testing.T

	mu    sync.Mutex // guards all below
	files map[string]shelved
	asked []string // path, query and range
}

type shelved struct {
	content  string
	modified time.Time        // zero: the host gives no validators
	answer   http.HandlerFunc // instead of content
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, files: map[string]shelved{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files[r.URL.EscapedPath()]
	if !ok { // a folder that has moved
		first, _, _ := strings.Cut(r.URL.EscapedPath()[1:], "/")
		f, ok = s.files["/"+first]
	}
	s.asked = append(s.asked, strings.TrimSpace(r.URL.RequestURI()+" "+strings.TrimPrefix(r.Header.Get("Range"), "bytes=")))
	s.mu.Unlock()
	switch {
	case !ok:
		http.NotFound(w, r)
	case f.answer != nil:
		f.answer(w, r)
	default:
		if strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Content-Type", "text/html")
		} else {
			w.Header().Set("Content-Type", "text/plain")
		}
		http.ServeContent(w, r, "", f.modified, strings.NewReader(f.content))
	}
}

func (s *shelf) put(path, content string, modified time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = shelved{content: content, modified: modified}
}

func (s *shelf) answer(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = shelved{answer: h}
}

func (s *shelf) drop(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, path)
}

// moved makes all below one path lead below another for good, until the path is
// dropped.
func (s *shelf) moved(t *testing.T, from, to string) {
	t.Helper()
	s.answer(from, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to+strings.TrimPrefix(r.URL.RequestURI(), from), http.StatusMovedPermanently)
	})
}

// requests gives what was asked since the last call.
func (s *shelf) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *shelf) expect(step string, want ...string) {
	s.t.Helper()
	if got := s.requests(); !slices.Equal(got, want) {
		s.t.Errorf("%s: asked for %q, want %q", step, got, want)
	}
}

// archive is how the shelf is read. What it puts on disk is gone in the end.
func (s *shelf) archive(r *rig) Archive {
	s.t.Helper()
	client := fetch.New(fetch.Options{Allow: []string{s.Listener.Addr().String()}, Spacing: -1, Now: r.now})
	s.t.Cleanup(client.Close)
	dir := s.t.TempDir()
	s.t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			s.t.Errorf("left on disk: %v, %v", left, err)
		}
	})
	return Archive{Client: client, Now: r.now, Dir: dir}
}

// archive polls one archive.
func (r *rig) archive(up Upstream) { r.use(Source{Name: "list", Interval: time.Hour, Upstream: up}) }

// long are letters that fill more than the overlap.
func long(from, to int) (s string) {
	for n := from; n <= to; n++ {
		s += strings.Replace(letter(n), "Body\n", strings.Repeat(fmt.Sprintf("line of %d\n", n), 300), 1)
	}
	return s
}

// TestArchiveGrows follows one file through its life: only what is new is
// asked for and taken, unless the host has rebuilt the file.
func TestArchiveGrows(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	r.archive(MboxHTTP{s.archive(r), s.URL + "/box"})
	behind := func(n int, shift ...int) string { // how the letters after n are asked for
		return fmt.Sprintf("/box %d-", len(long(1, n))-1-overlap+len(shift))
	}
	rebuilt := strings.Replace(long(1, 6), "From a@example.org", "From aa@example.org", 1) // a byte longer
	for _, step := range []struct {
		name    string
		content string
		age     time.Duration
		want    Tally
		asked   []string
	}{
		{"three", long(1, 3), time.Hour, Tally{Messages: 3, Posts: 3}, []string{"/box"}},
		{"unchanged", long(1, 3), time.Hour, Tally{}, []string{behind(2)}},
		{"one more", long(1, 4), 30 * time.Minute, Tally{Messages: 2, Known: 1, Posts: 1}, []string{behind(2)}},
		{"half a letter", long(1, 4) + letter(5)[:150], 0, Tally{Messages: 1, Known: 1}, []string{behind(3)}},
		{"the other half", long(1, 5), time.Minute, Tally{Messages: 1, Posts: 1}, []string{behind(4)}},
		{"rebuilt", rebuilt, 20 * time.Second, Tally{Messages: 6, Known: 5, Posts: 1}, []string{behind(4), "/box"}},
		{"shrunk", letters(6, 8), 10 * time.Second, Tally{Messages: 3, Posts: 2, Supporting: 1}, []string{behind(5, 1), "/box"}},
		{"emptied", "", 9 * time.Second, Tally{}, []string{"/box"}},
		{"gzipped", zipped(t, letters(7, 9)), 8 * time.Second, Tally{Messages: 3, Known: 2, Posts: 1}, []string{"/box"}},
		{"gzipped again", zipped(t, letters(7, 10)), 7 * time.Second, Tally{Messages: 4, Known: 3, Posts: 1}, []string{"/box"}},
	} {
		s.put("/box", step.content, now.Add(-step.age))
		if res := r.one(step.want); res.Err != nil {
			t.Fatalf("%s: %v", step.name, res.Err)
		}
		if s.expect(step.name, step.asked...); t.Failed() {
			t.Fatal(step.name)
		}
	}
}

// TestArchiveWithoutValidators holds that on a host that tells nothing of its
// files, a last message counts once it stays as it is.
func TestArchiveWithoutValidators(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	r.archive(MboxHTTP{s.archive(r), s.URL + "/box"})
	for i, want := range []Tally{{Messages: 1, Posts: 1}, {Messages: 1, Posts: 1}, {}, {}} {
		s.put("/box", letters(1, 2), time.Time{})
		if res := r.one(want); res.Err != nil || t.Failed() {
			t.Fatalf("poll %d: %v", i, res.Err)
		}
	}
}

// TestArchiveCrash holds that a poll cut off at any batch goes on from the
// last one that was recorded.
func TestArchiveCrash(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	s.put("/box", letters(1, 3*batchMessages), now.Add(-time.Hour))
	up := MboxHTTP{s.archive(r), s.URL + "/box"}
	cursor, got := "", map[string]bool{}
	for polls := 1; ; polls++ {
		batches := 0
		_, err := up.Poll(t.Context(), cursor, func(_ context.Context, batch []Received, next string) error {
			if batches++; batches == 2 {
				return errors.New("killed")
			}
			cursor = next
			for _, b := range batch {
				got[string(b.Raw)] = true
			}
			return nil
		})
		if err == nil {
			if len(got) != 3*batchMessages || polls < 3 {
				t.Errorf("%d messages in %d polls", len(got), polls)
			}
			return
		}
		if !errors.Is(err, errTake) || polls > 5 {
			t.Fatalf("poll %d: %v", polls, err)
		}
	}
}

// TestArchiveBadFiles holds that each ends in an error that names it, and that
// what could be read is kept.
func TestArchiveBadFiles(t *testing.T) {
	bomb := zipped(t, letters(1, 2)+letter(3)+strings.Repeat("0", 5<<20))
	cut := zipped(t, letters(1, 400))
	for _, tt := range []struct {
		name, content string
		status        int
		want          int
		err           string
	}{
		{name: "bomb", content: bomb, want: 2, err: "more than 1048576 bytes"},
		{name: "big", content: strings.Repeat("x", 3<<20), err: "larger than the limit of 2097152 bytes"},
		{name: "cut gzip", content: cut[:len(cut)-30], want: -1, err: "unexpected EOF"},
		{name: "page", content: "<html>Come back later</html>", err: "neither a mailbox nor a mail"},
		{name: "absent", status: 404, err: "404"},
		{name: "busy", status: 503, err: "503"},
		{name: "too fast", status: 429, err: "429"},
	} {
		s, r := newShelf(t), newRig(t, openStore(t))
		a := s.archive(r)
		a.MaxFile, a.MaxSize = 2<<20, 1<<20
		r.archive(MboxHTTP{a, s.URL + "/box"})
		s.put("/box", tt.content, now.Add(-time.Hour))
		if tt.status > 0 {
			s.answer("/box", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(tt.status) })
		}
		res := r.poll()["list"]
		if res.Err == nil || !res.failed() || !strings.Contains(res.Err.Error(), tt.err) || !strings.Contains(res.Err.Error(), s.URL+"/box") {
			t.Errorf("%s: %v, want %q", tt.name, res.Err, tt.err)
		}
		if got := len(r.subjects()); got != tt.want && (tt.want >= 0 || got == 0) {
			t.Errorf("%s: %d messages, want %d", tt.name, got, tt.want)
		}
		s.put("/box", letters(1, 5), now.Add(-time.Minute)) // it mends itself
		if res := r.poll()["list"]; res.Err != nil && tt.status != 429 && tt.status != 503 || len(r.subjects()) < 5 && res.Err == nil {
			t.Errorf("%s: %v", tt.name, res.Err)
		}
	}
}
