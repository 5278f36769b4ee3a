package feeds

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"
)

// checks hold a feed of each format against what its specification demands.
var checks = map[*format]func(*testing.T, string) node{
	atomFormat: checkAtom, rssFormat: checkRSS, jsonFormat: checkJSON,
}

func (n node) plain(name string) (found []node) {
	for _, c := range n.Nodes {
		if c.XMLName == (xml.Name{Local: name}) {
			found = append(found, c)
		}
	}
	return found
}

// checkRSS holds a feed against rssboard.org/rss-specification.
func checkRSS(t *testing.T, body string) node {
	t.Helper()
	wellFormed(t, body)
	var rss node
	if err := xml.Unmarshal([]byte(body), &rss); err != nil {
		t.Fatalf("not XML: %v\n%s", err, body)
	}
	if rss.XMLName != (xml.Name{Local: "rss"}) || rss.attr("version") != "2.0" || len(rss.plain("channel")) != 1 {
		t.Fatalf("the root is %v of version %s with %d channels", rss.XMLName, rss.attr("version"), len(rss.plain("channel")))
	}
	channel := rss.plain("channel")[0]
	for _, name := range []string{"title", "link", "description"} {
		if found := channel.plain(name); len(found) != 1 || found[0].Text == "" {
			t.Errorf("the channel has not one %s: %v", name, found)
		}
	}
	selfs := 0
	for _, l := range channel.all("link") {
		if l.attr("rel") == "self" {
			selfs++
		}
		absolute(t, l.attr("href"))
	}
	if selfs != 1 {
		t.Errorf("%d links to itself", selfs)
	}
	rssDates(t, channel, "lastBuildDate")
	guids := map[string]bool{}
	for _, item := range channel.plain("item") {
		if len(item.plain("title")) == 0 && len(item.plain("description")) == 0 {
			t.Errorf("an item with neither title nor description: %v", item)
		}
		for _, l := range item.plain("link") {
			absolute(t, l.Text)
		}
		rssDates(t, item, "pubDate")
		guid := item.plain("guid")
		if len(guid) != 1 || guids[guid[0].Text] || guid[0].attr("isPermaLink") != "false" {
			t.Fatalf("guids %v", guid)
		}
		guids[guid[0].Text] = true
	}
	return channel
}

func rssDates(t *testing.T, n node, name string) {
	t.Helper()
	for _, d := range n.plain(name) {
		if _, err := time.Parse(time.RFC1123Z, d.Text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func absolute(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		t.Errorf("%q is no absolute address: %v", address, err)
	}
}

func TestRSS(t *testing.T) {
	w := newWire(t)
	w.fill(3)
	quoted := draft(3)
	quoted.Facts.Abstract = `It&s "quoted" <here>, isn't it?`
	w.add(quoted)
	channel := checkRSS(t, w.body("/topics/quic/feed.rss"))
	item := channel.plain("item")[0]
	if got := item.plain("description")[0].Text; got != "It&amp;s \"quoted\" &lt;here&gt;, isn't it?" {
		t.Errorf("described as %s", got) // escaped for HTML, and no more: a browser shows this
	}
	item = channel.plain("item")[1]
	if got := item.plain("guid")[0].Text; got != "tag:example.org,2025:draft-ietf-quic-sample-2-02" {
		t.Errorf("the newest is %s", got)
	}
	for name, want := range map[string]string{
		"title": "Sample 2: Paths <and> Streams (draft-ietf-quic-sample-2-02)", "pubDate": "Sun, 07 Dec 2025 14:00:00 +0000",
		"link": "https://datatracker.ietf.org/doc/draft-ietf-quic-sample-2/",
	} {
		if got := item.plain(name); len(got) != 1 || got[0].Text != want {
			t.Errorf("%s: %v, want %q", name, got, want)
		}
	}
	creators, contents := 0, 0
	for _, n := range item.Nodes {
		switch n.XMLName {
		case xml.Name{Space: dublinNamespace, Local: "creator"}:
			creators++
		case xml.Name{Space: contentNamespace, Local: "encoded"}:
			contents++
			if !strings.Contains(n.Text, "<p>By Ada Example, Bo Sample</p>") {
				t.Errorf("content %s", n.Text)
			}
		}
	}
	if creators != 2 || contents != 1 {
		t.Errorf("%d creators, %d contents", creators, contents)
	}
}
