package aggregator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// TestFeedSeen holds which entries of the second document are read when those
// of the first were.
func TestFeedSeen(t *testing.T) {
	item := func(id, title string) string {
		return "<item><guid>" + id + "</guid><title>" + title + "</title></item>"
	}
	entry := func(id string) string { return "<entry><id>" + id + "</id><title>" + id + "</title></entry>" }
	one, two, three := item("1", "One"), item("2", "Two"), item("3", "Three")
	for _, tt := range []struct {
		name          string
		first, second string
		want          string
	}{
		{"a new one", rssOf(one + two), rssOf(three + one + two), "3"},
		{"none", rssOf(one + two), rssOf(two), ""},
		{"one that was there before the last time", rssOf(two), rssOf(one + two), "1"},
		{"one that has changed", rssOf(one + two), rssOf(one + item("2", "Zwei")), "2"},
		{"another order", rssOf(one + two), rssOf(two + one), ""},
		{"Atom", atomOf(entry("a")), atomOf("<updated>2026-03-20T10:00:00Z</updated>" + entry("b") + entry("a")), "b"},
		{
			"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel><title>T</title></channel>` + one + `</rdf:RDF>`,
			`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel><title>T</title></channel>` + one + two + `</rdf:RDF>`, "2",
		},
		{"dates and comments of the feed", rssOf("<pubDate>1</pubDate><lastBuildDate>1</lastBuildDate><!-- 1 -->" + one), rssOf("<pubDate>2</pubDate><!-- 2 --><lastBuildDate>2</lastBuildDate>" + one + two), "2"},
		{"blanks between", rssOf("\n  " + one + "\n  " + two + "\n"), rssOf("\n  " + three + "\n  " + one + "\n  " + two + "\n"), "3"},
		{"the list of RSS 1.0", rssOf("<items><Seq><li>1</li></Seq></items>" + one), rssOf("<items><Seq><li>2</li><li>1</li></Seq></items>" + two + one), "2"},
		{"an empty one", rssOf(one + "<item/>"), rssOf(one + "<item/><item/>" + two), "2"},
		{"an unclosed one", rssOf(one + "<item><title>x</title>"), rssOf(one + two + "<item><title>x</title>"), "2"},
		{"what stands around them has changed", atomOf(entry("a")), atomOf("<author><name>N</name></author>" + entry("a")), "a"},
		{"another language", rssOf(one), strings.Replace(rssOf(one), ">en<", ">ja<", 1), "1"},
		{"an id that a known one has", rssOf(one + two), rssOf(item("2", "Three") + one + two), "2 1 2"},
		{"an id that a known one has, with blanks", rssOf(one + two), rssOf(item("<![CDATA[ 2 ]]>", "Three") + one + two), "2 1 2"},
		{"entries at two depths", strings.Replace(rssOf(one), "<channel>", two+"<channel>", 1), strings.Replace(rssOf(one+three), "<channel>", two+"<channel>", 1), "1 3 2"},
		{"a date in an entry", atomOf("<entry><id>a</id><updated>1</updated></entry>"), atomOf("<entry><id>a</id><updated>2</updated></entry>"), "a"},
		{"JSON", `{"version":"1","items":[{"id":"1"}]}`, `{"version":"1","items":[{"id":"2"},{"id":"1"}]}`, "2 1"},
		{"what breaks off", rssOf(one + two), strings.TrimSuffix(rssOf(one+two+three), "</channel></rss>"), "1 2 3"},
		{"what was broken off", strings.TrimSuffix(rssOf(one+two), "</channel></rss>"), rssOf(one + two), "1 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, _ := readDocument([]byte(tt.first), "", "https://example.org/", seen{})
			second, _ := readDocument([]byte(tt.second), "", "https://example.org/", first.seen)
			var got []string
			for _, e := range second.entries {
				if e.ID != "" {
					got = append(got, e.ID)
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
			elsewhere, _ := readDocument([]byte(tt.second), "", "https://example.net/", first.seen)
			all, _ := ParseFeed([]byte(tt.second), "", "https://example.net/")
			if !reflect.DeepEqual(elsewhere.entries, all) {
				t.Errorf("at another address: %+v, want %+v", elsewhere.entries, all)
			}
		})
	}
}

// checkSeen holds that reading the second of two documents after the first
// leaves out only what the first had.
func checkSeen(t *testing.T, first, second []byte) {
	t.Helper()
	before, _ := readDocument(first, "", "https://example.org/", seen{})
	all, allErr := readDocument(second, "", "https://example.org/", seen{})
	part, err := readDocument(second, "", "https://example.org/", before.seen)
	if (err == nil) != (allErr == nil) || !reflect.DeepEqual(part.rest, all.rest) || !reflect.DeepEqual(part.seen, all.seen) {
		t.Fatalf("got %v, %+v, %+v; of all %v, %+v, %+v", err, part.rest, part.seen, allErr, all.rest, all.seen)
	}
	left := part.entries
	for _, e := range all.entries {
		switch {
		case len(left) > 0 && reflect.DeepEqual(left[0], e):
			left = left[1:]
		case !slices.ContainsFunc(before.entries, func(o Entry) bool { return reflect.DeepEqual(o, e) }):
			t.Fatalf("passed over: %+v", e)
		}
	}
	if len(left) > 0 {
		t.Fatalf("read differently: %+v", left[0])
	}
}

func FuzzFeedSeen(f *testing.F) {
	for _, s := range [][4]string{
		{`<rss><channel><title>T</title>`, `<item><guid>1</guid></item>`, `<item><guid>2</guid></item>`, `</channel></rss>`},
		{`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">`, `<entry><id>1</id></entry>`, `<entry xml:lang="ja"><id>2</id></entry>`, `<updated>1</updated></feed>`},
		{`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`, `<item/>`, `<item><guid>1</guid>`, `</rdf:RDF><!-- -->`},
		{`<rss><channel><pubDate><item>`, `</item>`, `<item></pubDate>`, `</channel></rss>`},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, head, one, two, tail string) {
		checkSeen(t, []byte(head+one+tail), []byte(head+two+one+tail))
		checkSeen(t, []byte(head+one+two+tail), []byte(head+two+tail))
	})
}

