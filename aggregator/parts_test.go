package aggregator

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// one reads the only entry of a document.
func one(t *testing.T, text string) Entry {
	t.Helper()
	entries, err := ParseFeed([]byte(text), "", "https://example.org/feed")
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v, in %s", len(entries), err, text)
	}
	return entries[0]
}

func TestLinks(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []Link
	}{
		{
			"Atom", atomOf(`<entry xml:base="/b/"><id>1</id><link href="a"/><link rel="alternate" hreflang="ja" href="a.ja" title="日本語"/><link rel="Related" href="r" type="text/html"/>
			<link rel="http://www.iana.org/assignments/relation/via" href="https://v.example/"/><link rel="enclosure" href="e.mp3" type="audio/mpeg" length="12"/>
			<link rel="replies" href="c" type="application/atom+xml"/><link rel="x:own" href="o"/><content type="image/png" src="i.png"/></entry>`),
			[]Link{
				{Rel: "alternate", URL: "https://example.org/b/a.ja", Language: "ja", Title: "日本語"},
				{Rel: "related", URL: "https://example.org/b/r", Type: "text/html"},
				{Rel: "via", URL: "https://v.example/"},
				{Rel: "enclosure", URL: "https://example.org/b/e.mp3", Type: "audio/mpeg", Length: 12},
				{Rel: "replies", URL: "https://example.org/b/c", Type: "application/atom+xml"},
				{Rel: "x:own", URL: "https://example.org/b/o"},
				{Rel: "content", URL: "https://example.org/b/i.png", Type: "image/png"},
			},
		},
		{
			"RSS", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><item><link>/a</link><comments>/c</comments><source url="/s">S</source>
			<enclosure url="/e.mp3" type="audio/mpeg" length="nought"/><atom:link rel="related" href="/r" hreflang="de"/></item></channel></rss>`,
			[]Link{
				{Rel: "related", URL: "https://example.org/r", Language: "de"},
				{Rel: "enclosure", URL: "https://example.org/e.mp3", Type: "audio/mpeg"},
				{Rel: "replies", URL: "https://example.org/c"},
				{Rel: "via", URL: "https://example.org/s", Title: "S"},
			},
		},
		{
			"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/a","external_url":"https://x.example/","attachments":[{"url":"/e","mime_type":"audio/mpeg","title":"E","size_in_bytes":7}]}]}`,
			[]Link{{Rel: "related", URL: "https://x.example/"}, {Rel: "enclosure", URL: "https://example.org/e", Type: "audio/mpeg", Title: "E", Length: 7}},
		},
	} {
		if diff := cmp.Diff(tt.want, one(t, tt.text).Links); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	many := one(t, atomOf("<entry>"+strings.Repeat(`<link rel="via" href="/x"/>`, 1000)+strings.Repeat(`<category term="t"/>`, 1000)+"</entry>"))
	if len(many.Links) != maxLinks || len(many.Categories) != maxCategories {
		t.Errorf("%d links and %d categories", len(many.Links), len(many.Categories))
	}
}

