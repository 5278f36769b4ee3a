package web_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// meet adds a session of IETF 124 as a source tells it.
func (s *site) meet(session catalog.Session, known ...catalog.Material) {
	s.update(func(ctx context.Context, tx *store.Tx) error {
		source, err := tx.SourceID(ctx, "meetings")
		if err != nil {
			return err
		}
		content, err := json.Marshal(session)
		if err != nil {
			return err
		}
		message, _, err := tx.AddMessage(ctx, store.Message{
			Source: source, Digest: store.Digest(content), Received: s.now, Format: store.Record, Raw: store.Pack(content),
		})
		if err != nil {
			return err
		}
		word := store.Word{Source: source, Message: message, Digest: "x", Said: s.now}
		for _, m := range known {
			if err := tx.PutMaterial(ctx, word, m); err != nil {
				return err
			}
		}
		return tx.PutSession(ctx, word, session)
	})
}

func TestMeetingPages(t *testing.T) {
	s := newSite(t)
	m := catalog.Meeting{Number: "124", City: "Montreal <b>", Zone: "America/Toronto", First: "2025-11-01", Days: 7}
	deck := catalog.Presented{Name: "slides-124-hotrfc-sessa-02-kites", Rev: "00"}
	s.meet(catalog.Session{
		Meeting: m, ID: 1, Group: "hotrfc", GroupName: "Request for Conversation (HotRFC)", Starts: day.AddDate(0, 0, -35),
		Materials: []catalog.Presented{deck, {Name: "minutes-124-hotrfc", Rev: "00"}},
	}, catalog.Material{Name: deck.Name, Rev: "00", Title: "Kites <script>alert(1)</script>", Authors: []string{"Ada & Bo"}})
	s.meet(catalog.Session{Meeting: m, ID: 2, Group: "quic", Materials: []catalog.Presented{{Name: "draft-ietf-quic-paths", Rev: "01"}}})
	s.meet(catalog.Session{Meeting: m, ID: 3, Group: "quic", Materials: []catalog.Presented{{Name: "draft-ietf-quic-more", Rev: "01"}}})
	s.meet(catalog.Session{Meeting: m, ID: 4, Group: "secretariat"}) // nothing was brought to it
	for _, tt := range []struct {
		path string
		want int
		says []string
	}{
		{"/", 200, []string{`<a href="/meetings/124">IETF 124</a>`}},
		{"/meetings/124", 200, []string{
			"IETF 124 Montreal &lt;b&gt;", "1–7 November 2025 (America/Toronto)", `href="/meetings/124/hotrfc/sessa"`, "1 slide deck · 1 record",
			`href="/meetings/124/quic/sessb"`, `href="/meetings/124/drafts"`, `href="?lang=ja"`,
		}},
		{"/meetings/124?lang=ja", 200, []string{"2025年11月1日〜7日", "スライド1件 · 議事録・録画1件", `lang="ja"`, `href="/meetings/124/hotrfc/sessa?lang=ja"`}},
		{"/meetings/124/hotrfc", 200, []string{
			"HotRFC, IETF 124", "1 is missing", "Slides by Ada &amp; Bo", "Kites &lt;script&gt;", `href="/meetings/124"`,
			"https://datatracker.ietf.org/meeting/124/materials/slides-124-hotrfc-sessa-02-kites-00", `href="?lang=ja"`,
		}},
		{"/meetings/124/hotrfc/sessa?lang=ja", 200, []string{"欠番：1", "スライド作成："}},
		{"/meetings/124/quic", 404, []string{"has several sessions: want one of 124/quic/sessa, 124/quic/sessb"}},
		{"/meetings/124/drafts", 200, []string{"drafts on the agendas", "Paths", "On the agenda of"}},
		{"/meetings/124/drafts?lang=ja", 200, []string{"アジェンダにあるドラフト"}},
		{"/meetings/124/hotrfc?lang=tlh", 200, []string{"HotRFC, IETF 124"}},
		{"/?lang=ja", 200, []string{"会合</h2>", `<a href="/meetings/124?lang=ja">IETF 124</a>`}},
		{"/meetings/125", 404, nil},
		{"/meetings/125/drafts", 404, nil},
		{"/meetings/124/none", 404, nil},
		{"/meetings/124/hotrfc/sessb", 404, nil},
		{"/meetings/124/hotrfc/%3Cscript%3E", 404, []string{"no such session"}},
	} {
		resp, body := s.ask("GET", tt.path, "")
		if resp.StatusCode != tt.want {
			t.Errorf("%s: status %d, want %d\n%s", tt.path, resp.StatusCode, tt.want, body)
		}
		for _, want := range tt.says {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q\n%s", tt.path, want, body)
			}
		}
		if strings.Contains(body, "secretariat") {
			t.Errorf("%s names a session to which nothing was brought", tt.path)
		}
		if !strings.HasSuffix(tt.path, "lang=ja") {
			checkPage(t, resp, body)
		}
	}
}
