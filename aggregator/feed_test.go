package aggregator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// feedRig polls one feed of a site every ten minutes.
func feedRig(t *testing.T, o fetch.Options, announcements bool) (*rig, *site) {
	t.Helper()
	r, s := newRig(t, openStore(t)), newSite(t)
	feed := s.feed(t, r, o)
	feed.Announces = announcements
	r.use(Source{Name: "news", Announcements: announcements, Interval: 10 * time.Minute, Upstream: feed})
	return r, s
}

func posts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<item><title>%d</title><guid>https://example.org/%d</guid><pubDate>Fri, 20 Mar 2026 10:00:00 GMT</pubDate></item>", i, i)
	}
	return rssOf(b.String())
}

func TestFeedConditional(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	const etag, modified = `W/"odd, \"quoted"`, "Fri, 20 Mar 2026 09:00:00 +0000 or so"
	s.says(posts(2), "ETag", etag, "Last-Modified", modified)
	if res := r.one(Tally{Messages: 2, Posts: 2}); res.Err != nil {
		t.Fatal(res.Err)
	}
	s.does(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	cursor := r.source("news").Cursor
	for range 2 { // the validators outlive an answer without any
		if res := r.one(Tally{}); res.Err != nil {
			t.Fatal(res.Err)
		}
		if h := s.last(); h.Get("If-None-Match") != etag || h.Get("If-Modified-Since") != modified {
			t.Errorf("validators came back as %q, %q", h.Get("If-None-Match"), h.Get("If-Modified-Since"))
		}
	}
	if got := r.source("news"); got.Cursor != cursor || got.Polls != 3 || got.Messages != 2 {
		t.Errorf("after 304: %+v", got)
	}
	s.says(posts(3), "ETag", `"new"`)
	r.one(Tally{Messages: 1, Posts: 1})
	if got := r.source("news"); got.Messages != 3 {
		t.Errorf("%d messages counted, want 3", got.Messages)
	}
	r.one(Tally{})
	if h := s.last(); h.Get("If-None-Match") != `"new"` || h.Get("If-Modified-Since") != "" {
		t.Errorf("a validator of an older answer is sent: %v", h)
	}
}

// TestFeedWithoutValidators holds that a body that has not changed is not read.
func TestFeedWithoutValidators(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	s.says(posts(2))
	r.one(Tally{Messages: 2, Posts: 2})
	before := r.db.Commits()
	r.one(Tally{})
	if commits := r.db.Commits() - before; commits != 3 { // the list of sources, the lease, its end
		t.Errorf("%d commits for an unchanged body, want 3", commits)
	}
}

func TestFeedSchedule(t *testing.T) {
	const interval = 10 * time.Minute
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		least  time.Duration
		most   time.Duration
		err    string
	}{
		{"as planned", nil, interval, interval, ""},
		{"fresh for longer", with(200, "Cache-Control", "max-age=3600"), time.Hour, time.Hour, ""},
		{"fresh for less", with(200, "Cache-Control", "max-age=5"), interval, interval, ""},
		{"429", with(429, "Retry-After", "7200"), 2 * time.Hour, 2 * time.Hour, "429 Too Many Requests, retry after 2h0m0s"},
		{"503", with(503, "Retry-After", "1"), 8 * time.Minute, interval, "503"},
		{"500", with(500), 8 * time.Minute, interval, "500"},
		{"endless Retry-After", with(503, "Retry-After", "999999999999"), 24 * time.Hour, 24 * time.Hour, "503"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, s := feedRig(t, fetch.Options{}, false)
			s.does(func(w http.ResponseWriter, q *http.Request) {
				if tt.answer != nil {
					tt.answer(w, q)
				}
				_, _ = io.WriteString(w, posts(1))
			})
			res := r.poll()["news"]
			row := r.source("news")
			if wait := row.Next.Sub(now); wait < tt.least || wait > tt.most {
				t.Errorf("next poll after %s, want %s to %s", wait, tt.least, tt.most)
			}
			if tt.err == "" {
				if res.Err != nil || row.LastError != "" || row.Success != now {
					t.Errorf("%v, %+v", res.Err, row)
				}
				return
			}
			if !strings.Contains(row.LastError, tt.err) || !strings.Contains(row.LastError, "source news: ") || row.Attempts != 1 || row.Polls != 0 {
				t.Errorf("recorded: %+v", row)
			}
			if !strings.Contains(r.log.String(), "poll failed") {
				t.Errorf("not logged: %s", r.log)
			}
		})
	}
}

func with(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
	}
}

// TestFeedBroken holds that a broken feed gives what is whole, is told as long
// as it is broken, is polled on as planned, and is read again when mended.
func TestFeedBroken(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	whole := posts(3)
	s.says(whole[:len(whole)-80], "ETag", `"same"`)
	r.one(Tally{Messages: 2, Posts: 2})
	res := r.one(Tally{Messages: 2, Known: 2})
	row := r.source("news")
	if want := "source news: " + s.URL + "/feed: the feed breaks off behind its first 2 entries: "; !strings.HasPrefix(row.LastError, want) {
		t.Errorf("recorded %q, want %q", row.LastError, want)
	}
	if res.Err == nil || row.Attempts != 0 || row.Polls != 2 || row.Messages != 2 || row.Next != now.Add(10*time.Minute) {
		t.Errorf("%v, %+v", res.Err, row)
	}
	s.says(whole, "ETag", `"same"`)
	r.one(Tally{Messages: 3, Known: 2, Posts: 1})
	if s.last().Get("If-None-Match") != "" {
		t.Error("the broken answer's validator was sent")
	}
	if row := r.source("news"); row.LastError != "" {
		t.Errorf("still told: %s", row.LastError)
	}
}

