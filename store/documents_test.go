package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// says records what a source says of a document, hours after noon.
func says(t *testing.T, db *store.DB, source, document string, hours int, s catalog.Standing) (changed bool) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		id, err := tx.SourceID(ctx, source)
		if err != nil {
			return err
		}
		s.Rank, s.Said = catalog.Indexed, noon.Add(time.Duration(hours)*time.Hour)
		raw := []byte(source + document + s.Said.String() + s.Area)
		message, _, err := tx.AddMessage(ctx, store.Message{Source: id, Digest: store.Digest(raw), Format: store.Record, Received: noon, Raw: store.Pack(raw)})
		if err != nil {
			return err
		}
		changed, err = tx.PutStanding(ctx, document, id, message, s)
		return err
	})
	return changed
}

func TestStandings(t *testing.T) {
	db := fresh(t)
	var event int64
	update(t, db, func(tx *store.Tx) (err error) {
		event, err = put(tx, catalog.Event{
			Document: "draft-X-thing", Kind: catalog.Draft, Event: catalog.New, Rev: "00", Published: noon, Recorded: noon,
			Facts: catalog.Facts{Title: "Thing", Group: "quic"},
		})
		return err
	})
	expect := func(area string, states ...string) {
		t.Helper()
		e, err := db.Event(ctx, event)
		if err != nil {
			t.Fatal(err)
		}
		if e.Area != area || !cmp.Equal(e.States, states) {
			t.Errorf("got area %q and states %q, want %q and %q", e.Area, e.States, area, states)
		}
	}
	type states = map[string]string
	expect("")
	says(t, db, "tracker", "charter-ietf-quic", 0, catalog.Standing{Area: "wit"})
	says(t, db, "tracker", "charter-ietf-tls", 0, catalog.Standing{Area: "sec"})
	expect("wit")
	says(t, db, "table", "DRAFT-x-thing", 1, catalog.Standing{Area: "tsv", States: states{"draft": "active"}})
	expect("tsv", "active")
	if says(t, db, "table", "draft-x-thing", 0, catalog.Standing{Area: "old"}) {
		t.Error("an earlier word of one source replaced a later one")
	}
	says(t, db, "tracker", "draft-x-thing", 2, catalog.Standing{States: states{"draft-iesg": "lc"}, Complete: true})
	expect("tsv", "lc")

	for document, want := range map[string][]int64{"Draft-x-Thing": {event}, "charter-ietf-quic": {event}, "charter-ietf-tls": nil, "charter-ietf-": nil} {
		if got, err := db.Concerned(ctx, document); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s concerns %v (%v), want %v", document, got, err, want)
		}
	}
}

func TestPendingProofs(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		source, err := tx.SourceID(ctx, "index")
		if err != nil {
			return err
		}
		message, _, err := tx.AddMessage(ctx, store.Message{Source: source, Digest: store.Digest(nil), Format: store.Record, Received: noon, Raw: store.Pack(nil)})
		if err != nil {
			return err
		}
		return tx.Pend(ctx, "draft-x-00", store.Proof{Message: message, Rank: catalog.Indexed, Date: noon, Precision: catalog.Month})
	})
	update(t, db, func(tx *store.Tx) error {
		if waits, err := tx.AnyPending(ctx); err != nil || !waits {
			t.Errorf("got %v, %v; want one that waits", waits, err)
		}
		event, err := put(tx, catalog.Event{Document: "draft-x", Kind: catalog.Draft, Event: catalog.New, Rev: "00", Published: noon, Recorded: noon})
		if err != nil {
			return err
		}
		for _, want := range []bool{true, false} {
			if got, err := tx.Claim(ctx, event, "draft-x-00"); err != nil || got != want {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		}
		e, err := tx.Event(ctx, event)
		if err == nil && !cmp.Equal(e.Sources, []string{"index"}) {
			t.Errorf("got sources %v, want the index", e.Sources)
		}
		return err
	})
}
