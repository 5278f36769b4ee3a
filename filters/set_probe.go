package filters

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// This file runs expressions only where a piece that they require stands.

// probe tells where an expression has no match at all, without running it over
// whole texts. Where it finds one possible, the expression decides.
type probe struct {
	columns Columns
	pieces  [][]byte // every match holds one of them
	before  int      // characters that a match has at most before it
	from    *regexp.Regexp
}

// maxBefore bounds how far before a piece a match may begin, to be probed.
const maxBefore = 40

// maxProbes bounds in how many places of a text a match is tried, so that the
// time stays linear in the text.
const maxProbes = 8

// newProbe makes the probe of an expression that a query requires, or none.
func newProbe(n Node) *probe {
	switch n := n.(type) {
	case *Pattern:
		return n.probed()
	case *Topic:
		if n.Node != nil {
			return newProbe(n.Node)
		}
	case *And:
		for _, part := range n.Nodes {
			if p := newProbe(part); p != nil {
				return p
			}
		}
	}
	return nil
}

// probed makes the probe of one expression.
func (n *Pattern) probed() *probe {
	tree, err := syntax.Parse(n.re.String(), syntax.Perl)
	if err != nil { // it was read before
		return nil
	}
	pieces, before := piecesOf(tree)
	if len(pieces) == 0 || before == endless || before > maxBefore {
		return nil
	}
	// Two characters more than a match can begin before the piece: \b and its
	// like see what stands before the match.
	from, err := regexp.Compile(fmt.Sprintf(`^(?s:.{0,%d})(?:%s)`, before+2, n.re))
	if err != nil { // such as a \Q without end
		return nil
	}
	p := &probe{columns: n.Columns, before: before, from: from}
	for _, piece := range pieces {
		p.pieces = append(p.pieces, []byte(piece))
	}
	return p
}

// possible reports whether any text of an item may match.
func (p *probe) possible(it *Item, have *pieces) bool {
	if p == nil {
		return true
	}
	have.read(it)
	for _, t := range have.texts {
		if p.columns.Has(t.column) && p.possibleIn(t, have.folded[t.start:t.end]) {
			return true
		}
	}
	return false
}

// possibleIn reports whether a text may match. In one that is not all ASCII,
// places in its caseless form are not those in the text.
func (p *probe) possibleIn(t pieceText, folded []byte) bool {
	tried := 0
	for _, piece := range p.pieces {
		for from := 0; ; from++ {
			at := bytes.Index(folded[from:], piece)
			if at < 0 {
				break
			}
			if tried++; tried > maxProbes || !t.ascii {
				return true
			}
			from += at
			if p.from.MatchString(t.plain[max(0, from-p.before-1):]) {
				return true
			}
		}
	}
	return false
}
