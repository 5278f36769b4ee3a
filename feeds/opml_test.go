package feeds

import (
	"context"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func TestOPML(t *testing.T) {
	w := newWire(t)
	w.fill(1)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		for _, topic := range []store.Topic{
			{Name: "tls", Query: "group:tls OR title:tls", Title: "TLS <&>", Position: 1},
			{Name: "old", Query: "old", Gone: noon, Position: 2},
			{Name: "secure", Query: "area:sec", Position: 3},
		} {
			if _, err := tx.PutTopic(ctx, topic); err != nil {
				return err
			}
		}
		source, err := tx.SourceID(ctx, "dt")
		if err != nil {
			return err
		}
		message, _, err := tx.AddMessage(ctx, store.Message{Source: source, Digest: []byte("0123456789abcdef"), Received: noon, Raw: []byte("x")})
		if err != nil {
			return err
		}
		_, err = tx.PutStanding(ctx, "charter-ietf-tls", source, message, catalog.Standing{Area: "sec", Said: noon})
		return err
	})
	for _, tt := range []struct{ path, want string }{
		{"/feeds.opml", `Newsletters( Drafts, daily=/newsletters/daily/feed.atom) Topics( QUIC & co=/topics/quic/feed.atom TLS <&>=/topics/tls/feed.atom secure=/topics/secure/feed.atom)`},
		{"/areas/SEC/feeds.opml", `Area sec=/feed.atom?q=area%3Asec Topics( TLS <&>=/topics/tls/feed.atom secure=/topics/secure/feed.atom) Groups( Group tls=/groups/tls/feed.atom)`},
	} {
		body := w.body(tt.path)
		wellFormed(t, body)
		var list opml
		if err := xml.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(written(list.Body)); got != tt.want || list.Version != "2.0" || list.Title == "" {
			t.Errorf("%s:\n%s\nnot\n%s", tt.path, got, tt.want)
		}
		for feed := range strings.FieldsSeq(written(list.Body)) {
			_, path, is := strings.Cut(strings.TrimRight(feed, ")"), "=/")
			if is && w.ask("GET", "/"+path).StatusCode != 200 {
				t.Errorf("%s lists /%s, which is not there", tt.path, path)
			}
		}
	}
	if got := w.ask("GET", "/feeds.opml").Header.Get("Content-Type"); got != "text/x-opml; charset=utf-8" {
		t.Errorf("type %s", got)
	}
}

// written puts outlines in a line.
func written(list []outline) string {
	var b strings.Builder
	for _, o := range list {
		b.WriteString(" " + o.Text)
		if o.XMLURL != "" {
			b.WriteString("=" + strings.TrimPrefix(o.XMLURL, base))
		}
		if len(o.Feeds) > 0 {
			b.WriteString("(" + written(o.Feeds) + ")")
		}
	}
	return b.String()
}
