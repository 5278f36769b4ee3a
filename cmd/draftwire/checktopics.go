package main

// This file holds what `check` has to say of topics that are not wrong, and yet
// may not do what was meant.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// checkDays is how far back `check` looks at what topics find, and
// checkPatience how long, for there may be thousands.
const (
	checkDays     = 90
	checkPatience = 20 * time.Second
)

// checkTopics prints the hints that the queries have by themselves, those that
// need the sources, and, if there is a database, those that need the catalogue.
func (a *app) checkTopics(ctx context.Context, cfg settings) error {
	for _, t := range cfg.Topics {
		a.hint(t, t.Query.Tree.Hints())
	}
	if len(cfg.Sources) > 0 { // else all comes from imports
		a.hintUnfilled(cfg)
	}
	if _, err := os.Stat(cfg.Database.Path); err != nil {
		return nil // check makes no database
	}
	return a.openFor(ctx, func(_ settings, db *store.DB) error {
		if all, err := db.EventCount(ctx, time.Time{}, now()); err != nil || all == 0 {
			return err // a catalogue that knows nothing has nothing to say
		}
		if err := a.checkKnown(ctx, db, cfg); err != nil {
			return err
		}
		return checkFindings(ctx, a.out, db, cfg)
	})
}

// hint prints hints at a topic's query.
func (a *app) hint(t config.Topic, hints []filters.Hint) {
	for _, h := range hints {
		place := fmt.Sprintf("column %d", h.Column)
		if h.Line > 1 {
			place = fmt.Sprintf("line %d, %s", h.Line, place)
		}
		fmt.Fprintf(a.out, "topic %s, %s: %s\n", t.Name, place, h.Message)
	}
}

// hintUnfilled names what topics ask for that no source fills: once where that
// is so for many, since then it is the sources that are missing.
func (a *app) hintUnfilled(cfg settings) {
	often := map[string]int{}
	for _, t := range cfg.Topics {
		for _, h := range filters.Unfilled(t.Query.Tree, cfg.fills) {
			often[h.Message]++
		}
	}
	for _, t := range cfg.Topics {
		few := slices.DeleteFunc(filters.Unfilled(t.Query.Tree, cfg.fills), func(h filters.Hint) bool { return often[h.Message] >= manyUnknown })
		a.hint(t, few)
	}
	for _, message := range slices.Sorted(maps.Keys(often)) {
		if n := often[message]; n >= manyUnknown {
			fmt.Fprintf(a.out, "in %d places of the topics: %s\n", n, message)
		}
	}
}

// manyUnknown is from how many on groups and lists are only listed, and hints of one
// kind told once: then the catalogue is young or lacks a source, rather than the
// topics misspelt.
const manyUnknown = 10

// checkKnown warns of groups and lists that the catalogue never heard of. All
// that it knows are read only if there is something to suggest, for that takes
// longer.
func (a *app) checkKnown(ctx context.Context, db *store.DB, cfg settings) error {
	for _, field := range []struct {
		name string
		all  func(context.Context) ([]string, error)
		look func(*filters.Query, func(string) bool, []string) []filters.Hint
	}{
		{"group", db.Groups, filters.CheckGroups},
		{"list", db.Lists, filters.CheckLists},
	} {
		unknown, err := unknownValues(ctx, db, cfg, field.name)
		if err != nil {
			return err
		}
		if len(unknown) >= manyUnknown {
			fmt.Fprintf(a.out, "the catalogue is young, or topics are misspelt: it knows none of the %s %s\n",
				counted(len(unknown), field.name), strings.Join(unknown, ", "))
			continue
		}
		if len(unknown) == 0 {
			continue
		}
		all, err := field.all(ctx)
		if err != nil {
			return err
		}
		known := func(value string) bool { return !slices.Contains(unknown, value) }
		for _, t := range cfg.Topics {
			a.hint(t, field.look(t.Query.Tree, known, all))
		}
	}
	return nil
}

// unknownValues asks the index which of the values that topics want of a field
// no event has.
func unknownValues(ctx context.Context, db *store.DB, cfg settings, field string) (unknown []string, err error) {
	asked := make(map[string]bool)
	for _, t := range cfg.Topics {
		for _, value := range t.Query.Tree.Values(field) {
			if asked[value] {
				continue
			}
			asked[value] = true
			q, err := filters.Parse(fmt.Sprintf("%s:%q", field, value))
			if err != nil {
				return nil, fmt.Errorf("look for %s %s: %w", field, value, err)
			}
			ids, err := db.FindIDs(ctx, q, store.Page{Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(ids) == 0 {
				unknown = append(unknown, value)
			}
		}
	}
	return unknown, nil
}

// checkFindings names the topics that find almost everything, or nothing.
func checkFindings(ctx context.Context, out io.Writer, db *store.DB, cfg settings) error {
	all, err := db.EventCount(ctx, now().AddDate(0, 0, -checkDays), now())
	if err != nil || all == 0 {
		return err
	}
	list := cfg.topics()
	resolved, err := topics.ResolveAll(list)
	if err != nil {
		return err
	}
	patient, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	for i, t := range list {
		p, err := topics.NewPreview(patient, &db.Reader, resolved[i], now(), checkDays)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			fmt.Fprintf(out, "looked at what the first %d topics find; the others would take too long\n", i)
			return nil
		}
		if err != nil {
			return fmt.Errorf("topic %s: %w", t.Name, err)
		}
		for _, w := range p.Warnings {
			fmt.Fprintf(out, "topic %s: %s\n", t.Name, w)
		}
	}
	return nil
}
