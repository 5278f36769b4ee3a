package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Sources as text, for files that people go on to edit.

// FormatSources writes sources as a file of sources, without the keys that
// would have the same value in c anyway; ParseSources reads the same back. A
// password stands in it only if it stood in a file before.
func FormatSources(c *Config, list []Source) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		if s.PasswordEnv != "" {
			s.Password = ""
		}
		doc := newDocument(File{})
		usual := Source{Kind: s.Kind}
		(&checker{doc: doc, main: doc, cfg: c}).completeSource("source[0]", &usual)
		usual.Kind = ""
		b.WriteString("[[source]]\n")
		formatKeys(&b, reflect.ValueOf(s), reflect.ValueOf(usual))
	}
	return b.String()
}

// formatKeys writes the fields of a table that differ from the usual.
func formatKeys(b *strings.Builder, v, usual reflect.Value) {
	for f := range v.Type().Fields() {
		key, value := f.Tag.Get("toml"), v.FieldByIndex(f.Index)
		if key == "-" || value.IsZero() || reflect.DeepEqual(value.Interface(), usual.FieldByIndex(f.Index).Interface()) {
			continue
		}
		fmt.Fprintf(b, "%s = %s\n", key, formatValue(value.Interface()))
	}
}

// formatValue writes one value; what has a form of its own is text in quotes.
func formatValue(v any) string {
	switch v := v.(type) {
	case bool, int:
		return fmt.Sprint(v)
	case []string:
		texts := make([]string, len(v))
		for i, s := range v {
			texts[i] = formatText(s)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	return formatText(fmt.Sprint(v))
}
