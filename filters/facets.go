package filters

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/draftwire/draftwire/catalog"
)

// This file holds the exact values of an event, one token each.

// Everything is the facet that every event has.
const Everything = "all"

// facetTokens gives the tokens of the column Facets. A missing value has none.
func facetTokens(e *catalog.Event) []string {
	tokens := []string{Everything}
	add := func(field, value string) {
		if value != "" {
			tokens = append(tokens, facet(field, value))
		}
	}
	add("kind", string(e.Kind))
	add("event", string(e.Event))
	add("group", e.Facts.Group)
	add("stream", string(e.Facts.Stream))
	add("rev", e.Rev)
	add("level", string(e.Facts.Level))
	add("area", e.Area)
	for _, state := range e.States {
		add("state", state)
	}
	if language := e.Facts.Language; language != "" {
		full := facet("lang", language)
		tokens = append(tokens, full)
		if main, _, ok := strings.Cut(full, "-"); ok { // ja of ja-JP
			tokens = append(tokens, main)
		}
	}
	for _, to := range []struct {
		field string
		names []string
	}{{"updates", e.Updates}, {"obsoletes", e.Obsoletes}, {"replaces", e.Replaces}} {
		for _, name := range to.names {
			add(to.field, name)
		}
	}
	for _, mark := range e.Changed {
		add("changed", string(mark))
	}
	for _, source := range e.Sources {
		add("source", source)
	}
	for _, list := range e.Lists {
		if list == "" {
			continue
		}
		full := facet("list", list)
		tokens = append(tokens, full)
		if short, _, ok := strings.Cut(full, "."); ok {
			tokens = append(tokens, short)
		}
	}
	return tokens
}

// facet makes the token of a field's exact value, such as group=quic. Letters
// are made plain (NFKC) and lower case; letters, digits, marks, and the
// characters . _ - = stay, as does @ but in list, where it becomes the dot it
// is in a list's id; all else becomes _. Long values are cut.
func facet(field, value string) string {
	plain := func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.', r == '_', r == '-', r == '=':
			return r
		case r == '@':
			if field == "list" {
				return '.'
			}
			return r
		case r >= utf8.RuneSelf && (letter(r) || unicode.Is(unicode.M, r)):
			return r
		}
		return '_'
	}
	value = norm.NFKC.String(strings.ToLower(norm.NFKC.String(cut(value, 2*MaxToken))))
	return field + "=" + cut(strings.Map(plain, value), MaxToken)
}
