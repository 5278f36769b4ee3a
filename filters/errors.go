package filters

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// This file holds the faults and hints of a query, and how they are drawn.

// maxErrors bounds how many faults, and how many hints, of one query are
// reported.
const maxErrors = 20

// drawn is how many characters of a line are shown to each side of a fault.
const drawn = 60

// Error is one fault of a query. Line and Column count from 1, Column in
// characters.
type Error struct {
	Span
	Line, Column int
	Message      string // what is wrong
	Hint         string // what would be right, or empty
}

// Hint is something a writer may want to know though nothing is wrong. Line
// and Column are as in [Error].
type Hint struct {
	Span
	Line, Column int
	Message      string
}

// Errors is all that is wrong with a query, in the order of its text. Parse
// returns it as a pointer.
type Errors struct {
	Query string
	All   []Error
}

// Error draws every fault under its line of the query.
func (e *Errors) Error() string { return e.Draw("") }

// Draw draws every fault under its line of the query. If where is not empty,
// it stands before each fault's position: topics.quic:15: unknown field.
func (e *Errors) Draw(where string) string {
	if where != "" {
		where += ":"
	}
	var b strings.Builder
	for i, f := range e.All {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(where)
		if f.Line > 1 {
			fmt.Fprintf(&b, "%d:", f.Line)
		}
		fmt.Fprintf(&b, "%d: %s\n%s", f.Column, f.Message, underline(e.Query, f.Span))
		if f.Hint != "" {
			b.WriteString("\n\t" + f.Hint)
		}
	}
	return b.String()
}

// position gives the line and the column of a byte of text, both from 1.
func position(text string, at int) (line, column int) {
	before := text[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// underline draws the line of text in which span begins, and carets below it.
// Of a long line it shows what is near.
func underline(text string, span Span) string {
	start := strings.LastIndexByte(text[:span.Start], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[span.Start:], '\n'); i >= 0 {
		end = span.Start + i
	}
	mark := Span{span.Start - start, min(span.End, end) - start}
	line := text[start:end]

	before, cutBefore := lastRunes(line[:mark.Start], drawn)
	marked, cutMarked := firstRunes(line[mark.Start:max(mark.Start, mark.End)], drawn)
	after, cutAfter := "", false
	if !cutMarked {
		after, cutAfter = firstRunes(line[mark.Start+len(marked):], drawn)
	}
	lead := ""
	if cutBefore {
		lead = "…"
	}
	tail := ""
	if cutAfter || cutMarked {
		tail = "…"
	}
	return "\t" + lead + visible(before+marked+after) + tail +
		"\n\t" + strings.Repeat(" ", cells(lead)+cells(before)) + strings.Repeat("^", max(1, cells(marked)))
}

// lastRunes gives at most the last n characters of s, and whether it cut.
func lastRunes(s string, n int) (string, bool) {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:], at > 0
}

// firstRunes gives at most the first n characters of s, and whether it cut.
func firstRunes(s string, n int) (string, bool) {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return s[:at], at < len(s)
}

// visible makes a line safe to draw: what moves the cursor or turns the
// direction of writing becomes a replacement character.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r':
			return ' '
		case forbidden(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// cells counts the columns of a terminal that s takes: East Asian wide
// characters take two, combining marks none.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			n++
			continue
		}
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// forbidden reports whether a query may not hold r: control characters other
// than white space, and the marks that turn the direction of writing, which
// make a rule read differently from what it means (Unicode Technical Standard
// 39, section 5; Bidi_Control).
func forbidden(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r < ' ', 0x7f <= r && r < 0xa0:
		return true
	}
	return unicode.Is(unicode.Bidi_Control, r)
}
