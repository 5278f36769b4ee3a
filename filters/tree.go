package filters

// This file holds the tree of a query.

// Node is a part of a query: [*And], [*Or], [*Not], [*All], or one of the
// leaves [*Words], [*Facet], [*Number], [*Date], [*Within], [*Glob],
// [*Pattern] and [*Topic]. It is a closed set that grows with the language.
type Node interface {
	// Where gives the bytes of the query's text that the node was read from.
	Where() Span
	match(*Item) bool
}

// Span is a range of bytes of a query's text, [Start, End).
type Span struct{ Start, End int }

// Where gives the span itself; nodes have it by embedding one.
func (s Span) Where() Span { return s }

// And matches what all its nodes match. It has two or more, none of them an
// And.
type And struct {
	Span
	Nodes []Node
}

// Or matches what any of its nodes matches. It has two or more, none of them
// an Or.
type Or struct {
	Span
	Nodes []Node
}

// Not matches what its node does not match, missing values included. Its node
// is neither a Not nor an All.
type Not struct {
	Span
	Node Node
}

// All matches everything. It is the whole tree of an empty query and stands
// nowhere else.
type All struct{ Span }

// Words is a leaf that looks for words in columns. Any alternative in any of
// the columns is enough.
type Words struct {
	Span
	Columns      Columns
	Alternatives [][]string // phrases: tokens that stand one after another in one column
	Prefix       bool       // the last token of each alternative is only the beginning of a word
}

// Facet is a leaf that looks for one exact token in the column [Facets], such
// as group=quic.
type Facet struct {
	Span
	Token string
}

// Number is a leaf that compares a number of the event. An event without that
// number does not match, whatever the comparison.
type Number struct {
	Span
	Field NumberField
	Op    Op
	Value int
	To    int // the upper end, for Between only
}

// NumberField names a number that events have.
type NumberField string

// The numbers of an event.
const (
	Rev   NumberField = "rev"   // of a draft; equality with it is a Facet
	Pages NumberField = "pages" // 0 is unknown, and so missing
)

// Op is a comparison: the number of the event stands to its left.
type Op string

// The comparisons.
const (
	Equal          Op = "="
	Less           Op = "<"
	LessOrEqual    Op = "<="
	Greater        Op = ">"
	GreaterOrEqual Op = ">="
	Between        Op = ".." // both ends included
)

// holds reports whether have stands to the leaf's value as it says.
func (n *Number) holds(have int) bool {
	switch n.Op {
	case Equal:
		return have == n.Value
	case Less:
		return have < n.Value
	case LessOrEqual:
		return have <= n.Value
	case Greater:
		return have > n.Value
	case GreaterOrEqual:
		return have >= n.Value
	case Between:
		return n.Value <= have && have <= n.To
	}
	return false
}

// Column is a column of the index: a sequence of tokens for each event.
type Column uint8

// The columns, in the order of the index.
const (
	Title    Column = iota // words of the title
	Abstract               // words of the abstract
	Name                   // names of all documents of the lineage, and this one with its revision
	Group                  // acronym of the group, as a word
	Authors                // names of the authors
	Facets                 // exact values: all, kind=draft, event=new, group=quic, list=tls, ...
	Body                   // words of the revision's text; in an index of its own, and only looked for by name
	columns  = iota
)

var columnNames = [columns]string{"title", "abstract", "name", "group", "authors", "facets", "body"}

// String gives the column's name: title, abstract, name, group, authors,
// facets or body.
func (c Column) String() string { return columnNames[c] }

// AllColumns lists the columns of the word index in its order: all but Body.
func AllColumns() []Column { return []Column{Title, Abstract, Name, Group, Authors, Facets} }

// Columns is a set of columns.
type Columns uint8

// Anywhere is where a word without a field is looked for.
const Anywhere = Columns(1<<Title | 1<<Abstract | 1<<Name | 1<<Group | 1<<Authors)

// ColumnSet gives the set of the columns listed.
func ColumnSet(list ...Column) Columns {
	var set Columns
	for _, c := range list {
		set |= 1 << c
	}
	return set
}

// Has reports whether c is in the set.
func (s Columns) Has(c Column) bool { return s>>c&1 == 1 }

// List gives the columns of the set in their order.
func (s Columns) List() []Column {
	var list []Column
	for c := range Column(columns) {
		if s.Has(c) {
			list = append(list, c)
		}
	}
	return list
}
