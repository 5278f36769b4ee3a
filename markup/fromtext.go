// Plain text to HTML: the shapes that drafts' abstracts and mails are written in.

package markup

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	tabWidth  = 8
	maxQuotes = 8 // levels of quotation that are shown as such
)

// FromText returns plain text as safe HTML: paragraphs for prose, lists for
// runs of lines that begin with "o ", "- ", "* " or a bullet, quotations for
// lines behind ">", and verbatim blocks for what was drawn or lined up. Lines of
// a paragraph are joined, but for those that were ended on purpose. Only http
// and https URLs become links.
func FromText(s string) string {
	lines := strings.Split(CleanText(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRightFunc(untab(l), unicode.IsSpace)
	}
	var b strings.Builder
	writeBlocks(&b, lines, 0)
	return b.String()
}

// untab sets tabs as blanks up to the next multiple of eight.
func untab(line string) string {
	if !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	column := 0
	for _, r := range line {
		if r != '\t' {
			b.WriteRune(r)
			column++
			continue
		}
		n := tabWidth - column%tabWidth
		b.WriteString(strings.Repeat(" ", n))
		column += n
	}
	return b.String()
}

// writeBlocks writes what stands between empty lines, quotations apart.
func writeBlocks(b *strings.Builder, lines []string, quotes int) {
	for len(lines) > 0 {
		n := 1
		switch {
		case lines[0] == "":
		case quoted(lines[0]) && quotes < maxQuotes:
			n = run(lines, quoted)
			inner := make([]string, n)
			for i, l := range lines[:n] {
				inner[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
			}
			b.WriteString("<blockquote>\n")
			writeBlocks(b, inner, quotes+1)
			b.WriteString("</blockquote>\n")
		default:
			n = run(lines, func(l string) bool { return l != "" && (!quoted(l) || quotes == maxQuotes) })
			writeBlock(b, lines[:n])
		}
		lines = lines[n:]
	}
}

func quoted(line string) bool { return strings.HasPrefix(line, ">") }

// run counts the lines at the start that are of a kind.
func run(lines []string, kind func(string) bool) int {
	for i, l := range lines {
		if !kind(l) {
			return i
		}
	}
	return len(lines)
}

// writeBlock writes lines none of which is empty.
func writeBlock(b *strings.Builder, lines []string) {
	first := 0 // bullets may follow their introduction directly
	for first < len(lines) && !bullet.MatchString(lines[first]) {
		first++
	}
	switch {
	case first < len(lines) && allProse(lines) && !dashed(lines, first):
		writeProse(b, lines[:first])
		writeList(b, lines[first:])
	case verbatim(lines):
		b.WriteString("<pre>" + linked(strings.Join(outdent(lines), "\n")) + "</pre>\n")
	default:
		writeProse(b, lines)
	}
}

// dashed reports whether what looks like the only bullet of a block is a dash
// within a sentence that wrapping put at the beginning of a line.
func dashed(lines []string, at int) bool {
	if at == 0 || slices.ContainsFunc(lines[at+1:], bullet.MatchString) {
		return false
	}
	before, mark := strings.TrimLeft(lines[at-1], " "), strings.TrimLeft(lines[at], " ")
	last, _ := utf8.DecodeLastRuneInString(before)
	return mark[0] == '-' && unicode.IsLetter(last) && len(lines[at])-len(mark) == len(lines[at-1])-len(before)
}

func writeProse(b *strings.Builder, lines []string) {
	if len(lines) > 0 {
		b.WriteString("<p>" + broken(linked(joined(lines))) + "</p>\n")
	}
}

func broken(html string) string { return strings.ReplaceAll(html, "\n", "<br/>\n") }

// blankless are scripts that set no blanks between words, and their punctuation.
var blankless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana,
	{R16: []unicode.Range16{{Lo: 0x3000, Hi: 0x303f, Stride: 1}, {Lo: 0xff00, Hi: 0xff60, Stride: 1}}},
}

// joined makes one text of lines; words of blankless scripts meet directly. A
// line end stays, as \n, where the line was left well before it was full; where
// most lines were, as in a signature or a list of labels, all line ends stay.
func joined(lines []string) string {
	longest := 0
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
		longest = max(longest, utf8.RuneCountInString(lines[i]))
	}
	joints, kept := make([]string, len(lines)), 0
	for i := 1; i < len(lines); i++ {
		joints[i] = joint(lines[i-1], lines[i], min(longest, fullWidth)*3/4)
		if joints[i] == "\n" {
			kept++
		}
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 && 2*kept >= len(lines) {
			joints[i] = "\n"
		}
		b.WriteString(joints[i] + l)
	}
	return b.String()
}

const fullWidth = 76 // of lines in mail; longer ones hold URLs

// label opens a line of a mail header or of an announcement's list of facts.
var label = regexp.MustCompile(`^[A-Z][A-Za-z/-]*: +\S`)

// joint is what goes between two lines of one block. A line that with the next
// word would still be short was ended on purpose, as was one before a label.
func joint(line, next string, short int) string {
	before, _ := utf8.DecodeLastRuneInString(line)
	after, _ := utf8.DecodeRuneInString(next)
	if unicode.In(before, blankless...) && unicode.In(after, blankless...) {
		return ""
	}
	word, _, _ := strings.Cut(next, " ")
	if label.MatchString(next) || utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) < short {
		return "\n"
	}
	return " "
}

// writeList writes lines of which the first has a bullet. A line without one
// goes on with the item before it.
func writeList(b *strings.Builder, lines []string) {
	b.WriteString("<ul>\n")
	for len(lines) > 0 {
		n := 1 + run(lines[1:], func(l string) bool { return !bullet.MatchString(l) })
		lines[0] = strings.TrimLeft(lines[0], " ")
		_, text, _ := strings.Cut(lines[0], " ")
		item := append([]string{text}, lines[1:n]...)
		b.WriteString("<li>" + broken(linked(joined(item))) + "</li>\n")
		lines = lines[n:]
	}
	b.WriteString("</ul>\n")
}
