package config

import (
	"errors"
	"fmt"

	"github.com/draftwire/draftwire/filters"
)

// Query is the text of a query with its tree.
type Query struct {
	Text string
	Tree *filters.Query
}

// UnmarshalText takes the text; it is read when the whole file is known.
func (q *Query) UnmarshalText(text []byte) error {
	q.Text = string(text)
	return nil
}

// query reads a query and records each of its faults where it stands in the
// file.
func (k *checker) query(path string, q *Query) {
	tree, err := filters.Parse(q.Text)
	if err != nil {
		k.faulty(path, err)
		return
	}
	q.Tree = tree
	if tree.Relative() {
		k.doc.wrong(path, "the query depends on the day it is asked", filters.RefuseRelative)
	}
}

// faulty records what is wrong with the query at path.
func (k *checker) faulty(path string, err error) {
	var faults *filters.Errors
	if !errors.As(err, &faults) {
		k.doc.wrong(path, err.Error(), "")
		return
	}
	for _, f := range faults.All {
		if k.doc.has(path) {
			k.doc.at(k.doc.within(path, f.Start, f.End), f.Message, f.Hint)
		} else {
			k.doc.wrong(path, f.Message, f.Hint)
		}
	}
}

// checkReferences checks that references to topics (topic:NAME) lead to one and
// never back, once all topics can be read. Those in scopes are resolved for
// good; topics keep theirs as written.
func (k *checker) checkReferences() {
	for _, t := range k.topics {
		if len(t.doc.errs) > 0 {
			return
		}
	}
	if len(k.doc.errs) > 0 {
		return
	}
	lookup, names := k.lookup()
	for i, t := range k.cfg.Topics {
		if _, err := filters.Resolve(t.Query.Tree, lookup, names...); err != nil {
			k.in(k.topics[i].doc).faulty(k.topics[i].path+".query", err)
		}
	}
	for i := range k.cfg.Newsletters {
		scope := &k.cfg.Newsletters[i].Scope
		tree, err := filters.Resolve(scope.Tree, lookup, names...)
		if err != nil {
			k.faulty(fmt.Sprintf("newsletter[%d].scope", i), err)
			continue
		}
		scope.Tree = tree
	}
}

// lookup finds the query of a topic by its name or one that it had before.
// names are those that topics have now.
func (k *checker) lookup() (find func(string) (*filters.Query, bool), names []string) {
	queries := make(map[string]*filters.Query, len(k.cfg.Topics))
	for _, t := range k.cfg.Topics {
		names = append(names, t.Name)
		queries[t.Name] = t.Query.Tree
		for _, name := range t.Formerly {
			queries[name] = t.Query.Tree
		}
	}
	return func(name string) (*filters.Query, bool) {
		q, ok := queries[name]
		return q, ok
	}, names
}
