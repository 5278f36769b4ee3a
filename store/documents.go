package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/draftwire/draftwire/catalog"
)

// This file holds what is said of documents as a whole, and evidence that came
// before the event it is of.

// standingColumn gives what is said of an event's document, and of its group,
// as a JSON array of the rows that scanStandings reads. r and d stand for the
// revision and the document.
const standingColumn = `(SELECT json_group_array(json_array(t.document, t.rank, t.said, t.digest, t.area, t.complete, json(t.states)))
	 FROM standings t WHERE t.document IN (d.folded, 'charter-ietf-' || r.grp))`

// said is one row of standingColumn.
type said struct {
	document string
	catalog.Standing
}

// UnmarshalJSON implements [json.Unmarshaler].
func (s *said) UnmarshalJSON(text []byte) error {
	var us int64
	var complete int
	err := json.Unmarshal(text, &[]any{&s.document, &s.Rank, &us, &s.Message, &s.Area, &complete, &s.States})
	s.Said, s.Complete = fromMicros(us), complete != 0
	return err
}

// stand adds to an event where its document stands. The area is the document's
// own if any source tells it, else its group's.
func stand(e *catalog.Event, standings []byte) error {
	if len(standings) <= len("[]") { // as for most
		return nil
	}
	var rows []said
	if err := json.Unmarshal(standings, &rows); err != nil {
		return fmt.Errorf("standing of %s: %w", e.Key, err)
	}
	var own, groups []catalog.Standing
	for _, row := range rows {
		if row.document == catalog.Fold(e.Document) {
			own = append(own, row.Standing)
		} else {
			groups = append(groups, row.Standing)
		}
	}
	e.Area, e.States = catalog.SettleStanding(own)
	if e.Area == "" {
		e.Area, _ = catalog.SettleStanding(groups)
	}
	return nil
}

// PutStanding keeps what a source says of a document, given by any spelling of
// its name, unless the source said something later of it already. It reports
// whether the row is now this one.
func (tx *Tx) PutStanding(ctx context.Context, document string, source, message int64, s catalog.Standing) (bool, error) {
	states := []byte("{}")
	if len(s.States) > 0 {
		var err error
		if states, err = json.Marshal(s.States); err != nil {
			return false, err
		}
	}
	n, err := tx.exec(ctx, `INSERT INTO standings (document, source, message, digest, rank, said, area, states, complete)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (document, source) DO UPDATE SET
		message = excluded.message, digest = excluded.digest, rank = excluded.rank, said = excluded.said,
		area = excluded.area, states = excluded.states, complete = excluded.complete
		WHERE excluded.said > standings.said OR excluded.said = standings.said AND excluded.digest < standings.digest`,
		catalog.Fold(document), source, message, s.Message, int(s.Rank), micros(s.Said), s.Area, string(states), s.Complete)
	return n > 0, err
}

// AnyStanding reports whether any source has said where a document stands.
func (r *Reader) AnyStanding(ctx context.Context) (found bool, err error) {
	rows, err := r.q.query(ctx, `SELECT EXISTS (SELECT 1 FROM standings)`)
	return found, row(rows, err, &found)
}

// Concerned lists the events of a document, given by any spelling of its name,
// and if it is a group's charter those of all the group's documents.
func (r *Reader) Concerned(ctx context.Context, document string) ([]int64, error) {
	rows, err := r.q.query(ctx, `SELECT e.id FROM documents d JOIN revisions r ON r.document = d.id
		JOIN events e ON e.revision = r.id WHERE d.folded = $1
		UNION SELECT e.id FROM revisions r JOIN events e ON e.revision = r.id
		WHERE $1 LIKE 'charter-ietf-_%' AND r.grp = substr($1, length('charter-ietf-') + 1) ORDER BY 1`, catalog.Fold(document))
	return scanIDs(rows, err)
}

// Pend keeps a proof of an event that is not known yet, by the event's key.
func (tx *Tx) Pend(ctx context.Context, key string, p Proof) error {
	_, err := tx.exec(ctx, `INSERT INTO pending (key, message, rank, date, precision)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, key, p.Message, int(p.Rank), micros(p.Date), int(p.Precision))
	return err
}

// AnyPending reports whether any evidence waits for its event.
func (tx *Tx) AnyPending(ctx context.Context) (found bool, err error) {
	rows, err := tx.query(ctx, `SELECT EXISTS (SELECT 1 FROM pending)`)
	return found, row(rows, err, &found)
}

// Claim makes what waited for the event with this key its evidence. It reports
// whether there was any.
func (tx *Tx) Claim(ctx context.Context, event int64, key string) (bool, error) {
	rows, err := tx.query(ctx, `DELETE FROM pending WHERE key = $1 RETURNING message, rank, date, precision`, key)
	var proofs []Proof
	err = each(rows, err, func(rows *sql.Rows) error {
		p := Proof{Event: event}
		var date int64
		err := rows.Scan(&p.Message, &p.Rank, &date, &p.Precision)
		p.Date = fromMicros(date)
		proofs = append(proofs, p)
		return err
	})
	if err != nil {
		return false, err
	}
	for _, p := range proofs {
		if err := tx.AddProof(ctx, p); err != nil {
			return false, err
		}
	}
	return len(proofs) > 0, nil
}
