package config

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
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

// ReplaceTopic puts text, a [[topic]] table, in the place of the one of that
// name in a file. All else, remarks included, stays as it is. It reports false
// if the file has no such table, or writes it in another form.
func ReplaceTopic(data []byte, name, text string) ([]byte, bool) {
	start, end := topicRange(data, name)
	if start < 0 {
		return nil, false
	}
	return slices.Concat(data[:start], []byte(text), data[end:]), true
}

// topicRange gives the bytes of a topic's table, from its header up to what may
// be a remark on the next one; start is -1 if there is none.
func topicRange(data []byte, name string) (start, end int) {
	var p unstable.Parser
	p.Reset(data)
	start, found := -1, false
	for p.NextExpression() {
		e := p.Expression()
		it := e.Key()
		if !it.Next() {
			continue
		}
		key := it.Node()
		switch isTopic := string(key.Data) == "topic"; {
		case e.Kind == unstable.KeyValue:
			found = found || start >= 0 && string(key.Data) == "name" && string(e.Value().Data) == name
		case e.Kind == unstable.Table && isTopic: // such as [topic.titles]
		case found:
			return start, lastLine(data, start, lineStart(data, int(key.Raw.Offset)))
		case e.Kind == unstable.ArrayTable && isTopic:
			start = lineStart(data, int(key.Raw.Offset))
		default:
			start = -1
		}
	}
	if p.Error() != nil || !found {
		return -1, -1
	}
	return start, lastLine(data, start, len(data))
}

func lineStart(data []byte, at int) int { return bytes.LastIndexByte(data[:at], '\n') + 1 }

// lastLine goes back from end over blank lines and remarks.
func lastLine(data []byte, start, end int) int {
	for end > start {
		from := lineStart(data, end-1)
		line := bytes.TrimSpace(data[from:end])
		if len(line) > 0 && line[0] != '#' {
			break
		}
		end = from
	}
	return end
}
