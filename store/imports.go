package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ImportedFile is how far a file of an import was read.
type ImportedFile struct {
	Source int64
	Path   string // absolute; of a member of an archive, with its name behind a "!"
	Size   int64  // of the file, bytes as it lies there
	Head   []byte // digest of its beginning
	Place  int64  // bytes taken, after decompression
	Anchor []byte // digest of what stands before Place, or empty
	Whole  bool   // it was read to its end
}

// ImportedFile gives how far a file was read under a source. It gives false
// for one that was never met.
func (r *Reader) ImportedFile(ctx context.Context, source int64, path string) (f ImportedFile, ok bool, err error) {
	rows, err := r.q.query(ctx, `SELECT source, path, size, head, place, anchor, whole
		FROM imports WHERE source = $1 AND path = $2`, source, path)
	err = row(rows, err, &f.Source, &f.Path, &f.Size, &f.Head, &f.Place, &f.Anchor, &f.Whole)
	if errors.Is(err, sql.ErrNoRows) {
		return f, false, nil
	}
	return f, err == nil, explain(err)
}

// PutImported notes how far a file was read, in the transaction of what it
// gave up to there.
func (tx *Tx) PutImported(ctx context.Context, f ImportedFile, now time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO imports (source, path, size, head, place, anchor, whole, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (source, path) DO UPDATE SET size = excluded.size, head = excluded.head, place = excluded.place,
			anchor = excluded.anchor, whole = excluded.whole, changed = excluded.changed`,
		f.Source, f.Path, f.Size, notNull(f.Head), f.Place, notNull(f.Anchor), f.Whole, micros(now))
	return err
}

// notNull keeps an empty digest from becoming NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
