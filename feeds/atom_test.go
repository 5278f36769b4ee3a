package feeds

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// extensions are the elements of others that our feeds hold.
var extensions = []xml.Name{
	{Space: "http://www.w3.org/1999/xhtml", Local: "div"},
	{Space: historyNamespace, Local: "archive"},
	{Space: threadNamespace, Local: "in-reply-to"},
}

// node is any XML element, for checks that share nothing with the writer.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n node) all(name string) (found []node) {
	for _, c := range n.Nodes {
		if c.XMLName == (xml.Name{Space: atomNamespace, Local: name}) {
			found = append(found, c)
		}
	}
	return found
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n node) text(name string) string {
	if found := n.all(name); len(found) > 0 {
		return found[0].Text
	}
	return ""
}

// checkAtom holds a feed against the MUSTs of RFC 4287 that apply to it.
func checkAtom(t *testing.T, body string) node {
	t.Helper()
	wellFormed(t, body)
	var feed node
	if err := xml.Unmarshal([]byte(body), &feed); err != nil {
		t.Fatalf("not XML: %v\n%s", err, body)
	}
	if feed.XMLName != (xml.Name{Space: atomNamespace, Local: "feed"}) { // section 4.1.1
		t.Errorf("the root is %v", feed.XMLName)
	}
	exactly(t, feed, "feed", map[string][2]int{
		"id": {1, 1}, "title": {1, 1}, "updated": {1, 1}, "subtitle": {0, 1}, "generator": {0, 1},
		"icon": {0, 1}, "logo": {0, 1}, "rights": {0, 1}, "author": {1, 99},
	})
	selfs := 0
	for _, l := range feed.all("link") {
		if l.attr("rel") == "self" {
			selfs++
		}
	}
	if selfs != 1 {
		t.Errorf("%d self links", selfs)
	}
	ids := map[string]bool{feed.text("id"): true}
	for _, e := range feed.all("entry") {
		id := e.text("id")
		exactly(t, e, id, map[string][2]int{ // section 4.1.2
			"id": {1, 1}, "title": {1, 1}, "updated": {1, 1}, "published": {0, 1}, "content": {0, 1},
			"summary": {0, 1}, "rights": {0, 1}, "source": {0, 1},
		})
		if ids[id] {
			t.Errorf("id %s is not unique", id)
		}
		ids[id] = true
		if len(e.all("content")) == 0 && e.linkTo("alternate") == "" { // section 4.1.2
			t.Errorf("%s has neither content nor alternate", id)
		}
		if e.text("published") > e.text("updated") {
			t.Errorf("%s was updated before it was published", id)
		}
		if e.text("updated") > feed.text("updated") {
			t.Errorf("%s is newer than its feed", id)
		}
	}
	checkConstructs(t, feed)
	return feed
}

// relation is a registered one of ours (section 4.2.7.2, RFC 5005).
var relation = regexp.MustCompile(`^(alternate|self|related|via|prev-archive|current|first|next|last)$`)

// hasText reports whether an element that is to be empty is not.
func hasText(n node) bool { return strings.TrimSpace(n.Text) != "" || len(n.Nodes) > 0 }

func exactly(t *testing.T, n node, of string, bounds map[string][2]int) {
	t.Helper()
	for name, b := range bounds {
		if got := len(n.all(name)); got < b[0] || got > b[1] {
			t.Errorf("%s has %d %s, want %d to %d", of, got, name, b[0], b[1])
		}
	}
}

