package store

import (
	"context"
	"fmt"
	"time"
)

// EditionAt reads the closed edition of a newsletter whose window holds t.
func (r *Reader) EditionAt(ctx context.Context, newsletter string, t time.Time) (Edition, error) {
	rows, err := r.q.query(ctx, `SELECT `+editionColumns+`, x.content FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $1 AND x.from_at <= $2 AND x.to_at > $2`, newsletter, micros(t))
	return oneEdition(rows, err, fmt.Sprintf("edition of %s at %s", newsletter, t.Format(time.RFC3339)))
}

// FirstEdition gives when the window of a newsletter's first closed edition
// begins, or the zero time when none is closed.
func (r *Reader) FirstEdition(ctx context.Context, newsletter string) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce(min(x.from_at), 0) FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE n.name = $1`, newsletter)
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}
