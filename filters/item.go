package filters

import (
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// This file holds the item: one event, prepared for matching.

// Item is one event prepared for matching by any number of queries. What they
// need of it is analysed when first needed, so an Item serves one goroutine at
// a time. The event must not change meanwhile.
type Item struct {
	event   *catalog.Event
	body    func() string // nil if there is no text
	columns [columns]column
}

// NewItem prepares an event.
func NewItem(e *catalog.Event) *Item { return &Item{event: e} }

// WithBody says how the text of the event's revision is had, and returns the
// item. Texts are long: it is called once, and only if a query asks for it.
func (it *Item) WithBody(text func() string) *Item {
	it.body = text
	return it
}

// HasBody reports whether the event's revision has a text.
func (it *Item) HasBody() bool { return it.body != nil }

// Event gives the event that the item was made from.
func (it *Item) Event() *catalog.Event { return it.event }

// Column gives the tokens of a column separated by spaces, as an index stores
// them. It is empty if the event has nothing for it.
func (it *Item) Column(c Column) string {
	col := &it.columns[c]
	if !col.analysed {
		col.text = it.columnText(c)
		col.analysed = true
	}
	return col.text
}

// indexed gives a column ready to be looked up.
func (it *Item) indexed(c Column) *column {
	col := &it.columns[c]
	if !col.indexed {
		it.parted(c).index()
	}
	return col
}

// parted gives a column with its tokens apart, which is enough for who looks
// for few of them.
func (it *Item) parted(c Column) *column {
	col := &it.columns[c]
	if col.tokens == nil {
		col.tokens = strings.Fields(it.Column(c))
	}
	return col
}

// columnText makes the tokens of a column.
func (it *Item) columnText(c Column) string {
	if c == Facets {
		return strings.Join(facetTokens(it.event), " ")
	}
	var a analyser
	if c == Abstract {
		a.out = make([]byte, 0, min(len(it.event.Facts.Abstract), MaxText)+64)
	}
	for _, value := range it.values(c) {
		a.value(value)
	}
	return a.text()
}

// plain gives the values of a column as expressions see them.
func (it *Item) plain(c Column) []string {
	col := &it.columns[c]
	if col.plain == nil {
		list := it.values(c)
		col.plain = make([]string, len(list))
		for i, value := range list {
			col.plain[i] = plainText(value)
		}
	}
	return col.plain
}

// values lists the texts of a column as they are stored.
func (it *Item) values(c Column) []string {
	e := it.event
	switch c {
	case Title:
		return []string{e.Facts.Title}
	case Abstract:
		return []string{e.Facts.Abstract}
	case Name:
		return names(e)
	case Group:
		return []string{e.Facts.Group}
	case Authors:
		list := make([]string, len(e.Facts.Authors))
		for i, author := range e.Facts.Authors {
			list[i] = author.Name
		}
		return list
	case Body:
		if it.body != nil {
			return []string{it.body()}
		}
	}
	return nil
}

// names lists what a document is called by: every name of its lineage, and its
// own with the revision.
func names(e *catalog.Event) []string {
	list := slices.Clone(e.Lineage)
	if !slices.Contains(list, e.Document) {
		list = append(list, e.Document)
	}
	if e.DraftRev() != "" {
		list = append(list, e.NameRev())
	}
	return list
}

// number gives a number of the event, and false if it is missing.
func (it *Item) number(f NumberField) (int, bool) {
	switch f {
	case Rev:
		rev := it.event.Rev
		if len(rev) != 2 || !digit(rev[0]) || !digit(rev[1]) {
			return 0, false
		}
		return int(rev[0]-'0')*10 + int(rev[1]-'0'), true
	case Pages:
		return it.event.Facts.Pages, it.event.Facts.Pages > 0
	}
	return 0, false
}

// column is the tokens of one column, and where each stands.
type column struct {
	analysed, indexed bool
	plain             []string // the values as expressions see them; nil as long as none asked
	text              string
	tokens            []string
	first             map[string]int32 // where a token stands first
	next              []int32          // where the token of a place stands again, or -1
	sorted            []string         // distinct tokens, for prefixes; made when needed
}

func (c *column) index() {
	c.first = make(map[string]int32, len(c.tokens))
	c.next = make([]int32, len(c.tokens))
	for i := len(c.tokens) - 1; i >= 0; i-- {
		c.next[i] = -1
		if again, ok := c.first[c.tokens[i]]; ok {
			c.next[i] = again
		}
		c.first[c.tokens[i]] = int32(i)
	}
	c.indexed = true
}

// find gives where a phrase begins first, or -1.
func (c *column) find(phrase []string, prefix bool) int {
	if len(phrase) == 1 {
		if prefix {
			return c.findPrefix(phrase[0])
		}
		if at, ok := c.first[phrase[0]]; ok {
			return int(at)
		}
		return -1
	}
	at, ok := c.first[phrase[0]]
	if !ok {
		return -1
	}
	for ; at >= 0; at = c.next[at] {
		if c.follows(phrase[1:], prefix, int(at)+1) {
			return int(at)
		}
	}
	return -1
}

// seek is find, of whole tokens, for a column that may have no index.
func (c *column) seek(phrase []string) int {
	for at, token := range c.tokens {
		if token == phrase[0] && c.follows(phrase[1:], false, at+1) {
			return at
		}
	}
	return -1
}

// follows reports whether the rest of a phrase stands at a place.
func (c *column) follows(rest []string, prefix bool, at int) bool {
	if at+len(rest) > len(c.tokens) {
		return false
	}
	for i, token := range rest {
		have := c.tokens[at+i]
		if have != token && !(prefix && i == len(rest)-1 && strings.HasPrefix(have, token)) {
			return false
		}
	}
	return true
}

// findPrefix gives where a token with that beginning stands first, or -1.
func (c *column) findPrefix(prefix string) int {
	if c.sorted == nil {
		c.sorted = make([]string, 0, len(c.first))
		for token := range c.first {
			c.sorted = append(c.sorted, token)
		}
		slices.Sort(c.sorted)
	}
	i, _ := slices.BinarySearch(c.sorted, prefix)
	if i == len(c.sorted) || !strings.HasPrefix(c.sorted[i], prefix) {
		return -1
	}
	return int(c.first[c.sorted[i]])
}
