package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/store"
)

func TestFormerNames(t *testing.T) {
	db := fresh(t)
	var a, b int64
	update(t, db, func(tx *store.Tx) (err error) {
		if a, err = tx.PutTopic(ctx, store.Topic{Name: "a", Query: "x", Description: "About it."}); err != nil {
			return err
		}
		if b, err = tx.PutTopic(ctx, store.Topic{Name: "b", Query: "y", Position: 1}); err != nil {
			return err
		}
		if err := tx.RenameTopic(ctx, a, "c"); err != nil {
			return err
		}
		return tx.PutFormerNames(ctx, map[string]int64{"a": a, "older": a, "other": b}, noon)
	})
	row, err := db.Topic(ctx, "older")
	want := store.Topic{ID: a, Name: "c", First: "a", Query: "x", Description: "About it."}
	if d := cmp.Diff(want, row); d != "" || err != nil {
		t.Errorf("by a former name: %v %s", err, d)
	}
	names, err := db.FormerNames(ctx)
	if d := cmp.Diff(map[string]int64{"a": a, "older": a, "other": b}, names); d != "" || err != nil {
		t.Errorf("former names: %v %s", err, d)
	}

	// A name that is claimed no more is gone; one that a topic bears again is
	// that topic's.
	update(t, db, func(tx *store.Tx) error {
		if _, err := tx.PutTopic(ctx, store.Topic{Name: "a", Query: "new"}); err != nil {
			return err
		}
		return tx.PutFormerNames(ctx, map[string]int64{"other": b}, noon)
	})
	if row, err = db.Topic(ctx, "older"); err != nil || !row.Gone.Equal(noon) {
		t.Errorf("claimed no more: %+v, %v", row, err)
	}
	if row, err = db.Topic(ctx, "a"); err != nil || row.Query != "new" || !row.Gone.IsZero() || row.First != "a/3" {
		t.Errorf("borne again: %+v, %v", row, err)
	}
	update(t, db, func(tx *store.Tx) error {
		id, err := tx.PutTopic(ctx, store.Topic{Name: "a", Query: "newer"})
		if err == nil && id != row.ID {
			t.Errorf("written again, it is topic %d, not %d", id, row.ID)
		}
		return err
	})
	if row, err = db.Topic(ctx, "a"); err != nil || row.First != "a/3" {
		t.Errorf("written again: %+v, %v", row, err)
	}
	if _, err = db.Topic(ctx, "never"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

// TestTopicsOfOldDatabase opens a database from before topics could be renamed.
func TestTopicsOfOldDatabase(t *testing.T) {
	db := upgraded(t, 2, `INSERT INTO topics (name, query, title, position) VALUES ('quic', 'group:quic', 'QUIC', 0)`)
	if row, err := db.Topic(ctx, "quic"); err != nil || row.First != "quic" || row.Title != "QUIC" {
		t.Errorf("got %+v, %v", row, err)
	}
}

func TestNamed(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for i, name := range []string{"draft-ietf-quic-Paths-00", "draft-ietf-quic-paths-01", "draft-ietf-tls-keys-00"} {
			if _, err := put(tx, draft(name, "T", noon.Add(time.Duration(i)*time.Hour)), "quic"); err != nil {
				return err
			}
		}
		return nil
	})
	events, err := db.EventsOf(ctx, "DRAFT-ietf-quic-paths")
	if err != nil || len(events) != 2 || events[0].Rev != "01" {
		t.Errorf("events: %v, %v", events, err)
	}
	names, err := db.NamesFrom(ctx, "draft-IETF-quic", 5)
	if d := cmp.Diff([]string{"draft-ietf-quic-Paths"}, names); d != "" || err != nil {
		t.Errorf("names: %v %s", err, d)
	}
	groups, err := db.Groups(ctx)
	if d := cmp.Diff([]string{"quic", "tls"}, groups); d != "" || err != nil {
		t.Errorf("groups: %v %s", err, d)
	}
	lists, err := db.Lists(ctx)
	if d := cmp.Diff([]string{"quic", "quic.ietf.org"}, lists); d != "" || err != nil {
		t.Errorf("lists: %v %s", err, d)
	}
	if n, err := db.EventCount(ctx, noon, noon.Add(time.Hour)); err != nil || n != 1 {
		t.Errorf("%d events in the hour, %v", n, err)
	}
}
