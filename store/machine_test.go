package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Queueing and leasing are work, of which nothing is published; what is done
// shows in compositions.
func TestMachineVersion(t *testing.T) {
	db := fresh(t)
	now := noon
	wanted := []store.MachineAsk{
		{MachineKey: store.MachineKey{"a-00", "summary", "en", "d1", "m"}, Ask: "{}", Newest: now},
		{MachineKey: store.MachineKey{"b-00", "summary", "en", "d1", "m"}, Ask: "{}", Newest: now.Add(time.Hour)},
		{MachineKey: store.MachineKey{"b-00", "summary", "en", "d1", "m"}, Ask: "{}", Newest: now.Add(time.Hour)}, // by two newsletters
	}
	q, err := db.PlanMachine(t.Context(), wanted)
	if err != nil || len(q.Missing) != 2 {
		t.Fatal(q, err)
	}
	before := db.Version()
	var claimed []store.MachineAsk
	step := func(fn func(*store.Tx) error) {
		t.Helper()
		update(t, db, fn)
	}
	step(func(tx *store.Tx) error { return tx.QueueMachine(t.Context(), q, now) })
	step(func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimMachine(t.Context(), now, now.Add(time.Minute), 1)
		return err
	})
	if len(claimed) != 1 || claimed[0].Subject != "b-00" {
		t.Fatalf("claimed %+v, want the newest", claimed)
	}
	step(func(tx *store.Tx) error { return tx.SpendMachine(t.Context(), now, store.MachineDay{1, 2, 3}) })
	if db.Version() != before {
		t.Error("queueing moves the version")
	}
	done := claimed[0]
	done.State, done.Text = store.MachineDone, "Text."
	step(func(tx *store.Tx) error { return tx.SettleMachine(t.Context(), done, now) })
	if db.Version() == before {
		t.Error("an answer does not move the version")
	}
	list, err := db.MachineTexts(t.Context(), []string{"a-00", "b-00", "c-00"})
	if err != nil || len(list) != 1 || list[0].Text != "Text." || list[0].Ask != "" || list[0].MachineKey != wanted[1].MachineKey {
		t.Errorf("got %+v, %v", list, err)
	}
	if q, err := db.PlanMachine(t.Context(), wanted); err != nil || len(q.Missing)+len(q.Stale) != 0 {
		t.Errorf("what is there is planned anew: %+v, %v", q, err)
	}
	if q, err := db.PlanMachine(t.Context(), nil); err != nil || !slices.Equal(q.Stale, []int64{1}) {
		t.Errorf("no longer wanted: %+v, %v", q, err)
	}
}
