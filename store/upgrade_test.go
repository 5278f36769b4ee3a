package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/draftwire/draftwire/store"
)

// Whoever comes at the same time to a file that does not exist yet gets the
// same complete database.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire.db")
	errs := make([]error, 4)
	var opening sync.WaitGroup
	for i := range errs {
		opening.Go(func() {
			db, err := store.Open(t.Context(), path, store.Options{})
			if err == nil {
				_, err = db.Topics(t.Context())
				err = errors.Join(err, db.Close())
			}
			errs[i] = err
		})
	}
	opening.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("opener %d: %v", i, err)
		}
	}
}

// upgraded opens a database of an older schema in which a statement was run.
func upgraded(t *testing.T, schema int64, statement string, args ...any) *store.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, old, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	_, err = old.ExecContext(t.Context(), statement, args...)
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	return open(t, path, store.Options{})
}

// TestLineagesOfOldDatabase opens a database from when lineages were names.
func TestLineagesOfOldDatabase(t *testing.T) {
	db := upgraded(t, 15, `INSERT INTO documents (name, folded, kind, lineage) VALUES
		('rfc9', 'rfc9', 'rfc', 'draft-a'), ('draft-Alone', 'draft-alone', 'draft', 'draft-alone'),
		('draft-b', 'draft-b', 'draft', 'draft-a'), ('draft-a', 'draft-a', 'draft', 'draft-a')`)
	for name, want := range map[string][]string{
		"draft-b": {"draft-a", "draft-b", "rfc9"}, "rfc9": {"draft-a", "draft-b", "rfc9"}, "draft-alone": {"draft-Alone"}, "draft-new": {"draft-new"},
	} {
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			d, _, err := tx.Document(t.Context(), name, "draft")
			if err != nil {
				return err
			}
			names, err := tx.LineageNames(t.Context(), d.Lineage)
			if !slices.Equal(names, want) || d.Alone != (len(want) == 1) {
				t.Errorf("%s: %+v of %q, want %q", name, d, names, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestEntryNamesOfOldDatabase holds that a database knows whether its entries were
// named by the first scheme.
func TestEntryNamesOfOldDatabase(t *testing.T) {
	for name, want := range map[string]bool{"entry-0123456789abcdef01234567": true, "msg-0123456789abcdef01234567": false, "rfc9": false} {
		db := upgraded(t, 15, `INSERT INTO documents (name, folded, kind, lineage) VALUES ($1, $1, 'post', $1)`, name)
		if got, err := db.FirstEntryNames(t.Context()); err != nil || got != want {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}
