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
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Topic is a named query as somebody wrote it.
type Topic struct {
	Name        string   // slug, part of addresses
	Formerly    []string // names it had before, whose addresses go on answering
	Title       string   // for people
	Description string
	Query       *filters.Query // as written: references to other topics are not resolved
}

// Set is the topics in force, compiled. It is used by one goroutine at a time:
// the one that holds the writing transaction.
type Set struct {
	generation string
	rules      filters.Set
	topics     map[int64]compiled // what is in rules
}

// AsksBody reports whether any topic asks for the text of a revision.
func (s *Set) AsksBody() bool { return s.rules.AsksBody() }

type compiled struct {
	query *filters.Query
	place int // in the order of the topics
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
	former, err := tx.FormerNames(ctx)
	if err != nil {
		return err
	}
	others := named(Stored(rows, former))
	fresh := make(map[int64]compiled, len(rows))
	for place, row := range rows {
		if !row.Gone.IsZero() {
			continue
		}
		q, err := compile(row, others)
		if err != nil {
			row.Fault = err.Error()
			if _, err := tx.PutTopic(ctx, row); err != nil {
				return err
			}
			continue
		}
		fresh[row.ID] = compiled{q, place}
	}
	s.replace(fresh)
	s.generation = now
	return nil
}

// replace makes the topics in force the fresh ones, and changes of the rules
// only what is different.
func (s *Set) replace(fresh map[int64]compiled) {
	for id := range s.topics {
		if _, stays := fresh[id]; !stays {
			s.rules.Remove(id)
		}
	}
	for id, t := range fresh {
		if old, known := s.topics[id]; !known || !old.query.Same(t.query) {
			s.rules.Put(id, t.query)
		}
	}
	s.topics = fresh
}

// Len counts the topics in force.
func (s *Set) Len() int { return len(s.topics) }

// Unanchored counts the topics that every event must be tested against; see
// [filters.Set.Unanchored].
func (s *Set) Unanchored() int { return s.rules.Unanchored() }

// Select matches an event against every topic and records what changed. fresh
// tells that the event is new, so that no selection of it can exist yet.
func (s *Set) Select(ctx context.Context, tx *store.Tx, event int64, item *filters.Item, fresh bool, now time.Time) error {
	var before []int64
	if !fresh && len(s.topics) > 0 {
		var err error
		if before, err = tx.SelectedBy(ctx, event); err != nil {
			return err
		}
	}
	found := s.find(item)
	for _, id := range found {
		reason := s.topics[id].query.Explain(item).Reason
		if err := tx.Select(ctx, id, event, reason, item.Event().News, now); err != nil {
			return err
		}
	}
	for _, id := range before {
		if _, inForce := s.topics[id]; !inForce || slices.Contains(found, id) {
			continue
		}
		if err := tx.Withdraw(ctx, id, event, now); err != nil {
			return err
		}
	}
	return nil
}

// find gives the topics that find an item, in their order.
func (s *Set) find(item *filters.Item) []int64 {
	var found []int64
	s.rules.Match(item, func(id int64) { found = append(found, id) })
	slices.SortFunc(found, func(a, b int64) int { return cmp.Compare(s.topics[a].place, s.topics[b].place) })
	return found
}