// TestFeedHostile holds that each of these ends as an error of its source that
// names it, and takes nothing away.
func TestFeedHostile(t *testing.T) {
	r, s := feedRig(t, fetch.Options{MaxBytes: 1 << 20, Timeout: time.Second}, false)
	s.says(posts(2), "ETag", `"good"`)
	r.one(Tally{Messages: 2, Posts: 2})
	cursor, bomb := r.source("news").Cursor, zipped(t, strings.Repeat("0", 8<<20))
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		err    string
	}{
		{"gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, bomb)
		}, "larger than the limit of 1048576 bytes"},
		{"huge body", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) }, "larger than the limit"},
		{"redirect loop", func(w http.ResponseWriter, q *http.Request) { http.Redirect(w, q, "/feed", http.StatusFound) }, "redirect loop"},
		{"endless redirects", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, q.URL.Path+"x", http.StatusFound)
		}, "more than 5 redirects"},
		{"redirect inside", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "http://169.254.169.254/latest", http.StatusFound)
		}, "link-local"},
		{"redirect to a file", func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "file:///etc/passwd", http.StatusFound)
		}, "other than http"},
		{"broken off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, "<rss>")
		}, "breaks off after 5 bytes"},
		{"hangs", func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }, "no complete answer within 1s"},
		{"not a feed", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Sorry") }, "not a readable feed"},
	} {
		s.does(tt.answer)
		res := r.one(Tally{})
		if res.Err == nil || !strings.Contains(res.Err.Error(), tt.err) || !strings.Contains(res.Err.Error(), "source news: ") ||
			!strings.Contains(res.Err.Error(), "http://") {
			t.Errorf("%s: %v, want the source, the address and %q", tt.name, res.Err, tt.err)
		}
		if partial := (*PartialError)(nil); errors.As(res.Err, &partial) {
			t.Errorf("%s: counts as a success", tt.name)
		}
	}
	if got := r.source("news"); got.Cursor != cursor || got.Messages != 2 || got.Attempts != 9 {
		t.Errorf("what was taken is touched: %+v", got)
	}
}

const rfcFeed = `<item><title>RFC 9999: A Thing Done</title><link>https://www.rfc-editor.org/info/rfc9999</link>
	<description>It tells of A Thing Done.</description><pubDate>Mon, 16 Mar 2026 00:00:00 GMT</pubDate></item>`

// TestFeedOfRFCs holds who may announce, and that mail and feed tell of one event.
func TestFeedOfRFCs(t *testing.T) {
	mailed := Received{Raw: []byte(anRFC(9999, "A Thing Done", "draft-ietf-quic-thing-01", time.Date(2026, 3, 15, 10, 0, 0, 0, time.UTC))), At: now}
	for _, tt := range []struct {
		name      string
		announces bool
		mail      string // before, after, or none
		kind      catalog.Kind
		sources   string
	}{
		{"announcing feed", true, "none", catalog.RFC, "news"},
		{"any other feed", false, "none", catalog.Post, "news"},
		{"mail, then announcing feed", true, "before", catalog.RFC, "list news"},
		{"announcing feed, then mail", true, "after", catalog.RFC, "list news"},
		{"mail, then any other feed", false, "before", catalog.RFC, "list news"},
		{"any other feed, then mail", false, "after", catalog.RFC, "list news"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, s := feedRig(t, fetch.Options{}, tt.announces)
			s.says(rssOf(rfcFeed))
			list := ours(t, r.db, "list", true)
			takeMail := func() {
				if _, err := r.Catalogue.Take(context.Background(), list, []Received{mailed}); err != nil {
					t.Fatal(err)
				}
			}
			if tt.mail == "before" {
				takeMail()
			}
			r.poll()
			if tt.mail == "after" {
				takeMail()
			}
			events := catalogued(t, r.db)
			if len(events) != 1 {
				t.Fatalf("got %d events: %v", len(events), keysOf(events))
			}
			e := events[0]
			if e.Kind != tt.kind || strings.Join(e.Sources, " ") != tt.sources {
				t.Errorf("got %s from %v, want %s from %s", e.Key, e.Sources, tt.kind, tt.sources)
			}
			if tt.mail != "none" && (!e.Published.Equal(time.Date(2026, 3, 15, 10, 0, 0, 0, time.UTC)) || e.Facts.Pages != 20) {
				t.Errorf("the mail is not the best evidence: %+v", e)
			}
		})
	}
}

// TestFeedsWithEqualIDs holds that ids which mean something within one feed
// only do not make two feeds' entries one, and that absolute ones do.
func TestFeedsWithEqualIDs(t *testing.T) {
	r := newRig(t, openStore(t))
	var sources []Source
	for _, name := range []string{"alpha", "beta"} {
		s := newSite(t)
		s.says(rssOf("<item><title>own " + name + "</title><guid isPermaLink=\"false\">1</guid></item>" +
			"<item><title>shared</title><guid isPermaLink=\"false\">tag:example.org,2026:1</guid></item>"))
		sources = append(sources, Source{Name: name, Interval: time.Hour, Upstream: s.feed(t, r, fetch.Options{})})
	}
	r.use(sources...)
	r.poll()
	titles := make(map[string][]string)
	for _, e := range catalogued(t, r.db) {
		titles[e.Facts.Title] = e.Sources
	}
	if len(titles) != 3 || len(titles["shared"]) != 2 || len(titles["own beta"]) != 1 {
		t.Errorf("got %v", titles)
	}
}
