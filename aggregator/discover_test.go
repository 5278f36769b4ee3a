package aggregator

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/fetch"
)

// paths serves a site whose paths have bodies; others are 404.
func paths(t *testing.T, bodies map[string]string) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, ok := bodies[r.URL.Path]
		if to, moved := strings.CutPrefix(body, "-> "); moved {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8") // as many do for feeds too
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	return srv, asked
}

func discoverer(t *testing.T, srv *httptest.Server) *fetch.Client {
	t.Helper()
	client := fetch.New(fetch.Options{Allow: []string{srv.Listener.Addr().String()}, Spacing: -1})
	t.Cleanup(client.Close)
	return client
}

func TestDiscover(t *testing.T) {
	html := func(head, body string) string {
		return "<!DOCTYPE html><html><head><title>A page</title>" + head + "</head><body>" + body + "</body></html>"
	}
	feed := atomOf("")
	for _, tt := range []struct {
		name   string
		bodies map[string]string
		at     string
		want   []string // kind, path, title
		asks   int64
		err    string
	}{
		{"a feed", map[string]string{"/f": atomOf("<entry/>")}, "/f", []string{"feed /f T"}, 1, ""},
		{"a redirect to a feed", map[string]string{"/": "-> /f", "/f": rssOf("")}, "/", []string{"feed /f T"}, 2, ""},
		{"a JSON Feed", map[string]string{"/f": `{"version":"https://jsonfeed.org/version/1","title":"J","items":[]}`}, "/f", []string{"feed /f J"}, 1, ""},
		{"a feed that breaks off", map[string]string{"/f": `<rss version="2.0"><channel><title>T</title><item><title>1</title></item><item>`}, "/f", []string{"feed /f T"}, 1, ""},
		{
			"declared",
			map[string]string{"/blog/": html(`<link rel="Alternate" type="application/atom+xml" title="All &amp; sundry" href="all.atom#x">
			<link rel="alternate" type="application/rss+xml" href="/rss"><link rel="alternate" type="application/rss+xml" href="/rss">
			<link rel="alternate" type="application/json" href="/wp-json"><link rel="alternate" hreflang="de" href="/de"><link rel=alternate type="application/rss+xml" href="javascript:x">
			<link rel="alternate stylesheet" type="application/rss+xml" href="/style">`, `<a href="/feed">f</a>`)},
			"/blog/",
			[]string{"feed /blog/all.atom All & sundry", "feed /rss "},
			1, "",
		},
		{"declared against a base", map[string]string{"/": html(`<base href="/x/"><link rel="alternate" type="application/feed+json" href="f">`, "")}, "/", []string{"feed /x/f "}, 1, ""},
		{"linked", map[string]string{"/": html("", `<a href="https://other.example/feed">o</a><a href="/news.rss">n</a><a href="/about">a</a>`), "/news.rss": feed}, "/", []string{"feed /news.rss T"}, 6, ""},
		{"at a well-known path", map[string]string{"/some/page": html("", ""), "/feed": "-> /feed/", "/feed/": feed, "/index.xml": feed}, "/some/page", []string{"feed /feed/ T", "feed /index.xml T"}, 7, ""},
		{
			"pipermail",
			map[string]string{"/pipermail/tls/": html("", `<a href="2026-March.txt.gz">x</a>`)},
			"/pipermail/tls/",
			[]string{"pipermail /pipermail/tls/ A page"},
			1, "",
		},
		{
			"a list's page that links to pipermail",
			map[string]string{
				"/mailman/listinfo/tls": html("", `<a href="../../pipermail/tls/">archives</a>`),
				"/pipermail/tls/":       html("", `<a href="2026-March.txt">x</a>`),
			},
			"/mailman/listinfo/tls",
			[]string{"pipermail /pipermail/tls/ A page"},
			6, "",
		},
		{
			"HyperKitty, a message of it",
			map[string]string{"/archives/list/tls@lists.example/message/ABC/": html("", `<img src="/static/HyperKitty/x.png">`)},
			"/archives/list/tls@lists.example/message/ABC/",
			[]string{"hyperkitty /archives/list/tls@lists.example/ A page"},
			1, "",
		},
		{
			"public-inbox, a thread of it",
			map[string]string{"/quic/": "-> /quic/id@x/", "/quic/id@x/": html(`<link rel=alternate title="Atom feed" href="../new.atom" type="application/atom+xml">`, "")},
			"/quic/",
			[]string{"public-inbox /quic/ A page"},
			2, "",
		},
		{"a mailbox", map[string]string{"/tls.mbox": "From ann@x Mon Mar 16 08:00:00 2026\nSubject: x\n\ny\n"}, "/tls.mbox", []string{"mbox /tls.mbox "}, 1, ""},
		{"a page without anything", map[string]string{"/": html("", "")}, "/", nil, 6, "names no feed"},
		{"a thousand links", map[string]string{"/": html("", func() (s string) {
			for i := range 1000 {
				s += fmt.Sprintf("<a href='/%d/feed'>f</a>", i)
			}
			return s
		}())}, "/", nil, 6, "names no feed"},
		{"something else", map[string]string{"/": "%PDF-1.7"}, "/", nil, 1, "neither a feed nor a page"},
		{"nothing", nil, "/", nil, 1, "404"},
	} {
		srv, asked := paths(t, tt.bodies)
		found, err := Discover(context.Background(), discoverer(t, srv), srv.URL+tt.at)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		}
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprint(f.Kind, " ", strings.TrimPrefix(f.URL, srv.URL), " ", f.Title))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if asked.Load() != tt.asks {
			t.Errorf("%s: %d requests, want %d", tt.name, asked.Load(), tt.asks)
		}
	}
}

