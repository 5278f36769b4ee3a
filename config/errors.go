package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Error is one fault of a file.
type Error struct {
	File         string
	Line, Column int    // from 1; the column counts characters
	Width        int    // characters that are wrong, at least 1
	Source       string // the line
	Message      string
	Hint         string // what would be right, or empty
}

// Error draws the fault: place and message, the line, a caret, the hint.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if line, pad, mark := e.window(); line != "" {
		fmt.Fprintf(&b, "\n\t%s\n\t%s%s", line, pad, mark)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "\n\t%s", e.Hint)
	}
	return b.String()
}

// How much of a long line is shown before and from the fault on.
const shownBefore, shownAfter = 60, 100

// window gives what is shown of the line, the space up to the fault, and the
// carets. Wide characters take two columns of a terminal.
func (e *Error) window() (line, pad, mark string) {
	runes := []rune(e.Source)
	start := min(max(e.Column-1, 0), len(runes))
	end := min(start+max(e.Width, 1), len(runes))
	from, to := max(0, start-shownBefore), min(len(runes), start+shownAfter)
	var before strings.Builder
	if from > 0 {
		line, from = "…", from+1
		before.WriteByte(' ')
	}
	before.WriteString(strings.Repeat(" ", cells(runes[from:start])))
	line += visible(runes[from:to])
	if to < len(runes) {
		line += "…"
	}
	return line, before.String(), strings.Repeat("^", max(1, cells(runes[start:min(end, to)])))
}

// visible makes the line safe for a terminal; a tab becomes one blank, so that
// the caret stands where it should.
func visible(runes []rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, string(runes))
}

// cells counts the columns that runes take on a terminal.
func cells(runes []rune) int {
	n := len(runes)
	for _, r := range runes {
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// Errors is every fault of a file, by place. Errors.As finds a single one.
type Errors []*Error

// maxShown is how many faults are drawn; the rest are only counted.
const maxShown = 20

// Error draws the faults one below the other.
func (e Errors) Error() string {
	parts := make([]string, 0, min(len(e), maxShown+1))
	for i, one := range e {
		if i == maxShown {
			parts = append(parts, fmt.Sprintf("and %d more", len(e)-i))
			break
		}
		parts = append(parts, one.Error())
	}
	return strings.Join(parts, "\n")
}

// Unwrap gives the faults one by one.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, one := range e {
		errs[i] = one
	}
	return errs
}
