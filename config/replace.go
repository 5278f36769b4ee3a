package config

import (
	"bytes"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Single tables are replaced in files that people write remarks in.

// Replace puts text, a table such as [[topic]] or nothing, in the place of the
// topic or source of that name in a file. All else, remarks included, stays as
// it is. It reports false if the file has no such table, or writes it in
// another form.
func Replace(data []byte, part Part, name, text string) ([]byte, bool) {
	start, end := tableRange(data, strings.TrimSuffix(string(part), "s"), name)
	if start < 0 {
		return nil, false
	}
	if text == "" && bytes.HasPrefix(data[end:], []byte("\n")) { // nor a blank line too many
		end++
	}
	return slices.Concat(data[:start], []byte(text), data[end:]), true
}

// tableRange gives the bytes of the table of a name in an array of tables, from
// its header up to what may be a remark on the next one; start is -1 if there
// is none.
func tableRange(data []byte, array, name string) (start, end int) {
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
		switch member := string(key.Data) == array; {
		case e.Kind == unstable.KeyValue:
			found = found || start >= 0 && string(key.Data) == "name" && string(e.Value().Data) == name
		case e.Kind == unstable.Table && member: // such as [topic.titles]
		case found:
			return start, lastLine(data, start, lineStart(data, int(key.Raw.Offset)))
		case e.Kind == unstable.ArrayTable && member:
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
