// Package store keeps everything Draftwire knows in one SQLite file. All SQL of
// the project is here.
//
// A [DB] has one writer and a few readers. [DB.Update] runs a transaction and
// commits it durably; what a [Tx] reads it reads within that transaction. The
// same reading methods exist on DB, on Tx and inside [DB.View], which gives
// one unchanging picture: they are those of [Reader].
//
// Work that must not be lost is a row before it is an action: sources and
// mails carry next_at, lease_until, attempts and last_error, and are claimed
// in batches. [DB.Lead] makes one process the one that works them off.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database file.
type DB struct {
	Reader            // reads outside transactions, each statement for itself
	path    string    //
	write   *sql.DB   // exactly one connection
	read    *sql.DB   // a few, query_only
	ready   *prepared // their statements
	pulse   *sql.Conn // asked for data_version; its own, so that every other connection's commits show
	writer  *writer   // that connection
	version atomic.Uint64
	commits atomic.Uint64
	pulseMu sync.Mutex // guards pulse and seen
	seen    int64      // data_version at the last look
}

// Options change how a database is opened. The zero value is for production.
type Options struct {
	MaxPages int // bound of the file in pages of 4 KiB, to rehearse a full disk; 0 is none
}

// Open opens the file, makes it when absent, readable by its owner only, and
// brings its schema up to date.
// A database newer than the program is refused.
func Open(ctx context.Context, path string, opt Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db := &DB{path: path}
	if err := claim(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := db.open(ctx, opt); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, explain(err)), db.Close())
	}
	return db, nil
}

// claim makes an empty file that only its owner may read: it comes to hold
// addresses of subscribers and the secret of their links. SQLite gives the
// files beside it (-wal, -shm) the same mode. A file that exists is left as it is.
func claim(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (db *DB) open(ctx context.Context, opt Options) (err error) {
	// The writer waits for a second process; the DSN gives every connection its pragmas.
	w := dsn(db.path, "synchronous(FULL)", "cache_size(-16384)", "wal_autocheckpoint(4000)")
	if opt.MaxPages > 0 {
		w += fmt.Sprintf("&_pragma=max_page_count(%d)", opt.MaxPages)
	}
	if db.write, err = sql.Open("sqlite", w+"&_txlock=immediate"); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if err := db.upgrade(ctx); err != nil {
		return err
	}
	if db.read, err = sql.Open("sqlite", dsn(db.path, "cache_size(-4096)", "query_only(1)")); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(5)
	db.read.SetMaxIdleConns(5)
	if db.pulse, err = db.read.Conn(ctx); err != nil {
		return err
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", oneTry.Milliseconds())); err != nil {
		return errors.Join(err, conn.Close())
	}
	db.writer = newWriter(conn, newTurn(db.path))
	db.ready = newPrepared(db.read)
	db.Reader = Reader{q: pool{db.ready}}
	_, err = db.Changed(ctx)
	return err
}

func dsn(path string, pragmas ...string) string {
	all := append([]string{fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "foreign_keys(1)", "temp_store(2)"}, pragmas...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_dqs=0&_error_rc=1&_timezone=UTC&_pragma=" +
		strings.Join(all, "&_pragma=")
}

// upgrade migrates, one process at a time: two that start together on a new
// file would both find that there are no tables.
func (db *DB) upgrade(ctx context.Context) error {
	lock := flock.New(db.path + ".open")
	if _, err := lock.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return fmt.Errorf("lock %s.open: %w", db.path, err)
	}
	defer lock.Unlock() //nolint:errcheck // it goes with the process
	return migrate(ctx, db.write)
}

// migrate applies what is missing of the append-only list of migrations.
func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("it was written by a newer Draftwire (schema %d, this program knows %d): "+
			"use that version, or a backup made before the upgrade", have, newest)
	}
	_, err = p.Up(ctx)
	return err
}

// Close releases the file. It is safe on a database that did not fully open.
func (db *DB) Close() error {
	var errs []error
	if db.pulse != nil {
		errs = append(errs, db.pulse.Close())
	}
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	return errors.Join(errs...)
}

