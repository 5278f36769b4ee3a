package filters

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// This file prints a tree in its canonical form.

// canonical prints a node. It never needs more parentheses within each other
// than the text that the node was read from.
func canonical(n Node) string {
	var b strings.Builder
	write(&b, n)
	return b.String()
}

func write(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case *And:
		for i, node := range n.Nodes {
			if i > 0 {
				b.WriteByte(' ')
			}
			_, nested := node.(*Or)
			bracket(b, node, nested)
		}
	case *Or:
		for i, node := range n.Nodes {
			if i > 0 {
				b.WriteString(" OR ")
			}
			write(b, node)
		}
	case *Not:
		b.WriteByte('-')
		_, isAnd := n.Node.(*And)
		_, isOr := n.Node.(*Or)
		bracket(b, n.Node, isAnd || isOr)
	case *Words:
		if n.Columns != Anywhere {
			b.WriteString(fieldOf(n.Columns) + ":")
		}
		b.WriteString(n.spelled())
	case *Facet:
		name, value, _ := strings.Cut(n.Token, "=")
		b.WriteString(name + ":" + value)
	case *Number:
		b.WriteString(n.spelled())
	case *Date:
		b.WriteString(n.spelled())
	case *Within:
		b.WriteString(n.spelled())
	case *Glob:
		b.WriteString("name:" + n.Pattern)
	case *Pattern:
		if n.Columns != Anywhere {
			b.WriteString(fieldOf(n.Columns) + ":")
		}
		b.WriteString(n.spelled())
	case *Topic:
		b.WriteString("topic:" + n.Name)
	}
}

func bracket(b *strings.Builder, n Node, needed bool) {
	if !needed {
		write(b, n)
		return
	}
	b.WriteByte('(')
	write(b, n)
	b.WriteByte(')')
}

// fieldOf names the field that looks for words in a column.
func fieldOf(set Columns) string {
	for _, f := range fields {
		if f.Type == WordField && f.Columns == set {
			return f.Name
		}
	}
	return ""
}

// spelled writes the words so that the analyser makes the same tokens of them.
func (n *Words) spelled() string {
	phrase, star := n.Alternatives[0], ""
	if n.Prefix && !startsCJK(phrase[len(phrase)-1]) {
		star = "*"
	}
	if len(n.Alternatives) == 2 {
		return strings.Join(phrase, "-") + star
	}
	text := spaced(phrase)
	if strings.Contains(text, " ") {
		text = `"` + text + `"`
	}
	return text + star
}

// spaced writes a phrase with spaces between the words, and puts the pairs of
// a CJK run together again.
func spaced(phrase []string) string {
	var b strings.Builder
	inRun := false
	for i, token := range phrase {
		_, first := utf8.DecodeRuneInString(token)
		single := first == len(token)
		switch {
		case inRun && single: // the last character alone, already written
			inRun = false
			continue
		case inRun:
			b.WriteString(token[first:])
			continue
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(token)
		inRun = startsCJK(token) && !single
	}
	return b.String()
}

func (n *Number) spelled() string {
	width := 1
	if n.Field == Rev {
		width = 2
	}
	switch n.Op {
	case Equal:
		return fmt.Sprintf("%s:%0*d", n.Field, width, n.Value)
	case Between:
		return fmt.Sprintf("%s:%0*d..%0*d", n.Field, width, n.Value, width, n.To)
	}
	return fmt.Sprintf("%s:%s%0*d", n.Field, n.Op, width, n.Value)
}

// Printed prints a part of a query in its canonical form.
func Printed(n Node) string { return canonical(n) }
