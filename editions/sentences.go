// Sentences: where one ends and the next begins, in the prose of drafts.

package editions

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentences cuts one paragraph into its sentences, each whole and trimmed. It
// knows the full stops that end none: of abbreviations, initials, section
// numbers and the numbers of a list. Japanese needs no blank between sentences.
// When in doubt it does not cut: two sentences together can be read, half of
// one cannot.
func sentences(paragraph string) (list []string) {
	s := strings.Join(strings.Fields(paragraph), " ")
	from := 0
	for i, r := range s {
		if i < from || !strings.ContainsRune(".!?。！？", r) {
			continue
		}
		if end := endAt(s, from, i, r); end > 0 {
			list = append(list, strings.TrimSpace(s[from:end]))
			from = end
		}
	}
	if rest := strings.TrimSpace(s[from:]); rest != "" {
		list = append(list, rest)
	}
	return list
}

const closers = `"')]”’»`

// endAt gives where the sentence that began at from ends, if the mark at i ends
// it, closing quotes and brackets included; else 0.
func endAt(s string, from, i int, mark rune) int {
	end := i + utf8.RuneLen(mark)
	if mark > unicode.MaxLatin1 {
		for strings.HasPrefix(s[end:], "」") || strings.HasPrefix(s[end:], "）") || strings.HasPrefix(s[end:], "』") {
			end += len("」")
		}
		return end
	}
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !strings.ContainsRune(closers, r) {
			break
		}
		end += size
	}
	if end == len(s) {
		return end
	}
	if s[end] != ' ' || !opens(s[end+1:]) || mark == '.' && (isAbbreviation(s[from:i+1]) || open(s[from:end])) {
		return 0
	}
	return end
}

// open reports whether a bracket is still open: a sentence that stands within
// brackets belongs to the one around it.
func open(s string) bool { return strings.Count(s, "(") > strings.Count(s, ")") }

var opening = regexp.MustCompile(`^["'(\[“‘«]*(\p{Lu}|\p{Lo}|[0-9]|[a-z]+[A-Z0-9]|draft-[a-z])`)

// opens reports whether what follows may begin a sentence: a capital, a digit,
// or a name such as iCalendar or eBPF.
func opens(s string) bool { return opening.MatchString(s) }

var (
	abbreviation = regexp.MustCompile(`(?i)(^|[\s("'\[])(e\.?g|i\.?e|cf|vs|viz|fig|figs|sec|sect|secs|no|nos|vol|pp|p|ch|eq|ref|refs|dr|mr|mrs|ms|st|prof|inc|ltd|corp|co|dept|approx|resp|et al|incl|esp|aka|a\.k\.a|ca|c\.f|w\.r\.t|u\.s)\.$`)
	initial      = regexp.MustCompile(`(^|[\s("'\[.])\p{Lu}\.$`)
	listNumber   = regexp.MustCompile(`^\(?[0-9]{1,3}(\.[0-9]+)*\.$`)
	sectionOf    = regexp.MustCompile(`(?i)\b(section|sections|clause|appendix|chapter|step|figure|table|version) [0-9A-Z]+(\.[0-9]+)*\.$`)
)

// isAbbreviation reports whether the full stop at the end of a text ends no
// sentence. A section's number that could do both is taken to go on only where
// the sentence would be nothing else.
func isAbbreviation(s string) bool {
	s = strings.TrimSpace(s)
	return abbreviation.MatchString(s) || initial.MatchString(s) || listNumber.MatchString(s) ||
		sectionOf.MatchString(s) && len(strings.Fields(s)) <= 3
}
