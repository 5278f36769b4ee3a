package markup

import (
	"strings"
	"testing"
)

func TestBars(t *testing.T) {
	for _, tt := range []struct {
		counts []int
		want   []string
	}{
		{nil, []string{`width="0"`}},
		{[]int{0, 0}, []string{`viewBox="0 0 12 28"`, `<rect x="0" y="27" width="4" height="1"/><rect x="6" y="27" width="4" height="1"/>`}},
		{[]int{1, 500, 1000}, []string{`<rect x="0" y="27" width="4" height="1"/><rect x="6" y="14" width="4" height="14"/><rect x="12" y="1" width="4" height="27"/>`}},
	} {
		got := string(Bars(tt.counts, `one "two" <three>`))
		for _, want := range append(tt.want, `aria-label="one &#34;two&#34; &lt;three&gt;"`, "</svg>") {
			if !strings.Contains(got, want) {
				t.Errorf("%v: %s, want %s", tt.counts, got, want)
			}
		}
	}
}
