// This file finds a writer's own words in the body of a list mail.

package aggregator

import "strings"

// maxExcerpt is how much of a post is kept as its abstract, in bytes.
const maxExcerpt = 2000

// ownWords gives the lines of a mail without quotations and what introduces
// them, signature, list footer, PGP armor (RFC 9580, section 6.2) and what was
// forwarded below.
func ownWords(lines []string) []string {
	var kept []string
	size := 0
	for i := 0; i < len(lines) && size < 2*maxExcerpt; i++ {
		line := strings.TrimRight(lines[i], " \t\r")
		switch {
		case isRule(line), line == "--", isDivider(line), isQuotedHeader(lines[i:]):
			return kept
		case strings.HasPrefix(line, "-----BEGIN PGP SIGNED MESSAGE-----"):
			i = skipArmorHeader(lines, i)
		case strings.HasPrefix(strings.TrimLeft(line, " "), ">"):
			kept = dropAttribution(kept)
		default:
			kept = append(kept, line)
			size += len(line)
		}
	}
	return kept
}

// isDivider reports whether a line begins a signature block or the mail that
// was answered or forwarded.
func isDivider(line string) bool {
	if !strings.HasPrefix(line, "-----") {
		return false
	}
	line = strings.TrimLeft(line, "- ")
	line = strings.ToLower(line[:min(len(line), 30)])
	for _, word := range []string{"begin pgp signature", "original message", "forwarded message"} {
		if strings.HasPrefix(line, word) {
			return true
		}
	}
	return false
}

// isQuotedHeader reports whether lines begin with the header block that some
// programs put above an unmarked quotation: From, then Sent or Date, and Subject.
func isQuotedHeader(lines []string) bool {
	if !strings.HasPrefix(strings.TrimLeft(lines[0], "* "), "From:") {
		return false
	}
	dated, titled := false, false
	for _, line := range lines[1:min(len(lines), 7)] {
		line = strings.TrimLeft(line, "* ")
		dated = dated || strings.HasPrefix(line, "Sent:") || strings.HasPrefix(line, "Date:")
		titled = titled || strings.HasPrefix(line, "Subject:")
	}
	return dated && titled
}

// skipArmorHeader gives the index of the empty line after the armor's headers.
func skipArmorHeader(lines []string, i int) int {
	for j := i + 1; j < min(len(lines), i+10); j++ {
		if isBlank(lines[j]) {
			return j
		}
	}
	return i
}

// dropAttribution takes "On DATE, NAME wrote:" off the end, over up to three lines.
func dropAttribution(kept []string) []string {
	end := len(kept)
	for end > 0 && kept[end-1] == "" {
		end--
	}
	if end == 0 || !strings.HasSuffix(kept[end-1], ":") {
		return kept
	}
	closes := closesAttribution(kept[end-1])
	for i := end - 1; i >= max(0, end-3) && kept[i] != ""; i-- {
		if opensAttribution(kept[i]) && (closes || strings.ContainsAny(kept[i], "0123456789")) {
			return kept[:i]
		}
	}
	if closes {
		return kept[:end-1]
	}
	return kept
}

func opensAttribution(line string) bool {
	for _, lead := range []string{"On ", "Am ", "Le ", "El ", "Il ", "Op ", "Den ", "Em "} {
		if strings.HasPrefix(line, lead) {
			return true
		}
	}
	return false
}

func closesAttribution(line string) bool {
	for _, tail := range []string{"wrote:", "writes:", "said:", "schrieb:", "écrit :", "écrit:", "escribió:", "scrisse:", "scritto:"} {
		if strings.HasSuffix(line, tail) {
			return true
		}
	}
	return false
}

// excerpt joins lines into paragraphs set apart by one empty line, and cuts
// them to at most n bytes: after a sentence if one ends in the last half, else
// after a word.
func excerpt(lines []string, n int) string {
	var b strings.Builder
	empty := true
	for _, line := range lines {
		if isBlank(line) {
			empty = true
			continue
		}
		if b.Len() > 0 {
			if empty {
				b.WriteByte('\n')
			}
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(line, " \t\r"))
		empty = false
	}
	return shorten(b.String(), n)
}

// shorten cuts text to at most n bytes at the end of a sentence or word.
func shorten(text string, n int) string {
	text = strings.TrimSpace(text)
	if len(text) <= n {
		return text
	}
	text = clip(text, n-len("…"))
	for i := len(text) - 1; i > n/2; i-- {
		if (text[i] == ' ' || text[i] == '\n') && strings.IndexByte(".!?", text[i-1]) >= 0 {
			return text[:i]
		}
		if strings.HasSuffix(text[:i], "。") {
			return text[:i]
		}
	}
	if i := strings.LastIndexAny(text, " \n"); i > n/2 {
		text = strings.TrimRight(text[:i], " \n")
	}
	return text + "…"
}
