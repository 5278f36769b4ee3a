package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// MailState is where a mail stands.
type MailState string

// The closed set of states. Unknown is the one case SMTP cannot decide: the
// mail was handed over and the answer was lost. It is shown, never resent.
const (
	Queued   MailState = "queued"
	Sending  MailState = "sending"
	Sent     MailState = "sent"
	Deferred MailState = "deferred"
	Failed   MailState = "failed"
	Bounced  MailState = "bounced"
	Unknown  MailState = "unknown"
)

// Subscription is one address's wish for one newsletter.
type Subscription struct {
	ID         int64     `json:"id"`
	Subscriber int64     `json:"-"`
	Address    string    `json:"address"`
	Newsletter string    `json:"newsletter"`
	Began      time.Time `json:"began"`
	Ended      time.Time `json:"ended,omitzero"`
}

const (
	subscriptionColumns = `p.id, p.subscriber, s.address, n.name, p.began, p.ended`
	subscriptionTables  = ` subscriptions p JOIN subscribers s ON s.id = p.subscriber JOIN newsletters n ON n.id = p.newsletter`
)

func scanSubscriptions(rows *sql.Rows, err error) (list []Subscription, _ error) {
	err = each(rows, err, func(rows *sql.Rows) error {
		var s Subscription
		var began, ended int64
		if err := rows.Scan(&s.ID, &s.Subscriber, &s.Address, &s.Newsletter, &began, &ended); err != nil {
			return err
		}
		s.Began, s.Ended = fromMicros(began), fromMicros(ended)
		list = append(list, s)
		return nil
	})
	return list, explain(err)
}

// Subscriptions lists the live ones, of one newsletter or, for an empty name,
// of all, by newsletter and address.
func (r *Reader) Subscriptions(ctx context.Context, newsletter string) ([]Subscription, error) {
	rows, err := r.q.query(ctx, `SELECT `+subscriptionColumns+` FROM`+subscriptionTables+`
		WHERE p.ended = 0 AND ($1 = '' OR n.name = $1) ORDER BY n.name, s.folded`, newsletter)
	return scanSubscriptions(rows, err)
}

// Subscription reads one, live or ended. It gives ErrNotFound for an unknown id.
func (r *Reader) Subscription(ctx context.Context, id int64) (Subscription, error) {
	rows, err := r.q.query(ctx, `SELECT `+subscriptionColumns+` FROM`+subscriptionTables+` WHERE p.id = $1`, id)
	list, err := scanSubscriptions(rows, err)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("subscription %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Subscription{}, err
	}
	return list[0], nil
}

// Subscribe adds a subscription, or takes up an ended one. It reports false
// when it was live already. The newsletter must exist.
func (tx *Tx) Subscribe(ctx context.Context, newsletter, address string, now time.Time) (added bool, err error) {
	if _, err := tx.exec(ctx, `INSERT INTO subscribers (address, folded, added) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		address, strings.ToLower(address), micros(now)); err != nil {
		return false, err
	}
	n, err := tx.exec(ctx, `INSERT INTO subscriptions (subscriber, newsletter, began)
		SELECT s.id, n.id, $3 FROM subscribers s, newsletters n WHERE s.folded = $1 AND n.name = $2
		ON CONFLICT (subscriber, newsletter) DO UPDATE SET began = $3, ended = 0 WHERE ended <> 0`,
		strings.ToLower(address), newsletter, micros(now))
	return n > 0, err
}

// Unsubscribe ends a subscription. Mails of it not yet handed over are not
// sent. It reports false when there was nothing to end.
func (tx *Tx) Unsubscribe(ctx context.Context, subscription int64, now time.Time) (ended bool, err error) {
	n, err := tx.exec(ctx, `UPDATE subscriptions SET ended = $1 WHERE id = $2 AND ended = 0`, micros(now), subscription)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.exec(ctx, `UPDATE mails SET state = 'failed', last_error = 'unsubscribed before it was sent', changed = $1
		WHERE subscription = $2 AND state IN ('queued', 'deferred')`, micros(now), subscription)
	return true, err
}

// FindSubscription finds the live subscription of an address.
func (r *Reader) FindSubscription(ctx context.Context, newsletter, address string) (Subscription, error) {
	rows, err := r.q.query(ctx, `SELECT `+subscriptionColumns+` FROM`+subscriptionTables+`
		WHERE p.ended = 0 AND n.name = $1 AND s.folded = $2`, newsletter, strings.ToLower(address))
	list, err := scanSubscriptions(rows, err)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s in newsletter %s: %w", address, newsletter, ErrNotFound)
	}
	if err != nil {
		return Subscription{}, err
	}
	return list[0], nil
}

// Enqueue writes the delivery of an edition to a subscriber, and the mail that
// will carry it. It reports false when that delivery exists already: the same
// edition goes to the same person once.
func (tx *Tx) Enqueue(ctx context.Context, edition int64, s Subscription, messageID string, now time.Time) (bool, error) {
	var n int
	rows, err := tx.query(ctx, `SELECT count(*) FROM deliveries WHERE edition = $1 AND subscriber = $2`, edition, s.Subscriber)
	if err := row(rows, err, &n); err != nil || n > 0 {
		return false, err
	}
	mail, err := tx.insert(ctx, `INSERT INTO mails (message_id, subscription, state, next_at, changed)
		VALUES ($1, $2, 'queued', $3, $3)`, messageID, s.ID, micros(now))
	if err != nil {
		return false, err
	}
	_, err = tx.exec(ctx, `INSERT INTO deliveries (edition, subscriber, mail) VALUES ($1, $2, $3)`, edition, s.Subscriber, mail)
	return true, err
}

// Requeue queues the mail of an edition to a subscriber once more if it failed,
// with its Message-ID and as if it had never been tried. It reports false for
// one in any other state: sent, perhaps sent, or still to be sent.
func (tx *Tx) Requeue(ctx context.Context, edition, subscriber int64, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE mails SET state = 'queued', attempts = 0, last_error = '', next_at = $3, lease_until = 0, changed = $3
		WHERE state = 'failed' AND id IN (SELECT mail FROM deliveries WHERE edition = $1 AND subscriber = $2)`,
		edition, subscriber, micros(now))
	return n > 0, err
}

