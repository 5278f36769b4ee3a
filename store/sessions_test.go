package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// TestSessionsOrder holds that what was said last of a session and of a
// document counts, in whatever order it comes, and however often.
func TestSessionsOrder(t *testing.T) {
	var want string
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 3, 0, 2, 1}} {
		db := fresh(t)
		err := db.Update(ctx, func(tx *store.Tx) error {
			var sources []int64
			for _, name := range []string{"one", "two"} {
				id, err := tx.SourceID(ctx, name)
				if err != nil {
					return err
				}
				sources = append(sources, id)
			}
			for _, i := range order {
				// Two of the four were said at the same time, by one source.
				said := time.Date(2026, 3, 1, 10, max(i, 1), 0, 0, time.UTC)
				raw := fmt.Appendf(nil, "%d", i)
				message, _, err := tx.AddMessage(ctx, store.Message{Source: sources[i/3], Digest: store.Digest(raw), Received: said, Format: store.Record, Raw: store.Pack(raw)})
				if err != nil {
					return err
				}
				if message == 0 { // given before
					continue
				}
				w := store.Word{Source: sources[i/3], Message: message, Digest: fmt.Sprint(i), Said: said}
				p := catalog.Presented{Name: fmt.Sprintf("slides-124-tls-%d", i), Rev: "00"}
				s := catalog.Session{Meeting: catalog.Meeting{Number: "124"}, ID: 7, Group: "tls", Materials: []catalog.Presented{p}}
				if err := tx.PutSession(ctx, w, s); err != nil {
					return err
				}
				if err := tx.PutMaterial(ctx, w, catalog.Material{Name: "slides-124-tls-x", Rev: "00", Title: fmt.Sprintf("Told %d", i)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		sessions, said, err := db.Sessions(ctx, "124")
		if err != nil || len(sessions) != 1 {
			t.Fatalf("got %+v, %v", sessions, err)
		}
		asked := []catalog.Presented{{Name: "slides-124-tls-x", Rev: "00"}, {Name: "slides-124-tls-y", Rev: "00"}}
		materials, err := db.Materials(ctx, asked)
		if err != nil {
			t.Fatal(err)
		}
		known, err := db.KnownMaterials(ctx, "two", asked)
		if err != nil || len(known) != 1 || !known["slides-124-tls-x-00"] {
			t.Errorf("got %v, %v", known, err)
		}
		got := fmt.Sprint(sessions, said, materials)
		if want == "" {
			want = got
			if sessions[0].Materials[0].Name != "slides-124-tls-3" || said.Minute() != 3 || materials["slides-124-tls-x-00"].Title != "Told 3" {
				t.Errorf("got %s", got)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in order %v: %s", order, diff)
		}
	}
}

// TestSessionsGone holds that a session that was said to be gone is left out,
// and its meeting when nothing is left of it, until it is said to be there.
func TestSessionsGone(t *testing.T) {
	db := fresh(t)
	for i, tt := range []struct {
		gone     bool
		sessions int
	}{{false, 1}, {true, 0}, {false, 1}} {
		said := time.Date(2026, 3, 1, 10, i, 0, 0, time.UTC)
		err := db.Update(ctx, func(tx *store.Tx) error {
			source, err := tx.SourceID(ctx, "one")
			if err != nil {
				return err
			}
			raw := fmt.Appendf(nil, "%d", i)
			message, _, err := tx.AddMessage(ctx, store.Message{Source: source, Digest: store.Digest(raw), Received: said, Format: store.Record, Raw: store.Pack(raw)})
			if err != nil {
				return err
			}
			return tx.PutSession(ctx, store.Word{Source: source, Message: message, Digest: "x", Said: said},
				catalog.Session{Meeting: catalog.Meeting{Number: "124"}, ID: 7, Gone: tt.gone})
		})
		if err != nil {
			t.Fatal(err)
		}
		list, at, err := db.Sessions(ctx, "124")
		if err != nil || len(list) != tt.sessions || !at.Equal(said) {
			t.Errorf("%d: got %+v told at %s, %v", i, list, at, err)
		}
		if numbers, err := db.MeetingNumbers(ctx); err != nil || len(numbers) != tt.sessions {
			t.Errorf("%d: got meetings %q, %v", i, numbers, err)
		}
	}
}
