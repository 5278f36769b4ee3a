package aggregator

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func rssOf(items string) string {
	return `<rss version="2.0"><channel><title>T</title><language>en</language>` + items + "</channel></rss>"
}

func atomOf(entries string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>` + entries + "</feed>"
}

func TestParseFeedFormats(t *testing.T) {
	day := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, tt := range []struct {
		name, body string
		want       Entry
	}{
		{
			"RSS", rssOf(`<item><title>A &amp; B</title><link>/a</link><guid isPermaLink="false">urn:1</guid><description>D</description>
			<pubDate>Wed, 04 Mar 2026 14:06:07 JST</pubDate><author>a@example.org (Ann)</author></item>`),
			Entry{
				ID: "urn:1", Link: "https://example.org/a", Title: "A & B", Summary: "D", Published: day, Language: "en",
				Authors: []Person{{Name: "Ann", Email: "a@example.org"}}, PublishedText: "Wed, 04 Mar 2026 14:06:07 JST",
			},
		},
		{
			"RSS, a guid is a link", rssOf(`<item><title>A</title><guid>https://example.org/1</guid></item>`),
			Entry{ID: "https://example.org/1", Link: "https://example.org/1", Title: "A", Language: "en"},
		},
		{
			"RSS, a guid is no link", rssOf(`<item><title>A</title><guid isPermaLink=" False">https://example.org/1</guid></item>`),
			Entry{ID: "https://example.org/1", Title: "A", Language: "en"},
		},
		{
			"RSS, a guid that cannot be a link", rssOf(`<item><title>A</title><guid>javascript:x</guid></item>`),
			Entry{ID: "javascript:x", Title: "A", Language: "en"},
		},
		{
			"Atom", atomOf(`<entry xml:base="https://example.net/x/"><id>urn:1</id><title>A</title><link href="y"/><link rel="edit" href="z"/>
			<published>2026-03-04T05:06:07Z</published><updated>2026-03-04T14:06:08+09:00</updated><summary>S</summary><content>C</content>
			<author><name> Ann </name></author></entry>`),
			Entry{
				ID: "urn:1", Link: "https://example.net/x/y", Title: "A", Summary: "S", Content: "C", Published: day,
				Updated: day.Add(time.Second), Authors: []Person{{Name: "Ann"}}, TitleType: PlainText, SummaryType: PlainText, ContentType: PlainText,
				PublishedText: "2026-03-04T05:06:07Z", UpdatedText: "2026-03-04T14:06:08+09:00", Links: []Link{{Rel: "edit", URL: "https://example.net/x/z"}},
			},
		},
		{
			"Atom, an id is no link", atomOf(`<entry><id>https://example.org/1</id><title>A</title></entry>`),
			Entry{ID: "https://example.org/1", Title: "A", TitleType: PlainText},
		},
		{
			"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","language":"ja","items":[{"id":"1","url":"https://example.org/1",
			"title":"A","content_html":"<p>C</p>","date_published":"2026-03-04T05:06:07Z","authors":[{"name":"Ann"}]}]}`,
			Entry{
				ID: "1", Link: "https://example.org/1", Title: "A", Content: "<p>C</p>", Published: day, Language: "ja",
				Authors: []Person{{Name: "Ann"}}, TitleType: PlainText, ContentType: HTMLText, PublishedText: "2026-03-04T05:06:07Z",
			},
		},
		{
			"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dcterms="http://purl.org/dc/terms/">
			<channel><title>T</title></channel><item><title>A</title><link>https://example.org/1</link><dcterms:created>2026-03-04T05:06:07Z</dcterms:created></item></rdf:RDF>`,
			Entry{Link: "https://example.org/1", Title: "A", Published: day, PublishedText: "2026-03-04T05:06:07Z"},
		},
		{"undefined entities", rssOf(`<item><title>A&nbsp;&eacute; &bogus; B&C</title></item>`), Entry{Title: "A\u00a0é &bogus; B&C", Language: "en"}},
		{"a year that JSON cannot carry", rssOf(`<item><title>A</title><pubDate>Fri, 31 Dec 9999 23:59:59 -0500</pubDate></item>`), Entry{Title: "A", Language: "en", PublishedText: "Fri, 31 Dec 9999 23:59:59 -0500"}},
	} {
		got, err := ParseFeed([]byte(tt.body), "", "https://example.org/feed")
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d entries, %v", tt.name, len(got), err)
			continue
		}
		if diff := cmp.Diff(tt.want, got[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if _, err := json.Marshal(got[0]); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestParseFeedBroken holds that what stands before a break is kept, and that
// the break is told.
func TestParseFeedBroken(t *testing.T) {
	one, two := "<item><title>1</title></item>", "<item><title>2</title><description><![CDATA[</item>]]></description></item>"
	bomb := `<!DOCTYPE rss [<!ENTITY a "0123456789">`
	for i := range 9 {
		bomb += fmt.Sprintf(`<!ENTITY %c "%s">`, 'b'+i, strings.Repeat(fmt.Sprintf("&%c;", 'a'+i), 10))
	}
	for _, tt := range []struct {
		name, body string
		titles     []string
		err        string
	}{
		{"cut in an item", `<rss version="2.0"><channel>` + one + two + "<item><title>3", []string{"1", "2"}, "breaks off behind its first 2 entries"},
		{"cut in a CDATA section", `<rss version="2.0"><channel>` + one + `<item><description><![CDATA[ x </item> y`, []string{"1"}, "breaks off"},
		{"cut behind an entry", `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>1</title></entry>`, []string{"1"}, "ends within <feed>"},
		{"cut in RSS 1.0", `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>` + one + "<item>", []string{"1"}, "breaks off"},
		{"broken in the middle", rssOf(one + "<item><title>2</title></channel></rss></x><item>" + two), []string{"1"}, "closes nothing"},
		{"broken markup", rssOf(one + "<item><title>2 <![CD</title></item>" + one), []string{"1"}, "XML syntax error"},
		{"no whole entry", `<rss version="2.0"><channel><item><title>1`, nil, "not a readable feed"},
		{"deep", rssOf(one + "<item>" + strings.Repeat("<a>", 1_000_000)), []string{"1"}, "more than 2000 deep"},
		{"deep from the start", strings.Repeat("<a>", 1_000_000), nil, "more than 2000 deep"},
		{"entity bomb", bomb + "]>" + rssOf("<item><title>&j;</title></item>"), []string{"&j;"}, ""},
		{"a page", "<!DOCTYPE html><html><head><title>Not found</title></head><body><p>Sorry.</body></html>", nil, "want RSS, Atom or JSON Feed"},
		{"text", "Service unavailable", nil, "want RSS, Atom or JSON Feed"},
		{"nothing", " \n", nil, "the feed is empty"},
		{"binary", "\x00\x01\x02\xff\xfe\x80", nil, "not a readable feed"},
		{"truncated JSON", `{"version":"https://jsonfeed.org/version/1","items":[{"id":"1"},`, nil, "not a readable feed"},
		{"JSON that is none", `{"error":"no such feed"}`, nil, "neither version nor items"},
	} {
		start := time.Now()
		entries, err := ParseFeed([]byte(tt.body), "", "")
		var titles []string
		for _, e := range entries {
			titles = append(titles, e.Title)
		}
		if !slices.Equal(titles, tt.titles) {
			t.Errorf("%s: got %.200q, want %q", tt.name, titles, tt.titles)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.err)
		}
		if partial := (*PartialError)(nil); errors.As(err, &partial) != (err != nil && len(entries) > 0) {
			t.Errorf("%s: %T is the wrong kind of error with %d entries", tt.name, err, len(entries))
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %s", tt.name, took)
		}
	}
}

func TestParseFeedBounded(t *testing.T) {
	entries, err := ParseFeed([]byte(rssOf(strings.Repeat("<item><title>x</title></item>", maxEntries+5))), "", "")
	if err != nil || len(entries) != maxEntries {
		t.Errorf("got %d entries, %v", len(entries), err)
	}
}

func FuzzParseFeed(f *testing.F) {
	for _, s := range []string{
		rssOf(`<item><title>A</title><guid>x</guid><pubDate>1 Jan 2026</pubDate></item>`), atomOf(`<entry><id>1</id><link href="a"/></entry>`),
		`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"url":"x"}]}`, "<rss><channel><item></item><item>", "<feed></x>", "",
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item/></rdf:RDF>`,
	} {
		f.Add([]byte(s), "", "https://example.org/")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, base string) {
		entries, _ := ParseFeed(body, contentType, base)
		for _, e := range entries {
			raw, err := json.Marshal(e)
			if err != nil {
				t.Errorf("%+v: %v", e, err)
			}
			if back, err := (Received{Raw: raw}).asEntry(); err != nil || !reflect.DeepEqual(back, e) {
				t.Errorf("%+v comes back as %+v, %v", e, back, err)
			}
		}
	})
}
