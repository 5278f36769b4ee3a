package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// The index goes over the file once, before it is decoded: it notes where each
// key and value stands, and compares both with the tables of this package. The
// decoder alone would stop at the first fault, and would say it in Go's words.

// index fills d.spots and records every unknown key and wrong type, as the
// struct type whole has them.
func (d *document) index(whole reflect.Type) {
	var p unstable.Parser
	p.Reset(d.data)
	root := table{typ: whole}
	here, known := root, true
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			here, known = d.header(root, e)
		case unstable.KeyValue:
			if known {
				d.keyValue(here, e)
			}
		}
	}
	if err := p.Error(); err != nil {
		d.syntax(&p, err)
	}
}

// syntax records what the parser stopped at.
func (d *document) syntax(p *unstable.Parser, err error) {
	var pe *unstable.ParserError
	if !errors.As(err, &pe) {
		d.at(span{}, trimmed(err), "")
		return
	}
	r := p.Range(pe.Highlight)
	d.at(spanOf(r), trimmed(err), "")
}

// trimmed is an error of go-toml without its prefix.
func trimmed(err error) string { return strings.TrimPrefix(err.Error(), "toml: ") }

// table is a place that keys can stand in.
type table struct {
	path string
	typ  reflect.Type // a struct, or a map from keys to text
}

// header enters the table that a line in brackets opens. It reports false when
// there is no such table; then the keys below it are passed over.
func (d *document) header(t table, e *unstable.Node) (table, bool) {
	it := e.Key()
	for it.Next() {
		key := it.Node()
		next, ok := d.member(t, key)
		if !ok {
			return table{}, false
		}
		where := spanOf(key.Raw)
		list := next.typ.Kind() == reflect.Slice && next.typ.Elem().Kind() == reflect.Struct
		switch {
		case list && it.IsLast() && e.Kind == unstable.ArrayTable:
			next = table{fmt.Sprintf("%s[%d]", next.path, d.counts[next.path]), next.typ.Elem()}
			d.counts[parent(next.path)]++
		case list && d.counts[next.path] == 0, list && it.IsLast():
			d.at(where, fmt.Sprintf("there may be several %ss", key.Data), fmt.Sprintf("write [[%s]]", next.path))
			return table{}, false
		case list:
			next = table{fmt.Sprintf("%s[%d]", next.path, d.counts[next.path]-1), next.typ.Elem()}
		case !isTable(next.typ):
			d.at(where, fmt.Sprintf("%q is a value, not a table", key.Data), fmt.Sprintf("write %s = ...", key.Data))
			return table{}, false
		case it.IsLast() && e.Kind == unstable.ArrayTable:
			d.at(where, fmt.Sprintf("there is only one %s", key.Data), fmt.Sprintf("write [%s]", next.path))
			return table{}, false
		}
		d.spots[next.path] = spot{key: where, value: where}
		t = next
	}
	return t, true
}

// keyValue enters a line of key = value, where the key may have dots.
func (d *document) keyValue(t table, e *unstable.Node) {
	it := e.Key()
	for it.Next() {
		key := it.Node()
		next, ok := d.member(t, key)
		if !ok {
			return
		}
		if it.IsLast() {
			d.value(next, spanOf(key.Raw), e.Value())
			return
		}
		if !isTable(next.typ) {
			d.at(spanOf(key.Raw), fmt.Sprintf("%q has no keys of its own", key.Data), "")
			return
		}
		t = next
	}
}

// member finds a key of a table.
func (d *document) member(t table, key *unstable.Node) (table, bool) {
	name := string(key.Data)
	path := strings.TrimPrefix(t.path+"."+name, ".")
	if t.typ.Kind() == reflect.Map {
		return table{path, t.typ.Elem()}, true
	}
	if typ := fieldOf(t.typ, name); typ != nil {
		return table{path, typ}, true
	}
	names := keysOf(t.typ)
	hint := "here stand: " + strings.Join(names, ", ")
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	d.at(spanOf(key.Raw), fmt.Sprintf("unknown key %q", name), hint)
	return table{}, false
}

// value notes a value and compares it with the type it should have.
func (d *document) value(t table, key span, v *unstable.Node) {
	where := key // arrays and inline tables have no place of their own
	if v.Kind != unstable.Array && v.Kind != unstable.InlineTable {
		where = spanOf(v.Raw)
	}
	s := spot{key: key, value: where}
	if v.Kind == unstable.String {
		s.text = string(v.Data)
	}
	d.spots[t.path] = s
	want, ok := shape(t.typ, v.Kind)
	if !ok {
		d.at(where, fmt.Sprintf("%s is %s", lastKey(t.path), kindName(v.Kind)), "write "+want)
		return
	}
	if reader, ok := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(t.typ)); ok {
		if err := reader.UnmarshalText(v.Data); err != nil {
			var f fault
			if !errors.As(err, &f) {
				f = fault{fmt.Sprintf("%q is not right here", v.Data), "write " + want}
			}
			d.at(where, f.message, f.hint)
		}
		return
	}
	d.inside(t, v)
}

// inside goes on to the elements of an array and the keys of an inline table.
func (d *document) inside(t table, v *unstable.Node) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			d.keyValue(t, it.Node())
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); i++ {
			n := it.Node()
			where := d.spots[t.path].key
			d.value(table{fmt.Sprintf("%s[%d]", t.path, i), t.typ.Elem()}, where, n)
		}
		d.counts[t.path] = i
	}
}

func spanOf(r unstable.Range) span {
	return span{int(r.Offset), int(r.Offset) + int(r.Length)}
}