// Update runs fn in one transaction and commits it, durably, if fn returns nil.
// Everything fn did is undone otherwise. Within fn, use only the Tx.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	if err := db.writer.begin(ctx); err != nil {
		return explain(err)
	}
	defer db.writer.end(ctx)
	if err := db.heed(ctx); err != nil {
		return explain(err)
	}
	tx := newTx(db.writer)
	if err := fn(tx); err != nil {
		return explain(err)
	}
	if err := tx.flushWords(ctx); err != nil {
		return explain(err)
	}
	if err := db.writer.commit(ctx); err != nil {
		return explain(err)
	}
	db.commits.Add(1)
	if tx.tells {
		db.version.Add(1)
	}
	return nil
}

// heed moves Version on if another process has committed since the last call.
// It is for who holds the writer: its data_version does not count its own.
func (db *DB) heed(ctx context.Context) error {
	others, err := db.writer.others(ctx)
	if err == nil && others {
		db.version.Add(1)
	}
	return err
}

// Checkpoint brings what is committed from the log into the file, beside the
// writer. [DB.Update] does so by itself when the log has grown to 16 MB, but
// then its caller waits for it.
func (db *DB) Checkpoint(ctx context.Context) error {
	_, err := db.read.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	return explain(err)
}

// View runs fn over one unchanging picture of the database. While fn reads the
// rows of a statement it must not run the same one again: it is prepared once.
func (db *DB) View(ctx context.Context, fn func(*Reader) error) error {
	sqlTx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	defer sqlTx.Rollback() //nolint:errcheck // a reading transaction has nothing to lose
	q := &inTx{tx: sqlTx, p: db.ready}
	if err := fn(&Reader{q: q}); err != nil {
		return err
	}
	_ = sqlTx.Rollback()
	db.ready.prepareAll(ctx, q.missed)
	return nil
}

// Version counts the changes of what is published that this process knows of:
// what was computed at one version holds as long as the number stays. How work
// goes on, such as when a source was polled, moves it only if another process
// wrote it; what those write counts from the next [DB.Changed].
func (db *DB) Version() uint64 { return db.version.Load() }

// Commits counts what this process has committed: each time it waited for the disk.
func (db *DB) Commits() uint64 { return db.commits.Load() }

// Changed asks once whether anyone, this process or another, has committed
// since the last call, and moves Version on if it was another.
func (db *DB) Changed(ctx context.Context) (bool, error) {
	db.pulseMu.Lock()
	defer db.pulseMu.Unlock()
	var v int64
	if err := db.pulse.QueryRowContext(ctx, "PRAGMA data_version").Scan(&v); err != nil {
		return false, explain(err)
	}
	if db.writer.try() { // else whoever writes has looked as it began
		err := db.heed(ctx)
		db.writer.release()
		if err != nil {
			return false, explain(err)
		}
	}
	changed := v != db.seen
	db.seen = v
	return changed, nil
}

// Watch calls Changed every so often until ctx ends, and signal after each
// change that it saw.
func (db *DB) Watch(ctx context.Context, every time.Duration, signal func()) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		changed, err := db.Changed(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("watch database: %w", err)
		}
		if changed {
			signal()
		}
	}
}

// Backup writes a consistent copy to a file that must not exist yet, while the
// database stays in use. Only its owner may read it; what could not be written
// whole is removed.
func (db *DB) Backup(ctx context.Context, path string) error {
	err := claim(path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("backup to %s: it exists already; name a new file", path)
	}
	if err == nil {
		if err = db.vacuumInto(ctx, path); err != nil {
			err = errors.Join(explain(err), os.Remove(path))
		}
	}
	if err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

// vacuumInto fills an empty file.
func (db *DB) vacuumInto(ctx context.Context, path string) error {
	conn, err := sql.Open("sqlite", dsn(db.path))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}

// micros and fromMicros carry times as the schema holds them; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
