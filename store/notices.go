// Notices: mails to the operator. They are rows like mails to subscribers, and
// the same ledger carries them.

package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"slices"
	"strings"
	"time"
)

// Notice is something that the operator is told once.
type Notice struct {
	Key     string // what it is about; a second one with the same key is not taken
	Subject string // one line
	Text    string // plain, UTF-8
	Made    time.Time

	State     MailState // filled when read, like all below
	LastError string
	Changed   time.Time
}

// AddNotice leaves a notice to be mailed to the operator. It reports false if
// there was one with the same key before: that was told already.
func (tx *Tx) AddNotice(ctx context.Context, n Notice, now time.Time) (bool, error) {
	_, added, err := tx.insertNew(ctx, `INSERT INTO notices (id, key, subject, text, made, message_id, state, next_at, changed)
		SELECT coalesce(min(id), 0) - 1, $1, $2, $3, $4, $5, 'queued', $4, $4 FROM notices WHERE true ON CONFLICT (key) DO NOTHING`,
		n.Key, n.Subject, n.Text, micros(now), "notice-"+strings.ToLower(rand.Text()))
	return added, err
}

// Notices lists those made since a time, newest first.
func (r *Reader) Notices(ctx context.Context, since time.Time) (list []Notice, err error) {
	rows, err := r.q.query(ctx, `SELECT key, subject, text, made, state, last_error, changed FROM notices
		WHERE made >= $1 ORDER BY made DESC, id`, micros(since))
	err = each(rows, err, func(rows *sql.Rows) error {
		var n Notice
		var made, changed int64
		if err := rows.Scan(&n.Key, &n.Subject, &n.Text, &made, &n.State, &n.LastError, &changed); err != nil {
			return err
		}
		n.Made, n.Changed = fromMicros(made), fromMicros(changed)
		list = append(list, n)
		return nil
	})
	return list, explain(err)
}

// ClaimNotices leases up to limit notices that are due and were made since a
// time, as mails without an address. The local part of their Message-ID is
// fixed; who mints our ids comes behind it.
func (tx *Tx) ClaimNotices(ctx context.Context, now, leaseUntil, since time.Time, limit int) (list []Mail, err error) {
	rows, err := tx.query(ctx, `UPDATE notices SET lease_until = $2 WHERE id IN (
		SELECT id FROM notices WHERE state IN ('queued', 'deferred') AND next_at <= $1 AND lease_until <= $1 AND made >= $3
		ORDER BY next_at, id DESC LIMIT $4)
		RETURNING id, message_id, state, attempts, last_error, next_at, key, subject, text, made`,
		micros(now), micros(leaseUntil), micros(since), limit)
	err = each(rows, err, func(rows *sql.Rows) error {
		var m Mail
		var n Notice
		var next, made int64
		if err := rows.Scan(&m.ID, &m.MessageID, &m.State, &m.Attempts, &m.LastError, &next,
			&n.Key, &n.Subject, &n.Text, &made); err != nil {
			return err
		}
		m.Next, n.Made, m.Notice = fromMicros(next), fromMicros(made), &n
		list = append(list, m)
		return nil
	})
	slices.SortFunc(list, func(a, b Mail) int { return cmp.Compare(b.ID, a.ID) }) // RETURNING keeps no order
	return list, err
}

// NextNotice gives when the next notice made since a time is due, or the zero time.
func (r *Reader) NextNotice(ctx context.Context, since time.Time) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce(min(max(next_at, lease_until)), 0) FROM notices
		WHERE state IN ('queued', 'deferred') AND made >= $1`, micros(since))
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}

// outbox is the tables whose rows are mails, with the same columns for how
// sending them goes.
var outbox = [...]string{"mails", "notices"}

// tableOf tells where a mail's row is: those of notices have negative ids.
func tableOf(mail int64) string {
	if mail < 0 {
		return outbox[1]
	}
	return outbox[0]
}
