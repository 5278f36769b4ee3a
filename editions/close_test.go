package editions

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/store"
)

// closeDue closes what is due and gives the labels with numbers.
func (w *wire) closeDue(n Newsletter, now string) (editions []*Edition, labels []string) {
	w.Helper()
	editions, err := CloseDue(context.Background(), w.db, n, at(now))
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range editions {
		labels = append(labels, fmt.Sprint(e.Number, " ", e.Label))
	}
	return editions, labels
}

func TestCloseDue(t *testing.T) {
	w := newWire(t)
	n := daily()
	n.Grace = 90 * time.Minute
	w.keep(at("2025-12-07 09:00"), "daily")
	w.add(happening{name: "draft-a-b-00", at: at("2025-12-07 10:00")})
	steps := []struct {
		now  string
		want []string
		next string
	}{
		{"2025-12-07 23:00", nil, "2025-12-08 01:30"},
		{"2025-12-08 01:29", nil, "2025-12-08 01:30"},
		{"2025-12-08 01:30", []string{"1 2025-12-07"}, "2025-12-09 01:30"},
		{"2025-12-08 01:30", nil, "2025-12-09 01:30"}, // again
		{"2025-12-07 00:00", nil, "2025-12-09 01:30"}, // a clock set back
		{"2025-12-11 03:00", []string{"2 2025-12-08", "3 2025-12-09", "4 2025-12-10"}, "2025-12-12 01:30"},
	}
	for _, s := range steps {
		closed, labels := w.closeDue(n, s.now)
		equal(t, s.now, labels, s.want)
		rows, err := w.db.Newsletters(context.Background())
		if err != nil || !rows[0].Next.Equal(at(s.next)) {
			t.Errorf("%s: the store says the next is due %v (%v), want %s", s.now, rows[0].Next, err, s.next)
		}
		if next, err := NextClose(context.Background(), &w.db.Reader, n); err != nil || !next.Equal(at(s.next)) {
			t.Errorf("%s: next %v (%v), want %s", s.now, next, err, s.next)
		}
		for _, e := range closed {
			got, err := Load(context.Background(), &w.db.Reader, n, Window{e.From, e.To})
			if diff := cmp.Diff(e, got); err != nil || diff != "" {
				t.Errorf("%s: stored and loaded differ (%v):\n%s", e.Label, err, diff)
			}
		}
	}
}

func TestFirstEdition(t *testing.T) {
	tests := []struct {
		name  string
		first time.Time
		want  []string
	}{
		{"the one open when it was made", time.Time{}, []string{"1 2025-12-07"}},
		{"the one that is named", at("2025-12-05 00:00"), []string{"1 2025-12-05", "2 2025-12-06", "3 2025-12-07"}},
		{"one to come", at("2025-12-20 00:00"), nil},
	}
	for _, tt := range tests {
		w := newWire(t)
		w.keep(at("2025-12-07 09:00"), "daily")
		n := daily()
		n.First = tt.first
		_, labels := w.closeDue(n, "2025-12-08 00:00")
		equal(t, tt.name, labels, tt.want)
	}
}

