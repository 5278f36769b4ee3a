package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func TestArchives(t *testing.T) {
	db := fresh(t)
	var topic, other int64
	update(t, db, func(tx *store.Tx) (err error) {
		if topic, err = tx.PutTopic(ctx, store.Topic{Name: "a", Query: "x"}); err != nil {
			return err
		}
		if other, err = tx.PutTopic(ctx, store.Topic{Name: "b", Query: "x"}); err != nil {
			return err
		}
		for i := range 5 { // the later selected, the earlier published
			id, err := put(tx, catalog.Event{
				Document: fmt.Sprintf("draft-a-%d", i), Kind: catalog.Draft, Rev: "00", Event: catalog.New,
				Published: noon.Add(-time.Duration(i) * time.Hour),
			}, "s")
			if err != nil {
				return err
			}
			if err := tx.Select(ctx, topic, id, "why", true, noon); err != nil {
				return err
			}
		}
		return nil
	})
	names := func(limit int) (list []string) {
		t.Helper()
		selected, err := db.Unarchived(ctx, topic, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range selected {
			list = append(list, s.Event.Document)
		}
		return list
	}
	if d := cmp.Diff([]string{"draft-a-0", "draft-a-1", "draft-a-2"}, names(3)); d != "" {
		t.Errorf("the first: %s", d)
	}
	var current []string
	list, err := db.Current(ctx, topic, 2, 2)
	for _, s := range list {
		current = append(current, s.Event.Document)
	}
	if d := cmp.Diff([]string{"draft-a-0", "draft-a-1", "draft-a-3", "draft-a-4"}, current); d != "" || err != nil {
		t.Errorf("the newest, and what was selected last: %v %s", err, d)
	}
	for _, tt := range []struct {
		after int64
		least int
		want  []int64
	}{{0, 5, []int64{topic}}, {0, 6, nil}, {4, 5, []int64{topic}}, {5, 1, nil}} {
		if got, last, err := db.Archivable(ctx, tt.after, tt.least); err != nil || last != 5 || !cmp.Equal(got, tt.want) {
			t.Errorf("archivable after %d with %d: %v up to %d, %v", tt.after, tt.least, got, last, err)
		}
	}

	selected, err := db.Unarchived(ctx, topic, 3)
	if err != nil {
		t.Fatal(err)
	}
	seqs := []int64{selected[0].Seq, selected[1].Seq, selected[2].Seq}
	update(t, db, func(tx *store.Tx) error {
		if n, err := tx.AddArchive(ctx, topic, []byte("content"), seqs, noon); n != 1 {
			t.Errorf("the first archive has number %d", n)
			return err
		}
		return tx.Withdraw(ctx, topic, selected[0].Event.ID, noon)
	})
	for _, refused := range []int64{topic, other} {
		if db.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.AddArchive(ctx, refused, nil, seqs, noon)
			return err
		}) == nil {
			t.Errorf("topic %d archives what an archive holds, or another topic selected", refused)
		}
	}
	if d := cmp.Diff([]string{"draft-a-3", "draft-a-4"}, names(9)); d != "" {
		t.Errorf("left: %s", d)
	}
	got, err := db.Archive(ctx, topic, 1)
	if d := cmp.Diff(store.Archive{Number: 1, Cut: noon, Content: []byte("content")}, got); d != "" || err != nil {
		t.Errorf("the archive: %v %s", err, d)
	}
	if _, err := db.Archive(ctx, topic, 2); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no archive: %v", err)
	}
	if n, err := db.ArchiveCount(ctx, other); n != 0 || err != nil {
		t.Errorf("the other topic has %d archives, %v", n, err)
	}
}

func TestFirstPublished(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for i, rev := range []string{"01", "00", "02"} {
			if _, err := put(tx, catalog.Event{
				Document: "draft-A", Kind: catalog.Draft, Rev: rev, Event: catalog.EventOfRevision(rev), Published: noon.AddDate(0, i-1, 0),
			}, "s"); err != nil {
				return err
			}
		}
		return nil
	})
	got, err := db.FirstPublished(ctx, []string{"draft-a", "draft-none"})
	if d := cmp.Diff(map[string]time.Time{"draft-a": noon.AddDate(0, -1, 0)}, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestAreas(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		source, err := tx.SourceID(ctx, "dt")
		if err != nil {
			return err
		}
		message, _, err := tx.AddMessage(ctx, store.Message{Source: source, Digest: []byte("0123456789abcdef"), Received: noon, Raw: []byte("x")})
		if err != nil {
			return err
		}
		for document, area := range map[string]string{"charter-ietf-tls": "sec", "charter-ietf-acme": "sec", "draft-x": "sec", "charter-ietf-quic": "wit"} {
			if _, err := tx.PutStanding(ctx, document, source, message, catalog.Standing{Area: area, Said: noon}); err != nil {
				return err
			}
		}
		return nil
	})
	areas, err := db.Areas(ctx)
	if d := cmp.Diff([]string{"sec", "wit"}, areas); d != "" || err != nil {
		t.Error(err, d)
	}
	groups, err := db.GroupsOf(ctx, "SEC")
	if d := cmp.Diff([]string{"acme", "tls"}, groups); d != "" || err != nil {
		t.Error(err, d)
	}
}
