package topics_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// sample is a database with three drafts.
func sample(t testing.TB) *store.DB {
	db := open(t)
	put(t, db, "draft-ietf-quic-lanterns-01", "Lanterns", 1)
	put(t, db, "draft-ietf-quic-paths-00", "Paths", 2)
	put(t, db, "draft-ietf-tls-keys-00", "Keys", 3)
	return db
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}

func TestSync(t *testing.T) {
	db := sample(t)
	quic, tls := topic(t, "quic", "group:quic"), topic(t, "tls", "group:tls")
	want(t, "first", sync(t, db, quic, tls), "added quic 2", "added tls 1")
	want(t, "same", sync(t, db, quic, tls))
	want(t, "other order", sync(t, db, tls, quic))
	want(t, "changed", sync(t, db, tls, topic(t, "quic", "title:paths")), "changed quic 1")
	want(t, "selected", selected(t, db, "quic"), "draft-ietf-quic-paths-00")
	want(t, "removed", sync(t, db, tls), "removed quic 0")
	if row, err := db.Topic(ctx, "quic"); err != nil || row.Gone.IsZero() {
		t.Errorf("quic is %+v, %v, want gone", row, err)
	}
	want(t, "selected when gone", selected(t, db, "quic"))
	want(t, "back", sync(t, db, tls, quic), "added quic 2")
}

// TestSyncFollowsReferences holds that a topic selects anew when one changes
// that it refers to, also by way of another.
func TestSyncFollowsReferences(t *testing.T) {
	db := sample(t)
	both := topic(t, "both", "topic:quic OR topic:tls")
	outer := topic(t, "outer", "topic:both -title:lanterns")
	tls := topic(t, "tls", "group:tls")
	want(t, "first", sync(t, db, topic(t, "quic", "group:quic"), tls, both, outer),
		"added quic 2", "added tls 1", "added both 3", "added outer 2")
	var set topics.Set
	update(t, db, func(tx *store.Tx) error { return set.Refresh(ctx, tx) })
	want(t, "changed", sync(t, db, topic(t, "quic", "title:paths OR title:more"), tls, both, outer),
		"changed quic 1", "changed both 2", "changed outer 2")
	want(t, "outer", selected(t, db, "outer"), "draft-ietf-quic-paths-00", "draft-ietf-tls-keys-00")

	id := put(t, db, "draft-ada-more-00", "More", 0)
	update(t, db, func(tx *store.Tx) error {
		if err := set.Refresh(ctx, tx); err != nil {
			return err
		}
		e, err := tx.Event(ctx, id)
		if err != nil {
			return err
		}
		return set.Select(ctx, tx, id, filters.NewItem(&e), true, noon)
	})
	want(t, "outer, with what came in", selected(t, db, "outer"),
		"draft-ada-more-00", "draft-ietf-quic-paths-00", "draft-ietf-tls-keys-00")
}

func TestSyncRefusesReferences(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		list       []topics.Topic
	}{
		{"missing", `no topic "b"`, []topics.Topic{topic(t, "a", "topic:b")}},
		{"circle", "a -> b -> a", []topics.Topic{topic(t, "b", "topic:a"), topic(t, "a", "topic:b OR x")}},
		{"itself", "a -> a", []topics.Topic{topic(t, "a", "topic:a OR x")}},
	} {
		db := sample(t)
		_, err := topics.Sync(ctx, db, tt.list, noon)
		var faults *filters.Errors
		if !errors.As(err, &faults) || !strings.Contains(strings.ReplaceAll(err.Error(), "b -> a -> b", "a -> b -> a"), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
		if rows, err := db.Topics(ctx); err != nil || len(rows) > 0 {
			t.Errorf("%s: %d topics were written, %v", tt.name, len(rows), err)
		}
	}
}

