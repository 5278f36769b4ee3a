package filters

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// This file finds in a text the words that a query asked for.

// places are where tokens stand in the text that was scanned.
type places struct {
	tokens []Span
	joined []Span
}

func (p *places) token(start, end int) {
	if p != nil {
		p.tokens = append(p.tokens, Span{start, end})
	}
}

func (p *places) join(start, end int) {
	if p != nil {
		p.joined = append(p.joined, Span{start, end})
	}
}

// Highlight gives the bytes of a text, a title or an abstract, that the query
// asks for: words, phrases and expressions that it looks for in one of the
// columns, or in any if none is named. What it excludes is not among them. The
// spans are sorted and do not overlap; they lie between characters.
func Highlight(text string, q *Query, in ...Column) []Span {
	h := highlighter{text: cut(text, MaxText), in: ColumnSet(in...)}
	if len(in) == 0 {
		h.in = Anywhere
	}
	h.node(q.root)
	return merged(h.found)
}

type highlighter struct {
	text  string
	in    Columns
	found []Span

	col    *column // the text's tokens; nil as long as none was asked for
	places []Span  // of each token, in text

	plain   string // the text as expressions see it
	offsets []int  // of each byte of plain, in text
}

// node looks for what a part of the query asserts.
func (h *highlighter) node(n Node) {
	switch n := n.(type) {
	case *And:
		for _, part := range n.Nodes {
			h.node(part)
		}
	case *Or:
		for _, part := range n.Nodes {
			h.node(part)
		}
	case *Topic:
		if n.Node != nil {
			h.node(n.Node)
		}
	case *Words:
		if n.Columns&h.in != 0 {
			h.words(n)
		}
	case *Pattern:
		if n.Columns&h.in != 0 {
			h.pattern(n)
		}
	}
}

// words finds every place of every alternative.
func (h *highlighter) words(n *Words) {
	if h.col == nil {
		h.analyse()
	}
	for _, phrase := range n.Alternatives {
		for at := range h.col.tokens {
			if h.col.follows(phrase, n.Prefix, at) {
				h.found = append(h.found, Span{h.places[at].Start, h.places[at+len(phrase)-1].End})
			}
		}
	}
}

// analyse makes the tokens of the text as the index has them, with their
// places.
func (h *highlighter) analyse() {
	folded, offsets := h.text, []int(nil)
	if !ascii(h.text) {
		folded, offsets = foldPlaced(h.text)
	}
	a := analyser{places: &places{tokens: make([]Span, 0, len(folded)/5)}, out: make([]byte, 0, len(folded)+64)}
	a.scan(folded)
	h.places = a.places.tokens
	for _, joined := range a.places.joined {
		h.places = append(h.places, joined, joined) // of the boundary, and of the form
	}
	if offsets != nil {
		for i, p := range h.places {
			h.places[i] = Span{offsets[p.Start], offsets[p.End]}
		}
	}
	h.col = &column{tokens: strings.Fields(a.text())}
}

// foldPlaced folds a text piece by piece, each a character with its marks, and
// tells of each byte where the piece begins that it came from.
func foldPlaced(text string) (folded string, offsets []int) {
	var out []byte
	for i := 0; i < len(text); {
		n := norm.NFKD.NextBoundaryInString(text[i:], true)
		if n <= 0 {
			n = len(text) - i
		}
		piece := fold(text[i : i+n])
		out = append(out, piece...)
		for range len(piece) {
			offsets = append(offsets, i)
		}
		i += n
	}
	return string(out), append(offsets, len(text))
}

// pattern finds every match of an expression that is not empty.
func (h *highlighter) pattern(n *Pattern) {
	if h.offsets == nil {
		h.plain, h.offsets = plainPlaced(h.text)
	}
	for _, m := range n.re.FindAllStringIndex(h.plain, -1) {
		if m[0] < m[1] {
			h.found = append(h.found, Span{h.offsets[m[0]], h.offsets[m[1]-1] + 1})
		}
	}
}

// plainPlaced is plainText, with the place of each byte in the text.
func plainPlaced(text string) (string, []int) {
	plain := make([]byte, 0, len(text))
	offsets := make([]int, 0, len(text)+1)
	at := 0
	for word := range strings.FieldsSeq(text) {
		start := at + strings.Index(text[at:], word)
		if len(plain) > 0 {
			plain, offsets = append(plain, ' '), append(offsets, at)
		}
		for i := range len(word) {
			plain, offsets = append(plain, word[i]), append(offsets, start+i)
		}
		at = start + len(word)
	}
	return string(plain), append(offsets, at)
}

// merged sorts spans and joins those that overlap.
func merged(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
		} else if s.Start < s.End {
			out = append(out, s)
		}
	}
	return out
}
