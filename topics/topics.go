// Package topics keeps the set of topics, which are named queries, and what
// they select.
//
// At rest a topic's live selections are exactly what its query finds over the
// catalogue. Three things keep that so: [Set.Select] matches an event whenever
// the catalogue changes it, in the transaction of the change; [Sync] selects
// anew when a topic is added or its query changes; and every transaction looks
// whether another process changed the set since ([Set.Refresh]).
package topics

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Topic is a named query as somebody wrote it.
type Topic struct {
	Name  string // slug, part of addresses
	Title string // for people
	Query *filters.Query
}

// Set is the topics in force, compiled. It is used by one goroutine at a time:
// the one that holds the writing transaction.
type Set struct {
	generation string
	topics     []compiled
}

type compiled struct {
	id    int64
	query *filters.Query
}

// generation names the setting that changes with every change of the topics.
const generation = "topics_generation"

// Refresh brings the set up to date with the database, at the price of one
// look when nothing changed. A stored query that this program cannot read
// suspends its topic, visibly, and no other.
func (s *Set) Refresh(ctx context.Context, tx *store.Tx) error {
	now, err := tx.Setting(ctx, generation)
	if err != nil || now == s.generation {
		return err
	}
	rows, err := tx.Topics(ctx)
	if err != nil {
		return err
	}
	var fresh []compiled
	for _, row := range rows {
		if !row.Gone.IsZero() {
			continue
		}
		q, err := filters.Parse(row.Query)
		if err != nil {
			row.Fault = err.Error()
			if _, err := tx.PutTopic(ctx, row); err != nil {
				return err
			}
			continue
		}
		fresh = append(fresh, compiled{row.ID, q})
	}
	s.topics, s.generation = fresh, now
	return nil
}

// Len counts the topics in force.
func (s *Set) Len() int { return len(s.topics) }

// Select matches an event against every topic and records what changed. fresh
// tells that the event is new, so that no selection of it can exist yet.
func (s *Set) Select(ctx context.Context, tx *store.Tx, event int64, item *filters.Item, fresh bool, now time.Time) error {
	var before []int64
	if !fresh {
		var err error
		if before, err = tx.SelectedBy(ctx, event); err != nil {
			return err
		}
	}
	selected := make(map[int64]bool, len(before))
	for _, id := range before {
		selected[id] = true
	}
	for _, t := range s.topics {
		switch matches := t.query.Match(item); {
		case matches:
			reason := t.query.Explain(item).Reason
			if err := tx.Select(ctx, t.id, event, reason, item.Event().News, now); err != nil {
				return err
			}
		case selected[t.id]:
			if err := tx.Withdraw(ctx, t.id, event, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// Change tells what [Sync] did to one topic.
type Change struct {
	Topic string
	Kind  string // added, changed, removed
	Found int    // events it finds now
}

// Sync makes the given topics, in their order, the ones of the configuration.
// New and changed ones select over the whole catalogue, as history; those no
// longer named are gone and their selections withdrawn.
func Sync(ctx context.Context, db *store.DB, want []Topic, now time.Time) (changes []Change, err error) {
	err = db.Update(ctx, func(tx *store.Tx) error {
		changes, err = sync(ctx, tx, want, now)
		return err
	})
	return changes, err
}

func sync(ctx context.Context, tx *store.Tx, want []Topic, now time.Time) (changes []Change, err error) {
	rows, err := tx.Topics(ctx)
	if err != nil {
		return nil, err
	}
	have := make(map[string]store.Topic, len(rows))
	for _, row := range rows {
		have[row.Name] = row
	}
	moved := false // order or title alone
	for i, t := range want {
		row, known := have[t.Name]
		delete(have, t.Name)
		next := store.Topic{ID: row.ID, Name: t.Name, Query: t.Query.String(), Title: t.Title, Position: i}
		if known && row == next {
			continue
		}
		if next.ID, err = tx.PutTopic(ctx, next); err != nil {
			return nil, err
		}
		if known && row.Query == next.Query && row.Gone.IsZero() && row.Fault == "" {
			moved = true
			continue
		}
		found, err := reselect(ctx, tx, next.ID, t.Query, now)
		if err != nil {
			return nil, fmt.Errorf("select for topic %s: %w", t.Name, err)
		}
		change := Change{Topic: t.Name, Kind: "added", Found: found}
		if known && row.Gone.IsZero() {
			change.Kind = "changed"
		}
		changes = append(changes, change)
	}
	for _, row := range rows {
		if _, left := have[row.Name]; !left || row.Owner != "" || !row.Gone.IsZero() {
			continue
		}
		row.Gone = now
		if _, err := tx.PutTopic(ctx, row); err != nil {
			return nil, err
		}
		if err := tx.WithdrawAll(ctx, row.ID, now); err != nil {
			return nil, err
		}
		changes = append(changes, Change{Topic: row.Name, Kind: "removed"})
	}
	if len(changes) == 0 && !moved {
		return nil, nil
	}
	return changes, bump(ctx, tx)
}

// bump tells every process that the set of topics changed.
func bump(ctx context.Context, tx *store.Tx) error {
	text, err := tx.Setting(ctx, generation)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(text) // empty before the first change
	return tx.Set(ctx, generation, strconv.Itoa(n+1))
}

// reselect makes a topic's live selections what its query finds.
func reselect(ctx context.Context, tx *store.Tx, topic int64, q *filters.Query, now time.Time) (int, error) {
	found, err := tx.FindIDs(ctx, q, store.Page{})
	if err != nil {
		return 0, err
	}
	before, err := tx.SelectedIDs(ctx, topic)
	if err != nil {
		return 0, err
	}
	stale := make(map[int64]bool, len(before))
	for _, id := range before {
		stale[id] = true
	}
	for _, id := range found {
		delete(stale, id)
		e, err := tx.Event(ctx, id)
		if err != nil {
			return 0, err
		}
		reason := q.Explain(filters.NewItem(&e)).Reason
		if err := tx.Select(ctx, topic, id, reason, false, now); err != nil {
			return 0, err
		}
	}
	for id := range stale {
		if err := tx.Withdraw(ctx, topic, id, now); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
