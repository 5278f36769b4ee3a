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
		"---\ntitle: \"[composition, not published] He said \\\"---\\\"", "and: <left> # 日刊", "\ndate: 2025-12-07\n", "\npublished: false\ndraft: true\nprivate: true\n---\n",
		"\ntags: [\"ietf\", \"wimse\", \"aiagents\"", "\ntopics: [\"ietf\"",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 12 {
		t.Errorf("%d lines:\n%s", n, got)
	}
	e.Closed = time.Now()
	if got := e.FrontMatter(); !strings.Contains(got, "\npublished: true\ndraft: false\nprivate: false\n") {
		t.Errorf("a published one says\n%s", got)
	}
}

func TestTags(t *testing.T) {
	e := &Edition{Sections: []Section{
		{Topic: "small", Items: make([]Item, 1)},
		{Topic: "post-quantum", Items: make([]Item, 5)},
		{Items: make([]Item, 9)},
		{Topic: "b", Items: make([]Item, 2)},
		{Topic: "c", Items: make([]Item, 2)},
		{Topic: strings.Repeat("x", 40), Items: make([]Item, 7)},
	}}
	if got := e.Tags(); !slices.Equal(got, []string{"ietf", "postquantum", "b", "c", "small"}) {
		t.Errorf("got %q", got)
	}
}
