// Sources whose mail is sent to us, and what list software wrote to them.

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// KeepPushed makes the named sources active ones that are never due, since
// their mail is sent to us. Call it after [Tx.KeepSources].
func (tx *Tx) KeepPushed(ctx context.Context, names []string) error {
	for _, name := range names {
		if _, err := tx.exec(ctx, `INSERT INTO sources (name, pushed) VALUES ($1, 1)
			ON CONFLICT (name) DO UPDATE SET active = 1, pushed = 1`, name); err != nil {
			return err
		}
	}
	return nil
}

// CountPushed notes that a source sent so many messages that were new.
func (tx *Tx) CountPushed(ctx context.Context, id int64, messages int, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE sources SET messages = messages + $1, polls = polls + 1,
		tried_at = $2, success_at = $2, attempts = 0, failing_since = 0, last_error = '' WHERE id = $3`, messages, micros(now), id)
	return err
}

// HeldMail is a mail that list software wrote to the address of a source. It
// may hold tokens: show it to the operator alone.
type HeldMail struct {
	Source   string // its name
	Digest   []byte // as that of a message
	Received time.Time
	Sender   string
	Subject  string
	Text     string
}

// keepHeld is how many mails are held for a source: the newest.
const keepHeld = 20

// HoldMail keeps a mail for the operator. It reports false when it was held
// before.
func (tx *Tx) HoldMail(ctx context.Context, source int64, m HeldMail) (fresh bool, err error) {
	n, err := tx.exec(ctx, `INSERT INTO held_mails (source, digest, received, sender, subject, text)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		source, m.Digest, micros(m.Received), m.Sender, m.Subject, m.Text)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.exec(ctx, `DELETE FROM held_mails WHERE source = $1 AND id NOT IN
		(SELECT id FROM held_mails WHERE source = $1 ORDER BY id DESC LIMIT $2)`, source, keepHeld)
	return true, err
}

// HeldMails lists what list software wrote to a source, oldest first. It gives
// ErrNotFound for an unknown name.
func (r *Reader) HeldMails(ctx context.Context, source string) (list []HeldMail, err error) {
	rows, err := r.q.query(ctx, `SELECT s.name, h.digest, h.received, h.sender, h.subject, h.text
		FROM sources s LEFT JOIN held_mails h ON h.source = s.id WHERE s.name = $1 ORDER BY h.id`, source)
	known := false
	err = each(rows, err, func(rows *sql.Rows) error {
		known = true
		var m HeldMail
		var received sql.NullInt64
		var sender, subject, text sql.NullString
		if err := rows.Scan(&m.Source, &m.Digest, &received, &sender, &subject, &text); err != nil || !received.Valid {
			return err
		}
		m.Received, m.Sender, m.Subject, m.Text = fromMicros(received.Int64), sender.String, subject.String, text.String
		list = append(list, m)
		return nil
	})
	if err == nil && !known {
		err = fmt.Errorf("source %q: %w", source, ErrNotFound)
	}
	return list, explain(err)
}
