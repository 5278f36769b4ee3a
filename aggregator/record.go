// This file takes in what indexes say: the RFC index, the lists of all drafts,
// the Datatracker.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// Record is what an index says of one document: what happened to it, what is
// known of that revision, and where the document as a whole stands. It is kept
// as JSON, as the message of its source.
//
// It is evidence of rank Indexed for an event that an announcement has made or
// will make. It makes an event itself only if its source may do that and it is
// not Supporting.
type Record struct {
	Document   string             `json:"document"`
	Event      catalog.EventKind  `json:"event,omitempty"` // empty: nothing happened, the rest holds all the same
	Rev        string             `json:"rev,omitempty"`
	Part       string             `json:"part,omitempty"` // as in catalog.Report
	Date       time.Time          `json:"date,omitzero"`  // of the event; zero if the index does not tell it
	Precision  catalog.Precision  `json:"precision,omitempty"`
	Supporting bool               `json:"supporting,omitempty"` // evidence only, since Date is not when it happened
	Facts      catalog.Facts      `json:"facts,omitzero"`
	Relations  []catalog.Relation `json:"relations,omitempty"`

	Said     time.Time         `json:"said,omitzero"`   // when it was said, for what may change: all below
	Area     string            `json:"area,omitempty"`  // acronym
	States   map[string]string `json:"states,omitzero"` // as in catalog.Standing
	Complete bool              `json:"complete,omitempty"`

	Session  *catalog.Session  `json:"session,omitempty"`  // of a meeting, of the group whose charter Document is
	Version  int               `json:"version,omitempty"`  // of what is said of the session: it may go back to what it was
	Material *catalog.Material `json:"material,omitempty"` // of a session

	turn bool // of events: known only by having come to stand in the index, so dated by that; see snapshot
}

// received makes a record a message.
func (r Record) received(at time.Time) (Received, error) {
	raw, err := json.Marshal(r)
	return Received{Raw: raw, Format: store.Record, At: at}, err
}

// speaksOfDocument reports whether the record tells where the document stands.
func (r Record) speaksOfDocument() bool { return r.Area != "" || len(r.States) > 0 || r.Complete }

// order puts a later record before an earlier one where rank and date are the
// same: an index corrects itself.
func (r Record) order() string { return fmt.Sprintf("%016x-", math.MaxInt64-r.Said.UnixMicro()) }

// firstRFC is the year before which nothing has happened.
const firstRFC = 1969

// readRecord reads a stored record.
func readRecord(r Received) reading {
	g := reading{date: settled(r.At), precision: catalog.Approximate}
	if err := json.Unmarshal(r.Raw, &g.record); err != nil { // we wrote it, so only damage does that
		g.record, g.defects = Record{}, []string{fmt.Sprintf("stored record: %v", err)}
		return g
	}
	rec := g.record
	g.id = rec.Document
	if rec.Material != nil {
		g.id = catalog.Presented{Name: rec.Material.Name, Rev: rec.Material.Rev}.NameRev()
	}
	if rec.Event == "" {
		return g
	}
	if rec.Date.Year() >= firstRFC && !rec.Date.After(r.At.Add(24*time.Hour)) {
		g.date, g.precision = settled(rec.Date), rec.Precision
	}
	g.reports = []catalog.Report{{
		Document: rec.Document, Kind: catalog.KindOf(rec.Document), Event: rec.Event, Rev: rec.Rev, Part: rec.Part, Facts: rec.Facts,
	}}
	return g
}

// lastMoment gives the end of the time that a date stands for: an RFC of this month
// is news on the month's last day.
func lastMoment(date time.Time, p catalog.Precision) time.Time {
	if p == catalog.Month {
		return date.AddDate(0, 1, 0)
	}
	return date
}

// index records what an index says.
func (r *recorder) index(ctx context.Context, in intake, message int64) error {
	rec := in.record
	if err := r.relate(ctx, rec.Relations); err != nil {
		return err
	}
	if rec.speaksOfDocument() {
		if err := r.stand(ctx, in, message); err != nil {
			return err
		}
	}
	if err := r.meet(ctx, in, message); err != nil {
		return err
	}
	proof := store.Proof{Message: message, Rank: in.rank, Date: in.date, Precision: in.exact}
	for _, t := range in.tidings {
		event, known, err := r.tx.EventOf(ctx, t.key)
		switch {
		case err != nil:
		case known:
			err = r.support(ctx, event, t, proof)
		case t.report.Kind == catalog.Post, r.origin.Announcements && !rec.Supporting: // anyone may post
			err = r.tell(ctx, t, proof)
		default:
			r.indexed = true
			err = r.tx.Pend(ctx, t.key, proof)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// meet records what is said of a session of a meeting.
func (r *recorder) meet(ctx context.Context, in intake, message int64) (err error) {
	word := store.Word{
		Source: r.origin.Source, Message: message, Digest: fmt.Sprintf("%x", in.message.Digest), Said: in.message.Received,
	}
	if s := in.record.Session; s != nil {
		err = r.tx.PutSession(ctx, word, *s)
	}
	if m := in.record.Material; m != nil && err == nil {
		err = r.tx.PutMaterial(ctx, word, *m)
	}
	return err
}

// stand records where a document stands now, and shows its events so.
func (r *recorder) stand(ctx context.Context, in intake, message int64) error {
	rec := in.record
	r.indexed = true
	changed, err := r.tx.PutStanding(ctx, rec.Document, r.origin.Source, message, catalog.Standing{
		Rank: in.rank, Said: cmp.Or(rec.Said, in.date), Message: fmt.Sprintf("%x", in.message.Digest),
		Area: rec.Area, States: rec.States, Complete: rec.Complete,
	})
	if err != nil || !changed {
		return err
	}
	events, err := r.tx.Concerned(ctx, rec.Document)
	if err != nil {
		return err
	}
	return r.refreshAll(ctx, events)
}

// claim makes what indexes said of an event before it was announced its
// evidence.
func (r *recorder) claim(ctx context.Context, event int64, key string) (bool, error) {
	if !r.indexed {
		return false, nil
	}
	return r.tx.Claim(ctx, event, key)
}

func anyIndexed(ctx context.Context, tx *store.Tx) (bool, error) {
	standing, err := tx.AnyStanding(ctx)
	if err != nil || standing {
		return standing, err
	}
	return tx.AnyPending(ctx)
}
