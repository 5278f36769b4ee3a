package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Queries as large and as deep as the language allows are answered.
func TestLargestQueries(t *testing.T) {
	db, all := population(t, maker{rand.New(rand.NewPCG(7, 7))}, 10)
	nested := func(open, inside, shut string) string {
		return strings.Repeat(open, filters.MaxDepth) + inside + strings.Repeat(shut, filters.MaxDepth)
	}
	var pages, negations, topics []string
	for i := range 350 {
		pages = append(pages, fmt.Sprintf("rev:>%d", i%100))
		negations = append(negations, fmt.Sprintf("-w%d", i))
	}
	for range 20 {
		topics = append(topics, "topic:big")
	}
	for _, text := range []string{
		strings.Join(pages, " OR "), strings.Join(negations, " "), "pages:1 " + strings.Join(negations, " "),
		"(pages:1 OR " + strings.Join(negations, " ") + ")",
		nested("(a OR b -", "c", ")"), nested("-(a pages:1 OR ", "b", ")"), nested("-(a b -", "c", ")"),
		strings.Join(topics, " OR "), "-(" + strings.Join(topics, " ") + ") OR pages:1",
	} {
		q, err := filters.Resolve(parse(t, text), func(string) (*filters.Query, bool) {
			return parse(t, strings.Join(pages[:90], " OR ")), true
		})
		if err != nil {
			t.Errorf("%.40s: %v", text, err)
			continue
		}
		var want []int64
		for i := range all {
			if q.Match(filters.NewItem(&all[i])) {
				want = append(want, all[i].ID)
			}
		}
		asked(t, db, fmt.Sprintf("%.40s", text), q, want)
	}
}

func TestQueriesNotReady(t *testing.T) {
	db := fresh(t)
	for text, want := range map[string]string{
		"topic:x": "topic:x was not resolved", "quic OR -topic:x": "topic:x was not resolved", "within:3d": "within: was not told the time",
	} {
		if _, err := db.Search(ctx, parse(t, text), store.Page{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one of %q", text, err, want)
		}
		if _, err := db.Look(ctx, parse(t, text), store.Page{Budget: time.Second}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("look for %s: got error %v, want one of %q", text, err, want)
		}
	}
}

// A search with a budget finds what one without finds down to where it says it
// looked, however small the budget is.
func TestLookTellsHowFarItCame(t *testing.T) {
	db, _ := population(t, maker{rand.New(rand.NewPCG(3, 3))}, 400)
	partial := 0
	for _, text := range []string{"", "/(p[ao].*)+$/i", "quic -/a/", "name:*-key-* OR pages:>5", "nosuch OR title:/zzz/"} {
		q := parse(t, text)
		want, err := db.Search(ctx, q, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, budget := range []time.Duration{1, time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 0, time.Minute} {
			found, err := db.Look(ctx, q, store.Page{Budget: budget})
			if err != nil {
				t.Fatalf("%s in %v: %v", text, budget, err)
			}
			if !found.Reached.IsZero() {
				partial++
			}
			n := 0
			for n < len(want) && (found.Reached.IsZero() || want[n].ID >= found.Reached.UnixMicro()) {
				n++
			}
			if len(found.Events) != n {
				t.Errorf("%s in %v found %d events down to %v, want %d", text, budget, len(found.Events), found.Reached, n)
			}
			for i := range min(n, len(found.Events)) {
				if found.Events[i].ID != want[i].ID {
					t.Fatalf("%s in %v: event %d is %d, want %d", text, budget, i, found.Events[i].ID, want[i].ID)
				}
			}
			if budget == 0 && !found.Reached.IsZero() || budget == time.Minute && !found.Reached.IsZero() {
				t.Errorf("%s in %v says it reached only %v", text, budget, found.Reached)
			}
		}
	}
	if partial == 0 {
		t.Error("no search ran out of its budget; the test says little")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.Look(cancelled, parse(t, ""), store.Page{Budget: time.Minute}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search: got error %v", err)
	}
}
