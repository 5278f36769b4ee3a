package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestOwnerOnly holds that nobody else may read a database, the files beside
// it, or a backup, and that a mode which the operator chose stays.
func TestOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "wire.db"), filepath.Join(dir, "copy.db")
	db, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Backup(context.Background(), copied); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", copied} {
		checkMode(t, name, 0o600)
	}
	if err := os.Chmod(copied, 0o640); err != nil { //nolint:gosec // what an operator may want
		t.Fatal(err)
	}
	again, err := Open(context.Background(), copied, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	checkMode(t, copied, 0o640)
}

func checkMode(t *testing.T, name string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has mode %o, want %o", filepath.Base(name), got, want)
	}
}

// TestBackupLeavesNothing holds that a backup which fails leaves no file.
func TestBackupLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), filepath.Join(dir, "wire.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	copied := filepath.Join(dir, "copy.db")
	if err := db.Backup(ctx, copied); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := os.Stat(copied); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
}
