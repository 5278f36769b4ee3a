package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

// This file holds the texts of drafts' revisions: those that are wanted, and
// those that are here.

// TextRequest is a text that is still to be fetched.
type TextRequest struct {
	Document  string // folded name
	Rev       string
	Published time.Time // of the revision that it is wanted for
	Next      time.Time
	Attempts  int // failures in a row
	LastError string
	Refused   time.Time // when it was given up, or zero
}

// missingTexts finds the drafts' revisions whose texts are neither here nor
// asked for: of news recorded since $1, and of all else recorded since $2 and
// published since $3; and of each the revision before, to compare it with.
const missingTexts = `WITH wanted AS (
		SELECT d.folded AS document, r.rev, e.published FROM events e JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document
		WHERE (e.news = 1 AND e.recorded >= $1 OR e.recorded >= $2 AND e.id >= $3) AND e.event IN ('new', 'revision') AND d.kind = 'draft'
	), both AS (
		SELECT document, rev, published FROM wanted
		UNION
		SELECT document, printf('%02d', rev - 1), published FROM wanted WHERE rev > '00'
	)
	SELECT document, rev, max(published) FROM both b
	WHERE rev GLOB '[0-9][0-9]'
	AND NOT EXISTS (SELECT 1 FROM texts t WHERE t.document = b.document AND t.rev = b.rev)
	AND NOT EXISTS (SELECT 1 FROM text_requests q WHERE q.document = b.document AND q.rev = b.rev)
	GROUP BY document, rev ORDER BY 3 DESC, 1, 2 LIMIT $4`

// MissingTexts lists up to limit texts to ask for, newest first: of what was
// recorded since a time as news, and of all else recorded and published since
// others.
func (r *Reader) MissingTexts(ctx context.Context, news, recorded, published time.Time, limit int) (list []TextRequest, err error) {
	rows, err := r.q.query(ctx, missingTexts, micros(news), micros(recorded), micros(published), limit)
	return list, explain(each(rows, err, func(rows *sql.Rows) error {
		var q TextRequest
		var us int64
		err := rows.Scan(&q.Document, &q.Rev, &us)
		q.Published = fromMicros(us)
		list = append(list, q)
		return err
	}))
}

// WantText asks for a text, at once. One that failed or was given up is asked
// for again; one that is here is not.
func (tx *Tx) WantText(ctx context.Context, q TextRequest, now time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO text_requests (document, rev, published, next_at)
		SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM texts WHERE document = $1 AND rev = $2)
		ON CONFLICT (document, rev) DO UPDATE SET next_at = excluded.next_at, refused = 0, attempts = 0 WHERE lease_until = 0`,
		catalog.Fold(q.Document), q.Rev, micros(q.Published), micros(now))
	return err
}

const requestColumns = `document, rev, published, next_at, attempts, last_error, refused`

func scanRequests(rows *sql.Rows, err error) (list []TextRequest, _ error) {
	return list, each(rows, err, func(rows *sql.Rows) error {
		var q TextRequest
		var published, next, refused int64
		err := rows.Scan(&q.Document, &q.Rev, &published, &next, &q.Attempts, &q.LastError, &refused)
		q.Published, q.Next, q.Refused = fromMicros(published), fromMicros(next), fromMicros(refused)
		list = append(list, q)
		return err
	})
}

// ClaimTexts leases up to limit texts that are due, those of the newest
// revisions first.
func (tx *Tx) ClaimTexts(ctx context.Context, now, leaseUntil time.Time, limit int) ([]TextRequest, error) {
	rows, err := tx.query(ctx, `UPDATE text_requests SET lease_until = $2 WHERE (document, rev) IN (
		SELECT document, rev FROM text_requests WHERE refused = 0 AND next_at <= $1 AND lease_until <= $1
		ORDER BY published DESC, document, rev DESC LIMIT $3) RETURNING `+requestColumns, micros(now), micros(leaseUntil), limit)
	list, err := scanRequests(rows, err)
	slices.SortFunc(list, func(a, b TextRequest) int { // rows come back in no order
		return cmp.Or(b.Published.Compare(a.Published), strings.Compare(a.Document, b.Document), strings.Compare(b.Rev, a.Rev))
	})
	return list, err
}

// NextText gives when the next text is due, or the zero time.
func (r *Reader) NextText(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce(min(max(next_at, lease_until)), 0) FROM text_requests WHERE refused = 0`)
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}

