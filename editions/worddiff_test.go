package editions

import (
	"strings"
	"testing"
)

func drawn(spans []Span) string {
	r := row{}
	for _, s := range spans {
		r.Marks = append(r.Marks, mark{Op: s.Op, Text: s.Text})
	}
	return r.plain()
}

func TestDiffWords(t *testing.T) {
	for _, tt := range []struct{ before, after, want string }{
		{"a b c d", "a b c d", "a b c d"},
		{"a b c d", "a b x c d", "a b {+x+} c d"},
		{"a b c d", "a c d", "a [-b-] c d"},
		{"a b c d e f g", "a x c d e f g", "a [-b-] {+x+} c d e f g"},
		{"we carry one of two letters by day", "we carry three of four letters by day", "we carry [-one of two-] {+three of four+} letters by day"},
		{"a  b\nc", "a b c", "a b c"},
		{"a b c d", "w x y z", ""},
		{"", "", ""},
		{strings.Repeat("a ", 2000), strings.Repeat("b ", 2000), ""},
	} {
		if got := drawn(diffWords(tt.before, tt.after)); got != tt.want {
			t.Errorf("%.30q to %.30q: got %q, want %q", tt.before, tt.after, got, tt.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	before := strings.Repeat("head ", 20) + "old " + strings.Repeat("tail ", 20)
	after := strings.Repeat("head ", 20) + "new " + strings.Repeat("tail ", 20)
	want := "… head head head head head head [-old-] {+new+} tail tail tail tail tail tail …"
	if got := drawn(excerpt(diffWords(before, after))); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// What was kept and removed is the text before, what was kept and added the one after.
func FuzzDiffWords(f *testing.F) {
	f.Add("a b c", "a x c")
	f.Add("the quick brown fox jumps", "the slow brown fox and dog jumps")
	f.Fuzz(func(t *testing.T, before, after string) {
		spans := diffWords(before, after)
		if spans == nil {
			return
		}
		var a, b []string
		for _, s := range spans {
			if s.Op != Added {
				a = append(a, s.Text)
			}
			if s.Op != Removed {
				b = append(b, s.Text)
			}
		}
		equal(t, "before", strings.Fields(strings.Join(a, " ")), strings.Fields(before))
		equal(t, "after", strings.Fields(strings.Join(b, " ")), strings.Fields(after))
	})
}
