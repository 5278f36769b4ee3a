package store

import (
	"strings"

	"github.com/draftwire/draftwire/filters"
)

// A query's tree becomes SQL in two ways. What the word index can answer,
// which is all but comparisons, becomes one FTS5 expression, evaluated in the
// order of rowids, newest first. The rest becomes conditions on the rows found.

// condition is a compiled query. match may be empty: then rows alone decide.
type condition struct {
	match string // FTS5 expression
	where string // SQL over e, r and d, or empty
	args  []any  // of where, in order, for ?
}

func compile(root filters.Node) condition {
	var c condition
	switch n := root.(type) {
	case *filters.All:
	case *filters.And:
		var indexed, rest []filters.Node
		for _, part := range n.Nodes {
			if isIndexed(part) {
				indexed = append(indexed, part)
			} else {
				rest = append(rest, part)
			}
		}
		if len(indexed) > 0 {
			c.match = matchAll(indexed)
		}
		for _, part := range rest {
			c.and(part)
		}
	default:
		if isIndexed(root) {
			c.match = match(root)
		} else {
			c.and(root)
		}
	}
	return c
}

func (c *condition) and(n filters.Node) {
	if c.where != "" {
		c.where += " AND "
	}
	c.where += c.sql(n)
}

// isIndexed reports whether the word index alone answers a node.
func isIndexed(n filters.Node) bool {
	switch n := n.(type) {
	case *filters.And:
		return allIndexed(n.Nodes)
	case *filters.Or:
		return allIndexed(n.Nodes)
	case *filters.Not:
		return isIndexed(n.Node)
	case *filters.Words, *filters.Facet:
		return true
	}
	return false
}

func allIndexed(nodes []filters.Node) bool {
	for _, n := range nodes {
		if !isIndexed(n) {
			return false
		}
	}
	return true
}

// match gives the FTS5 expression of an indexed node. Every token is quoted:
// nothing a person types is read as FTS5 syntax.
func match(n filters.Node) string {
	switch n := n.(type) {
	case *filters.And:
		return matchAll(n.Nodes)
	case *filters.Or:
		parts := make([]string, len(n.Nodes))
		for i, part := range n.Nodes {
			parts[i] = match(part)
		}
		return "(" + strings.Join(parts, " OR ") + ")"
	case *filters.Not:
		return matchAll([]filters.Node{n})
	case *filters.Facet:
		return "facets : " + quote(n.Token)
	case *filters.Words:
		phrases := make([]string, len(n.Alternatives))
		for i, words := range n.Alternatives {
			phrases[i] = quote(strings.Join(words, " "))
			if n.Prefix {
				phrases[i] += " *"
			}
		}
		return "{" + strings.Join(columnNames(n.Columns), " ") + "} : (" + strings.Join(phrases, " OR ") + ")"
	}
	panic("store: not an indexed node") // isIndexed decides what comes here
}

// matchAll joins by AND. FTS5 knows NOT only between two expressions, so a
// negation stands behind what is asserted, or behind every event.
func matchAll(nodes []filters.Node) string {
	var asserted, denied []string
	for _, n := range nodes {
		if not, ok := n.(*filters.Not); ok {
			denied = append(denied, match(not.Node))
		} else {
			asserted = append(asserted, match(n))
		}
	}
	if len(asserted) == 0 {
		asserted = []string{"facets : " + quote(filters.Everything)}
	}
	expr := "(" + strings.Join(asserted, " AND ") + ")"
	for _, d := range denied {
		expr = "(" + expr + " NOT " + d + ")"
	}
	return expr
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func columnNames(set filters.Columns) []string {
	var names []string
	for _, c := range set.List() {
		if c == filters.Group {
			names = append(names, "grp") // group is a word of SQL
		} else {
			names = append(names, c.String())
		}
	}
	return names
}

// sql gives a condition on one row. It is never NULL, so NOT means what it says.
func (c *condition) sql(n filters.Node) string {
	if isIndexed(n) {
		c.args = append(c.args, match(n))
		return "EXISTS (SELECT 1 FROM words w WHERE w.rowid = e.id AND w.words MATCH ?)"
	}
	switch n := n.(type) {
	case *filters.And:
		return c.join(n.Nodes, " AND ")
	case *filters.Or:
		return c.join(n.Nodes, " OR ")
	case *filters.Not:
		return "NOT " + c.sql(n.Node)
	case *filters.Number:
		return c.number(n)
	}
	panic("store: unknown node of a query") // a new kind of leaf must be taught here
}

// number compares a number that must be there: a missing one is 0 or no two digits.
func (c *condition) number(n *filters.Number) string {
	there, value := "r.pages > 0", "r.pages"
	if n.Field == filters.Rev {
		there, value = "r.rev GLOB '[0-9][0-9]'", "CAST(r.rev AS INTEGER)"
	}
	if n.Op == filters.Between {
		c.args = append(c.args, n.Value, n.To)
		return "(" + there + " AND " + value + " BETWEEN ? AND ?)"
	}
	c.args = append(c.args, n.Value)
	return "(" + there + " AND " + value + " " + string(n.Op) + " ?)"
}

func (c *condition) join(nodes []filters.Node, op string) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = c.sql(n)
	}
	return "(" + strings.Join(parts, op) + ")"
}
