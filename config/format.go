package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Topics as text: one readable file to keep, to send, and to take in again.

// FormatTopics writes topics as a file of topics; ParseTopics reads the same
// back. Queries stand as they were written, several lines included.
func FormatTopics(list []Topic) string {
	var b strings.Builder
	for i, t := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("[[topic]]\n")
		fmt.Fprintf(&b, "name = %s\n", quoted(t.Name))
		if len(t.Formerly) > 0 {
			fmt.Fprintf(&b, "formerly = [%s]\n", strings.Join(each(t.Formerly, quoted), ", "))
		}
		if t.Title != "" && t.Title != t.Name {
			fmt.Fprintf(&b, "title = %s\n", quoted(t.Title))
		}
		if len(t.Titles) > 0 {
			titles := each(slices.Sorted(maps.Keys(t.Titles)), func(l string) string { return l + " = " + quoted(t.Titles[l]) })
			fmt.Fprintf(&b, "titles = { %s }\n", strings.Join(titles, ", "))
		}
		if t.Private {
			b.WriteString("private = true\n")
		}
		if t.Description != "" {
			fmt.Fprintf(&b, "description = %s\n", formatText(t.Description))
		}
		fmt.Fprintf(&b, "query = %s\n", formatText(t.Query.Text))
	}
	return b.String()
}

func each(list []string, fn func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fn(s)
	}
	return out
}

// formatText writes a TOML string in the form that is read most easily.
func formatText(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f })
	switch lines := strings.Contains(s, "\n"); {
	case plain && lines && !strings.Contains(s, "'''") && !strings.HasSuffix(s, "'"):
		return "'''\n" + s + "'''"
	case plain && !lines && !strings.Contains(s, "'") && strings.ContainsAny(s, `"\`):
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