func TestRename(t *testing.T) {
	db := sample(t)
	tls := topic(t, "tls", "group:tls")
	sync(t, db, topic(t, "quic", "group:quic"), tls)
	before, err := db.Topic(ctx, "quic")
	if err != nil {
		t.Fatal(err)
	}
	same := func(name, now string) {
		t.Helper()
		row, err := db.Topic(ctx, name)
		if err != nil || row.ID != before.ID || row.First != "quic" || row.Name != now || !row.Gone.IsZero() {
			t.Errorf("%s leads to %+v, %v, want topic %d, first quic, now %s", name, row, err, before.ID, now)
		}
	}
	gone := func(name string) {
		t.Helper()
		if row, err := db.Topic(ctx, name); err != nil || row.Gone.IsZero() {
			t.Errorf("%s leads to %+v, %v, want it gone", name, row, err)
		}
	}
	want(t, "renamed", sync(t, db, topic(t, "transport", "group:quic", "quic"), tls), "renamed transport 2 (was quic)")
	same("quic", "transport")
	same("transport", "transport")
	want(t, "renamed again and changed", sync(t, db, topic(t, "moving", "title:paths", "transport", "quic"), tls), "changed moving 1 (was transport)")
	same("quic", "moving")
	same("transport", "moving")
	want(t, "back", sync(t, db, topic(t, "quic", "title:paths", "moving", "transport"), tls), "renamed quic 1 (was moving)")
	same("moving", "quic")
	same("quic", "quic")
	want(t, "claim given up", sync(t, db, topic(t, "quic", "title:paths", "moving"), tls))
	gone("transport")
	same("moving", "quic")
	want(t, "the old name as a topic of its own", sync(t, db, topic(t, "quic", "title:paths"), topic(t, "moving", "group:quic"), tls), "added moving 2")
	if row, err := db.Topic(ctx, "moving"); err != nil || row.ID == before.ID {
		t.Errorf("moving leads to %+v, %v, want the new topic", row, err)
	}
	want(t, "joined to another", sync(t, db, topic(t, "tls", "group:tls", "quic", "moving")), "removed quic 0", "removed moving 0")
	if row, err := db.Topic(ctx, "quic"); err != nil || row.Name != "tls" {
		t.Errorf("quic leads to %+v, %v, want tls", row, err)
	}
	want(t, "removed", sync(t, db), "removed tls 0")
	gone("tls")
	gone("quic")
	if _, err := db.Topic(ctx, "never"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("never: got %v", err)
	}
}

// TestRenameLate holds that a topic removed in one start and claimed in a later
// one comes back with its selections and their places.
func TestRenameLate(t *testing.T) {
	db := sample(t)
	sync(t, db, topic(t, "quic", "group:quic"))
	sync(t, db)
	want(t, "late", sync(t, db, topic(t, "transport", "group:quic", "quic")), "added transport 2 (was quic)")
	if row, err := db.Topic(ctx, "quic"); err != nil || row.Name != "transport" || row.First != "quic" || !row.Gone.IsZero() {
		t.Errorf("got %+v, %v", row, err)
	}
}

// TestReferenceByFormerName holds that who refers to a topic needs no change
// when it is renamed.
func TestReferenceByFormerName(t *testing.T) {
	db := sample(t)
	refers := topic(t, "refers", "topic:quic title:paths")
	sync(t, db, topic(t, "quic", "group:quic"), refers)
	want(t, "renamed", sync(t, db, topic(t, "transport", "group:quic", "quic"), refers), "renamed transport 2 (was quic)")
	var set topics.Set
	update(t, db, func(tx *store.Tx) error { return set.Refresh(ctx, tx) })
	if set.Len() != 2 {
		t.Errorf("%d topics are in force, want 2", set.Len())
	}
}

// TestSelectionsAreWhatQueriesFind holds the rule of the set at rest, through
// edits of all kinds.
func TestSelectionsAreWhatQueriesFind(t *testing.T) {
	db := sample(t)
	for i, list := range [][]topics.Topic{
		{topic(t, "a", "group:quic"), topic(t, "b", "topic:a title:paths")},
		{topic(t, "c", "group:tls", "a"), topic(t, "b", "topic:c")},
		{topic(t, "b", "title:keys OR title:lanterns")},
		{topic(t, "a", "-topic:b"), topic(t, "b", "kind:draft -title:keys"), topic(t, "d", "topic:a OR topic:b", "c")},
	} {
		put(t, db, fmt.Sprintf("draft-ietf-tls-new-%02d", i), "Keys", 0)
		sync(t, db, list...)
		resolved, err := topics.ResolveAll(list)
		if err != nil {
			t.Fatal(err)
		}
		for j, topic := range list {
			row, err := db.Topic(ctx, topic.Name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := db.SelectedIDs(ctx, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			found, err := db.FindIDs(ctx, resolved[j], store.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(found, got); d != "" {
				t.Errorf("step %d, topic %s: %s", i, topic.Name, d)
			}
		}
	}
}
