package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

// TestPause holds that a source can be paused before it was ever polled, that
// pausing again keeps the time, and that resuming makes it due.
func TestPause(t *testing.T) {
	db := fresh(t)
	ctx, at := t.Context(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range 2 {
		update(t, db, func(tx *store.Tx) error { return tx.PauseSource(ctx, "new", at.Add(time.Duration(i)*time.Hour)) })
	}
	names, err := db.PausedSources(ctx)
	if err != nil || !slices.Equal(names, []string{"new"}) {
		t.Fatalf("got %v, %v", names, err)
	}
	rows, err := db.Sources(ctx)
	if err != nil || !rows[0].Paused.Equal(at) || rows[0].Active {
		t.Fatalf("got %+v, %v", rows, err)
	}
	for _, want := range []bool{true, false} {
		update(t, db, func(tx *store.Tx) error {
			was, err := tx.ResumeSource(ctx, "new", at)
			if was != want {
				t.Errorf("resumed: %v, want %v", was, want)
			}
			return err
		})
	}
	if names, err := db.PausedSources(ctx); err != nil || len(names) > 0 {
		t.Fatalf("got %v, %v", names, err)
	}
}

// TestLed holds that looking whether somebody leads disturbs nobody.
func TestLed(t *testing.T) {
	db := fresh(t)
	for _, want := range []bool{false, true, false} {
		if want {
			release, ok, err := db.Lead(t.Context(), time.Now())
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			defer release() //nolint:errcheck // again, where the test ended early
			if led, err := db.Led(); err != nil || !led {
				t.Errorf("led is %v, %v beside a leader", led, err)
			}
			if err := release(); err != nil {
				t.Fatal(err)
			}
		}
		if led, err := db.Led(); err != nil || led {
			t.Errorf("led is %v, %v without a leader", led, err)
		}
	}
}

// TestImportedFile holds that what is noted of a file is what is read again,
// for each source by itself.
func TestImportedFile(t *testing.T) {
	db := fresh(t)
	ctx := t.Context()
	var id int64
	want := store.ImportedFile{Path: "/a!b", Size: 7, Head: []byte{1}, Place: 5, Anchor: []byte{2}}
	for _, whole := range []bool{false, true} {
		err := db.Update(ctx, func(tx *store.Tx) (err error) {
			if id, err = tx.SourceID(ctx, "import"); err != nil {
				return err
			}
			want.Source, want.Whole = id, whole
			return tx.PutImported(ctx, want, time.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := db.ImportedFile(ctx, id, "/a!b")
		if err != nil || !ok || got.Whole != whole || got.Place != 5 || got.Size != 7 || got.Head[0] != 1 || got.Anchor[0] != 2 {
			t.Errorf("got %+v, %v, %v", got, ok, err)
		}
	}
	if _, ok, err := db.ImportedFile(ctx, id+1, "/a!b"); err != nil || ok {
		t.Errorf("another source knows it: %v, %v", ok, err)
	}
}
