package config

import (
	"encoding"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// What the Go types of the tables look like in TOML.

var readsText = reflect.TypeFor[encoding.TextUnmarshaler]()

// isTable reports whether keys can stand in a value of the type.
func isTable(t reflect.Type) bool {
	return t.Kind() == reflect.Map || t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(readsText)
}

// keysOf lists the keys of a table, in the order of the struct. Fields with the
// tag "-" are no keys.
func keysOf(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		if key := f.Tag.Get("toml"); key != "-" {
			names = append(names, key)
		}
	}
	return names
}

// fieldOf gives the type of a key of a table, or nil.
func fieldOf(t reflect.Type, key string) reflect.Type {
	for f := range t.Fields() {
		if name := f.Tag.Get("toml"); name == key && name != "-" {
			return f.Type
		}
	}
	return nil
}

// shape says in words what a value of the type looks like, and whether a TOML
// value of the kind can be one.
func shape(t reflect.Type, kind unstable.Kind) (want string, ok bool) {
	switch {
	case t == reflect.TypeFor[Date]():
		return "a date such as 2025-12-07", kind == unstable.LocalDate || kind == unstable.String
	case reflect.PointerTo(t).Implements(readsText), t.Kind() == reflect.String:
		return `text in quotes, such as "..."`, kind == unstable.String
	case t.Kind() == reflect.Bool:
		return "true or false", kind == unstable.Bool
	case t.Kind() == reflect.Int:
		return "a whole number", kind == unstable.Integer
	case t.Kind() == reflect.Float64:
		return "a number", kind == unstable.Float || kind == unstable.Integer
	case t.Kind() == reflect.Slice:
		return "a list in brackets, such as [\"...\"]", kind == unstable.Array
	default:
		return "keys in braces, such as { ja = \"...\" }", kind == unstable.InlineTable
	}
}

// kindName says in words what a TOML value is.
func kindName(kind unstable.Kind) string {
	switch kind {
	case unstable.String:
		return "text"
	case unstable.Bool:
		return "true or false"
	case unstable.Integer, unstable.Float:
		return "a number"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	default:
		return "a date or time"
	}
}

// parent gives the path without its last key or index.
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

// lastKey gives the key a path ends in, without an index.
func lastKey(path string) string {
	path = path[strings.LastIndexByte(path, '.')+1:]
	name, _, _ := strings.Cut(path, "[")
	return name
}
