package aggregator

import (
	"strings"
	"testing"
)

func TestMeaning(t *testing.T) {
	entry := func(title, summary, content string) Entry {
		return Entry{Title: title, Summary: summary, Content: content}
	}
	base := entry("QUIC: a review", "<p>It has <b>3</b> parts.</p>", "")
	for _, tt := range []struct {
		name string
		a, b Entry
		same bool
	}{
		{"white space", base, entry(" QUIC:  a\nreview", "<p>It has\n\n<b>3</b>   parts.</p>\n", ""), true},
		{"mark-up", base, entry("QUIC: a <i>review</i>", "It has <strong>3</strong> parts.", ""), true},
		{"entities and quotation marks", entry("“A”", "it's &amp; so", ""), entry(`"A"`, "it’s &#38; so", ""), true},
		{"the type of text", Entry{Title: "A", Summary: "x y"}, Entry{Title: "A", TitleType: PlainText, Summary: "x y", SummaryType: PlainText}, true},
		{"dates, links and categories", base, Entry{Title: base.Title, Summary: base.Summary, Link: "https://x.example/?utm_source=rss", Categories: []Category{{Term: "x"}}}, true},
		{
			"tracking", entry("A", `<a href="https://x.example/a?utm_source=a&utm_medium=b">here</a>`, ""),
			entry("A", `<a href="https://x.example/a?fbclid=c#d">here</a>`, ""), true,
		},
		{"a pixel", entry("A", `x<img src="https://t.example/1.gif">`, ""), entry("A", `x<img src="https://t.example/2.gif">`, ""), true},
		{"comments", entry("A", "x <p>12 comments</p>", ""), entry("A", "x <p>1,013 Comments</p>", ""), true},
		{"comments behind", entry("A", "x # Comments: 12, Points: 3", ""), entry("A", "x # Comments: 14, Points: 150", ""), true},
		{"likes with a sign", entry("A", "x Likes (12)", ""), entry("A", "x likes (1.2k)", ""), true},
		{"Japanese comments", entry("A", "x コメント（3）", ""), entry("A", "x コメント（12）", ""), true},
		{"ages", entry("A", "posted 3 hours ago", ""), entry("A", "posted 2 days ago", ""), true},
		{"a number", base, entry(base.Title, "<p>It has <b>4</b> parts.</p>", ""), false},
		{"a version", entry("TLS 1.2", "", ""), entry("TLS 1.3", "", ""), false},
		{"a word", base, entry("QUIC: a preview", base.Summary, ""), false},
		{"the content alone", entry("A", "s", "<p>one</p>"), entry("A", "s", "<p>two</p>"), false},
		{"a part moved", entry("A", "b", ""), entry("A b", "", ""), false},
		{"a path", entry("A", `<a href="https://x.example/a">here</a>`, ""), entry("A", `<a href="https://x.example/b">here</a>`, ""), false},
		{"Japanese", entry("標準化", "", ""), entry("標準", "", ""), false},
		{"vowel signs", entry("कि", "", ""), entry("कु", "", ""), false},
	} {
		if same := meaning(tt.a) == meaning(tt.b); same != tt.same {
			t.Errorf("%s: %q and %q: same is %t", tt.name, gist(tt.a.title()+" / "+tt.a.text()), gist(tt.b.title()+" / "+tt.b.text()), same)
		}
	}
	if rev := meaning(base); len(rev) != 12 || strings.Trim(rev, "0123456789abcdef") != "" {
		t.Errorf("rev %q", rev)
	}
}
