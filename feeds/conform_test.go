package feeds

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Every kind of feed in every format is what its specification wants, and says
// the same in all of them.
func TestConformance(t *testing.T) {
	w := newWire(t)
	w.fillDays(0, 250)
	w.add(catalog.Event{
		Document: "rfc9999", Kind: catalog.RFC, Event: catalog.Published, Published: noon.AddDate(1, 0, 0),
		Facts: catalog.Facts{Title: "Paths", Level: catalog.ProposedStandard, Group: "quic", Authors: []catalog.Author{{Name: "Ada Example"}}},
	})
	w.closeEdition(1, noon.AddDate(0, 0, -1), editions.Edition{Title: "Drafts, daily", Language: "ja"})
	w.tellOf("rfc-list")
	w.archive()
	first := w.read("/feed.atom?q=group%3Aquic")
	next := strings.TrimPrefix(first.linkTo("next"), base+"/feed.atom")
	for _, stem := range []string{
		"/topics/quic/feed.%s", "/topics/quic/feed.%s?per=document", "/topics/quic/archive/1/feed.%s", "/topics/quic/archive/2/feed.%s",
		"/newsletters/daily/feed.%s", "/documents/rfc9999/feed.%s", "/documents/draft-ietf-quic-sample-7/feed.%s",
		"/sources/rfc-list/feed.%s", "/documents/rfc9999/feed.%s?per=document", "/feed.%s?q=group%%3Aquic&per=document", "/groups/quic/feed.%s", "/authors/Ada%%20Example/feed.%s", "/authors/Nobody/feed.%s", "/feed.%s",
		"/feed.%s?q=group%%3Aquic", "/feed.%s" + strings.ReplaceAll(next, "%", "%%"), "/feed.%s?q=group%%3Aquic&page=last", "/feed.%s?q=paths-nobody-wrote",
	} {
		var ids []string
		for _, format := range formats {
			path := fmt.Sprintf(stem, format.ending)
			resp := w.ask("GET", path)
			if resp.StatusCode == http.StatusMovedPermanently { // a query that prints otherwise
				path = strings.TrimPrefix(resp.Header.Get("Location"), base)
				resp = w.ask("GET", path)
			}
			if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || !strings.HasPrefix(got, format.media) {
				t.Errorf("%s: %s of type %s", path, resp.Status, got)
				continue
			}
			body := w.body(path)
			tree := checks[format](t, body)
			found := strings.Join(idsIn(t, format, body), "\n")
			if ids = append(ids, found); found != ids[0] {
				t.Errorf("%s has other entries than Atom:\n%s\nnot\n%s", path, found, ids[0])
			}
			if format == atomFormat {
				checkHistory(t, path, tree)
				if self := tree.linkTo("self"); self != base+path {
					t.Errorf("it says that it is %s", self)
				}
			}
			if t.Failed() {
				t.Fatalf("the above is of %s", path)
			}
		}
	}
}

// tellOf makes a source that told of the newest event.
func (w *wire) tellOf(source string) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *store.Tx) error {
		id, err := tx.SourceID(ctx, source)
		if err != nil {
			return err
		}
		message, _, err := tx.AddMessage(ctx, store.Message{Source: id, Digest: []byte("0123456789abcdef"), Received: noon, Raw: []byte("x")})
		if err != nil {
			return err
		}
		q, err := filters.Parse("")
		if err != nil {
			return err
		}
		events, err := tx.Search(ctx, q, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if err := tx.AddProof(ctx, store.Proof{Event: events[0].ID, Message: message, Date: noon}); err != nil {
			return err
		}
		told, err := tx.Event(ctx, events[0].ID)
		tx.PutWords(told.ID, filters.NewItem(&told))
		return err
	})
}

func idsIn(t *testing.T, format *format, body string) (ids []string) {
	t.Helper()
	if format == jsonFormat {
		for _, i := range readJSON(t, body)["items"].([]any) {
			ids = append(ids, i.(map[string]any)["id"].(string))
		}
		return ids
	}
	var n node
	if err := xml.Unmarshal([]byte(body), &n); err != nil {
		t.Fatal(err)
	}
	if format == atomFormat {
		return n.ids()
	}
	for _, item := range n.plain("channel")[0].plain("item") {
		ids = append(ids, item.plain("guid")[0].Text)
	}
	return ids
}

