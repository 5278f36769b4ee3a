// This file takes the abstract out of an announcement and undoes its layout.

package aggregator

import "strings"

// readAbstract gathers the paragraphs at the start of lines, with or without a
// heading, up to the first line that ends says is no part of them. It is told
// whether a line is the first of its paragraph. What is longer than maxAbstract
// ends within it, behind a whole word.
func readAbstract(lines []string, ends func(line string, first bool) bool) string {
	for len(lines) > 0 && isBlank(lines[0]) {
		lines = lines[1:]
	}
	if len(lines) > 0 && isHeading(lines[0]) {
		lines = lines[1:]
	}
	var kept []string
	size, first := 0, true
	for _, line := range lines {
		line = strings.TrimRight(line, " \t\r")
		if line == "" {
			if len(kept) > 0 && !first {
				kept = append(kept, "")
			}
			first = true
			continue
		}
		if isRule(line) || ends(strings.TrimSpace(line), first) {
			break
		}
		room := maxAbstract - size
		if size += len(line) + 1; size > maxAbstract {
			if cut := clipWords(line, room); len(kept) == 0 || strings.Contains(strings.TrimSpace(cut), " ") {
				kept = append(kept, cut)
			}
			break
		}
		kept = append(kept, line)
		first = false
	}
	return strings.TrimRight(strings.Join(dedent(kept), "\n"), "\n")
}

// isHeading reports whether a line is the heading "Abstract" alone.
func isHeading(line string) bool {
	return strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(line), ":"), "abstract")
}

// dedent takes away the indentation that all paragraphs share, so that lists
// keep theirs relative to the text.
func dedent(lines []string) []string {
	base := baseIndentation(lines)
	for i, line := range lines {
		if depth := indentation(line); depth > 0 && line != "" {
			lines[i] = strings.Repeat(" ", max(depth-base, 0)) + strings.TrimLeft(line, " \t")
		}
	}
	return lines
}

// baseIndentation is the least indentation of any paragraph's first line: what
// follows may have been re-flowed to the margin. The very first line is not
// asked where it stands at the margin itself, since it was often pasted so
// above lines that kept theirs; then the other lines of its paragraph are.
func baseIndentation(lines []string) int {
	base, paragraph, first := -1, 0, true
	for _, line := range lines {
		if line == "" {
			paragraph, first = paragraph+1, true
			continue
		}
		depth := indentation(line)
		opening := paragraph == 0 && indentation(lines[0]) == 0
		if opening && !first || !opening && first {
			if base < 0 || depth < base {
				base = depth
			}
		}
		first = false
	}
	return max(base, 0)
}
