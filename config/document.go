package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// document is a file in reading: its bytes, where each key and value stands,
// and what was wrong so far.
type document struct {
	name   string
	data   []byte
	spots  map[string]spot // by path, such as topic[2].query
	counts map[string]int  // elements so far of an array of tables, by path
	errs   Errors
}

func newDocument(f File) *document {
	return &document{
		name: f.Name, data: bytes.TrimPrefix(f.Data, []byte("\ufeff")),
		spots: map[string]spot{}, counts: map[string]int{},
	}
}

// read fills v, a pointer to a struct, and records what is wrong in form.
func (d *document) read(v any) {
	if len(d.data) > MaxSize {
		d.at(span{0, 0}, fmt.Sprintf("the file is longer than %d bytes", MaxSize), "")
		return
	}
	d.index(reflect.TypeOf(v).Elem())
	if len(d.errs) == 0 {
		d.decode(v)
	}
}

// span is a range of bytes of the file.
type span struct{ start, end int }

// spot is where something stands. Of a table, key and value are its header.
type spot struct {
	key, value span
	text       string // of a string: what it says
}

// has reports whether the file sets the key at path.
func (d *document) has(path string) bool {
	_, ok := d.spots[path]
	return ok
}

// at records a fault.
func (d *document) at(s span, message, hint string) {
	start := min(s.start, len(d.data))
	end := min(max(s.end, start), len(d.data))
	first := bytes.LastIndexByte(d.data[:start], '\n') + 1
	line := d.data[first:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	wide := 1
	if stop := min(end, first+len(line)); stop > start {
		wide = utf8.RuneCount(d.data[start:stop])
	}
	d.errs = append(d.errs, &Error{
		File:    d.name,
		Line:    bytes.Count(d.data[:first], []byte("\n")) + 1,
		Column:  utf8.RuneCount(d.data[first:start]) + 1,
		Width:   wide,
		Source:  string(line),
		Message: message,
		Hint:    hint,
	})
}

// wrong records a fault with the value at path, or where that is not set, with
// the table it would stand in.
func (d *document) wrong(path, message, hint string) {
	for path != "" {
		if s, ok := d.spots[path]; ok {
			d.at(s.value, message, hint)
			return
		}
		path = parent(path)
	}
	d.at(span{}, message, hint)
}

// sorted gives the faults by place.
func (d *document) sorted() Errors {
	slices.SortStableFunc(d.errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return d.errs
}

// place gives file and line of the value at path.
func (d *document) place(path string) string {
	return fmt.Sprintf("%s:%d", d.name, d.line(path))
}

// line gives the line of the value at path, from 1.
func (d *document) line(path string) int {
	return bytes.Count(d.data[:min(d.spots[path].value.start, len(d.data))], []byte("\n")) + 1
}

// decode fills v. The index has found unknown keys and wrong types, so what is
// left for the decoder to find is keys and tables that stand twice.
func (d *document) decode(v any) {
	dec := toml.NewDecoder(bytes.NewReader(d.data)).DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		return
	}
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		err = &strict.Errors[0]
	}
	var one *toml.DecodeError
	if !errors.As(err, &one) {
		d.at(span{}, err.Error(), "")
		return
	}
	line, column := one.Position()
	offset := d.offset(line, column)
	d.at(span{offset, offset}, trimmed(one), "")
}

// offset gives the byte at a line and a byte column, both from 1.
func (d *document) offset(line, column int) int {
	offset := 0
	for range line - 1 {
		i := bytes.IndexByte(d.data[offset:], '\n')
		if i < 0 {
			break
		}
		offset += i + 1
	}
	return min(offset+max(column-1, 0), len(d.data))
}
