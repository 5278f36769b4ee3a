// This file reads the sentence of an announcement that names the group, and
// holds what the readers of bodies share.

package aggregator

import (
	"strings"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
)

// Bounds on what is read and kept, far above any real announcement.
const (
	maxSubject  = 2000     // bytes of an announcement's Subject
	maxBody     = 64 << 10 // bytes of a body that are looked at
	maxAbstract = 8 << 10  // bytes of an announced abstract
	maxTitle    = 500      // bytes of a title
	maxName     = 200      // bytes of an author's name
	maxAuthors  = 100
	maxRelated  = 200
)

// workOf reads the group and stream from "... work item of the NAME (ACR) WG of
// the IETF". Where no acronym is given the group is empty.
func workOf(sentence, lead string) (group string, stream catalog.Stream) {
	_, rest, ok := strings.Cut(sentence, lead)
	if !ok {
		return "", ""
	}
	rest, _, _ = strings.Cut(rest, ". ")
	end := len(rest)
	for _, o := range organisations {
		if i := strings.Index(rest[:end], o.phrase); i >= 0 {
			end, stream = i, o.stream
		}
	}
	if stream == "" {
		return "", ""
	}
	head, closed := rest[:end], strings.LastIndexByte(rest[:end], ')')
	opened := strings.LastIndexByte(head, '(')
	if opened < 0 || closed < opened || !isAcronym(head[opened+1:closed]) {
		return "", stream
	}
	if len(strings.Fields(head[closed+1:])) > 2 { // more than "Working Group": parentheses inside the name
		return "", stream
	}
	return strings.ToLower(head[opened+1 : closed]), stream
}

var organisations = []struct {
	phrase string
	stream catalog.Stream
}{
	{" of the IETF", catalog.IETF},
	{" of the IRTF", catalog.IRTF},
	{" of the IAB", catalog.IAB},
}

// isAcronym reports whether s can be a group's acronym: rats, 6man, ntp-bis.
func isAcronym(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// bodyLines splits the part of a body that is looked at, without characters
// that no text should hold.
func bodyLines(text string) []string {
	return strings.Split(markup.CleanText(clip(text, maxBody)), "\n")
}

// runOn joins lines into one, as they were before they were wrapped.
func runOn(lines []string) string {
	return strings.Join(strings.Fields(strings.Join(lines, " ")), " ")
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// isRule reports whether a line is the row of underscores above a list footer.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 30 && strings.Trim(line, "_") == ""
}

// indentation counts the columns before a line's text, a tab going to the next
// multiple of eight.
func indentation(line string) int {
	column := 0
	for _, c := range []byte(line) {
		switch c {
		case ' ':
			column++
		case '\t':
			column += 8 - column%8
		default:
			return column
		}
	}
	return column
}

// clipWords cuts s to at most n bytes, behind a word where there is one.
func clipWords(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = clip(s, n)
	if i := strings.LastIndexAny(s, " \t"); strings.TrimLeft(s[:max(i, 0)], " \t") != "" {
		s = s[:i]
	}
	return strings.TrimRight(s, " \t")
}

// clip cuts s to at most n bytes without breaking a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
