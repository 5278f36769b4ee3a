package topics

// This file puts topics in the place of references to them.

import (
	"fmt"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Resolve puts the queries of topics in the place of the references to them
// (topic:NAME, also by a former name). A reference to a topic that is not in
// the list, and a circle, are errors of type *filters.Errors.
func Resolve(q *filters.Query, list []Topic) (*filters.Query, error) {
	var names []string
	for _, t := range list {
		names = append(names, t.Name)
	}
	return filters.Resolve(q, named(list), names...)
}

// ResolveAll resolves the queries of topics among each other, in their order.
func ResolveAll(list []Topic) ([]*filters.Query, error) {
	lookup := named(list)
	resolved := make([]*filters.Query, len(list))
	for i, t := range list {
		q, err := filters.Resolve(t.Query, lookup)
		if err != nil {
			return nil, fmt.Errorf("topic %s: %w", t.Name, err)
		}
		resolved[i] = q
	}
	return resolved, nil
}

// named finds the query of a topic by its name or one that it had before.
func named(list []Topic) func(name string) (*filters.Query, bool) {
	queries := make(map[string]*filters.Query, len(list))
	for _, t := range list {
		for _, name := range t.Formerly {
			queries[name] = t.Query
		}
	}
	for _, t := range list {
		queries[t.Name] = t.Query
	}
	return func(name string) (*filters.Query, bool) {
		q, ok := queries[name]
		return q, ok
	}
}

// Stored gives the topics in force as a database has them, in their order.
// Those that this program cannot read are left out; resolving what refers to
// one fails.
func Stored(rows []store.Topic, former map[string]int64) []Topic {
	names := make(map[int64][]string)
	for name, id := range former {
		names[id] = append(names[id], name)
	}
	var list []Topic
	for _, row := range rows {
		if !row.Gone.IsZero() {
			continue
		}
		if q, err := filters.Parse(row.Query); err == nil {
			list = append(list, Topic{
				Name: row.Name, Formerly: names[row.ID], Title: row.Title, Description: row.Description, Query: q,
			})
		}
	}
	return list
}

// compile reads a stored topic's query and resolves it among the others.
func compile(row store.Topic, others func(string) (*filters.Query, bool)) (*filters.Query, error) {
	q, err := filters.Parse(row.Query)
	if err != nil {
		return nil, err
	}
	return filters.Resolve(q, others)
}