func TestDiscoverByName(t *testing.T) {
	for address, want := range map[string]Found{
		"https://www.rfc-editor.org/rfc-index.xml":                    {"https://www.rfc-editor.org/rfc-index.xml", "RFC index", FoundRFCIndex},
		"https://www.ietf.org/id/1id-abstracts.txt":                   {"https://www.ietf.org/id/1id-abstracts.txt", "Internet-Drafts with abstracts", FoundAbstracts},
		"https://www.ietf.org/id/all_id2.txt":                         {"https://www.ietf.org/id/all_id2.txt", "All Internet-Drafts", FoundAllIDs},
		"https://h.example/tls/{YYYY}-{MM}.mail":                      {"https://h.example/tls/{YYYY}-{MM}.mail", "", FoundMbox},
		"https://datatracker.ietf.org/":                               {"https://datatracker.ietf.org", "IETF Datatracker", FoundDatatracker},
		"https://datatracker.ietf.org/doc/draft-ietf-quic-x/history/": {"https://datatracker.ietf.org/feed/document-changes/draft-ietf-quic-x/", "Changes of draft-ietf-quic-x", FoundFeed},
		"http://Datatracker.ietf.org/wg/quic/about/":                  {"https://Datatracker.ietf.org/feed/group-changes/quic/", "Changes of quic", FoundFeed},
		"https://datatracker.ietf.org/ipr/":                           {"https://datatracker.ietf.org/feed/ipr/", "IPR disclosures", FoundFeed},
	} {
		if diff := cmp.Diff([]Found{want}, foundByName(address)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
	for _, address := range []string{"https://datatracker.ietf.org/feed/last-call/", "https://example.org/", ":", ""} {
		if got := foundByName(address); got != nil {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// FuzzDiscoverPage holds that no page breaks the look at it, and that what it
// gives can be asked for.
func FuzzDiscoverPage(f *testing.F) {
	f.Add([]byte(`<html><base href="//x"><link rel=alternate type=application/atom+xml href="new.atom"><a href="/list/a@b/">x</a><title>`), "text/html")
	f.Add([]byte("<html><title>\xff</title><a href=2026-03.txt>"), "text/html; charset=utf-16")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		resp := &fetch.Response{Body: body, ContentType: contentType, FinalURL: "https://example.org/a/b"}
		found, p, _ := look(resp)
		for _, f := range found {
			if webURL(f.URL) == "" {
				t.Errorf("%+v", f)
			}
		}
		if p != nil && len(p.guesses()) > maxGuesses {
			t.Error(p.guesses())
		}
	})
}
