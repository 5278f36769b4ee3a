package filters

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/draftwire/draftwire/catalog"
)

// This file checks the value of a leaf and makes its node.

// leaf makes the node of a word or quotation t, of field f or of none.
func (p *parser) leaf(f *Field, at Span, t lexeme) Node {
	if p.terms++; p.terms > MaxTerms {
		if p.terms == MaxTerms+1 {
			p.bad(at, fmt.Sprintf("more than %d terms", MaxTerms), "make two queries of it")
		}
		return nil
	}
	switch {
	case f == nil && t.kind == expression:
		return p.expression(Anywhere, at, t)
	case f == nil:
		return p.words(Anywhere, at, t)
	case f.takesExpressions() && t.kind == expression:
		return p.expression(f.Columns, at, t)
	case f.Name == "name" && isGlob(t):
		return p.glob(at, t)
	case f.Type == WordField && t.kind != expression:
		return p.words(f.Columns, at, t)
	case t.kind == expression:
		p.bad(t.at, f.Name+" takes no expression", "expressions are for words: "+strings.Join(expressionFields(), ", "))
		return nil
	case t.prefix:
		p.bad(t.at, fmt.Sprintf("%s wants a whole value", f.Name), "such as "+f.Example+"; * is for words")
		return nil
	case t.text == "":
		p.bad(at, f.Name+" wants a value right behind the colon", "such as "+f.Example)
		return nil
	case f.Type == ClosedField:
		return p.choice(f, at, t)
	case f.Type == CountField:
		return p.number(f, at, t)
	case f.Type == DateField:
		return p.date(f, at, t)
	case f.Type == SpanField:
		return p.within(at, t)
	case f.Type == TopicField:
		return p.reference(at, t)
	}
	if len(norm.NFKC.String(t.text)) > MaxToken {
		p.bad(t.at, fmt.Sprintf("a value of %s is at most %d bytes long", f.Name, MaxToken),
			"write the value alone, such as "+f.Example)
		return nil
	}
	return &Facet{at, facet(f.Name, documentName(f, t.text))}
}

// documentName gives the usual form of an RFC's name, RFC 8446 or rfc8446, for
// the fields whose values are documents; other values stay.
func documentName(f *Field, value string) string {
	if f.Type == DocumentField {
		if name, ok := catalog.RFCName(norm.NFKC.String(value)); ok {
			return name
		}
	}
	return value
}

// words makes a leaf that looks for the words of t in columns.
func (p *parser) words(columns Columns, at Span, t lexeme) Node {
	if t.kind == word && strings.ContainsAny(t.text, "*＊") {
		p.bad(t.at, "* stands only at the end of a word", "such as crypt*")
		return nil
	}
	if t.kind == quoted && strings.HasSuffix(t.text, "*") {
		p.hint(t.at, `within quotes * means nothing; for the beginning of a word, put it behind: "public key"*`)
	}
	if t.kind == word && columns == Anywhere && slices.Contains([]string{"and", "or", "not"}, t.text) {
		p.hint(t.at, fmt.Sprintf("%q is looked for as a word; the operator is %s", t.text, strings.ToUpper(t.text)))
	}
	alternatives, long := phrases(t.text)
	switch {
	case long:
		p.bad(t.at, fmt.Sprintf("a word is at most %d bytes long", MaxToken),
			"for words that begin so, write fewer letters and a star: crypt*")
		return nil
	case len(alternatives) > 0 && len(alternatives[0]) > MaxPhrase:
		p.bad(t.at, fmt.Sprintf("a phrase is at most %d words long", MaxPhrase), "without quotes, words are looked for in any order")
		return nil
	case len(alternatives) == 0:
		p.bad(t.at, fmt.Sprintf("%s holds no letter or digit to look for", p.text[t.at.Start:t.at.End]), operatorFor(t.text))
		return nil
	}
	prefix := t.prefix
	if last := alternatives[0][len(alternatives[0])-1]; startsCJK(last) {
		prefix = utf8.RuneCountInString(last) == 1
	}
	return &Words{at, columns, alternatives, prefix}
}