// Mail is one mail with what is needed to write and send it.
type Mail struct {
	ID           int64
	MessageID    string // without angle brackets
	State        MailState
	Attempts     int
	LastError    string
	Next         time.Time
	Edition      int64
	Newsletter   string
	Subscription int64
	Address      string
	Notice       *Notice // what a mail to the operator says; it then has no edition, subscription and address
}

const (
	mailColumns = `m.id, m.message_id, m.state, m.attempts, m.last_error, m.next_at, x.edition, n.name, m.subscription, s.address`
	mailTables  = ` mails m JOIN deliveries x ON x.mail = m.id JOIN subscriptions p ON p.id = m.subscription
	JOIN subscribers s ON s.id = p.subscriber JOIN newsletters n ON n.id = p.newsletter`
)

func scanMails(rows *sql.Rows, err error) (list []Mail, _ error) {
	err = each(rows, err, func(rows *sql.Rows) error {
		var m Mail
		var next int64
		if err := rows.Scan(&m.ID, &m.MessageID, &m.State, &m.Attempts, &m.LastError, &next,
			&m.Edition, &m.Newsletter, &m.Subscription, &m.Address); err != nil {
			return err
		}
		m.Next = fromMicros(next)
		list = append(list, m)
		return nil
	})
	return list, explain(err)
}

// ClaimMails leases up to limit mails that are due.
func (tx *Tx) ClaimMails(ctx context.Context, now, leaseUntil time.Time, limit int) ([]Mail, error) {
	rows, err := tx.query(ctx, `UPDATE mails SET lease_until = $2 WHERE id IN (
		SELECT id FROM mails WHERE state IN ('queued', 'deferred') AND next_at <= $1 AND lease_until <= $1
		ORDER BY next_at, id LIMIT $3) RETURNING id`, micros(now), micros(leaseUntil), limit)
	ids, err := scanIDs(rows, err)
	if err != nil {
		return nil, err
	}
	var claimed []Mail
	for _, id := range ids {
		rows, err := tx.query(ctx, `SELECT `+mailColumns+` FROM`+mailTables+` WHERE m.id = $1`, id)
		list, err := scanMails(rows, err)
		if err != nil {
			return nil, err
		}
		claimed = append(claimed, list...)
	}
	return claimed, nil
}

// BeginSending notes that a claimed mail is about to be handed over. It
// reports false when it is no longer to be sent.
func (tx *Tx) BeginSending(ctx context.Context, mail int64, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE `+tableOf(mail)+` SET state = 'sending', attempts = attempts + 1, changed = $1
		WHERE id = $2 AND state IN ('queued', 'deferred')`, micros(now), mail)
	return n > 0, err
}

// Settle writes how handing a mail over ended. next is when a deferred mail
// is tried again.
func (tx *Tx) Settle(ctx context.Context, mail int64, state MailState, why string, next, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE `+tableOf(mail)+` SET state = $1, last_error = $2, next_at = $3, lease_until = 0, changed = $4
		WHERE id = $5`, string(state), why, micros(next), micros(now), mail)
	return err
}

// NextMail gives when the next mail is due, or the zero time.
func (r *Reader) NextMail(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce(min(max(next_at, lease_until)), 0) FROM mails WHERE state IN ('queued', 'deferred')`)
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}

// Mails lists the mails of an edition, or of all for 0, by address.
func (r *Reader) Mails(ctx context.Context, edition int64) ([]Mail, error) {
	rows, err := r.q.query(ctx, `SELECT `+mailColumns+` FROM`+mailTables+`
		WHERE $1 = 0 OR x.edition = $1 ORDER BY x.edition, s.folded`, edition)
	return scanMails(rows, err)
}
