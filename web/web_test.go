package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
	"github.com/draftwire/draftwire/web"
)

const base = "https://wire.example.org"

var (
	day    = time.Date(2025, time.December, 7, 0, 0, 0, 0, time.UTC)
	secret = []byte("thirty-two bytes of test secret.")
)

// site is the pages over a store.
type site struct {
	t       testing.TB
	db      *store.DB
	handler http.Handler
	topic   int64
	now     time.Time
}

// newSite has a topic, a gone topic, two drafts, a daily newsletter with two
// closed editions (the second in two parts), and three sources.
func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, now: day.AddDate(0, 0, 3).Add(12 * time.Hour)}
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "wire.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s.db = db
	s.handler = web.New(web.Config{
		DB: db, Base: base, Secret: secret, Version: "1.2.3", Now: func() time.Time { return s.now },
		Titles: func(language string) map[string]string {
			return map[string]map[string]string{"ja": {"quic": "高速な転送"}}[language]
		},
		Newsletters: []editions.Newsletter{{Name: "daily", Title: "Drafts & RFCs, daily", First: day, Rest: true}},
	}).Handler()
	s.fill()
	return s
}

func (s *site) fill() {
	s.update(func(ctx context.Context, tx *store.Tx) (err error) {
		if _, err = tx.PutTopic(ctx, store.Topic{Name: "old", Query: "x", Title: "Old <one>", Gone: day}); err != nil {
			return err
		}
		if s.topic, err = tx.PutTopic(ctx, store.Topic{Name: "quic", Query: `group:quic "a<b"`, Title: "QUIC <b>", Fault: "unknown group"}); err != nil {
			return err
		}
		if err := tx.KeepSources(ctx, []string{"announce", "broken", "new"}); err != nil {
			return err
		}
		list, err := tx.Sources(ctx)
		if err != nil {
			return err
		}
		if err := tx.PollSucceeded(ctx, list[0].ID, s.now.Add(-time.Hour), s.now.Add(time.Hour), "message 7 <x> is cut off"); err != nil {
			return err
		}
		if err := tx.PollFailed(ctx, list[1].ID, s.now, s.now.Add(time.Hour), "fetch https://example.com/?key=s3cret: the server answers 503 Service Unavailable"); err != nil {
			return err
		}
		return tx.KeepNewsletters(ctx, []string{"daily"}, day)
	})
	s.add("draft-ietf-quic-paths", "Paths <script>alert(1)</script>", day.Add(time.Hour))
	s.add("draft-ietf-quic-more", "More \u202eof\x01 it", day.Add(80*time.Hour))
	s.addRevision("draft-ietf-quic-more", "02", "More of it", day.Add(82*time.Hour))
	s.compared("draft-ietf-quic-more", "02")
	s.closeEdition(1, 3)
	s.closeEdition(2, 30)
}

func (s *site) update(fn func(context.Context, *store.Tx) error) {
	s.t.Helper()
	ctx := context.Background()
	if err := s.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) add(document, title string, published time.Time) {
	id := s.addRevision(document, "01", title, published)
	s.update(func(ctx context.Context, tx *store.Tx) error {
		return tx.Select(ctx, s.topic, id, "group:quic", true, published)
	})
}

func (s *site) addRevision(document, rev, title string, published time.Time) (id int64) {
	s.update(func(ctx context.Context, tx *store.Tx) error {
		d, _, err := tx.Document(ctx, document, catalog.Draft)
		if err != nil {
			return err
		}
		revision, _, err := tx.Revision(ctx, d.ID, rev, catalog.Facts{
			Title: title, Abstract: "It says <em>how</em>.", Group: "quic", Pages: 12,
			Authors: []catalog.Author{{Name: "Ada Example", Email: "ada@example.org"}},
		})
		if err != nil {
			return err
		}
		id, err = tx.AddEvent(ctx, revision, catalog.Event{
			Key: document + "-" + rev, Event: catalog.Revised, Published: published, Recorded: published,
		})
		return err
	})
	return id
}

