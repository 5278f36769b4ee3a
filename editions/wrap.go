// Wrapping of text to columns, where East Asian characters take two.

package editions

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how wide a text is in a terminal (Unicode Standard Annex 11).
// Ambiguous characters count as narrow.
func columns(s string) (n int) {
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// longest is how wide a word may be before it is broken where it stands: what
// is longer is no address and no name.
const longest = 300

// wrap sets text in lines of at most so many columns. The first line follows
// first, the others rest, which count. Lines break at blanks and between wide
// characters; a word without either, such as an address, stays whole even
// where it is too long. Blanks within a line that fits stay as they are.
func wrap(text, first, rest string, most int) string {
	if columns(first)+columns(text) <= most {
		return strings.TrimRight(first+text, " ")
	}
	var b strings.Builder
	b.WriteString(first)
	at, begun := columns(first), false
	for _, p := range pieces(text) {
		blank := 0
		if p.blank && begun {
			blank = 1
		}
		if begun && at+blank+p.columns > most {
			b.WriteString("\n" + rest)
			at, blank = columns(rest), 0
		}
		if blank == 1 {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
		at += blank + p.columns
		begun = true
	}
	return strings.TrimRight(b.String(), " ")
}

// unbroken sets a list in lines of at most so many columns that end between its
// parts; only a part that is longer than a line is for wrap to break.
func unbroken(parts []string, between string, most int) (lines []string) {
	line := ""
	for i, part := range parts {
		if i < len(parts)-1 {
			part += strings.TrimRight(between, " ")
		}
		if line != "" && columns(line)+1+columns(part) > most {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimLeft(line+" "+part, " ")
	}
	return append(lines, line)
}

// piece is what is never broken, with whether a blank stands before it.
type piece struct {
	text    string
	columns int
	blank   bool
}

func pieces(text string) (list []piece) {
	for word := range strings.FieldsSeq(text) {
		blank := true
		start, last, wide := 0, rune(-1), 0
		for i, r := range word {
			if last >= 0 && (breaks(last, r) || wide >= longest) {
				list = append(list, piece{word[start:i], wide, blank})
				start, wide, blank = i, 0, false
			}
			wide += runeColumns(r)
			last = r
		}
		list = append(list, piece{word[start:], wide, blank})
	}
	return list
}

// breaks reports whether a line may end between two characters without a
// blank: beside a wide one, but not before closing punctuation nor after
// opening punctuation (JIS X 4051), nor between a number and what it counts.
func breaks(before, after rune) bool {
	if runeColumns(before) < 2 && runeColumns(after) < 2 || runeColumns(after) == 0 {
		return false
	}
	if '0' <= before && before <= '9' && unicode.IsLetter(after) {
		return false
	}
	return !strings.ContainsRune(notAtStart, after) && !unicode.Is(unicode.Pe, after) && !unicode.Is(unicode.Pf, after) &&
		!unicode.Is(unicode.Ps, before) && !unicode.Is(unicode.Pi, before)
}

// notAtStart are the characters besides closing brackets that no line begins with.
const notAtStart = "、。,.・:;?!゛゜ヽヾゝゞ々ー–〜…‥'\"%%°′″" +
	",.:;?!ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
