// This file reads the levels of documents as announcements name them.

package aggregator

import (
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// levelNames are the names of levels in lower case.
var levelNames = []struct {
	name  string
	level catalog.Level
}{
	{"proposed standard", catalog.ProposedStandard},
	{"draft standard", catalog.DraftStandard},
	{"internet standard", catalog.InternetStandard},
	{"full standard", catalog.InternetStandard},
	{"standard", catalog.InternetStandard},
	{"best current practice", catalog.BestCurrentPractice},
	{"bcp", catalog.BestCurrentPractice},
	{"informational", catalog.Informational},
	{"experimental", catalog.Experimental},
	{"historic", catalog.Historic},
}

// levelNamed gives the level of a name, in any case; empty if it is none.
func levelNamed(name string) catalog.Level {
	for _, l := range levelNames {
		if strings.EqualFold(name, l.name) {
			return l.level
		}
	}
	return ""
}

// cutLevel reads a level at the start of text, with or without an article and
// the word RFC: "a Proposed Standard", "Experimental RFC". It gives the text
// back unchanged if there is none.
func cutLevel(text string) (level catalog.Level, rest string) {
	words := text
	for _, article := range []string{"a ", "an ", "the "} {
		if after, ok := cutLead(words, article); ok {
			words = after
			break
		}
	}
	for _, l := range levelNames {
		if after, ok := cutLead(words, l.name); ok && endsWord(words[len(l.name):]) {
			if tail, ok := cutLead(after, "RFC"); ok && endsWord(tail) {
				after = tail
			}
			return l.level, after
		}
	}
	return "", text
}

// endsWord reports whether a word ends where rest begins.
func endsWord(rest string) bool {
	return rest == "" || !isAlphanumeric(rest[0])
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
