package filters

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/draftwire/draftwire/catalog"
)

// This file holds globs on names.

// isGlob reports whether the value of name: is a pattern of whole names: it
// holds a ?, or a * elsewhere than behind the beginning of a word.
func isGlob(t lexeme) bool {
	if t.kind != word {
		return false
	}
	text := strings.TrimRight(t.text, "*＊")
	n := len(text)
	return strings.ContainsAny(text, "*＊?？") || t.prefix && n > 0 && (text[n-1] == '-' || text[n-1] == '.')
}

// glob makes the leaf of a pattern of names.
func (p *parser) glob(at Span, t lexeme) Node {
	pattern := catalog.Fold(norm.NFKC.String(t.text))
	if t.prefix {
		pattern += "*"
	}
	for strings.Contains(pattern, "**") {
		pattern = strings.ReplaceAll(pattern, "**", "*")
	}
	switch {
	case len(pattern) > MaxToken:
		p.bad(t.at, fmt.Sprintf("a pattern of names is at most %d bytes long", MaxToken),
			"put * for a part of it")
		return nil
	case strings.Trim(pattern, "abcdefghijklmnopqrstuvwxyz0123456789.-_*?") != "":
		p.bad(t.at, "names hold letters, digits, dots and hyphens", "such as name:draft-*-acme-*")
		return nil
	case strings.Trim(pattern, ".-_*?") == "":
		p.bad(t.at, fmt.Sprintf("%s holds no letter or digit to look for", clip(t.text)), "such as name:draft-*-acme-*")
		return nil
	}
	return &Glob{at, pattern}
}

// MatchName reports whether a name is of the pattern, letters' case aside.
func (n *Glob) MatchName(name string) bool { return globbed(n.Pattern, catalog.Fold(name)) }

// globbed compares by going back to the last star only, which is enough: a
// later star can take whatever an earlier one could.
func globbed(pattern, s string) bool {
	p, star, mark := 0, -1, 0
	for i := 0; i < len(s); {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// Words gives the words that every name of the pattern holds: a superset that
// an index of the column Name can look up. It may be empty.
func (n *Glob) Words() []string {
	var whole []string
	for part := range strings.SplitSeq(n.Pattern, "-") {
		if part != "" && !strings.ContainsAny(part, "*?._") {
			whole = append(whole, Analyse(part)...)
		}
	}
	return whole
}