func TestCategoriesAndPeople(t *testing.T) {
	for _, tt := range []struct {
		name, text            string
		categories            []Category
		authors, contributors []Person
	}{
		{
			"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Feed</name></author><entry><author><name> Ann </name><email>a@x</email><uri>https://a.example/</uri></author>
			<contributor><name>Ben</name></contributor><category term=" dns " scheme="https://s.example/" label="DNS Operations"/><category/></entry></feed>`,
			[]Category{{"dns", "https://s.example/", "DNS Operations"}},
			[]Person{{"Ann", "a@x", "https://a.example/"}},
			[]Person{{Name: "Ben"}},
		},
		{
			"Atom, the author of the source", `<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Feed</name></author><entry><source><author><name>Source</name></author></source></entry></feed>`,
			nil,
			[]Person{{Name: "Source"}},
			nil,
		},
		{
			"Atom, the author of the feed", `<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Feed</name><uri>/f</uri></author><entry/></feed>`,
			nil,
			[]Person{{Name: "Feed", URI: "https://example.org/f"}},
			nil,
		},
		{
			"RSS", `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><dc:creator>Ann</dc:creator><dc:contributor>Ben</dc:contributor>
			<category domain="d">a/b</category><dc:subject>c</dc:subject></item></channel></rss>`,
			[]Category{{Term: "a/b", Scheme: "d"}, {Term: "c"}},
			[]Person{{Name: "Ann"}},
			[]Person{{Name: "Ben"}},
		},
		{
			"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","authors":[{"name":"Feed","url":"https://f.example/"}],"items":[{"id":"1","tags":["a","b",""]}]}`,
			[]Category{{Term: "a"}, {Term: "b"}},
			[]Person{{Name: "Feed", URI: "https://f.example/"}},
			nil,
		},
	} {
		e := one(t, tt.text)
		if diff := cmp.Diff(tt.categories, e.Categories); diff != "" {
			t.Errorf("%s: categories (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.authors, e.Authors); diff != "" {
			t.Errorf("%s: authors (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.contributors, e.Contributors); diff != "" {
			t.Errorf("%s: contributors (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestLanguages(t *testing.T) {
	const dc = `xmlns:dc="http://purl.org/dc/elements/1.1/"`
	for _, tt := range []struct{ name, text, want string }{
		{"of the feed", `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><entry/></feed>`, "de"},
		{"of the entry", `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><entry xml:lang="ja"><title xml:lang="en">A</title></entry></feed>`, "ja"},
		{"of another entry", `<feed xmlns="http://www.w3.org/2005/Atom"><entry xml:lang="ja"/></feed>`, "ja"},
		{"RSS", rssOf("<item/>"), "en"},
		{"RSS, Dublin Core", `<rss version="2.0" ` + dc + `><channel><language>en</language><item><dc:language> ja </dc:language></item></channel></rss>`, "ja"},
		{"RSS, of the channel by Dublin Core", `<rss version="2.0" ` + dc + `><channel><dc:language>ja</dc:language><item/></channel></rss>`, "ja"},
		{"RSS, xml:lang", `<rss version="2.0" xml:lang="fr"><channel><item/></channel></rss>`, "fr"},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","language":"en","items":[{"id":"1","language":"ja"}]}`, "ja"},
	} {
		if got := one(t, tt.text).Language; got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestTextTypes holds that text and HTML are told apart, although they look
// alike once the parser has read them.
func TestTextTypes(t *testing.T) {
	for _, tt := range []struct{ name, text, title, words string }{
		{"text", atomOf(`<entry><title type="text">a &lt;b&gt; c</title><summary type="text">x &lt;y&gt; z &amp;amp;</summary></entry>`), "a <b> c", "x <y> z &amp;"},
		{"no type is text", atomOf(`<entry><title>if a &lt;b&gt; c</title><summary>x &lt;y&gt; z</summary></entry>`), "if a <b> c", "x <y> z"},
		{"no type, but HTML", atomOf(`<entry><title>AT&amp;amp;T</title><summary>&lt;p&gt;x&lt;/p&gt;&lt;p&gt;z&lt;/p&gt;</summary></entry>`), "AT&T", "x\n\nz"},
		{"html", atomOf(`<entry><title type="html">a &lt;b&gt;c&lt;/b&gt;</title><content type="html">&lt;p&gt;x &amp;lt;y&gt;</content></entry>`), "a c", "x <y>"},
		{"xhtml", atomOf(`<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></title><summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></summary></entry>`), "a c", "x"},
		{"a media type", atomOf(`<entry><title>A</title><content type="text/plain">x &lt;y&gt;</content></entry>`), "A", "x <y>"},
		{"the second of two", atomOf(`<entry><title type="text">a &lt;b&gt;</title></entry>`), "a <b>", ""},
		{"another element's type", `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="urn:m"><entry><title type="text">a &lt;b&gt;</title><m:title type="html">no</m:title></entry></feed>`, "a <b>", ""},
		{"a prefix", `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title type="text">a &lt;b&gt;</a:title></a:entry></a:feed>`, "a <b>", ""},
		{"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped" type="text/html">a &lt;b&gt;c&lt;/b&gt;</title></entry></feed>`, "a c", ""},
		{"RSS is HTML", rssOf("<item><title>a &lt;b&gt;c&lt;/b&gt; &amp;amp; d</title><description>&lt;p&gt;x</description></item>"), "a c & d", "x"},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a <b>","content_text":"x <y>"}]}`, "a <b>", "x <y>"},
		{"JSON Feed, HTML", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a","content_html":"<p>x</p>"}]}`, "a", "x"},
	} {
		e := one(t, tt.text)
		if e.title() != tt.title || e.text() != tt.words {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.name, e.title(), e.text(), tt.title, tt.words)
		}
	}
}

// TestEntryDates holds that dates are read tolerantly and kept as written.
func TestEntryDates(t *testing.T) {
	e := one(t, rssOf("<item><title>A</title><pubDate>4 March 2026 14.06 MSK</pubDate></item>"))
	if e.PublishedText != "4 March 2026 14.06 MSK" {
		t.Errorf("kept %q", e.PublishedText)
	}
	e = one(t, atomOf("<entry><updated>some day</updated></entry>"))
	if e.UpdatedText != "some day" || !e.Updated.IsZero() {
		t.Errorf("kept %q as %s", e.UpdatedText, e.Updated)
	}
}

func TestSharedIDs(t *testing.T) {
	f := Feed{URL: "https://example.org/feed", Now: func() time.Time { return now }}
	entries := []Entry{
		{ID: "same", Link: "https://example.org/1"},
		{ID: "same", Link: "https://example.org/2"},
		{ID: "same"},
		{ID: "urn:twice", Link: "https://example.org/3", Title: "a"},
		{ID: "urn:twice", Link: "https://example.org/3", Title: "b"},
		{ID: "own", Link: "https://example.org/4"},
	}
	batch, err := f.entries(entries)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range batch {
		got = append(got, read(r).id)
	}
	want := []string{"https://example.org/1", "https://example.org/2", "same", "urn:twice", "urn:twice", "own"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
