package filters

import (
	"slices"
	"time"
)

// This file holds the evaluator: what each node of the tree matches.

func (n *All) match(*Item) bool { return true }

func (n *Not) match(it *Item) bool { return !n.Node.match(it) }

func (n *And) match(it *Item) bool {
	for _, node := range n.Nodes {
		if !node.match(it) {
			return false
		}
	}
	return true
}

func (n *Or) match(it *Item) bool {
	for _, node := range n.Nodes {
		if node.match(it) {
			return true
		}
	}
	return false
}

func (n *Words) match(it *Item) bool {
	for c := range Column(columns) {
		if !n.Columns.Has(c) {
			continue
		}
		col := it.indexed(c)
		for _, phrase := range n.Alternatives {
			if col.find(phrase, n.Prefix) >= 0 {
				return true
			}
		}
	}
	return false
}

func (n *Facet) match(it *Item) bool {
	_, ok := it.indexed(Facets).first[n.Token]
	return ok
}

func (n *Date) match(it *Item) bool { return contains(n.From, n.To, it.event.Published) }

func (n *Within) match(it *Item) bool {
	return !n.Since.IsZero() && contains(n.Since, time.Time{}, it.event.Published)
}

func (n *Glob) match(it *Item) bool { return n.find(it) != "" }

// find gives the first name of the pattern, or none.
func (n *Glob) find(it *Item) string {
	for _, name := range it.plain(Name) {
		if n.MatchName(name) {
			return name
		}
	}
	return ""
}

func (n *Pattern) match(it *Item) bool {
	for c := range Facets {
		if n.Columns.Has(c) && slices.ContainsFunc(it.plain(c), n.matchPlain) {
			return true
		}
	}
	return false
}

func (n *Topic) match(it *Item) bool { return n.Node != nil && n.Node.match(it) }

func (n *Number) match(it *Item) bool {
	have, ok := it.number(n.Field)
	return ok && n.holds(have)
}
