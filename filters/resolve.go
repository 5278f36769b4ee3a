package filters

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// This file puts the queries of other topics in where a query names them.

// Limits of a query with all topics it refers to written out, each as often as
// it is named.
const (
	MaxExpanded = 2000 // leaves
	MaxHeight   = 120  // nodes within nodes
)

// reference makes the leaf of another topic.
func (p *parser) reference(at Span, t lexeme) Node {
	name := strings.ToLower(norm.NFKC.String(t.text))
	if len(name) > MaxToken || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" {
		p.bad(t.at, fmt.Sprintf("topic has no value %q", clip(t.text)), "a topic's name holds letters, digits, dots, hyphens and _")
		return nil
	}
	return &Topic{Span: at, Name: name}
}

// References lists the topics that the query's own text names, each once, in
// the order of the text.
func (q *Query) References() []string {
	var names []string
	written(q.root, func(n Node) {
		if t, ok := n.(*Topic); ok && !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	})
	return names
}

// Resolve puts in the query of every topic that q refers to, and theirs in
// turn. lookup finds a topic's query by its name; names, if given, are those
// to suggest for one that is missing. Its error is an [*Errors] that points at
// the references of q: missing topics, circles with their path, and what is
// larger than [MaxExpanded] written out. Text and canonical form of q stay.
func Resolve(q *Query, lookup func(name string) (*Query, bool), names ...string) (*Query, error) {
	if len(q.References()) == 0 {
		return q, nil
	}
	r := resolver{lookup: lookup, names: names, done: map[string]expansion{}, p: parser{text: q.text}}
	root, _ := r.tree(q.root, nil)
	if len(r.p.faults) == 0 && height(root) > MaxHeight {
		r.p.bad(q.root.Where(), fmt.Sprintf("with the topics it refers to, the query has more than %d terms within each other", MaxHeight),
			"refer to simpler topics")
	}
	if len(r.p.faults) > 0 {
		slices.SortStableFunc(r.p.faults, func(a, b Error) int { return a.Start - b.Start })
		return nil, &Errors{Query: q.text, All: r.p.faults}
	}
	resolved := *q
	resolved.root = root
	return &resolved, nil
}

// height counts the nodes from the root to the farthest leaf.
func height(n Node) int {
	most := 0
	switch n := n.(type) {
	case *And:
		for _, part := range n.Nodes {
			most = max(most, height(part))
		}
	case *Or:
		for _, part := range n.Nodes {
			most = max(most, height(part))
		}
	case *Not:
		most = height(n.Node)
	case *Topic:
		if n.Node != nil {
			most = height(n.Node)
		}
	}
	return most + 1
}

type resolver struct {
	lookup func(string) (*Query, bool)
	names  []string
	done   map[string]expansion
	path   []string // topics being put in, outermost first
	p      parser   // takes the faults
}

// expansion is a topic's tree with its own references put in.
type expansion struct {
	node  Node // nil if it has a fault
	fault string
	hint  string
	size  int
}

// tree puts in what a tree refers to and counts its leaves. at is where the
// text of q names the topic whose tree it is; nil for that of q itself.
func (r *resolver) tree(n Node, at *Span) (Node, int) {
	size := 0
	node := replaced(n, func(leaf Node) Node {
		size++
		t, ok := leaf.(*Topic)
		if !ok {
			return leaf
		}
		where := t.Span
		if at != nil {
			where = *at
		}
		e := r.topic(t.Name, where)
		size += e.size
		if size > MaxExpanded && e.fault == "" {
			e.fault = fmt.Sprintf("with the topics it refers to, the query has more than %d terms", MaxExpanded)
			e.hint = "refer to smaller topics"
		}
		if e.fault != "" {
			if at == nil {
				r.p.bad(where, e.fault, e.hint)
			} else {
				r.carry(e)
			}
			return leaf
		}
		put := *t
		put.Node = e.node
		return &put
	})
	return node, size
}

// carry notes that the topic at the end of the path has a fault within.
func (r *resolver) carry(e expansion) {
	name := r.path[len(r.path)-1]
	if have := r.done[name]; have.fault == "" {
		r.done[name] = expansion{fault: e.fault, hint: e.hint}
	}
}

// topic gives the tree of a named topic.
func (r *resolver) topic(name string, at Span) expansion {
	if i := slices.Index(r.path, name); i >= 0 {
		circle := strings.Join(append(slices.Clone(r.path[i:]), name), " -> ")
		return expansion{fault: "topics refer to each other in a circle: " + circle, hint: "take one of these references out"}
	}
	if e, ok := r.done[name]; ok {
		return e
	}
	q, ok := r.lookup(name)
	if !ok {
		return r.missing(name)
	}
	if len(r.path) == MaxDepth {
		return expansion{fault: fmt.Sprintf("more than %d topics refer to one another", MaxDepth), hint: "refer to fewer"}
	}
	r.path = append(r.path, name)
	node, size := r.tree(q.root, &at)
	r.path = r.path[:len(r.path)-1]
	if r.done[name].fault == "" {
		r.done[name] = expansion{node: node, size: size}
	}
	return r.done[name]
}

// missing words a topic that does not exist, and by way of which.
func (r *resolver) missing(name string) expansion {
	e := expansion{fault: fmt.Sprintf("there is no topic %q", clip(name)), hint: "topics are named in the configuration"}
	if len(r.path) > 0 {
		e.fault += ", to which topic " + r.path[len(r.path)-1] + " refers"
	}
	if near := closest(name, r.names); near != "" {
		e.hint = fmt.Sprintf("did you mean %q?", near)
	}
	return e
}
