package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(ctx, path, store.Options{})
	if err == nil || !strings.Contains(err.Error(), "newer Draftwire (schema 9999") {
		t.Errorf("got %v, want a sentence that says the program is too old", err)
	}
}

func TestUnusableFiles(t *testing.T) {
	junk := func(b []byte) func(string) error { return func(p string) error { return os.WriteFile(p, b, 0o600) } }
	for name, tt := range map[string]struct {
		make func(path string) error
		want string
	}{
		"no database": {junk([]byte(strings.Repeat("This is a text. ", 1000))), "not a Draftwire database"},
		"a directory": {func(p string) error { return os.Mkdir(p, 0o700) }, "cannot be written"},
		"damaged": {func(p string) error {
			db, err := store.Open(ctx, p, store.Options{})
			if err != nil {
				return err
			}
			if err := db.Close(); err != nil {
				return err
			}
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			for i := 100; i < len(b); i++ { // the header stays, all else is gone
				b[i] = 0xa5
			}
			return os.WriteFile(p, b, 0o600)
		}, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "draftwire.db")
			if err := tt.make(path); err != nil {
				t.Fatal(err)
			}
			_, err := store.Open(ctx, path, store.Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error that names the file and says %q", err, tt.want)
			}
		})
	}
}

func TestFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db := open(t, path, store.Options{MaxPages: 120})
	kept := 0
	var full error
	for i := range 10_000 {
		e := draft(fmt.Sprintf("draft-ada-some-%d-00", i), strings.Repeat("word ", 100), noon)
		full = db.Update(ctx, func(tx *store.Tx) error {
			_, err := put(tx, e, "list")
			return err
		})
		if full != nil {
			break
		}
		kept++
	}
	if full == nil || !strings.Contains(full.Error(), "the disk is full") {
		t.Fatalf("after %d events: got %v, want a full disk", kept, full)
	}
	count := func(db *store.DB) int {
		n, err := db.Count(ctx, parse(t, "kind:draft"), store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := count(db); got != kept || kept == 0 {
		t.Errorf("%d events are there, want the %d that were taken in", got, kept)
	}
	roomier := open(t, path, store.Options{}) // room was made: it goes on
	update(t, roomier, func(tx *store.Tx) error {
		_, err := put(tx, draft("draft-ada-last-00", "Last", noon))
		return err
	})
	if got := count(roomier); got != kept+1 {
		t.Errorf("%d events are there, want %d", got, kept+1)
	}
}

func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db := open(t, path, store.Options{})
	raw, err := sql.Open("sqlite", path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	tx, err := raw.Begin()
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error { return tx.Set(ctx, "a", "b") })
	if err == nil || !strings.Contains(err.Error(), "another process holds the database") {
		t.Errorf("got %v, want a sentence about the other process", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error { return tx.Set(ctx, "a", "b") })
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	db := fresh(t)
	before := db.Version()
	stop := errors.New("stop")
	err := db.Update(ctx, func(tx *store.Tx) error {
		if _, err := put(tx, draft("draft-ada-some-00", "Some", noon), "list"); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if n, err := db.Count(ctx, parse(t, ""), store.Page{}); n != 0 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	if n, err := db.Count(ctx, parse(t, "some"), store.Page{}); n != 0 || err != nil {
		t.Errorf("%d events by the index, %v", n, err)
	}
	if db.Version() != before {
		t.Error("nothing changed, yet the version did")
	}
}

func TestBackup(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		_, err := put(tx, draft("draft-ada-some-00", "Some", noon), "list")
		return err
	})
	copied := filepath.Join(t.TempDir(), "it's a copy.db")
	if err := db.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(ctx, copied); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("over an existing file: %v", err)
	}
	q := parse(t, "title:some")
	want, err := db.Search(ctx, q, store.Page{})
	if err != nil || len(want) != 1 {
		t.Fatal(want, err)
	}
	got, err := open(t, copied, store.Options{}).Search(ctx, q, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorityIsForEver(t *testing.T) {
	db := fresh(t)
	want := catalog.Authority{Name: "example.org", Year: 2026}
	for _, name := range []string{"example.org", "other.example"} {
		got, err := db.Authority(ctx, name, noon)
		if err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

func TestLead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db := open(t, path, store.Options{})
	other := open(t, path, store.Options{})
	release, ok, err := db.Lead(ctx, noon)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := other.Lead(ctx, noon); ok || err != nil {
		t.Errorf("a second leader: %v, %v", ok, err)
	}
	update(t, db, func(tx *store.Tx) error {
		if err := tx.KeepSources(ctx, []string{"one"}); err != nil {
			return err
		}
		_, err := tx.ClaimSource(ctx, "one", noon, noon.Add(time.Hour))
		return err
	})
	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, ok, err = other.Lead(ctx, noon)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	update(t, other, func(tx *store.Tx) error {
		due, err := tx.ClaimSources(ctx, noon, noon.Add(time.Hour), 10)
		if err == nil && len(due) != 1 {
			t.Errorf("the dead leader's lease holds: %v", due)
		}
		return err
	})
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

// TestVersionMoves holds what an unchanged feed rests on: the version moves
// with every commit of this process that changes what is published, and with
// any of others once it has looked.
func TestVersionMoves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.db")
	db, other := open(t, path, store.Options{}), open(t, path, store.Options{})
	at := db.Version()
	update(t, db, func(tx *store.Tx) error {
		_, err := put(tx, draft("draft-ada-n-00", "Some", noon))
		return err
	})
	if db.Version() == at {
		t.Error("own commit of an event: the version stayed")
	}
	at = db.Version()
	update(t, db, func(tx *store.Tx) error {
		if err := tx.KeepSources(ctx, []string{"a"}); err != nil {
			return err
		}
		claimed, err := tx.ClaimSource(ctx, "a", noon, noon.Add(time.Minute))
		if err != nil {
			return err
		}
		return errors.Join(tx.AdvanceSource(ctx, claimed.ID, "1", 0, noon), tx.Beat(ctx, noon))
	})
	if changed, err := db.Changed(ctx); !changed || err != nil || db.Version() != at {
		t.Errorf("a poll that brought nothing: %v, %v, version %d, want %d", changed, err, db.Version(), at)
	}
	if _, err := db.Changed(ctx); err != nil {
		t.Fatal(err)
	}
	at = db.Version()
	if changed, err := db.Changed(ctx); changed || err != nil || db.Version() != at {
		t.Errorf("nothing happened, yet: %v, %v", changed, err)
	}
	update(t, other, func(tx *store.Tx) error { return tx.Set(ctx, "a", "2") })
	if changed, err := db.Changed(ctx); !changed || err != nil || db.Version() == at {
		t.Errorf("another's commit was not seen: %v, %v", changed, err)
	}
}

func TestPages(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for i := range 10 {
			if _, err := put(tx, draft(fmt.Sprintf("draft-ada-n%d-00", i), "Some", noon.Add(time.Duration(i)*time.Hour))); err != nil {
				return err
			}
		}
		return nil
	})
	for _, query := range []string{"", "some", "pages:<3 OR some"} {
		q := parse(t, query)
		var got []string
		p := store.Page{Limit: 4}
		for {
			found, err := db.Search(ctx, q, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range found {
				got = append(got, e.Document)
			}
			if len(found) < p.Limit {
				break
			}
			p.Before = found[len(found)-1].ID
		}
		if len(got) != 10 || got[0] != "draft-ada-n9" || got[9] != "draft-ada-n0" {
			t.Errorf("%q by pages: %v", query, got)
		}
		within, err := db.FindIDs(ctx, q, store.Page{From: noon.Add(2 * time.Hour), To: noon.Add(5 * time.Hour)})
		if err != nil || len(within) != 3 {
			t.Errorf("%q in a window: %v, %v, want hours 2, 3 and 4", query, within, err)
		}
		if n, err := db.Count(ctx, q, store.Page{From: noon.Add(2 * time.Hour), Limit: 1}); n != 8 || err != nil {
			t.Errorf("%q counted: %d, %v, want 8", query, n, err)
		}
	}
}

func TestRedateMovesEverything(t *testing.T) {
	db := fresh(t)
	var id, topic int64
	update(t, db, func(tx *store.Tx) (err error) {
		if id, err = put(tx, draft("draft-ada-some-00", "Some", noon), "list"); err != nil {
			return err
		}
		if topic, err = tx.PutTopic(ctx, store.Topic{Name: "some", Query: "some"}); err != nil {
			return err
		}
		return tx.Select(ctx, topic, id, "because", true, noon)
	})
	earlier := noon.Add(-48 * time.Hour)
	update(t, db, func(tx *store.Tx) (err error) {
		if id, err = tx.Redate(ctx, id, "draft-ada-some-00", earlier, catalog.Exact); err != nil {
			return err
		}
		e, err := tx.Event(ctx, id)
		if err != nil {
			return err
		}
		if !e.Published.Equal(earlier) || len(e.Sources) != 1 {
			t.Errorf("got %v told by %v", e.Published, e.Sources)
		}
		return nil
	})
	selected, err := db.SelectedIDs(ctx, topic)
	if err != nil || !cmp.Equal(selected, []int64{id}) {
		t.Errorf("selected %v, %v, want %d", selected, err, id)
	}
}

func TestPackRoundTrip(t *testing.T) {
	for _, raw := range []string{"", "x", strings.Repeat("From: internet-drafts@ietf.org\r\n", 1000), "\x00\xff\xfe"} {
		for range 2 { // of which the second meets what the first left behind
			for _, packed := range [][]byte{store.Pack([]byte(raw)), store.PackEntry([]byte(raw))} {
				got, err := store.Unpack(packed)
				if err != nil || string(got) != raw {
					t.Errorf("%.20q came back as %.20q, %v", raw, got, err)
				}
			}
		}
	}
	if _, err := store.Unpack([]byte("no such thing")); err == nil {
		t.Error("damage was not noticed")
	}
}
