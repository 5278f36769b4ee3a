package feeds

import (
	"fmt"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// What a reader shows of a post's entry says nothing twice.
func TestPostEntry(t *testing.T) {
	const mail, page = "https://mailarchive.ietf.org/arch/msg/quic/x/", "https://blog.example/post"
	f := &Feeds{cfg: Config{Authority: authority}}
	for _, tt := range []struct {
		name, url, archived string
		want                string // names of links within the content
	}{
		{"a mail", "", mail, "Read it where it was posted"},
		{"a mail known by its own address", mail, mail, "Read it where it was posted"},
		{"a post told of by mail", page, mail, "Read it where it was posted|Archived mail"},
		{"a mail that nobody archives", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shown := found{
				event: catalog.Event{
					Document: "msg-1", Kind: catalog.Post, Event: catalog.Posted, Published: noon, Archived: tt.archived,
					Facts: catalog.Facts{Title: "Paths", URL: tt.url, Group: "quic"},
				},
				topics: []store.Mention{{Topic: "quic", Title: "QUIC"}},
			}
			e := f.eventEntry(shown, "")
			var names []string
			for part := range strings.SplitSeq(e.Content, "</a>") {
				if _, name, ok := strings.Cut(part, "<a "); ok {
					names = append(names, name[strings.IndexByte(name, '>')+1:])
				}
			}
			if got := strings.Join(names, "|"); got != tt.want {
				t.Errorf("links %q, want %q", got, tt.want)
			}
			if got := fmt.Sprint(newJSONItem(e).Tags); got != "[post quic]" {
				t.Errorf("tags %s", got)
			}
		})
	}
}
