package feeds

import (
	"slices"
	"strings"
	"testing"
)

// A page keeps the lines of a drawn query, and no others.
func TestSaid(t *testing.T) {
	for _, tt := range []struct {
		what string
		want []paragraph
	}{
		{"There is no such feed.", []paragraph{{Text: "There is no such feed."}}},
		{
			"q:1: unknown field \"gruop\"\n\tgruop:quic\n\t^^^^^\n\tdid you mean \"group\"?\n",
			[]paragraph{{Text: `q:1: unknown field "gruop"`}, {Drawn: true, Text: "gruop:quic\n^^^^^"}, {Text: `did you mean "group"?`}},
		},
		{
			"q:3: one\n\ta b\n\t  ^\nq:1: two\n\ta b\n\t^\n\thint",
			[]paragraph{{Text: "q:3: one"}, {true, "a b\n  ^"}, {Text: "q:1: two"}, {true, "a b\n^"}, {Text: "hint"}},
		},
		{"\n\n", nil},
	} {
		if got := said(tt.what); !slices.Equal(got, tt.want) {
			t.Errorf("%q:\n%+v\nwant\n%+v", tt.what, got, tt.want)
		}
	}
	w := newWire(t)
	resp := w.ask("GET", "/feed.atom?q=gruop:%3Cb%3E", "Accept", "text/html")
	if body := bodyOf(t, resp); !strings.Contains(body, "<pre>gruop:&lt;b&gt;\n^^^^^</pre>") {
		t.Errorf("not drawn:\n%s", body)
	}
	if body := bodyOf(t, w.ask("GET", "/feed.atom?q=gruop:quic")); !strings.Contains(body, "\n\tgruop:quic\n\t^^^^^\n") {
		t.Errorf("not drawn as text:\n%s", body)
	}
}
