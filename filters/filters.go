// Package filters is the query language: one way to say what you want, in
// rules, searches, feed addresses and previews alike.
//
//	group:quic -title:multipath
//	"congestion control" OR (group:ccwg rev:>=3)
//
// [Parse] turns text into a [Query], or into [Errors] that point at every
// fault at once. [Query.Match] asks it of an [Item], one event prepared by
// [NewItem]; [Query.Explain] says why it matched or not; [Query.String] prints
// it in its canonical form. [Query.Root] gives the tree to whoever evaluates
// it elsewhere, such as over a full-text index.
//
// Two leaves need more than the text before they find anything: [Resolve] puts
// in the topics that a query refers to, and [Query.At] tells it the time.
// [Highlight] finds in a title or an abstract what a query asked for, and
// [Fields] and [Complete] help whoever writes one; [Unfilled], [CheckGroups]
// and [CheckLists] warn of what will find nothing.
//
// Index and matcher are fed by one analyser ([Analyse]), and for words and
// exact values both compare nothing but its tokens, so that they agree by
// construction: an index holds [Item.Column] of every event, split at spaces,
// and the leaves of the tree hold tokens of the same making. Numbers, dates,
// patterns of names and expressions are asked of the values as they are stored.
//
// The package does no I/O and reads no clock. Texts, values and queries from
// outside are bounded: see [MaxQuery], [MaxExpression], [MaxExpanded] and
// [MaxText].
package filters

// Limits. What is beyond them in a query is an error, never cut off.
const (
	MaxQuery  = 4 << 10   // bytes of a query
	MaxDepth  = 50        // parentheses within parentheses
	MaxTerms  = 500       // words, phrases and fields of a query
	MaxPhrase = 64        // words of a phrase, or pairs of a CJK run
	MaxText   = 256 << 10 // bytes of one column's text that are analysed; the rest is not searched
	MaxToken  = 128       // bytes of a token; longer words are alike if they begin alike
)

// Query is a parsed query. It does not change, and may be used by several
// goroutines at once.
type Query struct {
	text      string
	canonical string
	root      Node
	hints     []Hint
}

// Text gives the query as it was written.
func (q *Query) Text() string { return q.text }

// Root gives the tree.
func (q *Query) Root() Node { return q.root }

// Hints gives what a writer may want to know though nothing is wrong, in the
// order of the text.
func (q *Query) Hints() []Hint { return q.hints }

// IsAll reports whether the query is empty, and so matches everything.
func (q *Query) IsAll() bool {
	_, all := q.root.(*All)
	return all
}

// AsksBody reports whether any part looks into the text of a revision.
func (q *Query) AsksBody() (asks bool) {
	walk(q.root, func(n Node) {
		if w, ok := n.(*Words); ok && w.Columns.Has(Body) {
			asks = true
		}
	})
	return asks
}

// Match reports whether the query finds the item.
func (q *Query) Match(it *Item) bool { return q.root.match(it) }

// String prints the query in its canonical form: equal trees give equal text,
// and parsing it gives the same tree.
func (q *Query) String() string { return q.canonical }