// compared is what the text of a revision changed.
func (s *site) compared(document, rev string) {
	change, err := json.Marshal(texts.Comparison{
		Kept: 0.5, Marks: []catalog.Mark{catalog.ChangedIANA, catalog.ChangedText},
		Sections: []texts.SectionChange{{Kind: texts.Edited, Number: "8", Title: "IANA <i>Considerations</i>", Words: 5}},
		Added:    []texts.Reference{{Document: "rfc9000", Normative: true}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PutText(ctx, document, rev, []byte("text"), s.now); err != nil {
			return err
		}
		return tx.PutTextChange(ctx, document, rev, change, nil)
	})
}

// closeEdition closes the newsletter's edition of a number with n items.
func (s *site) closeEdition(number, n int) {
	from := day.AddDate(0, 0, number-1)
	e := editions.Edition{
		Newsletter: "daily", Title: "Drafts & RFCs, daily", Label: from.Format(time.DateOnly), Cadence: editions.Daily, Zone: "UTC",
		Number: number, From: from, To: from.AddDate(0, 0, 1), FirstDay: from.Format(time.DateOnly), LastDay: from.Format(time.DateOnly),
		Closed: from.AddDate(0, 0, 1), Counts: editions.Counts{Drafts: n}, Sections: []editions.Section{{Title: "All"}},
	}
	for i := range n {
		name := fmt.Sprintf("draft-sample-%d-00", i)
		if number == 2 {
			s.addRevision(name[:len(name)-3], "00", "Sample", from.AddDate(-1, 0, 0))
		}
		e.Sections[0].Items = append(e.Sections[0].Items, editions.Item{
			Number: i + 1, Key: name, Document: name[:len(name)-3], Rev: "00", Name: name, Kind: catalog.Draft, Event: catalog.New,
			Title: fmt.Sprintf("Sample %d", i), Published: from, Day: e.FirstDay,
		})
	}
	content, err := json.Marshal(e)
	if err != nil {
		s.t.Fatal(err)
	}
	s.update(func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Newsletters(ctx)
		if err != nil {
			return err
		}
		_, err = tx.AddEdition(ctx, rows[0].ID, store.Edition{Number: number, From: e.From, To: e.To, Closed: e.Closed, Content: content}, nil)
		return err
	})
}

// ask makes a request; headers alternate between names and values.
func (s *site) ask(method, path, body string, headers ...string) (*http.Response, string) {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	resp := rec.Result()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(b)
}

func TestPages(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		path string
		want int
		says []string
	}{
		{"/", 200, []string{"Drafts &amp; RFCs, daily", "QUIC &lt;b&gt;", "2 in the last seven days", "suspended", `href="/topics/quic"`, `href="/newsletters/daily/2025-12-08"`, "Draftwire 1.2.3"}},
		{"/topics/quic", 200, []string{"group:quic", "Paths &lt;script&gt;", "More of it", "suspended", "Why it is here: group quic", "It says &lt;em&gt;how", "By Ada Example", "7 December 2025, 01:00 UTC", "group quic", "12 pages"}},
		{"/topics/old", 410, []string{"Old &lt;one&gt;", "was removed on 7 December 2025"}},
		{"/topics/none", 404, []string{"Nothing is published at this address"}},
		{"/newsletters/daily", 200, []string{"2025-12-07", "2025-12-08", "every day (UTC)", `href="/newsletters/daily/2025-12-10"`}},
		{"/newsletters/none", 404, nil},
		{"/newsletters/daily/2025-12-07", 200, []string{"Sample 2", "2025-12-08 →"}},
		{"/newsletters/daily/2025-12-07/1", 200, []string{"Sample 2"}},
		{"/newsletters/daily/2025-12-07/2", 404, []string{"has 1 part, and none of number 2"}},
		{"/newsletters/daily/2025-12-08", 200, []string{"← 2025-12-07", "Sample 0", `href="/newsletters/daily/2025-12-08/2"`}},
		{"/newsletters/daily/2025-12-08/2", 200, []string{"Sample 29"}},
		{"/newsletters/daily/2025-12-08/02", 404, []string{"numbered 1, 2, 3"}},
		{"/newsletters/daily/2025-12-08/-1", 404, []string{"numbered 1, 2, 3"}},
		{"/newsletters/daily/2025-12-08/3", 404, []string{"2 parts"}},
		{"/newsletters/daily/2025-12-09", 200, []string{"omposition", "2025-12-10 →"}},
		{"/newsletters/daily/2025-12-10", 200, []string{"more may come", "More of it"}},
		{"/newsletters/daily/2025-12-11", 404, []string{"has not come yet"}},
		{"/newsletters/daily/2025-12-06", 404, []string{"first edition of this newsletter is 2025-12-07"}},
		{"/newsletters/daily/2025-13-01", 404, []string{"named by its date"}},
		{"/newsletters/daily/%3Cscript%3E", 404, []string{"no such edition"}},
		{"/documents/Draft-IETF-quic-more", 200, []string{
			"<h1>More of it</h1>", "draft-ietf-quic-more-01", "draft-ietf-quic-more-02", "By Ada Example", `href="/documents/draft-ietf-quic-more/feed.atom"`,
			"Revision before: -01 of 10 December 2025", "50% of the words kept; IANA Considerations changed", "edited: 8 IANA &lt;i&gt;Considerations",
			`New normative references: <a href="https://www.rfc-editor.org/info/rfc9000" rel="nofollow noopener noreferrer">RFC 9000</a>`,
		}},
		{"/documents/draft-none", 404, []string{"Nothing is published at this address"}},
		{"/sources", 200, []string{"announce", "working, but not all could be taken in", "broken off", "failing, 1 try in a row", "refused: HTTP 503 Service Unavailable", "not polled yet", "10 December 2025, 13:00 UTC"}},
		{"/reading", 200, []string{`href="/feeds.opml"`, base + "/feed.atom?q=post-quantum", base + "/groups/quic/feed.atom"}},
		{"/nowhere", 404, []string{"Nothing is published at this address"}},
		{"/unsubscribe/nonsense", 404, []string{"copy it from the mail again"}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			resp, body := s.ask("GET", tt.path, "")
			if resp.StatusCode != tt.want {
				t.Fatalf("status %d, want %d\n%s", resp.StatusCode, tt.want, body)
			}
			for _, want := range tt.says {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not say %q\n%s", want, body)
				}
			}
			checkPage(t, resp, body)
		})
	}
}

