package feeds

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Every address that is not canonical leads to the canonical one at once.
func TestCanonical(t *testing.T) {
	w := newWire(t)
	w.fill(3)
	for _, tt := range []struct{ path, want string }{ // want is empty for a canonical address
		{"/feed.atom", ""},
		{"/feed.atom?q=group%3Aquic", ""},
		{"/feed.atom?q=group:quic", ""}, // written otherwise, but the same
		{"/feed.atom?q=group%3aquic", ""},
		{"/feed.atom?q=", "/feed.atom"},
		{"/feed.atom?q=+Group:QUIC", "/feed.atom?q=group%3Aquic"},
		{"/feed.rss?q=paths%20AND+sample", "/feed.rss?q=path+sample"},
		{"/feed.atom?q=paths&q=sample", "/feed.atom?q=path+sample"},
		{"/feed.json?utm_source=x&q=quic", "/feed.json?q=quic"},
		{"/feed.atom?per=document&q=quic", ""},
		{"/feed.atom?per=event&q=quic", "/feed.atom?q=quic"},
		{"/feed.atom?per=document&q=quic&before=5", "/feed.atom?q=quic&per=document"},
		{"/feed.atom?q=quic&before=0017", "/feed.atom?q=quic&before=17"},
		{"/feed.atom?q=quic&page=last", ""},
		{"/feed.atom?q=quic&page=5", "/feed.atom?q=quic"},
		{"/groups/QUIC/feed.atom", "/groups/quic/feed.atom"},
		{"/topics/quic/feed.atom", ""},
		{"/topics/QUIC/feed.rss", "/topics/quic/feed.rss"},
		{"/topics/quic/feed.atom?utm_source=x", "/topics/quic/feed.atom"},
		{"/topics/quic/feed.atom?per=document", ""},
		{"/topics/Quic/feed.atom?x=y&per=document", "/topics/quic/feed.atom?per=document"},
		{"/topics/quic/feed.atom?per=event", "/topics/quic/feed.atom"},
		{"/topics/quic/archive/1/feed.json?x=y", "/topics/quic/archive/1/feed.json"},
		{"/newsletters/Daily/feed.atom?per=document", "/newsletters/daily/feed.atom"},
		{"/documents/Draft-IETF-quic-sample-1-03/feed.atom", "/documents/draft-ietf-quic-sample-1/feed.atom"},
		{"/documents/RFC%200009/feed.json", "/documents/rfc9/feed.json"},
		{"/authors/Ada%20%20Example/feed.atom", "/authors/Ada%20Example/feed.atom"},
		{"/authors/%22Ada%22/feed.atom?x=y", "/authors/Ada/feed.atom"},
	} {
		resp := w.ask("GET", tt.path, "Host", "evil.example")
		location := resp.Header.Get("Location")
		if tt.want == "" && resp.StatusCode == http.StatusOK {
			continue
		}
		if resp.StatusCode != http.StatusMovedPermanently || location != base+tt.want {
			t.Errorf("%s: %s to %q, want %q", tt.path, resp.Status, location, tt.want)
			continue
		}
		if again := w.ask("GET", strings.TrimPrefix(location, base)); again.StatusCode/100 == 3 {
			t.Errorf("%s leads on to %s", location, again.Header.Get("Location"))
		}
	}
}