// checkConstructs checks what is true of a kind of element anywhere.
func checkConstructs(t *testing.T, n node) {
	t.Helper()
	alternates := map[string]bool{}
	for _, c := range n.Nodes {
		if c.XMLName.Space != atomNamespace { // section 6.4
			if !slices.Contains(extensions, c.XMLName) {
				t.Errorf("foreign element %v", c.XMLName)
			}
			if c.XMLName.Local == "in-reply-to" && !strings.HasPrefix(c.attr("ref"), "tag:") { // RFC 4685, section 3
				t.Errorf("in-reply-to %q", c.attr("ref"))
			}
			continue
		}
		switch c.XMLName.Local {
		case "updated", "published": // section 3.3
			if _, err := time.Parse(time.RFC3339, c.Text); err != nil || strings.ToUpper(c.Text) != c.Text {
				t.Errorf("date %q: %v", c.Text, err)
			}
		case "id": // section 4.2.6
			if !strings.HasPrefix(c.Text, "tag:example.org,2025:") || strings.ContainsAny(c.Text, " <>\"{}|\\^`") {
				t.Errorf("id %q is no tag of ours", c.Text)
			}
		case "title", "subtitle", "summary", "content": // section 3.1
			if typ := c.attr("type"); typ != "" && typ != "text" && typ != "html" || len(c.Nodes) > 0 {
				t.Errorf("%s of type %q with %d elements", c.XMLName.Local, typ, len(c.Nodes))
			}
		case "author": // section 3.2
			if len(c.all("name")) != 1 || c.text("name") == "" {
				t.Errorf("an author without one name: %+v", c)
			}
			if uri := c.text("uri"); uri != "" {
				absolute(t, uri)
			}
			if len(c.all("uri")) > 1 || len(c.all("email")) > 0 { // addresses are nobody's business
				t.Errorf("an author with more: %+v", c)
			}
		case "category": // section 4.2.2
			if scheme := c.attr("scheme"); c.attr("term") == "" || !strings.HasPrefix(scheme, "tag:example.org,2025:") || hasText(c) {
				t.Errorf("category %+v", c)
			}
		case "generator": // section 4.2.4
			absolute(t, c.attr("uri"))
		case "link": // sections 4.1.1, 4.1.2 and 4.2.7
			absolute(t, c.attr("href"))
			if _, _, err := mime.ParseMediaType(c.attr("type")); err != nil || !relation.MatchString(c.attr("rel")) || hasText(c) {
				t.Errorf("link %+v: %v", c, err)
			}
			key := c.attr("type") + " " + c.attr("hreflang")
			if c.attr("rel") == "alternate" && alternates[key] {
				t.Errorf("two alternates of type and language %q", key)
			}
			alternates[key] = alternates[key] || c.attr("rel") == "alternate"
		}
		checkConstructs(t, c)
	}
}

func wellFormed(t *testing.T, body string) {
	t.Helper()
	if !strings.HasPrefix(body, `<?xml version="1.0" encoding="UTF-8"?>`) {
		t.Errorf("begins with %.50q", body)
	}
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if s, ok := tok.(xml.StartElement); ok {
			seen := map[xml.Name]bool{}
			for _, a := range s.Attr {
				if seen[a.Name] {
					t.Fatalf("<%s> has %v twice", s.Name.Local, a.Name)
				}
				seen[a.Name] = true
			}
		}
	}
}

