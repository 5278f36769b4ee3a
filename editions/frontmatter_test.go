package editions

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFrontMatter(t *testing.T) {
	e := unpublished()
	e.Title = "He said \"---\"\nand: <left> # 日刊"
	e.Hot = []Hot{{Kind: HotGroup, Name: "wimse"}, {Kind: HotAuthor, Name: "Ada Wing"}, {Kind: HotTopic, Name: "ai-agents", Title: "AI agents"}}
	got := e.FrontMatter()
	for _, want := range []string{
		"---\ntitle: \"He said \\\"---\\\"", "and: <left> # 日刊", "\ndate: 2025-12-07\n", "\npublished: false\ndraft: true\nprivate: true\nupdated_at: \"\"\nid: null\norganization_url_name: null\nslide: false\n---\n",
		"\ntags: [\"ietf\", \"wimse\", \"aiagents\"", "\ntopics: [\"ietf\"",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 16 {
		t.Errorf("%d lines:\n%s", n, got)
	}
	e.Closed = time.Now()
	if got := e.FrontMatter(); !strings.Contains(got, "\npublished: true\ndraft: false\nprivate: false\n") {
		t.Errorf("a published one says\n%s", got)
	}
}

// A title that Zenn would refuse tells what is hot rather than how many there are.
func TestFrontTitle(t *testing.T) {
	hot := []Hot{{Kind: HotGroup, Name: "wimse"}, {Kind: HotTopic, Title: "Network access and onboarding"}}
	for _, tt := range []struct {
		title, want string
		hot         []Hot
	}{
		{"Wire", "Wire, Sunday, 7 December 2025: 0 drafts, 0 RFCs", nil},
		{"Wire", "Wire 2025-12-07: WIMSE, Network access and onboarding", hot},
		{strings.Repeat("W", 90), strings.Repeat("W", 69) + "…", hot},
	} {
		e := &Edition{Title: tt.title, Label: "2025-12-07", FirstDay: "2025-12-07", LastDay: "2025-12-07", Language: "en", Hot: tt.hot}
		if got := e.frontTitle(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestTags(t *testing.T) {
	e := &Edition{Sections: []Section{
		{Topic: "small", Items: make([]Item, 1)},
		{Topic: "post-quantum", Items: make([]Item, 5)},
		{Items: make([]Item, 9)},
		{Topic: "b", Items: make([]Item, 2)},
		{Topic: "c", Items: make([]Item, 2)},
		{Topic: strings.Repeat("x", longestTag+1), Items: make([]Item, 7)},
	}}
	if got := e.Tags(); !slices.Equal(got, []string{"ietf", "postquantum", "b", "c", "small"}) {
		t.Errorf("got %q", got)
	}
}
