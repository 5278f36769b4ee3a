package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Document is a row of documents.
type Document struct {
	ID      int64
	Name    string // as given; the spelling that sorts first where several were
	Lineage int64  // the same for all documents that are joined
	Alone   bool   // whether none is joined to it
}

// Document finds the document of a name, or makes it. made reports the latter.
// Most posts are new, so it tries that first for them.
func (tx *Tx) Document(ctx context.Context, name string, kind catalog.Kind) (d Document, made bool, err error) {
	folded := catalog.Fold(name)
	if kind == catalog.Post {
		if d, made, err = tx.newDocument(ctx, name, folded, kind); err != nil || made {
			return d, made, err
		}
	}
	rows, err := tx.query(ctx, `SELECT d.id, d.name, d.lineage,
		NOT EXISTS (SELECT 1 FROM documents o WHERE o.lineage = d.lineage AND o.id <> d.id)
		FROM documents d WHERE d.folded = $1`, folded)
	err = row(rows, err, &d.ID, &d.Name, &d.Lineage, &d.Alone)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return tx.newDocument(ctx, name, folded, kind)
	case err == nil && name < d.Name: // the spelling must not depend on which came first
		d.Name = name
		_, err = tx.exec(ctx, `UPDATE documents SET name = $1 WHERE id = $2`, name, d.ID)
	}
	return d, false, err
}

// newDocument makes a document if there is none of that name.
func (tx *Tx) newDocument(ctx context.Context, name, folded string, kind catalog.Kind) (Document, bool, error) {
	const next = `(SELECT coalesce(max(id), 0) + 1 FROM documents)` // twice costs little; joined in, it would read the whole table
	id, made, err := tx.insertNew(ctx, `INSERT INTO documents (id, name, folded, kind, lineage)
		VALUES (`+next+`, $1, $2, $3, `+next+`) ON CONFLICT (folded) DO NOTHING`, name, folded, string(kind))
	return Document{ID: id, Name: name, Lineage: id, Alone: true}, made, err
}

// Relate records a relation. It reports whether that was not known: what a
// query finds may change then for every event of the document it is from, and
// if it joins lineages for every event of both.
func (tx *Tx) Relate(ctx context.Context, r catalog.Relation) (added bool, err error) {
	n, err := tx.exec(ctx, `INSERT INTO relations (from_name, type, to_name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		catalog.Fold(r.From), string(r.Type), catalog.Fold(r.To))
	if err != nil || n == 0 || !r.Type.JoinsLineage() {
		return n > 0, err
	}
	from, _, err := tx.Document(ctx, r.From, catalog.KindOf(r.From))
	if err != nil {
		return false, err
	}
	to, _, err := tx.Document(ctx, r.To, catalog.KindOf(r.To))
	if err != nil || from.Lineage == to.Lineage {
		return err == nil, err
	}
	_, err = tx.exec(ctx, `UPDATE documents SET lineage = (SELECT id FROM documents WHERE id IN ($1, $2) ORDER BY folded LIMIT 1)
		WHERE lineage IN ($1, $2)`, from.Lineage, to.Lineage)
	return err == nil, err
}

// Revision finds a revision of a document, or makes it with these facts. made
// reports the latter. Most revisions are new, so it tries that first.
func (tx *Tx) Revision(ctx context.Context, document int64, rev string, f catalog.Facts) (id int64, made bool, err error) {
	authors, err := authorsJSON(f.Authors)
	if err != nil {
		return 0, false, err
	}
	id, made, err = tx.insertNew(ctx, `INSERT INTO revisions
		(document, rev, title, abstract, authors, grp, stream, level, pages, doc_date, language, url)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (document, rev) DO NOTHING`,
		document, rev, f.Title, f.Abstract, authors, f.Group,
		string(f.Stream), string(f.Level), f.Pages, f.DocDate, f.Language, f.URL)
	if err != nil || made {
		return id, made, err
	}
	rows, err := tx.query(ctx, `SELECT id FROM revisions WHERE document = $1 AND rev = $2`, document, rev)
	return id, false, row(rows, err, &id)
}

// ChangeRevision writes the facts of a revision as they are settled anew.
func (tx *Tx) ChangeRevision(ctx context.Context, document int64, rev string, f catalog.Facts) error {
	authors, err := authorsJSON(f.Authors)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE revisions SET title = $3, abstract = $4, authors = $5, grp = $6, stream = $7,
		level = $8, pages = $9, doc_date = $10, language = $11, url = $12 WHERE document = $1 AND rev = $2`,
		document, rev, f.Title, f.Abstract, authors, f.Group,
		string(f.Stream), string(f.Level), f.Pages, f.DocDate, f.Language, f.URL)
	return err
}

