package filters

import "time"

// This file holds the leaves that no word index answers alone: dates, globs,
// expressions, and references.

// Date is a leaf that asks when the event was published: in [From, To). A zero
// end is open; at least one is not. An event without a date does not match.
type Date struct {
	Span
	From, To time.Time // UTC, beginnings of days
}

// Within is a leaf that asks whether the event was published in the last so
// many hours, days, weeks, months or years. It matches nothing until
// [Query.At] has told it the time.
type Within struct {
	Span
	Count int
	Unit  byte      // one of h, d, w, m, y
	Since time.Time // zero as long as the time is not told
}

// Glob is a leaf that compares whole names of the document with a pattern, in
// lower case, in which * stands for any characters and ? for one.
type Glob struct {
	Span
	Pattern string
}

// Topic is a leaf that stands for another topic's query. It matches nothing
// until [Resolve] has put that query's tree in.
type Topic struct {
	Span
	Name string
	Node Node // nil as long as it is not resolved
}

// contains reports whether t is in [from, to), where a zero end is open.
func contains(from, to, t time.Time) bool {
	return !t.IsZero() && !t.Before(from) && (to.IsZero() || t.Before(to))
}

// walk calls fn for a node and all below it, trees of resolved topics
// included.
func walk(n Node, fn func(Node)) {
	fn(n)
	switch n := n.(type) {
	case *And:
		for _, part := range n.Nodes {
			walk(part, fn)
		}
	case *Or:
		for _, part := range n.Nodes {
			walk(part, fn)
		}
	case *Not:
		walk(n.Node, fn)
	case *Topic:
		if n.Node != nil {
			walk(n.Node, fn)
		}
	}
}

// written calls fn for the leaves that stand in the query's own text.
func written(n Node, fn func(Node)) {
	switch n := n.(type) {
	case *And:
		for _, part := range n.Nodes {
			written(part, fn)
		}
	case *Or:
		for _, part := range n.Nodes {
			written(part, fn)
		}
	case *Not:
		written(n.Node, fn)
	default:
		fn(n)
	}
}

// replaced gives the tree with every leaf exchanged for what fn makes of it.
// Parts that stay are shared with the old tree.
func replaced(n Node, fn func(Node) Node) Node {
	switch n := n.(type) {
	case *And:
		if nodes, changed := replacedAll(n.Nodes, fn); changed {
			return &And{n.Span, nodes}
		}
	case *Or:
		if nodes, changed := replacedAll(n.Nodes, fn); changed {
			return &Or{n.Span, nodes}
		}
	case *Not:
		if node := replaced(n.Node, fn); node != n.Node {
			return &Not{n.Span, node}
		}
	default:
		return fn(n)
	}
	return n
}

func replacedAll(nodes []Node, fn func(Node) Node) (list []Node, changed bool) {
	list = make([]Node, len(nodes))
	for i, n := range nodes {
		list[i] = replaced(n, fn)
		changed = changed || list[i] != n
	}
	return list, changed
}