func TestCloseUnknownNewsletter(t *testing.T) {
	if _, err := CloseDue(context.Background(), newWire(t).db, daily(), at("2025-12-08 00:00")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// Two processes that close at the same time close each window once.
func TestCloseTogether(t *testing.T) {
	w := newWire(t)
	w.keep(at("2025-12-01 00:00"), "daily")
	var wait sync.WaitGroup
	var mu sync.Mutex
	seen := make(map[string]int)
	other := w.open()
	for i := range 4 {
		db := []*store.DB{w.db, other}[i%2]
		wait.Go(func() {
			closed, err := CloseDue(context.Background(), db, daily(), at("2025-12-11 00:00"))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, e := range closed {
				seen[e.Label]++
			}
		})
	}
	wait.Wait()
	list, err := w.db.Editions(context.Background(), "daily", 100)
	if err != nil || len(list) != 10 || list[0].Number != 10 || len(seen) != 10 {
		t.Fatalf("got %d editions, %d labels (%v), want 10", len(list), len(seen), err)
	}
	for label, times := range seen {
		if times != 1 {
			t.Errorf("%s was closed %d times", label, times)
		}
	}
}

// What fails while closing leaves nothing behind, and is closed afterwards.
func TestCloseIsOneTransaction(t *testing.T) {
	w := newWire(t)
	w.keep(at("2025-12-07 00:00"), "daily")
	w.add(happening{name: "draft-a-b-00", at: at("2025-12-07 10:00")})
	broken := errors.New("the power went")
	err := w.db.Update(context.Background(), func(tx *store.Tx) error {
		if _, err := closeOpen(context.Background(), tx, daily(), at("2025-12-08 00:00")); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	closed, labels := w.closeDue(daily(), "2025-12-08 00:00")
	equal(t, "after it", labels, []string{"1 2025-12-07"})
	equal(t, "its items", outline(closed[0]), []string{": draft-a-b-00"})
}

func TestLate(t *testing.T) {
	w := newWire(t, "a")
	w.keep(at("2025-12-07 00:00"), "daily")
	n := daily("a")
	n.Rest = false
	w.add(
		happening{name: "draft-a-seen-00", at: at("2025-12-07 10:00"), topics: []string{"a"}},
		happening{name: "draft-a-unseen-00", at: at("2025-12-07 11:00")}, // in scope, in no section
		happening{name: "draft-a-early-00", at: at("2025-12-05 10:00"), topics: []string{"a"}},
		happening{name: "draft-a-eve-00", at: at("2025-12-06 23:00"), recorded: at("2025-12-07 01:00"), topics: []string{"a"}},
	)
	closed, _ := w.closeDue(n, "2025-12-08 00:00")
	equal(t, "first", outline(closed[0]), []string{"a: draft-a-eve-00(late) draft-a-seen-00"})
	w.add(
		happening{name: "draft-a-late-00", at: at("2025-12-07 20:00"), recorded: at("2025-12-08 05:00"), topics: []string{"a"}},
		happening{name: "draft-a-import-00", at: at("2025-12-07 21:00"), recorded: at("2025-12-08 05:00"), topics: []string{"a"}, old: true},
		happening{name: "draft-a-today-00", at: at("2025-12-08 06:00"), topics: []string{"a"}},
	)
	preview := w.compose(n, "2025-12-08")
	past, ahead := w.compose(n, "2025-12-06"), w.compose(n, "2025-12-09")
	closed, _ = w.closeDue(n, "2025-12-10 00:00")
	want := []string{"a: draft-a-late-00(late) draft-a-today-00"}
	equal(t, "second", outline(closed[0]), want)
	equal(t, "second, before it was closed", outline(preview), want)
	equal(t, "third", outline(closed[1]), nil)
	equal(t, "third, while the second was open", outline(ahead), nil)
	equal(t, "a day before the first edition", outline(past), []string{"a: draft-a-eve-00"})
	if want := (Counts{Drafts: 1, New: 1, Late: 1}); closed[0].Counts != want {
		t.Errorf("got %+v, want %+v", closed[0].Counts, want)
	}
}

func TestLoad(t *testing.T) {
	ctx := context.Background()
	w := newWire(t)
	w.keep(at("2025-12-07 00:00"), "daily")
	w.closeDue(daily(), "2025-12-09 00:00")
	w.add(happening{name: "draft-a-b-00", at: at("2025-12-07 10:00")})
	load := func(n Newsletter, label string) *Edition {
		t.Helper()
		win, err := n.ParseLabel(label)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Load(ctx, &w.db.Reader, n, win)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if e := load(daily(), "2025-12-07"); e.Number != 1 || e.Len() != 0 || e.ID == 0 || e.Note != "" {
		t.Errorf("a closed edition changed: %+v", e)
	}
	if e := load(daily(), "2025-12-06"); !e.IsComposition() || e.Number != 0 {
		t.Errorf("got an edition where none was closed: %+v", e)
	}
	moved, weekly := daily(), daily()
	moved.Zone, weekly.Cadence = zone(t, "Asia/Tokyo"), Weekly
	if e := load(moved, "2025-12-07"); e.Number != 1 {
		t.Errorf("the edition is lost after a change of zone: %+v", e)
	}
	if e := load(weekly, "2025-W49"); !e.IsComposition() || e.Len() != 1 {
		t.Errorf("a day stands for its week: %+v", e)
	}
	row, err := w.db.EditionByID(ctx, load(daily(), "2025-12-08").ID)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := Decode(row); err != nil || e.Label != "2025-12-08" || e.ID != row.ID {
		t.Errorf("decoded %+v, %v", e, err)
	}
	if _, err := Decode(store.Edition{Newsletter: "daily", Number: 3, Content: []byte("{")}); err == nil {
		t.Error("half an edition was decoded")
	}
}