// checkPage holds what is true of every page.
func checkPage(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	if got := resp.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
	} {
		if got := resp.Header.Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	count, ids := map[string]int{}, map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Val == "#ZgotmplZ" || strings.Contains(a.Val, "example.com") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("id %q is there twice", a.Val)
			}
			ids[a.Val] = ids[a.Val] || a.Key == "id"
		}
	}
	if count["script"]+count["style"] > 0 || count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 {
		t.Errorf("elements are %v", count)
	}
	if strings.Contains(body, "s3cret") {
		t.Error("the page shows what a source's address holds")
	}
	if !strings.Contains(body, `<html lang="en">`) || !strings.Contains(body, `class="skip"`) {
		t.Error("no language or no skip link")
	}
}

func TestAutodiscovery(t *testing.T) {
	s := newSite(t)
	for path, feed := range map[string]string{
		"/": "/topics/quic/feed.atom", "/topics/quic": "/topics/quic/feed.atom",
		"/newsletters/daily": "/newsletters/daily/feed.atom", "/newsletters/daily/2025-12-07": "/newsletters/daily/feed.atom",
		"/sources": "/feed.atom", "/reading": "/feed.atom", "/nowhere": "/feed.atom", "/unsubscribe/nonsense": "/feed.atom",
	} {
		_, body := s.ask("GET", path, "")
		if want := `<link rel="alternate" type="application/atom+xml"`; !strings.Contains(body, want) || !strings.Contains(body, `href="`+feed+`"`) {
			t.Errorf("%s does not name the feed %s", path, feed)
		}
		for media, ending := range map[string]string{"application/rss+xml": "rss", "application/feed+json": "json"} {
			other := strings.TrimSuffix(feed, "atom") + ending
			want := fmt.Sprintf(`<link rel="alternate" type="%s"`, media)
			if path != "/" && (!strings.Contains(body, want) || !strings.Contains(body, `href="`+other+`"`)) {
				t.Errorf("%s does not name the feed %s", path, other)
			}
		}
	}
}

