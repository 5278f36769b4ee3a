package editions

import (
	"context"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// The trouble of a source that matters is told in every form and language, of
// the editions from when it began on, until it is over.
func TestMissing(t *testing.T) {
	w := newWire(t)
	n := Newsletter{Name: "daily", Title: "Daily", Sources: []string{"announcements"}, Rest: true}
	var alarm int64
	w.update(func(tx *store.Tx) (err error) {
		other, err := tx.SourceID(context.Background(), "chatter")
		if err != nil {
			return err
		}
		for _, source := range []int64{other, w.source} {
			alarm, err = tx.Raise(context.Background(), store.Alarm{
				SourceID: source, Kind: store.Silence, Since: at("2025-12-05 14:10"), Began: at("2025-12-06 09:00"), Words: "x",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	const en, ja = "announcements has been silent since 2025-12-05 14:10 UTC; documents may be missing.", "announcementsからの配信が2025-12-05 14:10 UTC以降途絶えています。掲載漏れの可能性があります。"
	if e := w.compose(n, "2025-12-04"); len(e.Missing) != 0 {
		t.Errorf("of the day before: %+v", e.Missing)
	}
	for language, want := range map[string]string{"en": en, "ja": ja} {
		n.Language = language
		e := w.compose(n, "2025-12-06")
		if len(e.Missing) != 1 {
			t.Fatalf("%+v", e.Missing)
		}
		mail, _ := e.MailHTML(Links{}, 0)
		text := strings.NewReplacer("\n*** ", "", " \n", " ").Replace(e.Text(Links{}, 0))
		for name, got := range map[string]string{
			"page": string(e.HTML(Links{}, 1)), "mail": string(mail), "markdown": e.Markdown(Links{}),
			"text": strings.ReplaceAll(text, " ", ""),
		} {
			look := want
			if name == "text" { // which is wrapped
				look = strings.ReplaceAll(want, " ", "")
			}
			if !strings.Contains(got, look) || strings.Contains(got, "chatter") {
				t.Errorf("%s, %s: no %q in\n%s", language, name, look, got)
			}
		}
	}
	w.update(func(tx *store.Tx) error { return tx.EndAlarm(context.Background(), alarm, at("2025-12-08 00:00")) })
	if e := w.compose(n, "2025-12-06"); len(e.Missing) != 0 {
		t.Errorf("when it is over: %+v", e.Missing)
	}
}
