package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// This file tells which mails a source has given by their Message-IDs.

// KnownIDs tells which of these Message-IDs, without angle brackets, belong to
// mails that the named source has given.
func (r *Reader) KnownIDs(ctx context.Context, source string, ids []string) (map[string]bool, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	rows, err := r.q.query(ctx, `SELECT j.value FROM json_each($1) j
		WHERE EXISTS (SELECT 1 FROM messages m JOIN sources s ON s.id = m.source
			WHERE m.message_id = j.value AND m.format = 0 AND s.name = $2)`, string(list), source)
	err = each(rows, err, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		known[id] = true
		return err
	})
	return known, explain(err)
}
