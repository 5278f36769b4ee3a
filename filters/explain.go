package filters

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// This file says why a query matched an item or not.

// Explanation is a part of a query with what became of it.
type Explanation struct {
	Query   string        // the part in its canonical form
	Matched bool          // whether the item has it
	Place   string        // where a leaf matched, such as title "multipath"; else empty
	Reason  string        // what decided it, in short
	Parts   []Explanation // of AND, OR and NOT
}

// Explain tells what each part of the query finds in the item. The Reason of
// the whole is short enough to be kept with a selection: group:quic, title
// "multipath".
func (q *Query) Explain(it *Item) Explanation { return explain(q.root, it) }

// Sentence says in one sentence what decided.
func (e Explanation) Sentence() string {
	if e.Matched {
		return "It matches: " + e.Reason + "."
	}
	return "It does not match: " + e.Reason + "."
}

func explain(n Node, it *Item) Explanation {
	e := Explanation{Query: canonical(n)}
	switch n := n.(type) {
	case *And:
		e.Parts = explainAll(n.Nodes, it)
		e.Matched = !slices.ContainsFunc(e.Parts, failed)
		e.Reason = reasons(asserted(e.Parts, n.Nodes), e.Matched, ", ")
		if !e.Matched {
			e.Reason = firstReason(e.Parts, false)
		}
	case *Or:
		e.Parts = explainAll(n.Nodes, it)
		e.Matched = slices.ContainsFunc(e.Parts, matched)
		e.Reason = reasons(e.Parts, e.Matched, "; ")
		if e.Matched {
			e.Reason = firstReason(e.Parts, true)
		}
	case *Not:
		e.Parts = explainAll([]Node{n.Node}, it)
		e.Matched = !e.Parts[0].Matched
		e.Reason = "not " + clip(e.Parts[0].Query)
		if !e.Matched {
			e.Reason = "excluded by " + e.Parts[0].Reason
		}
	case *Topic:
		e.Reason = "topic " + n.Name + " is not at hand"
		if n.Node != nil {
			e.Parts = explainAll([]Node{n.Node}, it)
			e.Matched = e.Parts[0].Matched
			e.Reason = fmt.Sprintf("topic %s (%s)", n.Name, e.Parts[0].Reason)
		}
	case *Words: // it has a place where it matched
		e.Place, e.Reason = n.explain(it)
		e.Matched = e.Place != ""
	default:
		e.Matched = n.match(it)
		e.Place, e.Reason = explainLeaf(n, it, e.Matched)
	}
	return e
}

// explainLeaf tells of a part that has no parts and looks for no words.
func explainLeaf(n Node, it *Item, matched bool) (place, reason string) {
	switch n := n.(type) {
	case *All:
		return "", "an empty query finds everything"
	case *Facet:
		return n.explain(it)
	case *Number:
		return n.explain(it)
	case *Date:
		return explainDate(it, matched, n.spelled())
	case *Within:
		return n.explain(it)
	case *Glob:
		return n.explain(it)
	case *Pattern:
		return n.explain(it)
	}
	return "", ""
}

func matched(e Explanation) bool { return e.Matched }

func failed(e Explanation) bool { return !e.Matched }

func explainAll(nodes []Node, it *Item) []Explanation {
	parts := make([]Explanation, len(nodes))
	for i, n := range nodes {
		parts[i] = explain(n, it)
	}
	return parts
}

// asserted leaves out what an AND excludes, where it asks for something too:
// what was found says why, and what was not would bury it.
func asserted(parts []Explanation, nodes []Node) (list []Explanation) {
	for i, n := range nodes {
		if _, negated := n.(*Not); !negated {
			list = append(list, parts[i])
		}
	}
	if len(list) == 0 {
		return parts
	}
	return list
}

// maxReasons is how many parts a reason names.
const maxReasons = 4

