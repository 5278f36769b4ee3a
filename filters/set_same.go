package filters

// This file compares queries, so that a set is changed only where it must be.

// Same reports whether two queries have the same tree, wherever it stood in
// their texts, and with it the trees of all topics that they refer to.
func (q *Query) Same(other *Query) bool { return q.expanded() == other.expanded() }

// expanded is the canonical form with those of the topics referred to.
func (q *Query) expanded() string {
	text := q.canonical
	walk(q.root, func(n Node) {
		if t, ok := n.(*Topic); ok && t.Node != nil {
			text += "\x00" + canonical(t.Node)
		}
	})
	return text
}
