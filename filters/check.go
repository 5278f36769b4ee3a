package filters

import (
	"fmt"
	"slices"
	"strings"
)

// This file holds what a query's writer is warned of though nothing is wrong:
// fields that nothing fills, and groups and lists that nobody knows.

// Unfilled warns of each field of the query that no source fills. filled tells
// whether sources of a kind are configured, of those that [Field].Filled
// names; it is not asked about [EverySource].
func Unfilled(q *Query, filled func(kind string) bool) []Hint {
	var hints []Hint
	seen := map[string]bool{}
	written(q.root, func(n Node) {
		name := fieldOfLeaf(n)
		f := fieldNamed(name)
		if f == nil || seen[name] || f.Filled == EverySource || filled(f.Filled) {
			return
		}
		seen[name] = true
		hints = append(hints, q.hintAt(n, fmt.Sprintf(
			"no source fills %s, so this finds nothing: it comes from %s", f.Name, f.Filled)))
	})
	return hints
}

// CheckGroups warns of groups that known does not know, and suggests one of
// all, which lists those of the catalogue.
func CheckGroups(q *Query, known func(group string) bool, all []string) []Hint {
	return checkValues(q, "group", known, all)
}

// CheckLists is CheckGroups for mailing lists, by either form of their name.
func CheckLists(q *Query, known func(list string) bool, all []string) []Hint {
	return checkValues(q, "list", known, all)
}

func checkValues(q *Query, field string, known func(string) bool, all []string) []Hint {
	var hints []Hint
	seen := map[string]bool{}
	written(q.root, func(n Node) {
		value, ok := ValueOf(n, field)
		if !ok || seen[value] || known(value) {
			return
		}
		seen[value] = true
		message := fmt.Sprintf("the catalogue knows no %s %q", field, clip(value))
		if near := closest(value, all); near != "" {
			message += fmt.Sprintf(": did you mean %q?", near)
		}
		hints = append(hints, q.hintAt(n, message))
	})
	return hints
}

// ValueOf gives the value that a leaf wants of a field such as group, and
// false if n is no such leaf.
func ValueOf(n Node, field string) (value string, ok bool) {
	f, ok := n.(*Facet)
	if !ok {
		return "", false
	}
	name, value, _ := strings.Cut(f.Token, "=")
	return value, name == field
}

// Values lists what the query's own text wants of a field such as group, each
// once, in the order of the text.
func (q *Query) Values(field string) []string {
	var list []string
	written(q.root, func(n Node) {
		if v, ok := ValueOf(n, field); ok && !slices.Contains(list, v) {
			list = append(list, v)
		}
	})
	return list
}

// hintAt is a hint at the text of a leaf.
func (q *Query) hintAt(n Node, message string) Hint {
	at := n.Where()
	line, column := position(q.text, at.Start)
	return Hint{at, line, column, message}
}

// fieldOfLeaf names the field that a leaf asks of, or none for words anywhere.
func fieldOfLeaf(n Node) string {
	switch n := n.(type) {
	case *Words:
		return fieldOf(n.Columns)
	case *Pattern:
		return fieldOf(n.Columns)
	case *Facet:
		name, _, _ := strings.Cut(n.Token, "=")
		return name
	case *Number:
		return string(n.Field)
	case *Date:
		return "date"
	case *Within:
		return "within"
	case *Glob:
		return "name"
	case *Topic:
		return "topic"
	}
	return ""
}
