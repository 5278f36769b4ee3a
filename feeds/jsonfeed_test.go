package feeds

import (
	"encoding/json"
	"testing"
	"time"
)

// checkJSON holds a feed against jsonfeed.org/version/1.1. It gives no tree.
func checkJSON(t *testing.T, body string) (none node) {
	t.Helper()
	readJSON(t, body)
	return none
}

func readJSON(t *testing.T, body string) map[string]any {
	t.Helper()
	var feed map[string]any
	if err := json.Unmarshal([]byte(body), &feed); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, body)
	}
	if feed["version"] != "https://jsonfeed.org/version/1.1" {
		t.Errorf("version %v", feed["version"])
	}
	if title, ok := feed["title"].(string); !ok || title == "" {
		t.Errorf("title %v", feed["title"])
	}
	for _, name := range []string{"home_page_url", "feed_url", "next_url"} {
		if address, ok := feed[name]; ok {
			absolute(t, address.(string))
		}
	}
	if next, ok := feed["next_url"]; ok && next == feed["feed_url"] {
		t.Errorf("the next page is this one, %v", next)
	}
	if _, ok := feed["author"]; ok { // deprecated by 1.1
		t.Error("the feed has an author")
	}
	people(t, "the feed", feed["authors"])
	items, ok := feed["items"].([]any)
	if !ok {
		t.Fatalf("items are required, also when there are none: %v", feed["items"])
	}
	ids := map[string]bool{}
	for _, i := range items {
		checkItem(t, i.(map[string]any), ids)
	}
	return feed
}

func checkItem(t *testing.T, item map[string]any, ids map[string]bool) {
	t.Helper()
	id, ok := item["id"].(string)
	if !ok || ids[id] || id == "" {
		t.Errorf("id %v", item["id"])
	}
	ids[id] = true
	html, _ := item["content_html"].(string)
	text, _ := item["content_text"].(string)
	if html == "" && text == "" {
		t.Errorf("%s has no content", id)
	}
	for _, name := range []string{"date_published", "date_modified"} {
		date, _ := item[name].(string)
		if _, err := time.Parse(time.RFC3339, date); err != nil {
			t.Errorf("%s of %s: %v", name, id, err)
		}
	}
	if address, ok := item["url"]; ok {
		absolute(t, address.(string))
	}
	people(t, id, item["authors"])
	tags, _ := item["tags"].([]any)
	for _, tag := range tags {
		if text, ok := tag.(string); !ok || text == "" {
			t.Errorf("tag %v of %s", tag, id)
		}
	}
	for _, old := range []string{"author"} { // deprecated by 1.1
		if _, ok := item[old]; ok {
			t.Errorf("%s has %s", id, old)
		}
	}
}

// people checks a list of authors, each of whom says something.
func people(t *testing.T, of string, list any) {
	t.Helper()
	authors, _ := list.([]any)
	for _, a := range authors {
		if name, ok := a.(map[string]any)["name"].(string); !ok || name == "" {
			t.Errorf("author %v of %s", a, of)
		}
		if address, ok := a.(map[string]any)["url"]; ok {
			absolute(t, address.(string))
		}
	}
}

func TestJSONFeed(t *testing.T) {
	w := newWire(t)
	if got := readJSON(t, w.body("/topics/quic/feed.json"))["items"].([]any); len(got) != 0 {
		t.Errorf("%d items", len(got))
	}
	w.fill(3)
	feed := readJSON(t, w.body("/topics/quic/feed.json"))
	item := feed["items"].([]any)[0].(map[string]any)
	for name, want := range map[string]any{
		"id": "tag:example.org,2025:draft-ietf-quic-sample-2-02", "date_published": "2025-12-07T14:00:00Z",
		"date_modified": "2025-12-07T14:00:00Z", "title": "Sample 2: Paths <and> Streams (draft-ietf-quic-sample-2-02)",
		"summary": "This document says how paths are told apart. It is a sample. It updates nothing.",
	} {
		if item[name] != want {
			t.Errorf("%s: %v, want %v", name, item[name], want)
		}
	}
	if feed["feed_url"] != base+"/topics/quic/feed.json" || feed["home_page_url"] != base+"/topics/quic" {
		t.Errorf("got %v", feed)
	}
}
