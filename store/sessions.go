// Meetings: their sessions, and what was brought to them.

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Word is who said something, and when, where the latest word counts.
type Word struct {
	Source, Message int64
	Digest          string    // of the message, the last tie-breaker
	Said            time.Time //
}

// PutSession keeps what a source says of a session, unless it said something
// later of it already.
func (tx *Tx) PutSession(ctx context.Context, w Word, s catalog.Session) error {
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO sessions (meeting, session, source, message, digest, said, grp, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (meeting, session, source) DO UPDATE SET
		message = excluded.message, digest = excluded.digest, said = excluded.said, grp = excluded.grp, content = excluded.content
		WHERE excluded.said > sessions.said OR excluded.said = sessions.said AND excluded.digest < sessions.digest`,
		s.Meeting.Number, s.ID, w.Source, w.Message, w.Digest, micros(w.Said), s.Group, string(content))
	return err
}

// PutMaterial is PutSession for a document brought to one.
func (tx *Tx) PutMaterial(ctx context.Context, w Word, m catalog.Material) error {
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO materials (name, rev, source, message, digest, said, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name, rev, source) DO UPDATE SET
		message = excluded.message, digest = excluded.digest, said = excluded.said, content = excluded.content
		WHERE excluded.said > materials.said OR excluded.said = materials.said AND excluded.digest < materials.digest`,
		m.Name, m.Rev, w.Source, w.Message, w.Digest, micros(w.Said), string(content))
	return err
}

// KnownMaterials tells of which of these documents, by name and revision, the
// named source has told, and whether it knew the title.
func (r *Reader) KnownMaterials(ctx context.Context, source string, asked []catalog.Presented) (map[string]bool, error) {
	list, err := pairs(asked)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	rows, err := r.q.query(ctx, `SELECT m.name, m.rev, coalesce(m.content ->> 'title', '') <> '' FROM json_each($1) j
		JOIN materials m ON m.name = j.value ->> 0 AND m.rev = j.value ->> 1 JOIN sources s ON s.id = m.source
		WHERE s.name = $2`, list, source)
	err = each(rows, err, func(rows *sql.Rows) error {
		var p catalog.Presented
		var titled bool
		err := rows.Scan(&p.Name, &p.Rev, &titled)
		known[p.NameRev()] = titled
		return err
	})
	return known, explain(err)
}

// pairs gives names and revisions as JSON.
func pairs(asked []catalog.Presented) (string, error) {
	wanted := make([][2]string, len(asked))
	for i, p := range asked {
		wanted[i] = [2]string{p.Name, p.Rev}
	}
	list, err := json.Marshal(wanted)
	return string(list), err
}

// MeetingNumbers lists the meetings of which sessions are known, the newest
// first.
func (r *Reader) MeetingNumbers(ctx context.Context) (list []string, err error) {
	rows, err := r.q.query(ctx, `SELECT DISTINCT meeting FROM sessions WHERE content ->> 'gone' IS NULL
		ORDER BY CAST(meeting AS INTEGER) DESC, meeting DESC`)
	err = each(rows, err, func(rows *sql.Rows) error {
		var number string
		err := rows.Scan(&number)
		list = append(list, number)
		return err
	})
	return list, explain(err)
}

// Sessions gives the sessions of a meeting in the order in which they were
// held, and when any of them was last told. Those that are gone are left out.
func (r *Reader) Sessions(ctx context.Context, meeting string) (list []catalog.Session, said time.Time, err error) {
	rows, err := r.q.query(ctx, `SELECT content, said FROM sessions WHERE meeting = $1 ORDER BY session, said DESC, digest`, meeting)
	err = each(rows, err, func(rows *sql.Rows) error {
		var content []byte
		var at int64
		if err := rows.Scan(&content, &at); err != nil {
			return err
		}
		var s catalog.Session
		if err := json.Unmarshal(content, &s); err != nil {
			return err
		}
		if last := len(list) - 1; last >= 0 && list[last].ID == s.ID { // another source, with an earlier word
			return nil
		}
		list = append(list, s)
		if t := fromMicros(at); t.After(said) {
			said = t
		}
		return nil
	})
	list = slices.DeleteFunc(list, func(s catalog.Session) bool { return s.Gone })
	slices.SortFunc(list, catalog.Session.Compare)
	return list, said, explain(err)
}

// Postings gives the events of all revisions of drafts, given by their folded
// names. Those that are not known are left out.
func (r *Reader) Postings(ctx context.Context, names []string) ([]int64, error) {
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	rows, err := r.q.query(ctx, `SELECT e.id FROM json_each($1) j JOIN documents d ON d.folded = j.value
		JOIN revisions r ON r.document = d.id JOIN events e ON e.revision = r.id
		WHERE e.event IN ('new', 'revision')`, string(list))
	ids, err := scanIDs(rows, err)
	return ids, explain(err)
}

// Materials gives what is known of documents, by name and revision.
func (r *Reader) Materials(ctx context.Context, asked []catalog.Presented) (map[string]catalog.Material, error) {
	list, err := pairs(asked)
	if err != nil {
		return nil, err
	}
	known := make(map[string]catalog.Material)
	rows, err := r.q.query(ctx, `SELECT m.content FROM json_each($1) j
		JOIN materials m ON m.name = j.value ->> 0 AND m.rev = j.value ->> 1 ORDER BY m.said, m.digest DESC`, list)
	err = each(rows, err, func(rows *sql.Rows) error {
		var content []byte
		if err := rows.Scan(&content); err != nil {
			return err
		}
		var m catalog.Material
		if err := json.Unmarshal(content, &m); err != nil {
			return err
		}
		known[catalog.Presented{Name: m.Name, Rev: m.Rev}.NameRev()] = m
		return nil
	})
	return known, explain(err)
}