// TextFailed ends the lease of a text that could not be had, and says when it is
// tried again, or that it is given up.
func (tx *Tx) TextFailed(ctx context.Context, q TextRequest, next time.Time, why string, refused time.Time) error {
	_, err := tx.exec(ctx, `UPDATE text_requests SET lease_until = 0, next_at = $3, attempts = attempts + 1, last_error = $4, refused = $5
		WHERE document = $1 AND rev = $2`, q.Document, q.Rev, micros(next), why, micros(refused))
	return err
}

// ReleaseText ends the lease of a text that was not asked for after all: the
// attempt does not count.
func (tx *Tx) ReleaseText(ctx context.Context, q TextRequest, next time.Time) error {
	_, err := tx.exec(ctx, `UPDATE text_requests SET lease_until = 0, next_at = $3 WHERE document = $1 AND rev = $2`, q.Document, q.Rev, micros(next))
	return err
}

// PutText keeps a text, and what was wanted of it is done. One that is here
// already stays as it is.
func (tx *Tx) PutText(ctx context.Context, document, rev string, raw []byte, now time.Time) error {
	document = catalog.Fold(document)
	if _, err := tx.exec(ctx, `INSERT INTO texts (document, rev, fetched, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		document, rev, micros(now), PackEntry(raw)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM text_requests WHERE document = $1 AND rev = $2`, document, rev)
	return err
}

// PutTextChange keeps what a text changed against the one of the revision
// before, as JSON, and what that comes to.
func (tx *Tx) PutTextChange(ctx context.Context, document, rev string, change []byte, marks []catalog.Mark) error {
	list, err := json.Marshal(marks)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE texts SET change = $3, marks = $4 WHERE document = $1 AND rev = $2`,
		catalog.Fold(document), rev, string(change), string(list))
	return err
}

// Text gives a text as it came. It gives ErrNotFound where it is not here.
func (r *Reader) Text(ctx context.Context, document, rev string) ([]byte, error) {
	var packed []byte
	rows, err := r.q.query(ctx, `SELECT content FROM texts WHERE document = $1 AND rev = $2`, catalog.Fold(document), rev)
	err = row(rows, err, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("text of %s-%s: %w", document, rev, ErrNotFound)
	}
	if err != nil {
		return nil, explain(err)
	}
	return Unpack(packed)
}

// HasText reports whether a text is here.
func (r *Reader) HasText(ctx context.Context, document, rev string) (has bool, err error) {
	rows, err := r.q.query(ctx, `SELECT EXISTS (SELECT 1 FROM texts WHERE document = $1 AND rev = $2)`, catalog.Fold(document), rev)
	return has, row(rows, err, &has)
}

// AnyText reports whether any text is here.
func (r *Reader) AnyText(ctx context.Context) (found bool, err error) {
	rows, err := r.q.query(ctx, `SELECT EXISTS (SELECT 1 FROM texts)`)
	return found, row(rows, err, &found)
}

// TextChanges gives what the texts of events' revisions changed, as JSON, where
// that is known, by the event's id. Only what posted a revision has one.
func (r *Reader) TextChanges(ctx context.Context, ids []int64) (map[int64][]byte, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	changes := make(map[int64][]byte)
	rows, err := r.q.query(ctx, `SELECT e.id, t.change FROM json_each($1) j JOIN events e ON e.id = j.value
		JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document
		JOIN texts t ON t.document = d.folded AND t.rev = r.rev
		WHERE t.change <> '' AND e.event IN ('new', 'revision')`, string(list))
	return changes, explain(each(rows, err, func(rows *sql.Rows) error {
		var id int64
		var change []byte
		err := rows.Scan(&id, &change)
		changes[id] = change
		return err
	}))
}

// RevisionEvents lists the events of one revision, oldest first.
func (r *Reader) RevisionEvents(ctx context.Context, document, rev string) ([]int64, error) {
	rows, err := r.q.query(ctx, `SELECT e.id FROM documents d JOIN revisions r ON r.document = d.id JOIN events e ON e.revision = r.id
		WHERE d.folded = $1 AND r.rev = $2 ORDER BY e.id`, catalog.Fold(document), rev)
	return scanIDs(rows, err)
}

// TextTally counts the texts.
type TextTally struct {
	Here    int
	Wanted  int // still to be fetched
	Failing int // of them, those that failed when last tried
	Refused int // given up
}

// TextTally counts the texts that are here, wanted and given up.
func (r *Reader) TextTally(ctx context.Context) (t TextTally, err error) {
	rows, err := r.q.query(ctx, `SELECT (SELECT count(*) FROM texts), count(*) FILTER (WHERE refused = 0),
		count(*) FILTER (WHERE refused = 0 AND attempts > 0), count(*) FILTER (WHERE refused <> 0) FROM text_requests`)
	return t, explain(row(rows, err, &t.Here, &t.Wanted, &t.Failing, &t.Refused))
}

// TroubledTexts lists the requests that failed or were given up, newest
// revisions first.
func (r *Reader) TroubledTexts(ctx context.Context, limit int) ([]TextRequest, error) {
	rows, err := r.q.query(ctx, `SELECT `+requestColumns+` FROM text_requests WHERE attempts > 0 OR refused <> 0
		ORDER BY published DESC, document, rev LIMIT $1`, limit)
	list, err := scanRequests(rows, err)
	return list, explain(err)
}

// HasBody reports whether the text of an event's revision is indexed.
func (r *Reader) HasBody(ctx context.Context, event int64) (has bool, err error) {
	rows, err := r.q.query(ctx, `SELECT EXISTS (SELECT 1 FROM bodies WHERE rowid = $1)`, event)
	return has, row(rows, err, &has)
}

// KeepBody indexes the text of an event's revision, if the item has one and the
// index does not know it yet: a text never changes.
func (tx *Tx) KeepBody(ctx context.Context, event int64, item *filters.Item) error {
	if !item.HasBody() {
		return nil
	}
	if known, err := tx.HasBody(ctx, event); err != nil || known {
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO bodies (rowid, body) VALUES ($1, $2)`, event, item.Column(filters.Body))
	return err
}