func TestAskedInVain(t *testing.T) {
	w := newWire(t)
	w.fill(1)
	long := "/feed.atom?q=" + strings.Repeat("quic+", 20_000)
	for _, tt := range []struct {
		path string
		want int
		says string
	}{
		{"/topics/quic/feed.atom?per=week", 400, "per=document"},
		{"/topics/quic/feed.atom?%zz", 400, "%XX"},
		{"/feed.atom?q=gruop:quic", 400, "q:1: unknown field \"gruop\""},
		{"/feed.atom?q=topic:none", 400, "none"},
		{"/feed.atom?q=within:7d", 400, "use after:"},
		{"/feed.atom?q=a;b", 400, "%3B"},
		{"/feed.atom?q=%zz", 400, "%XX"},
		{"/feed.atom?q=/%28a/", 400, "q:"},
		{long, 400, "too long"},
		{long[:6000], 400, "4096"},
		{"/feed.atom?q=quic&before=x", 400, "before="},
		{"/feed.atom?q=quic&per=group", 400, "per=document"},
		{"/groups/nosuch/feed.atom", 404, base + "/"},
		{"/groups/%3Cscript%3E/feed.atom", 404, base + "/"},
		{"/documents/draft-no-such/feed.atom", 404, ""},
		{"/documents/..%2F..%2Fetc/feed.atom", 404, ""},
		{"/sources/nosuch/feed.atom", 404, ""},
		{"/authors/%22/feed.atom", 404, ""},
		{"/authors/" + strings.Repeat("x", 300) + "/feed.atom", 404, ""},
		{"/areas/nosuch/feeds.opml", 404, ""},
		{"/topics/quic/archive/1/feed.atom", 404, ""},
		{"/topics/quic/archive/01/feed.atom", 404, ""},
		{"/topics/quic/archive/-1/feed.atom", 404, ""},
		{"/topics/quic/archive/99999999999999999999/feed.atom", 404, ""},
	} {
		for _, accept := range []string{"*/*", "text/html,application/xml;q=0.9"} {
			resp := w.ask("GET", tt.path, "Accept", accept)
			body, _ := io.ReadAll(resp.Body)
			page := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")
			says := string(body)
			if page {
				says = strings.NewReplacer("&#34;", `"`, "&gt;", ">", "&lt;", "<").Replace(says)
			}
			if resp.StatusCode != tt.want || !strings.Contains(says, tt.says) || page != (accept != "*/*") || len(body) > 5000 {
				t.Errorf("%.60s for %s: %s, %.300s, want %d with %q", tt.path, accept, resp.Status, body, tt.want, tt.says)
			}
			if page && !strings.Contains(says, `type="application/atom+xml" title="Draftwire: everything" href="/feed.atom"`) {
				t.Errorf("%.60s: the page names no feed", tt.path)
			}
			if strings.Contains(string(body), "<script") {
				t.Errorf("%.60s: what was asked comes back as HTML", tt.path)
			}
		}
	}
	if n := len(w.feeds.asked.slots); n != 0 {
		t.Errorf("%d feeds that do not exist are kept", n)
	}
}

func TestQueryFeed(t *testing.T) {
	w := newWire(t)
	w.fill(120)
	for _, path := range []string{"/feed.%s?q=group%%3Aquic", "/groups/quic/feed.%s", "/authors/Ada%%20Example/feed.%s", "/feed.%s?q=topic:quic", "/feed.%s"} {
		for _, format := range formats {
			checks[format](t, w.body(fmt.Sprintf(path, format.ending)))
		}
		atom := fmt.Sprintf(path, "atom")
		doc := w.read(atom)
		all := w.everything(atom, "next")
		if len(all) != 120 || len(doc.ids()) != maxEntries {
			t.Errorf("%s: %d entries on the first page, %d in all", atom, len(doc.ids()), len(all))
		}
		for id, n := range all {
			if n > 1 {
				t.Errorf("%s: %s is on %d pages", atom, id, n)
			}
		}
		last := w.read(doc.linkTo("last"))
		if got := last.ids(); len(got) != maxEntries || got[maxEntries-1] != "tag:example.org,2025:draft-ietf-quic-sample-0-00" ||
			last.linkTo("next") != "" || last.linkTo("first") != doc.linkTo("self") {
			t.Errorf("%s: the last page %s ends with %v", atom, doc.linkTo("last"), got)
		}
	}
	content := w.read("/feed.atom?q=title:sample").all("entry")[0].text("content")
	if !strings.Contains(content, "Why it is here: ") {
		t.Errorf("no reason in %s", content)
	}
}

