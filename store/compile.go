package store

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/draftwire/draftwire/filters"
)

// A query's tree becomes SQL in two ways. What the word index can answer,
// which is all words and exact values, becomes one FTS5 expression, evaluated
// in the order of rowids, newest first. The rest becomes conditions on the rows
// found; where they tell the index something too, it narrows what is looked at.

// condition is a compiled query. match may be empty: then rows alone decide.
type condition struct {
	match    string // FTS5 expression
	body     string // likewise, of the index of texts; may be empty
	where    string // SQL over e, r and d, or empty
	args     []any  // of where, in order, for ?
	from, to int64  // event ids that where admits, [from, to)
	span     *span  // if set, all that is found within is wanted, not the newest: sets beat look-ups
	err      error  // why the query cannot be asked
}

// span is a range of event ids, [low, high).
type span struct{ low, high int64 }

// compile never fails outright: a leaf that cannot be asked finds nothing, as
// in the matcher, and leaves an error in the condition.
func compile(root filters.Node) condition { return compileFor(root, nil) }

func compileFor(root filters.Node, within *span) condition {
	c := condition{span: within, from: math.MinInt64, to: math.MaxInt64}
	parts := []filters.Node{root}
	if and, ok := root.(*filters.And); ok {
		parts = and.Nodes
	}
	var asserted, denied, bodies []string
	for _, part := range parts {
		part = unwrapped(part)
		switch n := part.(type) {
		case *filters.All:
			continue
		case *filters.Not:
			if isIndexed(n.Node) {
				denied = append(denied, match(n.Node))
				continue
			}
		case *filters.Words:
			if ofBody(n) {
				bodies = append(bodies, matchWords(n))
				continue
			}
		case *filters.Date:
			c.bound(n.From, n.To)
		case *filters.Within:
			c.bound(n.Since, time.Time{})
		case *filters.Glob:
			for _, word := range n.Words() {
				asserted = append(asserted, "name : "+quote(word))
			}
		}
		if isIndexed(part) {
			asserted = append(asserted, match(part))
			continue
		}
		if c.where != "" {
			c.where += " AND "
		}
		c.where += c.sql(part)
	}
	if len(asserted) > 0 || len(denied) > 0 {
		c.match = without(asserted, denied)
	}
	c.body = strings.Join(bodies, " AND ")
	return c
}

// unwrapped gives the tree that a resolved topic stands for.
func unwrapped(n filters.Node) filters.Node {
	for {
		topic, ok := n.(*filters.Topic)
		if !ok || topic.Node == nil {
			return n
		}
		n = topic.Node
	}
}

// bound narrows the ids to those of events published in [from, to). An id is
// the date and up to a second more; see catalog.EventID. The minute is for ids
// that were taken.
func (c *condition) bound(from, to time.Time) {
	if !from.IsZero() {
		c.from = max(c.from, from.UnixMicro())
	}
	if !to.IsZero() {
		c.to = min(c.to, to.Add(time.Minute).UnixMicro())
	}
}

// sql gives a condition on one row. It is never NULL, so NOT means what it says.
func (c *condition) sql(n filters.Node) string {
	n = unwrapped(n)
	if isIndexed(n) {
		return c.within("words", match(n))
	}
	switch n := n.(type) {
	case *filters.Words:
		return c.within("bodies", matchWords(n))
	case *filters.And:
		return c.join(n.Nodes, " AND ")
	case *filters.Or:
		return c.join(n.Nodes, " OR ")
	case *filters.Not:
		return "NOT " + c.sql(n.Node)
	case *filters.Number:
		return c.number(n)
	case *filters.Date:
		return c.dates(n.From, n.To)
	case *filters.Within:
		if n.Since.IsZero() {
			return c.refuse("within: was not told the time; use Query.At")
		}
		return c.dates(n.Since, time.Time{})
	case *filters.Glob:
		return c.glob(n)
	case *filters.Pattern:
		return c.pattern(n)
	case *filters.Topic:
		return c.refuse("topic:" + n.Name + " was not resolved; use filters.Resolve")
	}
	return c.refuse(fmt.Sprintf("a leaf of an unknown kind, %T", n))
}

// within asks one of the indexes of a row.
func (c *condition) within(index, match string) string {
	c.args = append(c.args, match)
	if c.span != nil {
		c.args = append(c.args, c.span.low, c.span.high)
		return "e.id IN (SELECT w.rowid FROM " + index + " w WHERE w." + index + " MATCH ? AND w.rowid >= ? AND w.rowid < ?)"
	}
	return "EXISTS (SELECT 1 FROM " + index + " w WHERE w.rowid = e.id AND w." + index + " MATCH ?)"
}

// refuse gives a condition that nothing meets.
func (c *condition) refuse(why string) string {
	if c.err == nil {
		c.err = fmt.Errorf("query not ready to be asked: %s", why)
	}
	return "0"
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

// dates bounds a date that must be there.
func (c *condition) dates(from, to time.Time) string {
	text := "(e.published <> 0"
	if !from.IsZero() {
		text += " AND e.published >= ?"
		c.args = append(c.args, from.UnixMicro())
	}
	if !to.IsZero() {
		text += " AND e.published < ?"
		c.args = append(c.args, to.UnixMicro())
	}
	return text + ")"
}

// glob compares every name of the lineage, and the document's own with its
// revision. The characters of a pattern mean the same to SQLite.
func (c *condition) glob(n *filters.Glob) string {
	c.args = append(c.args, n.Pattern, n.Pattern)
	return "(EXISTS (SELECT 1 FROM documents l WHERE l.lineage = d.lineage AND l.folded GLOB ?)" +
		" OR r.rev <> '' AND d.kind = 'draft' AND d.folded || '-' || r.rev GLOB ?)"
}

// Where the stored texts of columns are: in the row, or in rows and arrays of
// their own, which are asked later.
var (
	patternTexts = map[filters.Column]string{
		filters.Title:    "r.title",
		filters.Abstract: "r.abstract",
		filters.Group:    "r.grp",
		filters.Name:     "CASE WHEN r.rev = '' OR d.kind <> 'draft' THEN '' ELSE d.name || '-' || r.rev END",
	}
	patternRows = map[filters.Column]string{
		filters.Name:    "EXISTS (SELECT 1 FROM documents l WHERE l.lineage = d.lineage AND " + matchesFunction + "(?, l.name))",
		filters.Authors: "EXISTS (SELECT 1 FROM json_each(r.authors) a WHERE " + matchesFunction + "(?, coalesce(a.value ->> 'name', '')))",
	}
)

func (c *condition) pattern(n *filters.Pattern) string {
	expression := filters.Printed(&filters.Pattern{Columns: filters.Anywhere, Expr: n.Expr, FoldCase: n.FoldCase})
	var texts, parts []string
	for _, column := range n.Columns.List() {
		if text, ok := patternTexts[column]; ok {
			texts = append(texts, text)
		}
		if rows, ok := patternRows[column]; ok {
			parts = append(parts, rows)
			c.args = append(c.args, expression)
		}
	}
	if len(texts) > 0 { // of equal questions the first is asked first
		parts = append([]string{matchesFunction + "(?, " + strings.Join(texts, ", ") + ")"}, parts...)
		c.args = append(c.args, expression)
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// join makes a balanced tree, since SQLite bounds how deep an expression may
// be, and reads a long chain as a deep one.
func (c *condition) join(nodes []filters.Node, op string) string {
	if len(nodes) == 1 {
		return c.sql(nodes[0])
	}
	half := len(nodes) / 2
	left := c.join(nodes[:half], op)
	return "(" + left + op + c.join(nodes[half:], op) + ")"
}