// dropBody takes an event out of the index of texts.
func (tx *Tx) dropBody(ctx context.Context, event int64) error {
	_, err := tx.exec(ctx, `DELETE FROM bodies WHERE rowid = $1`, event)
	return err
}

// marksColumn is what the text of an event's revision changed: only what posted
// it tells of that.
const marksColumn = `CASE WHEN e.event IN ('new', 'revision') THEN
	(SELECT t.marks FROM texts t WHERE t.document = d.folded AND t.rev = r.rev) END`

// mark adds to an event what its text changed.
func mark(e *catalog.Event, marks []byte) error {
	if len(marks) <= len("[]") {
		return nil
	}
	if err := json.Unmarshal(marks, &e.Changed); err != nil {
		return fmt.Errorf("what %s changed: %w", e.Key, err)
	}
	return nil
}

// TextsWaiting reports whether any text of a revision published since a time is
// due or being fetched.
func (r *Reader) TextsWaiting(ctx context.Context, published, now time.Time) (waiting bool, err error) {
	rows, err := r.q.query(ctx, `SELECT EXISTS (SELECT 1 FROM text_requests WHERE refused = 0 AND published >= $1 AND (next_at <= $2 OR lease_until > $2))`, micros(published), micros(now))
	return waiting, explain(row(rows, err, &waiting))
}

// TextChange gives what a revision changed in its text against the one before,
// as JSON; nil where it was not compared. It gives ErrNotFound where the text is
// not here.
func (r *Reader) TextChange(ctx context.Context, document, rev string) ([]byte, error) {
	var change []byte
	rows, err := r.q.query(ctx, `SELECT change FROM texts WHERE document = $1 AND rev = $2`, catalog.Fold(document), rev)
	err = row(rows, err, &change)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("text of %s-%s: %w", document, rev, ErrNotFound)
	}
	if len(change) == 0 {
		change = nil
	}
	return change, explain(err)
}
