package filters

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// This file reads a term: a leaf, a field with its value, or parentheses.

// term reads a leaf or what stands in parentheses.
func (p *parser) term(f *Field) Node {
	t := p.next()
	switch t.kind {
	case opening:
		return p.group(t, f)
	case field:
		if f == nil {
			return p.field(t)
		}
		p.bad(t.at, fmt.Sprintf("a field within %s:( )", f.Name), "close the parenthesis before it")
		p.field(t)
		return nil
	default:
		return p.leaf(f, t.at, t)
	}
}

// group reads up to the parenthesis that closes t. Too deep, it gives up.
func (p *parser) group(t lexeme, f *Field) Node {
	if p.depth == MaxDepth {
		p.bad(t.at, fmt.Sprintf("more than %d parentheses within each other", MaxDepth), "make two queries of it")
		p.tokens, p.gaveUp = p.tokens[len(p.tokens)-1:], true
		return nil
	}
	if p.peek().kind == closing {
		p.bad(Span{t.at.Start, p.next().at.End}, "nothing stands in these parentheses", "put a term in, or remove them")
		return nil
	}
	p.depth++
	defer func() { p.depth-- }()
	node := p.or(f)
	if p.peek().kind == closing {
		p.next()
	} else if !p.gaveUp {
		p.bad(t.at, `this "(" is never closed`, `put ")" behind what belongs together`)
	}
	return node
}

// field reads the value behind a field's name and colon.
func (p *parser) field(t lexeme) Node {
	name := t.text
	if !ascii(name) {
		name = norm.NFKC.String(name)
	}
	f := fieldNamed(strings.ToLower(name))
	v := p.peek()
	if v.at.Start != t.at.End || v.kind != word && v.kind != quoted && v.kind != expression && v.kind != opening {
		p.unknown(f, t, name)
		if f != nil {
			p.bad(t.at, f.Name+" wants a value right behind the colon", "such as "+f.Example)
		}
		return nil
	}
	p.next()
	p.unknown(f, t, name)
	if v.kind == opening {
		return p.group(v, f)
	}
	if f == nil {
		return nil
	}
	return p.leaf(f, Span{t.at.Start, v.at.End}, v)
}

// unknown reports a field that does not exist.
func (p *parser) unknown(f *Field, t lexeme, name string) {
	switch {
	case f != nil || len(p.faults) == maxErrors:
	case name == "":
		p.bad(t.at, "a colon without a field before it", "fields: "+strings.Join(fieldNames(), ", "))
	default:
		hint := "fields: " + strings.Join(fieldNames(), ", ")
		if near := closest(strings.ToLower(name), fieldNames()); near != "" {
			hint = fmt.Sprintf("did you mean %q? %s", near, hint)
		} else {
			hint += "; to look for the words themselves, put them in quotes"
		}
		_, size := utf8.DecodeLastRuneInString(p.text[t.at.Start:t.at.End])
		p.bad(Span{t.at.Start, t.at.End - size}, fmt.Sprintf("unknown field %q", clip(name)), hint)
	}
}
