package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Setting reads a named value, empty when it was never set.
func (r *Reader) Setting(ctx context.Context, name string) (value string, err error) {
	rows, err := r.q.query(ctx, `SELECT value FROM settings WHERE name = $1`, name)
	if err = row(rows, err, &value); errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, explain(err)
}

// SetOnce writes a named value unless it is set, and gives the one in force.
func (tx *Tx) SetOnce(ctx context.Context, name, value string) (string, error) {
	if _, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value); err != nil {
		return "", err
	}
	return tx.Setting(ctx, name)
}

// Set writes a named value.
func (tx *Tx) Set(ctx context.Context, name, value string) error {
	_, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// FirstEntryNames reports whether documents of feed entries may stand here under
// their [catalog.FirstEntryName].
func (r *Reader) FirstEntryNames(ctx context.Context) (bool, error) {
	names, err := r.Setting(ctx, "entry_names")
	return names == "first", err
}

// AskReload leaves the wish that whoever serves reads its configuration again.
func (tx *Tx) AskReload(ctx context.Context, now time.Time) error {
	return tx.Set(ctx, "reload_asked", strconv.FormatInt(micros(now), 10))
}

// ReloadAsked gives the last such wish, as a text that another wish changes.
func (r *Reader) ReloadAsked(ctx context.Context) (string, error) {
	return r.Setting(ctx, "reload_asked")
}

// Authority gives who mints this database's ids. It is written once, with
// fallback as the name and now's year, and never changes: ids made from it are
// in other people's readers.
func (db *DB) Authority(ctx context.Context, fallback string, now time.Time) (catalog.Authority, error) {
	var a catalog.Authority
	err := db.Update(ctx, func(tx *Tx) (err error) {
		if a.Name, err = tx.SetOnce(ctx, "authority", fallback); err != nil {
			return err
		}
		year, err := tx.SetOnce(ctx, "authority_year", strconv.Itoa(now.UTC().Year()))
		if err != nil {
			return err
		}
		if a.Year, err = strconv.Atoi(year); err != nil {
			return fmt.Errorf("setting authority_year: %w", err)
		}
		return nil
	})
	return a, err
}

// Secret gives 32 random bytes that were made when the database was, for the
// tokens of addresses that only their holder may know.
func (db *DB) Secret(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	var kept string
	err := db.Update(ctx, func(tx *Tx) (err error) {
		kept, err = tx.SetOnce(ctx, "secret", hex.EncodeToString(fresh))
		return err
	})
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(kept)
}
