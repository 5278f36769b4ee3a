package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

var noon = time.Date(2026, 7, 19, 12, 0, 0, 0, time.UTC)

// desk is a writer with a database and a fake model, and a clock that the test moves.
type desk struct {
	*testing.T
	path   string
	db     *store.DB
	w      *Writer
	log    bytes.Buffer
	events []catalog.Event

	impatient *fetch.Client // that waits for 100 ms

	mu    sync.Mutex
	now   time.Time
	asked []request
	reply func(request, http.ResponseWriter, *http.Request) // nil: a good answer
}

const goodEnglish = "It describes how the letters of pigeons are carried, and what the receiver has to do."

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, now: noon, path: filepath.Join(t.TempDir(), "wire.db")}
	d.db = d.open()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q request
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer s3cret" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		io.Copy(io.Discard, r.Body)
		d.mu.Lock()
		d.asked = append(d.asked, q)
		reply := d.reply
		d.mu.Unlock()
		w.Header()["Date"] = nil
		if reply != nil {
			reply(q, w, r)
			return
		}
		d.say(w, d.good(q), 100, 30)
	}))
	t.Cleanup(srv.Close)
	client := func(timeout time.Duration) *fetch.Client {
		c := fetch.New(fetch.Options{Allow: []string{srv.Listener.Addr().String()}, MaxBytes: 10_000, Timeout: timeout, Now: d.clock})
		t.Cleanup(c.Close)
		return c
	}
	d.impatient = client(100 * time.Millisecond)
	prompts, err := LoadPrompts(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.w = NewWriter(Config{
		Model: Model{Name: "pidgin:1b", Tasks: []Task{Summary}, Prompts: prompts, Brief: func(s string) string { return s }},
		DB:    d.db, Client: client(30 * time.Second), URL: srv.URL + "/v1/", Key: "s3cret", MaxTokens: 200, Timeout: time.Minute,
		Budget: Budget{Tokens: 1e6}, Now: d.clock, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Series: []Series{{
			Language: "en",
			Upcoming: func(context.Context, *store.Reader) ([]catalog.Event, error) { return d.events, nil },
			Edition: func(context.Context, *store.Reader) (string, string, time.Time, error) {
				return "daily/2026-07-19", "Internet-Drafts: 12\n- Carrying Letters", noon, nil
			},
		}},
	})
	d.draft("draft-ietf-coop-letters-00", 0)
	return d
}

func (d *desk) open() *store.DB {
	db, err := store.Open(context.Background(), d.path, store.Options{})
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { db.Close() })
	return db
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// draft adds a revision, so many minutes after noon.
func (d *desk) draft(key string, minutes int) {
	name, rev, _ := catalog.SplitDraft(key)
	d.events = append(d.events, catalog.Event{
		ID: int64(len(d.events) + 1), Key: key, Document: name, Rev: rev, Kind: catalog.Draft, Event: catalog.EventOfRevision(rev), News: true,
		Published: noon.Add(time.Duration(minutes) * time.Minute),
		Facts:     catalog.Facts{Title: "Carrying Letters " + strings.Repeat("x", len(d.events)), Abstract: "How pigeons carry the letters, and what the receiver has to do."},
	})
}

func (d *desk) good(q request) string {
	switch {
	case strings.Contains(q.Messages[0].Content, "in Japanese"), strings.Contains(q.Messages[0].Content, "into Japanese"):
		return "鳩が手紙を運ぶ方法"
	}
	return goodEnglish
}

// say answers as a server of models does.
func (d *desk) say(w http.ResponseWriter, text string, in, out int) {
	content, _ := json.Marshal(text)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":%d,"completion_tokens":%d}}`, content, in, out)
}

// once asks all that is due, and gives how many requests that took.
func (d *desk) once() (Tally, int) {
	d.Helper()
	d.mu.Lock()
	before := len(d.asked)
	d.mu.Unlock()
	tally, err := d.w.Once(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return tally, len(d.asked) - before
}

func (d *desk) rows(state store.MachineState) []store.MachineAsk {
	d.Helper()
	list, err := d.db.MachineAsks(d.Context(), state, 100)
	if err != nil {
		d.Fatal(err)
	}
	return list
}

func (d *desk) spent() store.MachineDay {
	d.Helper()
	day, err := d.db.MachineDay(d.Context(), d.clock())
	if err != nil {
		d.Fatal(err)
	}
	return day
}

// texts are what an edition would show, by task.
func (d *desk) texts(language string) map[string]string {
	d.Helper()
	found, err := d.w.Texts(d.Context(), &d.db.Reader, language, d.events)
	if err != nil {
		d.Fatal(err)
	}
	got := map[string]string{}
	for _, list := range found {
		for _, a := range list {
			got[a.Subject+" "+a.Task] = a.Text
		}
	}
	return got
}
