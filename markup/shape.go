// The shape of plain text: what is prose, and what was drawn or lined up.

package markup

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// verbatim reports whether a block was drawn or lined up, so that joining its
// lines would spoil it.
func verbatim(lines []string) bool { return !allProse(lines) || ragged(lines) }

// ragged reports whether lines begin at three or more columns, as code does;
// prose has one, or two with a first line set in or out.
func ragged(lines []string) bool {
	columns := map[int]bool{}
	for _, l := range lines {
		columns[indentOf(l)] = true
	}
	return len(columns) > 2
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// outdent takes away the indentation that all lines share.
func outdent(lines []string) []string {
	least := indentOf(lines[0])
	for _, l := range lines[1:] {
		least = min(least, indentOf(l))
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l[least:]
	}
	return out
}

func allProse(lines []string) bool {
	return !slices.ContainsFunc(lines, drawn)
}

var (
	bullet = regexp.MustCompile(`^ *[-*o•] +\S`)
	gap    = regexp.MustCompile(`[^ .:?!] {4,}\S`) // justified prose has gaps of three at most
	stroke = regexp.MustCompile(`[-+|=_/\\]{3,}|^\|.*\|$|[;{}]$`)
)

// fullOfWords is when a line is prose in spite of a gap: some mailers re-flow
// an indented paragraph and leave the indentation in the middle.
const fullOfWords = 10

// drawn reports whether a line is part of a figure, a table or code: it has
// columns, or hardly any letters, or strokes and few letters.
func drawn(line string) bool {
	text := strings.TrimLeft(line, " ")
	if bullet.MatchString(text) {
		_, text, _ = strings.Cut(text, " ")
		text = strings.TrimLeft(text, " ")
	}
	if strings.Contains(text, "    ") && gap.MatchString(text) && len(strings.Fields(text)) < fullOfWords {
		return true
	}
	if mayHaveAddress(text) {
		text = address.ReplaceAllString(text, "address")
	}
	words, all := 0, utf8.RuneCountInString(text)
	for _, r := range text {
		if r == ' ' || 'a' <= r && r <= 'z' || unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number) {
			words++
		}
	}
	if all < 3 { // such as the "--" above a signature
		return false
	}
	return words*2 < all || words*5 < all*4 && stroke.MatchString(text)
}
