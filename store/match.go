package store

import (
	"strings"

	"github.com/draftwire/draftwire/filters"
)

// This file writes what the word index answers as FTS5 expressions.

// maxMatch bounds how many nodes of an FTS5 expression may stand within each
// other: its parser has a stack of 100 symbols, and a node takes up to five.
const maxMatch = 16

// isIndexed reports whether the word index alone answers a node.
func isIndexed(n filters.Node) bool { return matchHeight(n) <= maxMatch }

// matchHeight counts the nodes within each other. What the index cannot answer
// is higher than any expression may be.
func matchHeight(n filters.Node) int {
	switch n := n.(type) {
	case *filters.And:
		return 1 + highest(n.Nodes)
	case *filters.Or:
		return 1 + highest(n.Nodes)
	case *filters.Not:
		return 1 + matchHeight(n.Node)
	case *filters.Topic:
		if n.Node != nil {
			return matchHeight(n.Node)
		}
	case *filters.Words:
		if !ofBody(n) {
			return 1
		}
	case *filters.Facet, *filters.All:
		return 1
	}
	return maxMatch + 1
}

func highest(nodes []filters.Node) int {
	most := 0
	for _, n := range nodes {
		most = max(most, matchHeight(n))
	}
	return most
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
	case *filters.Topic:
		return match(n.Node)
	case *filters.Facet:
		return "facets : " + quote(n.Token)
	case *filters.Words:
		return matchWords(n)
	}
	return everything // only All is left of what isIndexed admits
}

// matchWords gives the expression of words, for the index that has their columns.
func matchWords(n *filters.Words) string {
	phrases := make([]string, len(n.Alternatives))
	for i, words := range n.Alternatives {
		phrases[i] = quote(strings.Join(words, " "))
		if n.Prefix {
			phrases[i] += " *"
		}
	}
	return "{" + strings.Join(columnNames(n.Columns), " ") + "} : (" + strings.Join(phrases, " OR ") + ")"
}

// ofBody reports whether a leaf looks into the texts of revisions, which have an
// index of their own.
func ofBody(n *filters.Words) bool { return n.Columns.Has(filters.Body) }

var everything = "facets : " + quote(filters.Everything)

// matchAll joins by AND.
func matchAll(nodes []filters.Node) string {
	var asserted, denied []string
	for _, n := range nodes {
		if not, ok := unwrapped(n).(*filters.Not); ok {
			denied = append(denied, match(not.Node))
		} else {
			asserted = append(asserted, match(n))
		}
	}
	return without(asserted, denied)
}

// without joins what must and what must not match. FTS5 knows NOT only between
// two expressions, so it stands behind what is asserted, or behind every event.
func without(asserted, denied []string) string {
	if len(asserted) == 0 {
		asserted = []string{everything}
	}
	expr := "(" + strings.Join(asserted, " AND ") + ")"
	if len(denied) > 0 {
		expr = "(" + expr + " NOT (" + strings.Join(denied, " OR ") + "))"
	}
	return expr
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func columnNames(set filters.Columns) []string {
	var names []string
	for _, c := range set.List() {
		names = append(names, columnName(c))
	}
	return names
}

func columnName(c filters.Column) string {
	if c == filters.Group {
		return "grp" // group is a word of SQL
	}
	return c.String()
}
