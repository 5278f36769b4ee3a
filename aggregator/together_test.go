package aggregator

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

// TestTogether holds that batches that wait share a commit, and that one that
// fails, or whose owner has gone, takes nothing from the others and is not
// blamed on them.
func TestTogether(t *testing.T) {
	const batches = 20
	whole := context.Background()
	gone, cancel := context.WithCancel(whole)
	cancel()
	broken := errors.New("no room for a cursor")
	for _, tt := range []struct {
		name    string
		ctx     context.Context // of two of them
		with    after           // likewise
		want    error           // likewise
		commits uint64
	}{
		{"all are well", whole, nil, nil, 1},
		{"two fail at their end", whole, func(*store.Tx, Tally) error { return broken }, broken, batches - 2},
		{"two are cancelled", gone, nil, context.Canceled, batches - 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := openStore(t)
			c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
			origins := origins(t, db, batches)
			before := db.Commits()
			tallies, errs := make([]Tally, batches), make([]error, batches)
			odd := func(i int) bool { return i == 0 || i == 7 }
			c.queue.turn.Lock() // until all wait
			var all sync.WaitGroup
			for i, o := range origins {
				batch, err := c.prepareAll(whole, o, []Received{{Raw: []byte(letter(i)), At: now}})
				if err != nil {
					t.Fatal(err)
				}
				ctx, with := whole, after(nil)
				if odd(i) {
					ctx, with = tt.ctx, tt.with
				}
				all.Go(func() { tallies[i], errs[i] = c.write(ctx, o, batch, with) })
			}
			for c.queue.length() < batches {
				runtime.Gosched()
			}
			c.queue.turn.Unlock()
			all.Wait()
			if got := db.Commits() - before; got != tt.commits {
				t.Errorf("%d commits for %d batches, want %d", got, batches, tt.commits)
			}
			kept := batches
			for i, o := range origins {
				switch {
				case odd(i) && tt.want != nil:
					kept--
					if !errors.Is(errs[i], tt.want) || errors.Is(errs[i], broken) && !strings.Contains(errs[i].Error(), "source "+o.Name+":") {
						t.Errorf("%s: got %v, want %v", o.Name, errs[i], tt.want)
					}
				case errs[i] != nil || tallies[i].Posts != 1:
					t.Errorf("%s: %+v, %v", o.Name, tallies[i], errs[i])
				}
			}
			if got := len(catalogued(t, db)); got != kept {
				t.Errorf("%d posts, want %d", got, kept)
			}
		})
	}
}

// origins makes so many sources.
func origins(t *testing.T, db *store.DB, n int) (list []Origin) {
	t.Helper()
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		for i := range n {
			name := fmt.Sprint("list", i)
			id, err := tx.SourceID(context.Background(), name)
			if err != nil {
				return err
			}
			list = append(list, Origin{Source: id, Name: name})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// While all places for decoding are taken, a mail that has just come is taken in,
// and a batch that waits for a place gives up with its context.
func TestMailDoesNotWaitForFeeds(t *testing.T) {
	for range cap(decoders) {
		decoders <- struct{}{}
	}
	defer func() {
		for range cap(decoders) {
			<-decoders
		}
	}()
	db := openStore(t)
	c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
	o := origins(t, db, 1)[0]
	var batch []Received
	for i := range few + 1 {
		batch = append(batch, Received{Raw: []byte(letter(i)), At: now})
	}
	if tally, err := c.Take(t.Context(), o, batch[:few]); err != nil || tally.Posts != few {
		t.Errorf("%+v, %v", tally, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if tally, err := c.Take(ctx, o, batch); !errors.Is(err, context.Canceled) || tally.Messages != 0 {
		t.Errorf("of a batch without a place %+v, %v", tally, err)
	}
}