// reasons joins the reasons of the parts that came out as told.
func reasons(parts []Explanation, matched bool, separator string) string {
	var list []string
	for _, p := range parts {
		if p.Matched == matched {
			list = append(list, p.Reason)
		}
	}
	if more := len(list) - maxReasons; more > 0 {
		list = append(list[:maxReasons], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, separator)
}

// firstReason gives the reason of the first part that came out as told.
func firstReason(parts []Explanation, matched bool) string {
	for _, p := range parts {
		if p.Matched == matched {
			return p.Reason
		}
	}
	return ""
}

func (n *Words) explain(it *Item) (place, reason string) {
	for _, c := range n.Columns.List() {
		for _, phrase := range n.Alternatives {
			col, at := n.find(it, c, phrase)
			if at >= 0 {
				place = fmt.Sprintf("%s %q", c, clip(cmp.Or(n.quote(it, c), spaced(col.tokens[at:at+len(phrase)]))))
				return place, place
			}
		}
	}
	wanted := clip(n.spelled())
	if n.Columns == Anywhere {
		return "", "nothing says " + wanted
	}
	return "", fmt.Sprintf("%s does not say %s", n.Columns.List()[0], wanted)
}

// find looks for one of the alternatives.
func (n *Words) find(it *Item, c Column, phrase []string) (*column, int) {
	if n.Prefix {
		col := it.indexed(c)
		return col, col.find(phrase, true)
	}
	col := it.parted(c)
	return col, col.seek(phrase)
}

// quote gives what the words find first in a column, as its text has it. It is
// empty where the column has no text of its own.
func (n *Words) quote(it *Item, c Column) string {
	for _, text := range it.values(c) {
		h := highlighter{text: cut(text, MaxText)}
		h.words(n)
		if found := merged(h.found); len(found) > 0 {
			return strings.Join(strings.Fields(h.text[found[0].Start:found[0].End]), " ")
		}
	}
	return ""
}

// explainDate tells of a leaf about the date of the event.
func explainDate(it *Item, matched bool, wanted string) (place, reason string) {
	if it.event.Published.IsZero() {
		return "", "its date is unknown"
	}
	date := "date " + it.event.Published.UTC().Format("2006-01-02 15:04Z")
	if matched {
		return date, date
	}
	return "", date + " is not " + wanted
}

func (n *Within) explain(it *Item) (place, reason string) {
	if n.Since.IsZero() {
		return "", n.spelled() + " was asked without the time"
	}
	return explainDate(it, n.match(it), n.spelled())
}

func (n *Glob) explain(it *Item) (place, reason string) {
	if name := n.find(it); name != "" {
		place = "name " + clip(name)
		return place, place
	}
	return "", "no name is " + clip(n.Pattern)
}

func (n *Pattern) explain(it *Item) (place, reason string) {
	for _, c := range n.Columns.List() {
		for _, text := range it.plain(c) {
			if n.matchPlain(text) {
				at := n.re.FindStringIndex(text)
				place = fmt.Sprintf("%s %q", c, clip(text[at[0]:at[1]]))
				return place, place
			}
		}
	}
	if n.Columns == Anywhere {
		return "", "nothing says " + clip(n.spelled())
	}
	return "", fmt.Sprintf("%s does not say %s", n.Columns.List()[0], clip(n.spelled()))
}

func (n *Facet) explain(it *Item) (place, reason string) {
	name, value, _ := strings.Cut(n.Token, "=")
	if n.match(it) {
		return name + " " + clip(value), name + ":" + clip(value)
	}
	var have []string
	for _, token := range it.indexed(Facets).tokens {
		if other, ok := strings.CutPrefix(token, name+"="); ok && len(have) < maxReasons {
			have = append(have, clip(other))
		}
	}
	if len(have) == 0 {
		return "", name + " is unknown"
	}
	return "", fmt.Sprintf("%s is %s, not %s", name, strings.Join(have, ", "), clip(value))
}

func (n *Number) explain(it *Item) (place, reason string) {
	have, ok := it.number(n.Field)
	if !ok {
		return "", string(n.Field) + " is unknown"
	}
	is := fmt.Sprintf("%s %d", n.Field, have)
	if n.holds(have) {
		return is, is
	}
	_, wanted, _ := strings.Cut(n.spelled(), ":")
	return "", fmt.Sprintf("%s is %d, not %s", n.Field, have, wanted)
}
