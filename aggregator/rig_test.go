package aggregator

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// rig is a poller over a real database with a clock that stands until moved.
type rig struct {
	*Poller
	t   *testing.T
	db  *store.DB
	log *bytes.Buffer

	mu   sync.Mutex // guards time
	time time.Time
}

func newRig(t *testing.T, db *store.DB, sources ...Source) *rig {
	t.Helper()
	r := &rig{t: t, db: db, log: &bytes.Buffer{}, time: now}
	c := &Cataloguer{DB: db, Now: r.now}
	r.Poller = NewPoller(c, sources, slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	return r
}

// use goes on with other sources, as a configuration read anew does.
func (r *rig) use(sources ...Source) { r.Poller = NewPoller(r.Catalogue, sources, r.Log) }

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(d)
}

// poll polls the named sources, or all, and gives their results by name.
func (r *rig) poll(names ...string) map[string]Result {
	r.t.Helper()
	got := map[string]Result{}
	err := r.PollNow(context.Background(), names, func(res Result) { got[res.Source] = res })
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

// one polls the only source and expects that much of it.
func (r *rig) one(want Tally) Result {
	r.t.Helper()
	for _, got := range r.poll() {
		want.Defects, got.Tally.Defects = nil, nil
		if got.Tally.Messages != want.Messages || got.Tally.Known != want.Known || got.Tally.Announced != want.Announced ||
			got.Tally.Posts != want.Posts || got.Tally.Supporting != want.Supporting {
			r.t.Errorf("got %+v, want %+v (%v)", got.Tally, want, got.Err)
		}
		return got
	}
	r.t.Fatal("no source was polled")
	return Result{}
}

func (r *rig) source(name string) store.Source {
	r.t.Helper()
	list, err := r.db.Sources(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range list {
		if s.Name == name {
			return s
		}
	}
	r.t.Fatalf("no source %q in %v", name, list)
	return store.Source{}
}

// site is a web server whose answer a test changes.
type site struct {
	*httptest.Server
	mu     sync.Mutex // guards all below
	answer http.HandlerFunc
	seen   []http.Header
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.Header.Clone())
		answer := s.answer
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// says makes the site answer with a body and headers, given as name and value.
func (s *site) says(body string, headers ...string) {
	s.does(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header()[headers[i]] = []string{headers[i+1]}
		}
		_, _ = w.Write([]byte(body))
	})
}

func (s *site) does(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// last gives the headers of the last request.
func (s *site) last() http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[len(s.seen)-1]
}

// feed is the site's feed as an upstream.
func (s *site) feed(t *testing.T, r *rig, o fetch.Options) Feed {
	t.Helper()
	o.Allow, o.Spacing, o.Now = []string{s.Listener.Addr().String()}, -1, r.now
	client := fetch.New(o)
	t.Cleanup(client.Close)
	return Feed{URL: s.URL + "/feed", Client: client, Now: r.now}
}

// news tells by title which events are news.
func (r *rig) news() map[string]bool {
	r.t.Helper()
	q, err := filters.Parse("")
	if err != nil {
		r.t.Fatal(err)
	}
	events, err := r.db.Search(context.Background(), q, store.Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	news := make(map[string]bool, len(events))
	for _, e := range events {
		news[e.Facts.Title] = e.News
	}
	return news
}
