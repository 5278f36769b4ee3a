// What sending asks for: editions to be queued, and mails given back.

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Unmailed lists, oldest first and without their content, the closed editions
// whose window ended since a time and whose mails are not all queued.
func (r *Reader) Unmailed(ctx context.Context, since time.Time) (list []Edition, err error) {
	rows, err := r.q.query(ctx, `SELECT `+editionColumns+` FROM editions x JOIN newsletters n ON n.id = x.newsletter
		WHERE x.to_at >= $1 AND NOT EXISTS (SELECT 1 FROM mailings g WHERE g.edition = x.id)
		ORDER BY x.closed, x.id`, micros(since))
	err = each(rows, err, func(rows *sql.Rows) error {
		e, err := scanEdition(rows)
		list = append(list, e)
		return err
	})
	return list, explain(err)
}

// SetMailed notes that all mails of an edition are queued.
func (tx *Tx) SetMailed(ctx context.Context, edition int64, now time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO mailings (edition, queued) VALUES ($1, $2) ON CONFLICT DO NOTHING`, edition, micros(now))
	return err
}

// SubscriptionsAfter lists the live subscriptions of a newsletter that began at
// until or before, by id from the one after a given id, at most limit. A zero
// until lists them all.
func (r *Reader) SubscriptionsAfter(ctx context.Context, newsletter string, id int64, until time.Time, limit int) ([]Subscription, error) {
	rows, err := r.q.query(ctx, `SELECT `+subscriptionColumns+` FROM`+subscriptionTables+`
		WHERE p.ended = 0 AND n.name = $1 AND p.id > $2 AND ($3 = 0 OR p.began <= $3) ORDER BY p.id LIMIT $4`,
		newsletter, id, micros(until), limit)
	return scanSubscriptions(rows, err)
}

// ReleaseMails gives claimed mails back as they are.
func (tx *Tx) ReleaseMails(ctx context.Context, ids []int64) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	for _, table := range outbox {
		if _, err := tx.exec(ctx, `UPDATE `+table+` SET lease_until = 0 WHERE id IN (SELECT value FROM json_each($1))
			AND state IN ('queued', 'deferred')`, string(list)); err != nil {
			return err
		}
	}
	return nil
}

// PostponeMails gives claimed mails back until next, for a reason that is no
// fault of theirs: it does not count as an attempt.
func (tx *Tx) PostponeMails(ctx context.Context, ids []int64, why string, next, now time.Time) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	for _, table := range outbox {
		if _, err := tx.exec(ctx, `UPDATE `+table+` SET state = 'deferred', last_error = $2, next_at = $3, lease_until = 0, changed = $4
			WHERE id IN (SELECT value FROM json_each($1)) AND state IN ('queued', 'deferred')`,
			string(list), why, micros(next), micros(now)); err != nil {
			return err
		}
	}
	return nil
}

// PostponeDue makes all mails wait until next that are due and that nobody has
// claimed, for a reason that is no fault of theirs. It gives how many they are.
func (tx *Tx) PostponeDue(ctx context.Context, why string, next, now time.Time) (all int, err error) {
	for _, table := range outbox {
		n, err := tx.exec(ctx, `UPDATE `+table+` SET state = 'deferred', last_error = $1, next_at = $2, changed = $3
			WHERE state IN ('queued', 'deferred') AND next_at <= $3 AND lease_until <= $3`, why, micros(next), micros(now))
		if err != nil {
			return 0, err
		}
		all += int(n)
	}
	return all, nil
}
