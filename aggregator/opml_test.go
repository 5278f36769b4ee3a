package aggregator

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestReadOPML(t *testing.T) {
	outline := func(s string) string {
		return `<opml version="1.0"><head><title>T</title></head><body>` + s + `</body></opml>`
	}
	for _, tt := range []struct {
		name, text string
		want       []OPMLFeed
		err        string
	}{
		{
			"one", outline(`<outline type="rss" text="A &amp; B" xmlUrl=" https://a.example/feed " htmlUrl="https://a.example/"/>`),
			[]OPMLFeed{{URL: "https://a.example/feed", Title: "A & B", HTMLURL: "https://a.example/"}},
			"",
		},
		{
			"folders", outline(`<outline text="Nets"><outline text="QUIC"><outline xmlUrl="https://a.example/"/></outline><outline xmlUrl="https://b.example/"/></outline><outline xmlUrl="https://c.example/"/>`),
			[]OPMLFeed{{URL: "https://a.example/", Categories: []string{"Nets/QUIC"}}, {URL: "https://b.example/", Categories: []string{"Nets"}}, {URL: "https://c.example/"}},
			"",
		},
		{
			"twice, and categories", outline(`<outline title="B"><outline xmlUrl="https://a.example/" title="A" category="/x/y, z,,z"/></outline><outline text="A"><outline xmlUrl="https://a.example/" title="other"/></outline>`),
			[]OPMLFeed{{URL: "https://a.example/", Title: "A", Categories: []string{"A", "B", "x/y", "z"}}},
			"",
		},
		{
			"a feed that holds feeds", outline(`<outline xmlUrl="https://a.example/" title="A"><outline xmlUrl="https://b.example/"/></outline>`),
			[]OPMLFeed{{URL: "https://a.example/", Title: "A"}, {URL: "https://b.example/"}},
			"",
		},
		{
			"other spelling and charset", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><OPML><body><OUTLINE XMLURL=\"http://a.example/\" TEXT=\"caf\xe9&nbsp;x\"/></body></OPML>",
			[]OPMLFeed{{URL: "http://a.example/", Title: "café x"}},
			"",
		},
		{"addresses that are none", outline(`<outline xmlUrl="javascript:x"/><outline xmlUrl=""/><outline xmlUrl="feed.xml"/><outline url="https://a.example/" type="link"/>`), nil, ""},
		{"nothing in it", outline(""), nil, ""},
		{"a page", "<html><body></body></html>", nil, "no opml element"},
		{"empty", "", nil, "no opml element"},
		{"cut off", `<opml><body><outline xmlUrl="https://a.example/"/><outline`, nil, "line 1"},
		{"deep", `<opml>` + strings.Repeat(`<outline text="a">`, 1000), nil, "more than 50 deep"},
		{"many", outline(func() string {
			var b strings.Builder
			for i := range maxOPMLFeeds + 1 {
				fmt.Fprintf(&b, `<outline xmlUrl="https://a.example/%d"/>`, i)
			}
			return b.String()
		}()), nil, "more than 10000 feeds"},
		{"large", strings.Repeat(" ", maxOPML+1), nil, "larger than 8 MB"},
	} {
		got, _, err := ReadOPML(strings.NewReader(tt.text))
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestOPMLLeft(t *testing.T) {
	feeds, left, err := ReadOPML(strings.NewReader(`<opml><body><outline text="A" xmlUrl="https://a.example/"/>
<outline text="B" xmlUrl="javascript:x"/><outline xmlUrl="feed.xml"/><outline text="a folder"/></body></opml>`))
	if want := []string{"B", "one without a title"}; err != nil || len(feeds) != 1 || !slices.Equal(left, want) {
		t.Errorf("%d feeds, left out %q, %v, want %q", len(feeds), left, err, want)
	}
}

const written = `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Sources</title>
    <dateCreated>Fri, 20 Mar 2026 12:00:00 +0000</dateCreated>
  </head>
  <body>
    <outline type="rss" text="A &amp; &#34;B&#34;" title="A &amp; &#34;B&#34;" xmlUrl="https://a.example/?x=1&amp;y=2" htmlUrl="https://a.example/" category="nets,x/y"></outline>
    <outline type="rss" text="https://b.example/" title="https://b.example/" xmlUrl="https://b.example/"></outline>
  </body>
</opml>
`

func TestWriteOPML(t *testing.T) {
	feeds := []OPMLFeed{
		{URL: "https://a.example/?x=1&y=2", Title: `A & "B"`, HTMLURL: "https://a.example/", Categories: []string{"nets", "x/y"}},
		{URL: "https://b.example/"},
	}
	var b bytes.Buffer
	if err := WriteOPML(&b, "Sources", now.In(time.FixedZone("", 9*3600)), feeds); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	feeds[1].Title = feeds[1].URL
	got, _, err := ReadOPML(&b)
	if diff := cmp.Diff(feeds, got); diff != "" || err != nil {
		t.Errorf("read again: %v (-want +got):\n%s", err, diff)
	}
}

// FuzzReadOPML holds that what is read is bounded, valid, and survives being
// written and read again.
func FuzzReadOPML(f *testing.F) {
	for _, s := range []string{written, "", "<opml><outline text='a'><outline xmlUrl='http://a/' category='/b/c'/></outline></opml>", "<opml><outline xmlUrl='http://a/"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		first, _, err := ReadOPML(bytes.NewReader(text))
		if err != nil {
			return
		}
		for i := range first {
			if !utf8.ValidString(first[i].Title) || webURL(first[i].URL) == "" {
				t.Errorf("%+v", first[i])
			}
		}
		var b bytes.Buffer
		if err := WriteOPML(&b, "", now, first); err != nil {
			t.Fatal(err)
		}
		second, _, err := ReadOPML(&b)
		if err != nil || len(second) != len(first) {
			t.Errorf("%d feeds become %d: %v", len(first), len(second), err)
		}
	})
}