// checkHistory holds a feed against RFC 5005.
func checkHistory(t *testing.T, path string, feed node) {
	t.Helper()
	links := map[string]int{}
	for _, l := range feed.all("link") {
		links[l.attr("rel")]++
	}
	archive := false
	for _, c := range feed.Nodes {
		if c.XMLName.Space == historyNamespace {
			archive = archive || c.XMLName.Local == "archive"
			if len(c.Nodes) > 0 || strings.TrimSpace(c.Text) != "" {
				t.Errorf("fh:%s is not empty", c.XMLName.Local)
			}
			if c.XMLName.Local == "complete" {
				t.Error("a feed with a history is not complete") // sections 3 and 4 exclude it
			}
		}
	}
	for _, rel := range []string{"first", "next", "last", "previous", "prev-archive", "next-archive", "current"} {
		if links[rel] > 1 {
			t.Errorf("%d links to %s", links[rel], rel)
		}
	}
	paged := links["first"]+links["next"]+links["last"] > 0           // section 3
	archived := links["prev-archive"]+links["current"] > 0 || archive // section 4
	if paged && archived {
		t.Error("a paged feed that is also archived")
	}
	if archive != strings.Contains(path, "/archive/") || archive && links["current"] != 1 {
		t.Errorf("archive %v with %d links to what is current", archive, links["current"])
	}
	if archive && feed.linkTo("current") == feed.linkTo("self") {
		t.Error("an archive is what is current")
	}
}

// Atom's dates, ids and authors hold for the whole series of a feed: the same
// entry is the same in whichever document it stands.
func TestSameEntryEverywhere(t *testing.T) {
	w := newWire(t)
	w.fillDays(0, 120)
	before := w.read(quic)
	w.archive()
	for _, path := range []string{quic, "/topics/quic/archive/1/feed.atom", "/groups/quic/feed.atom", "/feed.atom"} {
		for _, e := range w.read(path).all("entry") {
			for _, was := range before.all("entry") {
				if was.text("id") != e.text("id") {
					continue
				}
				for _, name := range []string{"title", "published", "updated", "summary"} {
					if was.text(name) != e.text(name) {
						t.Errorf("%s in %s: %s is %q, was %q", e.text("id"), path, name, e.text(name), was.text(name))
					}
				}
			}
		}
	}
}

// Absolute addresses come from the configuration, whatever a request says.
func TestHostIsNotBelieved(t *testing.T) {
	w := newWire(t)
	w.fill(60)
	for _, path := range []string{quic, "/feed.json?q=quic", "/feeds.opml", "/feed.atom?q=QUIC", "/feed.atom?q=gruop:x", "/topics/none/feed.rss"} {
		plain := w.ask("GET", path)
		for _, headers := range [][]string{
			{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"Forwarded", "host=evil.example"}, {"X-Original-URL", "//evil.example/"},
		} {
			resp := w.askAs("evil.example", path, headers...)
			if got := resp.Header.Get("Location"); got != plain.Header.Get("Location") || strings.Contains(bodyOf(t, resp), "evil.example") {
				t.Errorf("%s with %v: to %q, and names the host", path, headers, got)
			}
		}
	}
}

// A browser gets XML that it can show, under a validator of its own; a link to
// what explains feeds is in it.
func TestInABrowser(t *testing.T) {
	w := newWire(t)
	w.fill(1)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, tt := range []struct{ ending, accept, want string }{
		{"atom", browser, "application/xml; charset=utf-8"},
		{"rss", browser, "application/xml; charset=utf-8"},
		{"json", browser, "application/feed+json"},
		{"atom", "*/*", "application/atom+xml; charset=utf-8"},
		{"atom", "application/atom+xml, text/html;q=0.5", "application/atom+xml; charset=utf-8"},
		{"rss", "", "application/rss+xml; charset=utf-8"},
	} {
		path := "/topics/quic/feed." + tt.ending
		resp := w.ask("GET", path, "Accept", tt.accept)
		if got := resp.Header.Get("Content-Type"); got != tt.want {
			t.Errorf("%s for %q: %s", path, tt.accept, got)
		}
		other := w.ask("GET", path).Header
		if tt.want != other.Get("Content-Type") && resp.Header.Get("ETag") == other.Get("ETag") {
			t.Errorf("%s: two types under one tag", path)
		}
		if body := bodyOf(t, resp); tt.ending != "json" && (!strings.Contains(body, `<?xml-stylesheet type="text/css" href="/feed.css"?>`) ||
			!strings.Contains(body, `<a href="/reading">`)) {
			t.Errorf("%s explains nothing", path)
		}
	}
	if resp := w.ask("GET", "/feed.css"); resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/css") {
		t.Errorf("the style sheet: %s %v", resp.Status, resp.Header)
	}
	preflight := w.ask("OPTIONS", quic, "Origin", "https://reader.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "if-none-match")
	if preflight.StatusCode != 204 || !strings.Contains(preflight.Header.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("preflight: %s %v", preflight.Status, preflight.Header)
	}
}