func TestLineageFeed(t *testing.T) {
	w := newWire(t)
	draft := draft(3)
	for rev := range 3 {
		draft.Rev = fmt.Sprintf("%02d", rev)
		draft.Event, draft.Published = catalog.EventOfRevision(draft.Rev), noon.AddDate(0, rev, 0)
		w.add(draft)
	}
	rfc := catalog.Event{
		Document: "rfc9999", Kind: catalog.RFC, Event: catalog.Published, Published: noon.AddDate(1, 0, 0),
		Facts: catalog.Facts{Title: "Paths", Level: catalog.ProposedStandard},
	}
	w.add(rfc)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Relate(ctx, catalog.Relation{From: draft.Document, Type: catalog.BecameRFC, To: "rfc9999"})
		return err
	})
	for _, name := range []string{draft.Document, "rfc9999"} {
		doc := checkAtom(t, w.body("/documents/"+name+"/feed.atom"))
		if got := len(doc.ids()); got != 4 || doc.text("id") != "tag:example.org,2025:documents/"+name {
			t.Errorf("the feed %s of %s has %d entries", doc.text("id"), name, got)
		}
	}

	// A revision follows on the one before; one entry a document is updated.
	entries := w.read("/documents/rfc9999/feed.atom").all("entry")
	var answers []string
	for _, e := range entries {
		for _, c := range e.Nodes {
			if c.XMLName.Space == threadNamespace {
				answers = append(answers, c.attr("ref"))
			}
		}
	}
	want := "tag:example.org,2025:draft-ietf-quic-sample-3-01 tag:example.org,2025:draft-ietf-quic-sample-3-00"
	if got := strings.Join(answers, " "); got != want {
		t.Errorf("in-reply-to %s, want %s", got, want)
	}
	for _, path := range []string{quic + "?per=document", "/groups/quic/feed.atom?per=document", "/documents/rfc9999/feed.atom?per=document"} {
		doc := checkAtom(t, w.body(path))
		last := doc.all("entry")[len(doc.all("entry"))-1]
		if last.text("id") != "tag:example.org,2025:draft-ietf-quic-sample-3" || last.text("published") != "2025-12-07T12:00:00Z" ||
			last.text("updated") != "2026-02-07T12:00:00Z" || doc.linkTo("self") != base+path {
			t.Errorf("%s: %+v", path, last)
		}
	}
}

func TestLimiter(t *testing.T) {
	w := newWire(t)
	w.fill(1)
	ask := func(i int, headers ...string) int {
		r := httptest.NewRequest("GET", fmt.Sprintf("/feed.atom?q=quic%d", i), nil)
		r.RemoteAddr = headers[0]
		for i := 1; i+1 < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		rec := httptest.NewRecorder()
		w.feeds.Handler().ServeHTTP(rec, r)
		if rec.Code == 429 && rec.Header().Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
		return rec.Code
	}
	const one, other = "192.0.2.1:1000", "[2001:db8::1]:5"
	for i := range limitBurst {
		if code := ask(i, one); code != 200 {
			t.Fatalf("request %d: %d", i, code)
		}
	}
	for _, tt := range []struct {
		name   string
		i      int
		header []string
		want   int
	}{
		{"another feed", 1000, []string{one}, 429},
		{"from another port", 1000, []string{"192.0.2.1:2000"}, 429},
		{"a kept feed", 5, []string{one}, 200},
		{"somebody else", 1001, []string{other}, 200},
		{"through the proxy here", 1002, []string{"127.0.0.1:9", "X-Forwarded-For", "203.0.113.9, 192.0.2.1"}, 429},
		{"a forged header", 1003, []string{other, "X-Forwarded-For", "192.0.2.1"}, 200},
		{"this machine itself", 1004, []string{"[::1]:9"}, 200},
	} {
		if code := ask(tt.i, tt.header...); code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, code, tt.want)
		}
	}
	for i := range 3 * limitMemory {
		w.feeds.limit.admit(&http.Request{RemoteAddr: fmt.Sprintf("[2001:db8:%x:%x::1]:7", i>>16, i&0xffff)}) //nolint:errcheck // counted below
	}
	if n := len(w.feeds.limit.young) + len(w.feeds.limit.old); n > 2*limitMemory {
		t.Errorf("%d clients are remembered", n)
	}
}

