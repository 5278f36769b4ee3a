// The archives of topics' feeds, and what stands in none yet.

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Archive is a part of a topic's feed that never changes again.
type Archive struct {
	Number  int // from 1, the oldest
	Cut     time.Time
	Content []byte // JSON, as given to AddArchive
}

// ArchiveCount tells how many archives a topic has; the newest has this number.
func (r *Reader) ArchiveCount(ctx context.Context, topic int64) (n int, err error) {
	rows, err := r.q.query(ctx, `SELECT coalesce(max(number), 0) FROM archives WHERE topic = $1`, topic)
	return n, explain(row(rows, err, &n))
}

// Archive reads one archive of a topic. It gives ErrNotFound for a number that
// has none.
func (r *Reader) Archive(ctx context.Context, topic int64, number int) (a Archive, err error) {
	var cut int64
	var packed []byte
	rows, err := r.q.query(ctx, `SELECT cut, content FROM archives WHERE topic = $1 AND number = $2`, topic, number)
	_, found, err := optional(cut, row(rows, err, &cut, &packed), &cut)
	switch {
	case err != nil:
		return Archive{}, explain(err)
	case !found:
		return Archive{}, fmt.Errorf("archive %d: %w", number, ErrNotFound)
	}
	content, err := Unpack(packed)
	return Archive{Number: number, Cut: fromMicros(cut), Content: content}, err
}

// AddArchive keeps the given selections of a topic, by their order of being
// selected, as its next archive, and gives that one's number.
func (tx *Tx) AddArchive(ctx context.Context, topic int64, content []byte, seqs []int64, cut time.Time) (number int, err error) {
	if number, err = tx.ArchiveCount(ctx, topic); err != nil {
		return 0, err
	}
	number++
	if _, err := tx.exec(ctx, `INSERT INTO archives (topic, number, cut, content) VALUES ($1, $2, $3, $4)`,
		topic, number, micros(cut), Pack(content)); err != nil {
		return 0, err
	}
	list, err := json.Marshal(seqs)
	if err != nil {
		return 0, err
	}
	n, err := tx.exec(ctx, `UPDATE selections SET archive = $1
		WHERE seq IN (SELECT value FROM json_each($2)) AND topic = $3 AND archive = 0`, number, string(list), topic)
	if err == nil && n != int64(len(seqs)) {
		err = fmt.Errorf("archive %d: %d of its %d selections are the topic's and in no archive yet", number, n, len(seqs))
	}
	return number, err
}

// selectionColumns are those that scanSelections reads, of x and what it is
// joined with.
const selectionColumns = eventColumns + `, x.seq, x.reason, x.news`

const selectionTables = ` x JOIN events e ON e.id = x.event JOIN revisions r ON r.id = e.revision JOIN documents d ON d.id = r.document`

// Unarchived lists what a topic finds now and no archive holds, in the order
// of being selected, the first so many.
func (r *Reader) Unarchived(ctx context.Context, topic int64, limit int) ([]Selection, error) {
	// Of the indexes of a join another might be taken: this one is small, and in order.
	list, err := scanSelections(r.q.query(ctx, `SELECT `+selectionColumns+`
		FROM (SELECT * FROM selections INDEXED BY selections_unarchived
			WHERE topic = $1 AND archive = 0 AND withdrawn = 0 ORDER BY seq LIMIT $2)`+selectionTables+` ORDER BY x.seq`, topic, limit))
	return list, explain(err)
}

// Current lists what a topic finds now, newest first: the newest so many, and
// of those that no archive holds so many that were selected last.
func (r *Reader) Current(ctx context.Context, topic int64, newest, unarchived int) ([]Selection, error) {
	list, err := scanSelections(r.q.query(ctx, `SELECT `+selectionColumns+`
		FROM (SELECT * FROM (SELECT * FROM selections
				WHERE topic = $1 AND withdrawn = 0 ORDER BY event DESC LIMIT $2)
			UNION SELECT * FROM (SELECT * FROM selections INDEXED BY selections_unarchived
				WHERE topic = $1 AND archive = 0 AND withdrawn = 0 ORDER BY seq DESC LIMIT $3))`+selectionTables+` ORDER BY x.event DESC`,
		topic, newest, unarchived))
	return list, explain(err)
}

// Archivable lists the topics in force that have selected anything after the
// given place in the order of all selections, and hold at least so many that
// no archive holds. last is the place to go on from.
func (r *Reader) Archivable(ctx context.Context, after int64, least int) (topics []int64, last int64, err error) {
	rows, err := r.q.query(ctx, `SELECT coalesce(max(seq), 0) FROM selections`)
	if err := row(rows, err, &last); err != nil || last <= after {
		return nil, last, explain(err)
	}
	rows, err = r.q.query(ctx, `SELECT t.id FROM topics t
		WHERE t.gone = 0 AND ($1 = 0 OR t.id IN (SELECT topic FROM selections WHERE seq > $1 AND seq <= $2))
		AND (SELECT count(*) FROM (SELECT 1 FROM selections x INDEXED BY selections_unarchived
			WHERE x.topic = t.id AND x.archive = 0 AND x.withdrawn = 0 LIMIT $3)) = $3 ORDER BY t.id`, after, last, least)
	topics, err = scanIDs(rows, err)
	return topics, last, err
}

// scanSelections reads eventColumns with seq, reason and news behind them.
func scanSelections(rows *sql.Rows, err error) (list []Selection, _ error) {
	return list, each(rows, err, func(rows *sql.Rows) (err error) {
		var s Selection
		s.Event, err = scanEvent(rows, &s.Seq, &s.Reason, &s.News)
		list = append(list, s)
		return err
	})
}
