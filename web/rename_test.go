package web_test

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// TestRenamedTopic holds that a topic's page is the same under all its names.
func TestRenamedTopic(t *testing.T) {
	s := newSite(t)
	s.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.RenameTopic(ctx, s.topic, "transport"); err != nil {
			return err
		}
		return tx.PutFormerNames(ctx, map[string]int64{"quic": s.topic, "old": s.topic}, day)
	})
	page := func(name string) string {
		t.Helper()
		rec := httptest.NewRecorder()
		s.handler.ServeHTTP(rec, httptest.NewRequest("GET", "/topics/"+name, nil))
		body, err := io.ReadAll(rec.Body)
		if err != nil || rec.Code != 200 {
			t.Fatalf("%s: %d, %v\n%s", name, rec.Code, err, body)
		}
		return string(body)
	}
	now := page("transport")
	for _, name := range []string{"quic", "old"} { // also one of a topic that was gone
		if got := page(name); got != now {
			t.Errorf("%s has\n%s\nwant\n%s", name, got, now)
		}
	}
}
