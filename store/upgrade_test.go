package store

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
)

// Whoever comes at the same time to a file that does not exist yet gets the
// same complete database.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire.db")
	errs := make([]error, 4)
	var opening sync.WaitGroup
	for i := range errs {
		opening.Go(func() {
			db, err := Open(t.Context(), path, Options{})
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
