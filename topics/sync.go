package topics

// This file makes the topics of the database those of the configuration.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Change tells what [Sync] did to one topic.
type Change struct {
	Topic string
	Was   string // its former name, if it was renamed
	Kind  string // added, changed, removed, renamed
	Found int    // events it finds now
}

// Sync makes the given topics, in their order, the ones of the configuration.
// New ones, those that changed and those that refer to one that changed select
// over the whole catalogue, as history. A renamed one keeps what it selected,
// unless its query changed too. Those no longer named are gone and their
// selections withdrawn.
func Sync(ctx context.Context, db *store.DB, want []Topic, now time.Time) (changes []Change, err error) {
	resolved, err := ResolveAll(want)
	if err != nil {
		return nil, err
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		s := syncing{tx: tx, now: now}
		if err := s.read(ctx); err != nil {
			return err
		}
		if err := s.run(ctx, want, resolved); err != nil {
			return err
		}
		changes = s.changes
		return nil
	})
	return changes, err
}

// syncing is the state of one Sync.
type syncing struct {
	tx      *store.Tx
	now     time.Time
	rows    map[string]store.Topic // by name; of the configuration, gone ones too
	order   []string               // names of rows
	former  map[string]int64
	found   map[int64]*filters.Query // what each topic selected by until now, resolved
	changes []Change
	moved   bool // order, titles or names alone changed
}

func (s *syncing) read(ctx context.Context) (err error) {
	rows, err := s.tx.Topics(ctx)
	if err != nil {
		return err
	}
	if s.former, err = s.tx.FormerNames(ctx); err != nil {
		return err
	}
	s.rows, s.found = make(map[string]store.Topic, len(rows)), make(map[int64]*filters.Query, len(rows))
	others := named(Stored(rows, s.former))
	for _, row := range rows {
		if row.Owner != "" {
			continue
		}
		s.rows[row.Name] = row
		s.order = append(s.order, row.Name)
		if q, err := compile(row, others); err == nil && row.Gone.IsZero() && row.Fault == "" {
			s.found[row.ID] = q
		}
	}
	return nil
}

func (s *syncing) run(ctx context.Context, want []Topic, resolved []*filters.Query) error {
	former := make(map[string]int64)
	keep := make(map[string]bool, len(want))
	for i, t := range want {
		id, err := s.put(ctx, i, t, resolved[i])
		if err != nil {
			return fmt.Errorf("topic %s: %w", t.Name, err)
		}
		keep[t.Name] = true
		for _, name := range t.Formerly {
			former[name] = id
		}
	}
	for _, name := range s.order {
		if row, ok := s.rows[name]; ok && !keep[name] && row.Gone.IsZero() {
			if err := s.remove(ctx, row); err != nil {
				return fmt.Errorf("topic %s: %w", name, err)
			}
		}
	}
	if !maps.Equal(former, s.former) {
		s.moved = true
		if err := s.tx.PutFormerNames(ctx, former, s.now); err != nil {
			return err
		}
	}
	if len(s.changes) == 0 && !s.moved {
		return nil
	}
	return bump(ctx, s.tx)
}

// put writes one topic and selects anew where what it finds may have changed.
func (s *syncing) put(ctx context.Context, position int, t Topic, resolved *filters.Query) (id int64, err error) {
	was, err := s.rename(ctx, t)
	if err != nil {
		return 0, err
	}
	row, known := s.rows[t.Name]
	next := store.Topic{
		ID: row.ID, Name: t.Name, First: row.First, Query: t.Query.String(),
		Title: t.Title, Description: t.Description, Position: position,
	}
	if until, selects := s.found[row.ID]; selects && until.Same(resolved) {
		if row == next && was == "" {
			return row.ID, nil
		}
		s.moved = true
		if was != "" {
			ids, err := s.tx.SelectedIDs(ctx, row.ID)
			if err != nil {
				return 0, err
			}
			s.changes = append(s.changes, Change{Topic: t.Name, Was: was, Kind: "renamed", Found: len(ids)})
		}
		return s.tx.PutTopic(ctx, next)
	}
	if id, err = s.tx.PutTopic(ctx, next); err != nil {
		return 0, err
	}
	change := Change{Topic: t.Name, Was: was, Kind: "added"}
	if known && row.Gone.IsZero() {
		change.Kind = "changed"
	}
	if change.Found, err = reselect(ctx, s.tx, id, resolved, s.now); err != nil {
		return 0, fmt.Errorf("select anew: %w", err)
	}
	s.changes = append(s.changes, change)
	return id, nil
}

// rename gives the topic its name that was called otherwise until now. Where
// the new name has a topic of its own already, that one goes on, and answers
// for both.
func (s *syncing) rename(ctx context.Context, t Topic) (was string, err error) {
	if _, taken := s.rows[t.Name]; taken {
		return "", nil
	}
	var best store.Topic
	for _, name := range t.Formerly {
		row, ok := s.rows[name]
		if ok && (best.ID == 0 || !best.Gone.IsZero() && row.Gone.IsZero()) {
			best = row
		}
	}
	if best.ID == 0 {
		return "", nil
	}
	was = best.Name
	if err := s.tx.RenameTopic(ctx, best.ID, t.Name); err != nil {
		return "", err
	}
	delete(s.rows, was)
	best.Name = t.Name
	s.rows[t.Name] = best
	return was, nil
}

func (s *syncing) remove(ctx context.Context, row store.Topic) error {
	row.Gone = s.now
	if _, err := s.tx.PutTopic(ctx, row); err != nil {
		return err
	}
	s.changes = append(s.changes, Change{Topic: row.Name, Kind: "removed"})
	return s.tx.WithdrawAll(ctx, row.ID, s.now)
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

// together is how many events are read at a time to be selected.
const together = 100

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
	for some := range slices.Chunk(found, together) {
		events, err := tx.Events(ctx, some)
		if err != nil {
			return 0, err
		}
		for _, e := range events {
			delete(stale, e.ID)
			item, err := ItemFor(ctx, &tx.Reader, q, &e)
			if err != nil {
				return 0, err
			}
			reason := q.Explain(item).Reason
			if err := tx.Select(ctx, topic, e.ID, reason, false, now); err != nil {
				return 0, err
			}
		}
	}
	for id := range stale {
		if err := tx.Withdraw(ctx, topic, id, now); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
