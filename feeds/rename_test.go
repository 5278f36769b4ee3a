package feeds

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// TestRename holds that a renamed topic is one feed under all its names: the
// same bytes, the id that it had first, and the ids of entries.
func TestRename(t *testing.T) {
	w := newWire(t)
	w.fill(3)
	before := w.body(quic)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.RenameTopic(ctx, w.topic, "transport"); err != nil {
			return err
		}
		return tx.PutFormerNames(ctx, map[string]int64{"quic": w.topic}, noon)
	})
	after := w.body("/topics/transport/feed.atom")
	if old := w.body(quic); old != after {
		t.Errorf("the old address has\n%s\nthe new one\n%s", old, after)
	}
	if got, want := ids(after), ids(before); got != want || !strings.Contains(got, "topics/quic") {
		t.Errorf("ids became\n%s\nfrom\n%s", got, want)
	}
	if !strings.Contains(after, `href="`+base+`/topics/transport/feed.atom"`) {
		t.Errorf("it does not say where it is now:\n%s", after)
	}
	w.update(func(ctx context.Context, tx *store.Tx) error { return tx.PutFormerNames(ctx, nil, noon) })
	resp := w.ask("GET", quic)
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusGone {
		t.Errorf("given up: %s, %v\n%s", resp.Status, err, b)
	}
}

// ids lists the contents of the id elements.
func ids(feed string) string {
	var list []string
	for _, part := range strings.Split(feed, "<id>")[1:] {
		id, _, _ := strings.Cut(part, "</id>")
		list = append(list, id)
	}
	return strings.Join(list, "\n")
}
