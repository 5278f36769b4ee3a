package editions

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		in, first, rest string
		most            int
		want            string
	}{
		{"", "", "", 10, ""},
		{"one two three", "", "", 10, "one two\nthree"},
		{"one two three", "- ", "  ", 9, "- one two\n  three"},
		{"one  two", "", "", 10, "one  two"}, // what fits stays
		{"an https://example.org/long word", "", "", 10, "an\nhttps://example.org/long\nword"},
		{"鳩で手紙を運ぶ", "", "", 8, "鳩で手紙\nを運ぶ"},
		{"鳩で手紙、運ぶ", "", "", 8, "鳩で手\n紙、運ぶ"},   // no line begins with a comma
		{"鳩で「手紙」を", "", "", 6, "鳩で\n「手\n紙」を"}, // nor ends with an opening bracket
		{"QUICで運ぶ手紙", "", "", 8, "QUICで運\nぶ手紙"},
		{"鳩、ほか12件", "", "", 10, "鳩、ほか\n12件"}, // a number stays with what it counts
		{"a 鳩 b", "", "", 4, "a 鳩\nb"},
		{"データー", "", "", 6, "デー\nター"},
		{strings.Repeat("x", 2*longest+1), "", "", 10, strings.Repeat("x", longest) + "\n" + strings.Repeat("x", longest) + "\nx"},
	}
	for _, tt := range tests {
		if got := wrap(tt.in, tt.first, tt.rest, tt.most); got != tt.want {
			t.Errorf("%.40q in %d\n got %q\nwant %q", tt.in, tt.most, got, tt.want)
		}
	}
}

func TestUnbroken(t *testing.T) {
	for _, tt := range []struct {
		parts []string
		most  int
		want  []string
	}{
		{nil, 10, []string{""}},
		{[]string{"draft-a-00", "new draft", "12 pages"}, 30, []string{"draft-a-00 · new draft ·", "12 pages"}},
		{[]string{"改訂", "12ページ"}, 12, []string{"改訂 ·", "12ページ"}},
		{[]string{"one two three", "four"}, 8, []string{"one two three ·", "four"}},
	} {
		if got := unbroken(tt.parts, " · ", tt.most); !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d: got %q, want %q", tt.parts, tt.most, got, tt.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "鳩": 2, "ｱ": 1, "Ａ": 2, "🕊": 1, "🐦": 2, "—": 1, "한": 2} {
		if got := columns(in); got != want {
			t.Errorf("%q: got %d, want %d", in, got, want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "a b", "鳩、鳩。", "「「「", "\u200d", "\xff", strings.Repeat("鳩", 100)} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, most int) {
		got := wrap(s, "", "", most)
		if a, b := strings.Join(strings.Fields(s), ""), strings.Join(strings.Fields(got), ""); a != b {
			t.Errorf("%q lost or gained text: %q", s, got)
		}
	})
}
