// Addresses of sources that lead elsewhere for good, or nowhere any more.

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Move is where a source's address leads by permanent redirects.
type Move struct {
	From      string // as configured; a source with another one has not moved
	To        string // empty: the host says that what was there is gone
	Sightings int    // polls in a row that were led there
	First     time.Time
	Last      time.Time
	Adopted   time.Time // since when the source is polled there, or zero
}

// moveColumn is a source's move as a JSON array, or NULL.
const moveColumn = `(SELECT json_array(from_url, to_url, sightings, first_at, last_at, adopted) FROM moves WHERE source = sources.id)`

func moveOf(text []byte) (*Move, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var m Move
	var first, last, adopted int64
	if err := json.Unmarshal(text, &[]any{&m.From, &m.To, &m.Sightings, &first, &last, &adopted}); err != nil {
		return nil, fmt.Errorf("move of a source: %w", err)
	}
	m.First, m.Last, m.Adopted = fromMicros(first), fromMicros(last), fromMicros(adopted)
	return &m, nil
}

// PutMove writes a source's move in place of what was known.
func (tx *Tx) PutMove(ctx context.Context, source int64, m Move) error {
	_, err := tx.exec(ctx, `INSERT INTO moves (source, from_url, to_url, sightings, first_at, last_at, adopted)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO UPDATE SET from_url = excluded.from_url, to_url = excluded.to_url,
		sightings = excluded.sightings, first_at = excluded.first_at, last_at = excluded.last_at, adopted = excluded.adopted`,
		source, m.From, m.To, m.Sightings, micros(m.First), micros(m.Last), micros(m.Adopted))
	return err
}

// ForgetMove makes a source one that has not moved.
func (tx *Tx) ForgetMove(ctx context.Context, source int64) error {
	_, err := tx.exec(ctx, `DELETE FROM moves WHERE source = $1`, source)
	return err
}

// SourceGone notes that a source's address leads nowhere any more, so that it
// is not polled until somebody wishes it or its address is another.
func (tx *Tx) SourceGone(ctx context.Context, source int64, address string, now time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE sources SET gone_at = $1 WHERE id = $2`, micros(now), source); err != nil {
		return err
	}
	return tx.PutMove(ctx, source, Move{From: address, First: now, Last: now})
}

// ResetMove forgets the move of a source whose configured address is another
// now, and polls it again if it was gone.
func (tx *Tx) ResetMove(ctx context.Context, source int64) error {
	if _, err := tx.exec(ctx, `UPDATE sources SET gone_at = 0, next_at = 0 WHERE id = $1 AND gone_at > 0`, source); err != nil {
		return err
	}
	return tx.ForgetMove(ctx, source)
}
