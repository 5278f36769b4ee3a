package filters

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// This file reads a query into its tree: OR of AND of NOT of leaves.

// Parse reads a query. Its error is an [*Errors] with every fault found. An
// empty query matches everything; see [Query.IsAll].
func Parse(text string) (*Query, error) {
	p := parser{text: text}
	root := p.parse()
	if root == nil && len(p.faults) == 0 {
		root = &All{Span{0, len(text)}}
	}
	var printed string
	if len(p.faults) == 0 {
		if printed = canonical(root); len(printed) > MaxQuery {
			p.bad(Span{0, len(text)}, fmt.Sprintf("the query is too long written out: %d bytes, at most %d", len(printed), MaxQuery),
				"make two queries of it")
		}
	}
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b Error) int { return a.Start - b.Start })
		return nil, &Errors{Query: text, All: p.faults}
	}
	return &Query{text: text, canonical: printed, root: root, hints: p.hints}, nil
}

// parser reads tokens from the left. A part with a fault gives no node; the
// rest is read on, so that all faults are found.
type parser struct {
	text   string
	tokens []lexeme
	depth  int
	terms  int
	steps  int // tokens looked at, which a test holds to be linear in the text

	expressions int // how many of the terms are

	gaveUp bool // too deep: what is left was not read
	faults []Error
	hints  []Hint
}

func (p *parser) bad(at Span, message, hint string) {
	if len(p.faults) < maxErrors {
		line, column := position(p.text, at.Start)
		p.faults = append(p.faults, Error{at, line, column, message, hint})
	}
}

func (p *parser) hint(at Span, message string) {
	if len(p.hints) < maxErrors {
		line, column := position(p.text, at.Start)
		p.hints = append(p.hints, Hint{at, line, column, message})
	}
}

// parse reads the whole query. It gives nil for an empty one.
func (p *parser) parse() Node {
	if len(p.text) > MaxQuery {
		at := len(cut(p.text, MaxQuery))
		p.bad(Span{at, at + 1}, fmt.Sprintf("the query is too long: %d bytes, at most %d", len(p.text), MaxQuery),
			"make two queries of it")
		return nil
	}
	if p.characters(); len(p.faults) > 0 {
		return nil
	}
	p.tokens = split(p.text, p.bad)
	var nodes []Node
	for {
		if node := p.or(nil); node != nil {
			nodes = append(nodes, node)
		}
		t := p.next()
		if t.kind == end {
			break
		}
		p.bad(t.at, `this ")" closes nothing`, `remove it, or put "(" before`)
	}
	if len(nodes) == 0 {
		return nil
	}
	return nodes[0]
}

// characters reports what no query may hold.
func (p *parser) characters() {
	for i, r := range p.text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(p.text[i:], "\ufffd"):
			p.bad(Span{i, i + 1}, "a byte that is not UTF-8", "save the text as UTF-8")
		case forbidden(r):
			p.bad(Span{i, i + utf8.RuneLen(r)}, fmt.Sprintf("the invisible character %U", r),
				"remove it: control characters and marks of writing direction may not stand in a query")
		}
	}
}

func (p *parser) peek() lexeme {
	p.steps++
	return p.tokens[0]
}

// next takes a token; the end stays.
func (p *parser) next() lexeme {
	t := p.peek()
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// or reads terms joined by OR. Words in it that have no field are of field f,
// if that is not nil.
func (p *parser) or(f *Field) Node {
	nodes := p.appendOr(nil, p.and(f))
	for p.peek().kind == or {
		at := p.next().at
		if k := p.peek().kind; k == end || k == closing {
			p.missing(at, "OR", "behind")
		}
		nodes = p.appendOr(nodes, p.and(f))
	}
	if len(nodes) < 2 {
		return single(nodes)
	}
	return &Or{around(nodes), nodes}
}

func (p *parser) appendOr(nodes []Node, node Node) []Node {
	switch node := node.(type) {
	case nil:
		return nodes
	case *Or:
		return append(nodes, node.Nodes...)
	default:
		return append(nodes, node)
	}
}

// and reads terms joined by AND, written or implied.
func (p *parser) and(f *Field) Node {
	var nodes []Node
	operator := Span{-1, -1} // an AND that waits for what is behind it
	operand := false         // whether anything stood before
	for {
		t := p.peek()
		switch t.kind {
		case end, closing, or:
			switch {
			case operator.Start >= 0:
				p.missing(operator, "AND", "behind")
			case t.kind == or && !operand:
				p.missing(t.at, "OR", "before")
			}
			if len(nodes) < 2 {
				return single(nodes)
			}
			return &And{around(nodes), nodes}
		case and:
			p.next()
			if !operand || operator.Start >= 0 {
				p.missing(t.at, "AND", "before")
			}
			operator = t.at
			continue
		}
		node := p.not(f)
		operator, operand = Span{-1, -1}, true
		switch node := node.(type) {
		case nil:
		case *And:
			nodes = append(nodes, node.Nodes...)
		default:
			nodes = append(nodes, node)
		}
	}
}

func (p *parser) missing(at Span, operator, side string) {
	p.bad(at, fmt.Sprintf("%s has nothing %s it", operator, side), fmt.Sprintf("%s stands between two terms: a %s b", operator, operator))
}

// not reads a term and the negations before it. Two of them are none.
func (p *parser) not(f *Field) Node {
	start, odd := p.peek().at.Start, false
	for p.peek().kind == minus || p.peek().kind == not {
		t := p.next()
		odd = !odd
		switch p.peek().kind {
		case end, closing, and, or:
			p.bad(t.at, "NOT has nothing behind it", "NOT stands before a term: NOT a")
			return nil
		}
	}
	node := p.term(f)
	if node == nil || !odd {
		return node
	}
	if inner, ok := node.(*Not); ok {
		return inner.Node
	}
	return &Not{Span{start, node.Where().End}, node}
}

func single(nodes []Node) Node {
	if len(nodes) == 0 {
		return nil
	}
	return nodes[0]
}

// around gives the span from the first node to the last.
func around(nodes []Node) Span {
	return Span{nodes[0].Where().Start, nodes[len(nodes)-1].Where().End}
}