func TestTopicFeed(t *testing.T) {
	w := newWire(t)
	w.fill(60)
	w.add(catalog.Event{
		Document: "rfc9999", Kind: catalog.RFC, Event: catalog.Published, Published: noon.Add(100 * time.Hour),
		Facts: catalog.Facts{Title: "Paths", Group: "quic", Abstract: "Short."},
	})
	w.add(catalog.Event{
		Document: "draft-ietf-quic-sample-3", Rev: "03", Kind: catalog.Draft, Event: catalog.LastCall, Part: "2025-12-30",
		Published: noon.Add(101 * time.Hour), Facts: draft(3).Facts,
	})
	body := w.body(quic)
	feed := checkAtom(t, body)
	if feed.attr("lang") != "en" || !strings.Contains(body, `xml:lang="en"`) {
		t.Error("the feed has no xml:lang")
	}
	for name, want := range map[string]string{
		"id": "tag:example.org,2025:topics/quic", "title": "QUIC & co", "updated": "2025-12-11T17:00:00Z",
	} {
		if got := feed.text(name); got != want {
			t.Errorf("%s of the feed: %q, want %q", name, got, want)
		}
	}
	entries := feed.all("entry")
	if len(entries) != 62 { // none is in an archive yet
		t.Fatalf("%d entries", len(entries))
	}
	for i, want := range [][3]string{
		{"tag:example.org,2025:draft-ietf-quic-sample-3-03/last-call/2025-12-30", "2025-12-11T17:00:00Z", "Last Call until 30 December 2025: Sample 3: Paths <and> Streams (draft-ietf-quic-sample-3-03)"},
		{"tag:example.org,2025:rfc9999", "2025-12-11T16:00:00Z", "RFC 9999: Paths"},
		{"tag:example.org,2025:draft-ietf-quic-sample-59-09", "2025-12-09T23:00:00Z", "Sample 59: Paths <and> Streams (draft-ietf-quic-sample-59-09)"},
	} {
		e := entries[i]
		if got := [3]string{e.text("id"), e.text("published"), e.text("title")}; got != want {
			t.Errorf("entry %d: %q, want %q", i, got, want)
		}
	}
	e := entries[2]
	for _, want := range []string{
		"By Ada Example, Bo Sample", "New revision · group quic · 71 pages", "<p>It updates nothing.</p>",
		`href="https://author-tools.ietf.org/iddiff?url2=draft-ietf-quic-sample-59-09"`, "Why it is here: group quic",
	} {
		if !strings.Contains(e.text("content"), want) {
			t.Errorf("content lacks %q:\n%s", want, e.text("content"))
		}
	}
	if strings.Contains(body, "ada@example.org") {
		t.Error("an author's address is published")
	}
}

// An independent reader finds everything again.
func TestRoundTrip(t *testing.T) {
	w := newWire(t)
	w.fill(3)
	got, err := gofeed.NewParser().ParseString(w.body(quic))
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "QUIC & co" || got.Link != base+"/topics/quic" || got.FeedLink != base+quic || len(got.Items) != 3 {
		t.Errorf("got feed %q at %s from %s with %d items", got.Title, got.Link, got.FeedLink, len(got.Items))
	}
	item := got.Items[0]
	if item.Link != "https://datatracker.ietf.org/doc/draft-ietf-quic-sample-2/" || len(item.Authors) != 2 ||
		!item.PublishedParsed.Equal(noon.Add(2*time.Hour)) || !item.UpdatedParsed.Equal(*item.PublishedParsed) ||
		item.GUID != "tag:example.org,2025:draft-ietf-quic-sample-2-02" || item.Description != "This document says how paths are told apart. It is a sample. It updates nothing." {
		t.Errorf("got item %+v", item)
	}
}

func TestEmptyFeed(t *testing.T) {
	w := newWire(t)
	feed := checkAtom(t, w.body(quic))
	if got := feed.text("updated"); got != "2025-01-01T00:00:00Z" {
		t.Errorf("an empty feed was updated %s", got)
	}
	w.now = noon.AddDate(1, 0, 0)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PutTopic(ctx, store.Topic{Name: "another", Query: "x"})
		return err
	})
	if checkAtom(t, w.body(quic)).text("updated") != feed.text("updated") {
		t.Error("the date of an empty feed moves with the clock")
	}
}

func TestSameBytesAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire.db")
	w := newWire(t)
	w.fill(20)
	if err := w.db.Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	first := w.ask("GET", quic)
	want := w.body(quic)
	w.open(path)
	if again := w.ask("GET", quic); w.body(quic) != want || again.Header.Get("ETag") != first.Header.Get("ETag") ||
		again.Header.Get("Last-Modified") != first.Header.Get("Last-Modified") {
		t.Error("another process gives another feed")
	}
}

