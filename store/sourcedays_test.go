package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pressly/goose/v3"

	"github.com/draftwire/draftwire/store"
)

func TestSourceDays(t *testing.T) {
	db := fresh(t)
	day := func(date string) time.Time {
		d, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	count := func(name string, dates ...time.Time) {
		update(t, db, func(tx *store.Tx) error {
			id, err := tx.SourceID(ctx, name)
			if err != nil {
				return err
			}
			return tx.CountDays(ctx, id, dates)
		})
	}
	count("b", day("2026-03-01").Add(23*time.Hour), day("2026-03-02"), day("2026-03-02").Add(time.Hour))
	count("b", day("2026-03-02").Add(-time.Microsecond), day("1969-12-31"))
	count("a", day("2026-03-03"))
	count("c")
	got, err := db.SourceDays(ctx, day("1969-12-31").Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []store.SourceDay{
		{"a", day("2026-03-03"), 1}, {"b", day("1969-12-31"), 1}, {"b", day("2026-03-01"), 2}, {"b", day("2026-03-02"), 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err = db.SourceDays(ctx, day("2026-03-02")); err != nil || len(got) != 2 {
		t.Errorf("since the 2nd: %v, %v", got, err)
	}
	sources, err := db.Sources(ctx)
	if err != nil || !sources[1].Newest.Equal(day("2026-03-02").Add(time.Hour)) {
		t.Errorf("newest: %+v, %v", sources, err)
	}
}

// What was stored before days were counted is counted by its evidence.
func TestSourceDaysOfAnOlderDatabase(t *testing.T) {
	dir := t.TempDir()
	full, path := filepath.Join(dir, "full.db"), filepath.Join(dir, "draftwire.db")
	db, err := store.Open(ctx, full, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.March, 5, 9, 0, 0, 0, time.UTC)
	update(t, db, func(tx *store.Tx) error {
		for _, name := range []string{"draft-ietf-tls-a-00", "draft-ietf-tls-b-00"} {
			if _, err := put(tx, draft(name, "T", at), "tls"); err != nil {
				return err
			}
		}
		return nil
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	copyAsOf(t, 5, full, path, "sources", "messages", "documents", "revisions", "events", "evidence")
	db = open(t, path, store.Options{})
	got, err := db.SourceDays(ctx, at)
	if err != nil || len(got) != 1 || got[0] != (store.SourceDay{Source: "tls", Day: at.Truncate(24 * time.Hour), Messages: 2}) {
		t.Errorf("%v, %v", got, err)
	}
	if sources, err := db.Sources(ctx); err != nil || !sources[0].Newest.Equal(at) {
		t.Errorf("%+v, %v", sources, err)
	}
}

// copyAsOf makes a database of an older schema with what those tables hold.
func copyAsOf(t *testing.T, version int64, from, to string, tables ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", to)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1) // what is attached is so for one connection
	older, err := goose.NewProvider(goose.DialectSQLite3, raw, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := older.UpTo(ctx, version); err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`ATTACH ? AS full`, from); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var columns string
		if err := raw.QueryRow(`SELECT group_concat(name) FROM pragma_table_info(?, 'main')`, table).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec(`INSERT INTO main.` + table + ` (` + columns + `) SELECT ` + columns + ` FROM full.` + table); err != nil {
			t.Fatal(table, err)
		}
	}
}