// What an address asks for is answered or refused, and the answer's own address
// is canonical.
func FuzzAsk(f *testing.F) {
	for _, s := range []string{"q=group:quic", "q=a+OR+-b&before=17", "q=%00%ff", "q=\"x", "per=document&q=日本", "q=/(a|b)+/i&page=last", ";", "q=topic:x"} {
		f.Add(s)
	}
	feeds := New(Config{DB: new(store.DB), Base: base, Authority: authority})
	f.Fuzz(func(t *testing.T, raw string) {
		k, _, err := feeds.asks(&http.Request{URL: &url.URL{RawQuery: raw}}, aQuery, atomFormat)
		if err != nil {
			if len(err.Error()) > 10_000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		u, err := url.Parse(feeds.self(k).in(atomFormat))
		if err != nil || !strings.HasPrefix(u.String(), base+"/feed.atom") {
			t.Fatalf("%q leads to %s: %v", raw, u, err)
		}
		again, canonical, err := feeds.asks(&http.Request{URL: u}, aQuery, atomFormat)
		if err != nil || !canonical || again != k {
			t.Errorf("%q: %s is not canonical: %+v is not %+v, %v", raw, u, again, k, err)
		}
		if len(k.name) > 2*filters.MaxQuery {
			t.Errorf("a name of %d bytes", len(k.name))
		}
	})
}

// What cannot be found in time is told, and can be found on the next page.
func TestBudget(t *testing.T) {
	w := newWire(t)
	w.fill(3)
	w.feeds.budget = 1
	doc := checkAtom(t, w.body("/feed.atom?q=quic"))
	if !strings.Contains(doc.text("subtitle"), "This page looks back to 7 December 2025") || doc.linkTo("next") == "" {
		t.Errorf("%s, next %s", doc.text("subtitle"), doc.linkTo("next"))
	}
	w.feeds.budget = maxLooking
	rest := w.read(doc.linkTo("next"))
	if got := append(doc.ids(), rest.ids()...); len(got) != 3 {
		t.Errorf("on both pages: %v", got)
	}
	w.feeds.budget = 1
	if resp := w.ask("GET", "/feed.atom?q=quic&page=last"); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("the last page: %s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
	}
}

// What is new in a revision can be shown one day; nothing is announced again
// for that.
func TestChangesOfARevision(t *testing.T) {
	w := newWire(t)
	w.fill(2)
	before := w.read(quic).all("entry")
	cfg := w.feeds.cfg
	cfg.Changes = func(_ context.Context, _ *store.Reader, events []catalog.Event) (map[int64]template.HTML, error) {
		changes := make(map[int64]template.HTML)
		for _, e := range events {
			changes[e.ID] = template.HTML("<p>Section 5 of " + e.NameRev() + " is new.</p>") //nolint:gosec // safe
		}
		return changes, nil
	}
	w.feeds = New(cfg)
	for i, e := range checkAtom(t, w.body(quic)).all("entry") {
		was := before[i]
		if e.text("id") != was.text("id") || e.text("updated") != was.text("updated") || e.text("summary") != was.text("summary") {
			t.Errorf("%s is announced again", e.text("id"))
		}
		if got := e.text("content"); !strings.Contains(got, "<div><p>Section 5 of draft-ietf-quic-sample-") {
			t.Errorf("content %s", got)
		}
	}
}