func TestHostileFacts(t *testing.T) {
	w := newWire(t)
	nasty := "\x00\x1b[31m</title>\n<script>alert(1)</script>\u202eevil\ufffe\xff ]]> &amp; \u2028"
	w.add(catalog.Event{
		Document: "msg-1", Kind: catalog.Post, Event: catalog.Posted, Published: noon,
		Facts: catalog.Facts{
			Title: nasty, Abstract: nasty + strings.Repeat("x", 100_000), Authors: []catalog.Author{{Name: nasty}, {Name: "\x01"}},
			Group: nasty, URL: "javascript:alert(1)", Language: `en" onload="x`,
		},
	})
	w.add(catalog.Event{
		Document: "entry-2", Kind: catalog.Post, Event: catalog.Posted, Published: noon.Add(time.Hour),
		Facts: catalog.Facts{URL: "https://example.org/a b\"<c>?q=\x7f"},
	})
	w.add(catalog.Event{
		Document: "entry-3", Kind: catalog.Post, Event: catalog.Posted, Published: noon.Add(2 * time.Hour),
		Facts: catalog.Facts{Title: "日本語の標題", Language: "ja", URL: "https://example.org/a b\"<c>", Abstract: strings.Repeat("標準化の話。", 100)},
	})
	for _, format := range formats {
		body := w.body("/topics/quic/feed." + format.ending)
		checks[format](t, body)
		for _, bad := range []string{"\x00", "\x1b", `\u001b`, "\u202e", `\u202e`, "\ufffe", "&lt;script&gt;alert(1)&lt;/script&gt;</content", "javascript:"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q", format.ending, bad)
			}
		}
		if format != jsonFormat && strings.Contains(body, "<script") { // which has it in texts, as such
			t.Errorf("%s holds a script", format.ending)
		}
	}
	entries := checkAtom(t, w.body(quic)).all("entry")
	if got := entries[2].text("content"); strings.Contains(got, "<script") || len(got) > maxAbstract+4096 {
		t.Errorf("content of %d bytes is not safe: %.500s", len(got), got)
	}
	if got := entries[1].text("title"); got != "(no subject)" {
		t.Errorf("a post without a title is called %q", got)
	}
	if e := entries[0]; e.attr("lang") != "ja" || e.all("link")[0].attr("href") != "https://example.org/a%20b%22%3Cc%3E" ||
		!strings.HasSuffix(e.text("summary"), "。") {
		t.Errorf("the Japanese entry is %+v", e)
	}
}