func authorsJSON(authors []catalog.Author) (string, error) {
	if len(authors) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(authors)
	return string(text), err
}

// EventOf finds an event by its key.
func (r *Reader) EventOf(ctx context.Context, key string) (id int64, found bool, err error) {
	rows, err := r.q.query(ctx, `SELECT id FROM events WHERE key = $1`, key)
	return optional(id, row(rows, err, &id), &id)
}

func optional(_ int64, err error, id *int64) (int64, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return *id, err == nil, err
}

// AddEvent makes an event of a revision. Its id is the one catalog.EventID
// gives, or the next that is free.
func (tx *Tx) AddEvent(ctx context.Context, revision int64, e catalog.Event) (int64, error) {
	for id := catalog.EventID(e.Key, e.Published); ; id++ {
		n, err := tx.exec(ctx, `INSERT INTO events (id, key, revision, event, part, published, precision, recorded, news)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
			id, e.Key, revision, string(e.Event), e.Part, micros(e.Published), int(e.Precision), micros(e.Recorded), e.News)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			tx.awaitWords(id)
			return id, nil
		}
	}
}

// Redate corrects when an event was published. The id follows the date, and
// evidence, selections and edition items follow the id.
func (tx *Tx) Redate(ctx context.Context, id int64, key string, published time.Time, p catalog.Precision) (newID int64, err error) {
	tx.dropWords(id)
	if err := tx.dropBody(ctx, id); err != nil {
		return 0, err
	}
	for newID = catalog.EventID(key, published); newID != id; newID++ {
		var taken int
		rows, err := tx.query(ctx, `SELECT 1 FROM events WHERE id = $1`, newID)
		if err = row(rows, err, &taken); errors.Is(err, sql.ErrNoRows) {
			break
		} else if err != nil {
			return 0, err
		}
	}
	_, err = tx.exec(ctx, `UPDATE events SET id = $1, published = $2, precision = $3 WHERE id = $4`,
		newID, micros(published), int(p), id)
	return newID, err
}

// DropEvent forgets an event and, when nothing else tells of its revision and
// document, those too. Its messages stay.
func (tx *Tx) DropEvent(ctx context.Context, id int64) error {
	var revision, document int64
	rows, err := tx.query(ctx, `SELECT r.id, r.document FROM events e JOIN revisions r ON r.id = e.revision WHERE e.id = $1`, id)
	if err := row(rows, err, &revision, &document); err != nil {
		return err
	}
	tx.dropWords(id)
	for _, step := range []struct {
		text string
		id   int64
	}{
		{`DELETE FROM bodies WHERE rowid = $1`, id},
		{`DELETE FROM events WHERE id = $1`, id},
		{`DELETE FROM revisions WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM events WHERE revision = $1)`, revision},
		{`DELETE FROM documents WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM revisions WHERE document = $1)
			AND NOT EXISTS (SELECT 1 FROM documents o WHERE o.lineage = $1 AND o.id <> $1)`, document},
	} {
		if _, err := tx.exec(ctx, step.text, step.id); err != nil {
			return err
		}
	}
	return nil
}

// Proof is one message's evidence of one event.
type Proof struct {
	Event     int64
	Message   int64
	Rank      catalog.Rank
	Date      time.Time
	Precision catalog.Precision
	Awaits    string // for a copy shown as a post: key of the event it would be evidence of
}

// AddProof records evidence. The same message tells of one event once.
func (tx *Tx) AddProof(ctx context.Context, p Proof) error {
	var awaits any
	if p.Awaits != "" {
		awaits = p.Awaits
	}
	_, err := tx.exec(ctx, `INSERT INTO evidence (event, message, rank, date, precision, awaits)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event, message) DO UPDATE SET rank = min(rank, excluded.rank)`,
		p.Event, p.Message, int(p.Rank), micros(p.Date), int(p.Precision), awaits)
	return err
}

// AnyAwaiting reports whether any evidence is shown as a post for want of an
// announcement.
func (tx *Tx) AnyAwaiting(ctx context.Context) (waiting bool, err error) {
	rows, err := tx.query(ctx, `SELECT EXISTS (SELECT 1 FROM evidence WHERE awaits IS NOT NULL)`)
	return waiting, row(rows, err, &waiting)
}

// Awaiting lists the evidence that is shown as posts for want of the event
// with this key.
func (tx *Tx) Awaiting(ctx context.Context, key string) (proofs []Proof, err error) {
	rows, err := tx.query(ctx, `SELECT event, message, rank, date, precision FROM evidence WHERE awaits = $1`, key)
	err = each(rows, err, func(rows *sql.Rows) error {
		p := Proof{Awaits: key}
		var date int64
		if err := rows.Scan(&p.Event, &p.Message, &p.Rank, &date, &p.Precision); err != nil {
			return err
		}
		p.Date = fromMicros(date)
		proofs = append(proofs, p)
		return nil
	})
	return proofs, err
}

// MoveProof makes a message evidence of another event.
func (tx *Tx) MoveProof(ctx context.Context, p Proof, to int64) error {
	if _, err := tx.exec(ctx, `DELETE FROM evidence WHERE event = $1 AND message = $2`, p.Event, p.Message); err != nil {
		return err
	}
	p.Event, p.Awaits = to, ""
	return tx.AddProof(ctx, p)
}

// Distrusted finds a message by what it came with, if it counts for less than
// the rank: as a copy, or as a post for want of an announcement.
func (tx *Tx) Distrusted(ctx context.Context, source int64, digest []byte, rank catalog.Rank) (message int64, found bool, err error) {
	rows, err := tx.query(ctx, `SELECT m.id FROM messages m JOIN evidence v ON v.message = m.id
		WHERE m.source = $1 AND m.digest = $2 AND (v.rank > $3 OR v.awaits IS NOT NULL) LIMIT 1`, source, digest, int(rank))
	return optional(message, row(rows, err, &message), &message)
}

// ProofCount counts the evidence of an event.
func (tx *Tx) ProofCount(ctx context.Context, event int64) (n int, err error) {
	rows, err := tx.query(ctx, `SELECT count(*) FROM evidence WHERE event = $1`, event)
	return n, row(rows, err, &n)
}

// Testimony is a proof with the message that gave it, for settling facts anew.
type Testimony struct {
	Proof
	Key       string // of the event
	Digest    []byte
	Source    string
	Format    Format
	MessageID string
	List      string // List-Id
	Received  time.Time
	Raw       []byte // as received, unpacked
}

const (
	testimonyColumns = `v.event, v.message, v.rank, v.date, v.precision, e.key,
			m.digest, s.name, m.format, m.message_id, m.list, m.received, m.raw`
	testimonyTables = `events e ON e.revision = r.id JOIN evidence v ON v.event = e.id
		JOIN messages m ON m.id = v.message JOIN sources s ON s.id = m.source`
)

// Testimonies lists all evidence of all events of a document's revision.
func (tx *Tx) Testimonies(ctx context.Context, document int64, rev string) ([]Testimony, error) {
	rows, err := tx.query(ctx, `SELECT `+testimonyColumns+`
		FROM revisions r JOIN `+testimonyTables+`
		WHERE r.document = $1 AND r.rev = $2`, document, rev)
	return scanTestimonies(rows, err)
}

func scanTestimonies(rows *sql.Rows, err error) (list []Testimony, _ error) {
	return list, each(rows, err, func(rows *sql.Rows) error {
		var t Testimony
		var date, received int64
		var packed []byte
		if err := rows.Scan(&t.Event, &t.Message, &t.Rank, &date, &t.Precision, &t.Key,
			&t.Digest, &t.Source, &t.Format, &t.MessageID, &t.List, &received, &packed); err != nil {
			return err
		}
		t.Date, t.Received = fromMicros(date), fromMicros(received)
		t.Raw, err = Unpack(packed)
		list = append(list, t)
		return err
	})
}

// LineageNames lists the names of the documents joined in a lineage, sorted.
func (tx *Tx) LineageNames(ctx context.Context, lineage int64) (names []string, err error) {
	rows, err := tx.query(ctx, `SELECT name FROM documents WHERE lineage = $1 ORDER BY folded`, lineage)
	return names, each(rows, err, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
}

// Siblings lists the events of all documents of a lineage, by document name.
func (tx *Tx) Siblings(ctx context.Context, document string) ([]int64, error) {
	rows, err := tx.query(ctx, `SELECT e.id FROM documents me JOIN documents d ON d.lineage = me.lineage
		JOIN revisions r ON r.document = d.id JOIN events e ON e.revision = r.id
		WHERE me.folded = $1 ORDER BY e.id`, catalog.Fold(document))
	return scanIDs(rows, err)
}
