package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// BenchmarkImport imports 50,000 generated announcements from an mbox, and
// beside it runs a bare loop that inserts the same rows and tokens, prepared
// beforehand, into the same schema with the same settings, 1,000 a transaction.
//
//	messages/s   of the import
//	of-bare      the import's rate as a share of the bare loop's
//	bytes/msg    of the database file, raw mail kept
//	MB-peak      resident memory of the whole process (VmHWM) during the import
func BenchmarkImport(b *testing.B) {
	const messages = 50_000
	dir := b.TempDir()
	box := writeMbox(b, dir, messages)
	for b.Loop() {
		resetHighWater()
		db, took := importFrom(b, filepath.Join(dir, "product.db"), aggregator.Mbox{Path: box, Whole: true, Now: time.Now}, messages)
		peak := highWater(b)
		size := fileSize(b, filepath.Join(dir, "product.db"))
		bare := bareInsert(b, db, dir)
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(messages/took.Seconds(), "messages/s")
		b.ReportMetric(messages/bare.Seconds(), "bare/s")
		b.ReportMetric(bare.Seconds()/took.Seconds(), "of-bare")
		b.ReportMetric(float64(size)/messages, "bytes/msg")
		b.ReportMetric(peak, "MB-peak")
		for _, name := range []string{"product.db", "bare.db"} {
			for _, suffix := range []string{"", "-wal", "-shm"} {
				_ = os.Remove(filepath.Join(dir, name+suffix))
			}
		}
	}
}

func writeMbox(b *testing.B, dir string, n int) string {
	b.Helper()
	path := filepath.Join(dir, "bulk.mail")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	for raw := range demo.Bulk(1, n, from, from.AddDate(5, 0, 0)) {
		text := strings.ReplaceAll(string(raw), "\nFrom ", "\n>From ")
		if _, err := fmt.Fprintf(f, "From nobody Fri Apr 10 14:49:40 2020\n%s\n\n", text); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// bareTables are copied row by row; the word index is written from tokens.
var bareTables = []string{"sources", "messages", "documents", "revisions", "events", "evidence", "relations"}

// bareInsert prepares every row and token in memory and times only their insertion.
func bareInsert(b *testing.B, from *store.DB, dir string) time.Duration {
	b.Helper()
	ctx := context.Background()
	source, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "product.db")+"?_pragma=query_only(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	q, err := filters.Parse("")
	if err != nil {
		b.Fatal(err)
	}
	words := make(map[int64][]any)
	err = from.EachFound(ctx, q, store.Page{}, func(e catalog.Event) error {
		item := filters.NewItem(&e)
		row := []any{e.ID}
		for _, c := range filters.AllColumns() {
			row = append(row, item.Column(c))
		}
		words[e.ID] = row
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	rows := make(map[string][][]any)
	for _, table := range bareTables {
		rows[table] = readTable(b, source, table)
	}
	empty, err := store.Open(ctx, filepath.Join(dir, "bare.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := empty.Close(); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+"?_txlock=immediate&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_pragma=foreign_keys(1)&_pragma=temp_store(2)&_pragma=cache_size(-16384)&_dqs=0")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	began := time.Now()
	insertBare(b, db, rows, words)
	return time.Since(began)
}

// insertBare walks the tables together, since a message's rows are written together.
func insertBare(b *testing.B, db *sql.DB, rows map[string][][]any, words map[int64][]any) {
	b.Helper()
	const each = 1000
	statements := make(map[string]*sql.Stmt)
	for table, all := range rows {
		if len(all) == 0 {
			continue
		}
		marks := strings.TrimSuffix(strings.Repeat("?,", len(all[0])), ",")
		statements[table] = prepare(b, db, "INSERT INTO "+table+" VALUES ("+marks+")")
	}
	index := prepare(b, db, `INSERT INTO words (rowid, title, abstract, name, grp, authors, facets) VALUES (?,?,?,?,?,?,?)`)
	largest := 0
	for _, all := range rows {
		largest = max(largest, len(all))
	}
	for at := 0; at < largest; at += each {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		indexed := tx.Stmt(index) //nolint:sqlclosecheck // closed with the transaction
		for _, table := range bareTables {
			all := rows[table]
			if len(all) == 0 {
				continue
			}
			s := tx.Stmt(statements[table]) //nolint:sqlclosecheck // closed with the transaction
			for _, row := range all[min(at, len(all)):min(at+each, len(all))] {
				if _, err := s.Exec(row...); err != nil {
					b.Fatal(table, err)
				}
				if table == "events" {
					if _, err := indexed.Exec(words[row[0].(int64)]...); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

func prepare(b *testing.B, db *sql.DB, text string) *sql.Stmt {
	b.Helper()
	s, err := db.Prepare(text)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func readTable(b *testing.B, db *sql.DB, table string) (all [][]any) {
	b.Helper()
	order := " ORDER BY rowid"
	switch table {
	case "evidence":
		order = " ORDER BY event"
	case "relations":
		order = ""
	}
	rows, err := db.Query("SELECT * FROM " + table + order)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		row := make([]any, len(columns))
		dest := make([]any, len(columns))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			b.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return all
}

func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// highWater reads the peak resident memory of this process in MB.
func highWater(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // not Linux
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}