// operatorFor says what is meant by signs that other languages use.
func operatorFor(sign string) string {
	switch sign {
	case "|", "||":
		return "did you mean OR?"
	case "&", "&&":
		return "did you mean AND?"
	case "!":
		return "did you mean NOT?"
	}
	return "words are letters and digits; a regular expression stands between slashes: /post-?quantum/i"
}

// phrases gives what a word or quotation stands for: the phrase of its tokens,
// and for one hyphenated word also the joined form. A CJK run at the end may
// go on in the text, so its last character is not asked for alone. long
// reports that a word was cut. The beginning of a word is made singular as the
// word would be: drafts* looks for draft*.
func phrases(text string) (alternatives [][]string, long bool) {
	var a analyser
	a.value(text)
	tokens := strings.Fields(string(a.out))
	if len(tokens) == 0 || a.long {
		return nil, a.long
	}
	if n := len(tokens); n > 1 && singleCJK(tokens[n-1]) && startsCJK(tokens[n-2]) && !singleCJK(tokens[n-2]) {
		tokens = tokens[:n-1]
	}
	alternatives = [][]string{tokens}
	if a.joins == 1 && a.chain == len(tokens) {
		alternatives = append(alternatives, []string{strings.Fields(string(a.joined))[1]})
	}
	return alternatives, false
}

// singleCJK reports whether a token is one CJK character.
func singleCJK(token string) bool {
	return startsCJK(token) && utf8.RuneCountInString(token) == 1
}

// choice makes a leaf of one of a field's values.
func (p *parser) choice(f *Field, at Span, t lexeme) Node {
	value := strings.ToLower(norm.NFKC.String(t.text))
	if short, ok := f.Synonyms[strings.ReplaceAll(value, "-", " ")]; ok {
		value = short
	}
	if slices.Contains(f.Values, value) {
		return &Facet{at, facet(f.Name, value)}
	}
	hint := "values: " + strings.Join(f.Values, ", ")
	if near := closest(value, slices.Concat(f.Values, slices.Sorted(maps.Keys(f.Synonyms)))); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	p.bad(t.at, fmt.Sprintf("%s has no value %q", f.Name, clip(t.text)), hint)
	return nil
}

// clip shortens a text for a message.
func clip(s string) string {
	if short, more := firstRunes(s, 40); more {
		return short + "…"
	}
	return s
}

// signs are the comparisons, each before those it begins with.
var signs = []Op{GreaterOrEqual, LessOrEqual, Greater, Less, Equal}

// number makes a leaf of a number, a comparison or a range.
func (p *parser) number(f *Field, at Span, t lexeme) Node {
	value := norm.NFKC.String(t.text)
	n := &Number{Span: at, Field: NumberField(f.Name), Op: Equal}
	low, high, isRange := strings.Cut(value, "..")
	if isRange {
		n.Op = Between
	} else {
		for _, sign := range signs {
			if rest, ok := strings.CutPrefix(value, string(sign)); ok {
				n.Op, low = sign, rest
				break
			}
		}
	}
	var okLow, okHigh bool
	n.Value, okLow = f.count(low)
	n.To, okHigh = f.count(high)
	switch {
	case !okLow || isRange && !okHigh:
		p.bad(t.at, fmt.Sprintf("%s has no value %q", f.Name, clip(t.text)), f.accepted())
		return nil
	case isRange && n.To < n.Value:
		p.bad(t.at, "the range is empty", fmt.Sprintf("the lower number stands first: %s:%d..%d", f.Name, n.To, n.Value))
		return nil
	case n.Field == Rev && n.Op == Equal:
		return &Facet{at, facet("rev", fmt.Sprintf("%02d", n.Value))}
	}
	return n
}

// count reads a number that the field can have.
func (f *Field) count(s string) (int, bool) {
	digits := 6
	if NumberField(f.Name) == Rev {
		digits = 2
	}
	if s == "" || len(s) > digits || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// accepted says what a number may be written like.
func (f *Field) accepted() string {
	if NumberField(f.Name) == Rev {
		return "a revision is two digits, also compared: rev:00, rev:>=10, rev:<03, rev:01..05"
	}
	return fmt.Sprintf("a number of up to six digits, also compared: %s:12, %s:>=50, %s:<20, %s:10..20", f.Name, f.Name, f.Name, f.Name)
}
