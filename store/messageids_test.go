package store_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// TestKnownIDs holds that ids are known by source, for mails alone, and that
// odd ones do no harm.
func TestKnownIDs(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for _, m := range []struct {
			source, id string
			format     store.Format
		}{{"a", "1@x", store.RFC5322}, {"b", "2@x", store.RFC5322}, {"a", "3@x", store.FeedEntry}, {"a", "", store.RFC5322}, {"a", `"odd\" @x`, store.RFC5322}} {
			source, err := tx.SourceID(ctx, m.source)
			if err != nil {
				return err
			}
			raw := []byte(m.source + m.id)
			if _, _, err := tx.AddMessage(ctx, store.Message{
				Source: source, Digest: store.Digest(raw), MessageID: m.id, Format: m.format, Received: noon, Raw: store.Pack(raw),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, tt := range []struct {
		source    string
		ask, want []string
	}{
		{"a", []string{"1@x", "2@x", "3@x", "4@x", `"odd\" @x`}, []string{`"odd\" @x`, "1@x"}},
		{"b", []string{"1@x", "2@x"}, []string{"2@x"}},
		{"nobody", []string{"1@x"}, nil},
		{"a", nil, nil},
	} {
		known, err := db.KnownIDs(ctx, tt.source, tt.ask)
		if got := slices.Sorted(maps.Keys(known)); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s knows %q of %q, %v; want %q", tt.source, got, tt.ask, err, tt.want)
		}
	}
}
