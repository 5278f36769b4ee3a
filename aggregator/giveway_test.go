package aggregator

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Another process gets its turn while an archive is taken in.
func TestImportGivesWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, other := open(t, filepath.Join(dir, "wire.db")), open(t, filepath.Join(dir, "wire.db"))
	box := filepath.Join(dir, "box")
	if err := os.WriteFile(box, []byte(letters(1, 3000)), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Cataloguer{DB: db, Now: func() time.Time { return now }, Beside: func() bool { return true }}
	ended := make(chan error, 1)
	go func() {
		_, err := c.ImportFiles(context.Background(), Files{Paths: []string{box}, Source: "import"})
		ended <- err
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for turns := 0; ; turns++ {
		select {
		case err := <-ended:
			if err != nil || turns < 12 {
				t.Errorf("%d turns beside an import of three batches, %v", turns, err)
			}
			return
		case <-tick.C:
		}
		if err := other.Update(t.Context(), func(tx *store.Tx) error { return tx.AskReload(t.Context(), now) }); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