func TestCaching(t *testing.T) {
	s := newSite(t)
	for path, cache := range map[string]string{
		"/": "no-cache", "/newsletters/daily/2025-12-07": "public, max-age=3600", "/newsletters/daily/2025-12-10": "no-cache",
		"/style.css": "public, max-age=3600", "/nowhere": "no-store",
	} {
		resp, _ := s.ask("GET", path, "")
		if got := resp.Header.Get("Cache-Control"); got != cache {
			t.Errorf("%s: Cache-Control %q, want %q", path, got, cache)
		}
		if tag := resp.Header.Get("ETag"); tag != "" {
			if again, _ := s.ask("GET", path, "", "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
				t.Errorf("%s with its ETag: %s", path, again.Status)
			}
		} else if cache != "no-store" {
			t.Errorf("%s has no ETag", path)
		}
		if resp, body := s.ask("HEAD", path, ""); body != "" || resp.Header.Get("Cache-Control") != cache {
			t.Errorf("HEAD %s: %v, body %q", path, resp.Header, body)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct{ method, path, allow string }{
		{"POST", "/sources", "GET, HEAD"}, {"DELETE", "/", "GET, HEAD"}, {"PUT", "/unsubscribe/x", "GET, HEAD, POST"},
	} {
		resp, body := s.ask(tt.method, tt.path, "")
		if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: %s, Allow %q", tt.method, tt.path, resp.Status, resp.Header.Get("Allow"))
		}
		checkPage(t, resp, body)
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t)
	if resp, body := s.ask("GET", "/healthz", ""); resp.StatusCode != 200 || body != "ok\n" {
		t.Errorf("%s %q", resp.Status, body)
	}
	s.update(func(ctx context.Context, tx *store.Tx) error { return tx.Beat(ctx, s.now) })
	s.now = s.now.Add(2 * time.Hour) // all sources are due, and nobody polls
	resp, body := s.ask("GET", "/healthz", "")
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "nothing has been polled since ") || strings.Count(body, "\n") != 1 {
		t.Errorf("nobody polls: %s %q", resp.Status, body)
	}
	s.db.Close()
	if resp, _ := s.ask("GET", "/healthz", ""); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("with a closed database: %s", resp.Status)
	}
	resp, body = s.ask("GET", "/", "")
	if resp.StatusCode != http.StatusInternalServerError || !strings.Contains(body, "Our fault") {
		t.Errorf("a page with a closed database: %s", resp.Status)
	}
	checkPage(t, resp, body)
}

// TestSourcesInTrouble holds that what is wrong is told to everybody, without
// what only the operator may read.
func TestSourcesInTrouble(t *testing.T) {
	s := newSite(t)
	s.update(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Sources(ctx)
		if err != nil {
			return err
		}
		for i, kind := range []store.AlarmKind{store.Silence, store.Failing} {
			if _, err := tx.Raise(ctx, store.Alarm{SourceID: list[i].ID, Kind: kind, Since: day, Began: s.now, Words: "s3cret"}); err != nil {
				return err
			}
		}
		if err := tx.SourceGone(ctx, list[2].ID, "https://example.org/s3cret", s.now); err != nil {
			return err
		}
		if err := tx.PutMove(ctx, list[0].ID, store.Move{From: "https://a.example/", To: "https://b.example/?key=s3cret", Adopted: s.now}); err != nil {
			return err
		}
		if err := tx.AskedToWait(ctx, list[1].ID, s.now.Add(time.Hour)); err != nil {
			return err
		}
		return tx.Beat(ctx, s.now.Add(-time.Hour))
	})
	_, body := s.ask("GET", "/sources", "")
	if n := strings.Count(body, "<svg"); n != 0 {
		t.Errorf("%d charts of sources that gave nothing", n)
	}
	s.update(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Sources(ctx)
		if err != nil {
			return err
		}
		today := s.now.Truncate(24 * time.Hour)
		dates := []time.Time{today, today, today.AddDate(0, 0, -1), today.AddDate(0, 0, -29), today.AddDate(0, 0, -30), today.AddDate(0, 0, 2)}
		if err := tx.CountMessages(ctx, list[0].ID, len(dates)); err != nil {
			return err
		}
		return tx.CountDays(ctx, list[0].ID, dates)
	})
	_, body = s.ask("GET", "/sources", "")
	for _, want := range []string{
		`role="img" aria-label="4 messages in the last 30 days, at most 2 in one, 2 today"`,
		`<rect x="174" y="1" width="4" height="27"/>`, `<rect x="0" y="14" width="4" height="14"/>`, "30 days</span>",
	} {
		if n := strings.Count(body, want); n != 1 {
			t.Errorf("%d of %q in %s", n, want, body)
		}
	}
	since := day.Format("2006-01-02 15:04 UTC")
	for _, want := range []string{
		"Silent since " + since, `<strong class="failing">silent</strong>`, "It has been unreadable since " + since, "gone for good", "moved to b.example",
		"the host asks us to wait until " + s.now.Add(time.Hour).Format("2006-01-02 15:04 UTC"),
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if strings.Contains(body, "s3cret") {
		t.Errorf("a secret is shown: %s", body)
	}
	s.now = s.now.Add(2 * time.Hour)
	if _, body := s.ask("GET", "/sources", ""); !strings.Contains(body, "Nothing has been polled since") {
		t.Errorf("that nobody polls is not told: %s", body)
	}
}

// The Host header is an outsider's word: no page repeats it.
func TestHostHeader(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/topics/quic", "/newsletters/daily/2025-12-08", "/nowhere"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "evil.example.com"
		rec := httptest.NewRecorder()
		s.handler.ServeHTTP(rec, r)
		if strings.Contains(rec.Body.String(), "evil") {
			t.Errorf("%s repeats the Host header", path)
		}
	}
}