// TestFeedSeenInCorpus reads each feed that there is after itself without some
// of its entries.
func TestFeedSeenInCorpus(t *testing.T) {
	passed, there := 0, 0
	root := filepath.Join(corpus(t), "feeds")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text := normalise([]byte(readFile(t, path)), "")
		if len(text) == 0 || text[0] == '{' {
			return nil
		}
		found, err := survey(text)
		if err != nil || len(found.entries) == 0 || len(found.entries) > 200 {
			return nil //nolint:nilerr // what is broken is read whole
		}
		for k := range min(len(found.entries), 5) {
			e := found.entries[k*len(found.entries)/min(len(found.entries), 5)]
			older := slices.Concat(bytes.TrimRight(text[:e.begin], " \t\r\n"), text[e.end:])
			t.Run(fmt.Sprintf("%s/%d", d.Name(), k), func(t *testing.T) { checkSeen(t, older, text) })
			before, _ := readDocument(older, "", "", seen{})
			all, _ := readDocument(text, "", "", seen{})
			part, _ := readDocument(text, "", "", before.seen)
			passed += len(all.entries) - len(part.entries)
			there += len(all.entries) - 1
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d entries passed over", passed, there)
	if there < 1000 || passed*10 < there*9 {
		t.Errorf("%d of %d entries were passed over, want nine tenths", passed, there)
	}
}

// TestFeedTrustedLater holds that entries which came before their feed was
// trusted are read again, though they stand there as before.
func TestFeedTrustedLater(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	s.says(posts(2))
	r.one(Tally{Messages: 2, Posts: 2})
	feed := s.feed(t, r, fetch.Options{})
	feed.Announces = true
	r.use(Source{Name: "news", Announcements: true, Interval: 10 * time.Minute, Upstream: feed})
	s.says(posts(3))
	r.pass(time.Hour)
	r.one(Tally{Messages: 3, Known: 2, Posts: 1})
}

// TestFeedSeenIsKept holds that a poll which changes nothing, or fails, does not
// make the feed forget what it held.
func TestFeedSeenIsKept(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	s.says(posts(2))
	r.one(Tally{Messages: 2, Posts: 2})
	s.says(posts(2))
	r.pass(time.Hour)
	r.one(Tally{})
	s.says("<rss>")
	r.pass(time.Hour)
	if res := r.one(Tally{}); !res.failed() {
		t.Error("what is broken was read")
	}
	s.says(posts(3))
	r.pass(time.Hour)
	r.one(Tally{Messages: 1, Posts: 1})
	var c feedCursor
	if err := json.Unmarshal([]byte(r.source("news").Cursor), &c); err != nil || len(c.Seen.Entries) != 3*imprintSize {
		t.Errorf("%+v, %v", c, err)
	}
}