func TestSummary(t *testing.T) {
	long := strings.Repeat("word ", 80)
	for _, tt := range []struct{ name, in, want string }{
		{"short", " One.\n\n Two. ", "One. Two."},
		{"whole sentences", "First one. Second (one.) " + long, "First one. Second (one.)"},
		{"words", long, strings.TrimSpace(strings.Repeat("word ", 60)) + "…"},
		{"no break", strings.Repeat("é", 400), strings.Repeat("é", 300) + "…"},
		{"none", "", ""},
	} {
		if got := summary(tt.in); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNewsletterFeed(t *testing.T) {
	w := newWire(t)
	for i := range 20 {
		w.closeEdition(i+1, noon.Truncate(24*time.Hour).AddDate(0, 0, i), editions.Edition{
			Title: "Drafts, daily", Language: "ja", Zone: "UTC", Cadence: editions.Daily,
		})
	}
	feed := checkAtom(t, w.body("/newsletters/daily/feed.atom"))
	entries := feed.all("entry")
	if feed.attr("lang") != "ja" || feed.text("title") != "Drafts, daily" || len(entries) != maxEditions {
		t.Fatalf("got %q in %q with %d entries", feed.text("title"), feed.attr("lang"), len(entries))
	}
	e := entries[0]
	if e.text("id") != "tag:example.org,2025:newsletters/daily/2025-12-26" || e.text("updated") != "2025-12-27T00:00:00Z" ||
		e.all("link")[0].attr("href") != base+"/newsletters/daily/2025-12-26" || e.text("title") == "" ||
		!strings.Contains(e.text("content"), `<div lang="ja">`) {
		t.Errorf("the newest entry is %+v", e)
	}
}

// A newsletter that skips quiet days skips them in its feed, too.
func TestQuietEditionsInTheFeed(t *testing.T) {
	var closed []store.Edition
	for i, sections := range [][]editions.Section{{{Title: "All", Items: []editions.Item{{Number: 1, Title: "X"}}}}, nil} {
		content, err := json.Marshal(editions.Edition{Newsletter: "daily", Label: fmt.Sprintf("2025-12-0%d", i+1), Language: "en", Sections: sections})
		if err != nil {
			t.Fatal(err)
		}
		closed = append(closed, store.Edition{Newsletter: "daily", Number: i + 1, Closed: noon, Content: content})
	}
	feeds := New(Config{DB: new(store.DB), Base: base, Authority: authority, Title: "Draftwire"})
	for skip, want := range map[bool]int{false: 2, true: 1} {
		m, err := feeds.editions(editions.Newsletter{Name: "daily", SkipEmpty: skip}, closed)
		if err != nil || len(m.feed.Entries) != want {
			t.Errorf("skip %v: %d entries, %v; want %d", skip, len(m.feed.Entries), err, want)
		}
	}
}

// A reader folds nothing away: an entry tells the summary and not the abstract
// after it, and of a long edition as many items as there is room for.
func TestEditionEntryIsNoLongerThanItsSummaries(t *testing.T) {
	item := editions.Item{Number: 1, Name: "draft-x-00", Kind: catalog.Draft, Event: catalog.New, Title: "X", Summary: "It says X.", Abstract: "It says X. Then more."}
	e := &editions.Edition{Newsletter: "daily", Label: "2025-12-26", Sections: []editions.Section{{Title: "All", Items: []editions.Item{item}}}}
	links := editions.Links{Base: base}
	if got := editionContent(e, links); !strings.Contains(got, "It says X.") || strings.Contains(got, "Then more.") {
		t.Errorf("the content is %s", got)
	}
	item.Summary = strings.Repeat("It says much. ", 60)
	for n := 2; n < 90; n++ {
		item.Number = n
		e.Sections[0].Items = append(e.Sections[0].Items, item)
	}
	if got := editionContent(e, links); len(got) > maxContent || len(got) < maxContent*2/3 || !strings.Contains(got, "more items are in the edition on the web") {
		t.Errorf("%d bytes of content, which end in %q", len(got), got[len(got)-200:])
	}
}

// Whatever a source says of an event, its feed is well-formed.
func FuzzTopicFeed(f *testing.F) {
	f.Add("Paths", "Some text.", "Ada", "quic", "https://example.org/", "en")
	f.Add("\x00</title>", "]]>\xff<script>", "\u202e", "&", "javascript:x", "\"")
	f.Add("", "", "", "", "http://[::1%25/", "x-")
	feeds := New(Config{DB: new(store.DB), Base: base, Authority: authority, Title: "Draftwire"})
	f.Fuzz(func(t *testing.T, title, abstract, author, group, address, language string) {
		for _, kind := range []catalog.Kind{catalog.Draft, catalog.RFC, catalog.Post} {
			topic := store.Topic{Name: "t", Query: title, First: "t"}
			event := catalog.Event{
				Key: "k/" + title, Document: "draft-x", Rev: "01", Kind: kind, Event: catalog.Posted, Published: noon, Archived: address,
				Facts: catalog.Facts{
					Title: title, Abstract: abstract, Authors: []catalog.Author{{Name: author}}, Group: group, URL: address, Language: language,
				},
			}
			doc := feeds.topicHead(topic)
			if err := feeds.addEvents(t.Context(), nil, doc, ofTopic(topic, []store.Selection{{Reason: group, Event: event}})); err != nil {
				t.Fatal(err)
			}
			for format, check := range checks {
				body, err := format.write(feeds, doc, format)
				if err != nil {
					t.Fatal(err)
				}
				check(t, string(body))
			}
		}
	})
}
