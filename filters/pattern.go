package filters

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file holds regular expressions: what they are asked of, and the bounds
// that keep them cheap. They are RE2's (package regexp), so that time is
// linear in the text.

// Limits of expressions. The size is that of the compiled program, in
// instructions.
const (
	MaxExpression  = 256  // bytes between the slashes
	MaxProgram     = 1000 // size of one expression
	MaxExpressions = 20   // of a query
)

// Pattern is a leaf that looks for a regular expression in the texts of
// columns as they are stored, each value for itself, with white space
// collapsed. Compare patterns by Columns, Expr and FoldCase.
type Pattern struct {
	Span
	Columns  Columns
	Expr     string // as between the slashes
	FoldCase bool   // written /.../i
	re       *regexp.Regexp
	literal  string // what every match contains, or empty
	folded   bool   // whether literal is ASCII in lower case, and stands for both cases
}

// newPattern compiles an expression. Its error is a sentence that says what is
// wrong and, where a limit is, the limit.
func newPattern(at Span, columns Columns, expr string, foldCase bool) (*Pattern, error) {
	if expr == "" {
		return nil, fmt.Errorf("nothing stands between these slashes")
	}
	if len(expr) > MaxExpression {
		return nil, fmt.Errorf("an expression is at most %d bytes long, this one %d", MaxExpression, len(expr))
	}
	source := expr
	if foldCase {
		source = "(?i)" + expr
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, faultOf(err)
	}
	if size := programSize(tree); size > MaxProgram {
		return nil, fmt.Errorf("the expression is too large: %d steps, at most %d", size, MaxProgram)
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, faultOf(err)
	}
	p := &Pattern{Span: at, Columns: columns, Expr: expr, FoldCase: foldCase, re: re}
	p.literal, p.folded = required(tree.Simplify())
	return p, nil
}

// faultOf words an error of the expression's syntax.
func faultOf(err error) error {
	if fault, ok := err.(*syntax.Error); ok { //nolint:errorlint // as documented
		return fmt.Errorf("%s: %s", fault.Code, clip(fault.Expr))
	}
	return err
}

// programSize estimates the instructions of a compiled expression before
// anything of that size is made. It stops counting far beyond the limit.
func programSize(re *syntax.Regexp) int {
	const enough = 1 << 20
	size := 1
	switch re.Op {
	case syntax.OpLiteral:
		size = len(re.Rune)
	case syntax.OpCharClass:
		size = 1 + len(re.Rune)/16
	}
	for _, sub := range re.Sub {
		size = min(enough, size+programSize(sub))
	}
	if re.Op == syntax.OpRepeat {
		size = min(enough, size*max(1, re.Min, re.Max))
	}
	return size
}

// required gives the longest text that every match contains. If folded, it is
// ASCII in lower case and stands for letters of both cases.
func required(re *syntax.Regexp) (literal string, folded bool) {
	switch re.Op {
	case syntax.OpLiteral:
		text := string(re.Rune)
		if re.Flags&syntax.FoldCase == 0 {
			return text, false
		}
		if !ascii(text) {
			return "", false
		}
		return strings.ToLower(text), true
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if l, f := required(sub); len(l) > len(literal) {
				literal, folded = l, f
			}
		}
	}
	return literal, folded
}

// Literal gives a text that every match contains, or none. If folded, it is
// ASCII in lower case, and in a text that is all ASCII letters of either case
// stand for it; other texts may match without it (K has a sign of its own).
func (n *Pattern) Literal() (text string, folded bool) { return n.literal, n.folded }

// MatchText reports whether the expression is found in a text as it is stored.
// An empty text is a missing value and does not match.
func (n *Pattern) MatchText(stored string) bool { return n.matchPlain(plainText(stored)) }

// matchPlain is MatchText for a text whose white space is collapsed.
func (n *Pattern) matchPlain(text string) bool {
	if text == "" {
		return false
	}
	if n.literal != "" {
		switch {
		case !n.folded:
			if !strings.Contains(text, n.literal) {
				return false
			}
		case ascii(text) && !containsFold(text, n.literal):
			return false
		}
	}
	return n.re.MatchString(text)
}

// containsFold reports whether text contains the lower-case ASCII literal in
// letters of either case.
func containsFold(text, literal string) bool {
	first, upper := literal[0], byte(unicode.ToUpper(rune(literal[0])))
	for i := 0; i+len(literal) <= len(text); i++ {
		if c := text[i]; c != first && c != upper {
			continue
		}
		if strings.EqualFold(text[i:i+len(literal)], literal) {
			return true
		}
	}
	return false
}

// plainText is a stored text as expressions see it: at most MaxText bytes,
// white space within collapsed to single spaces and none around.
func plainText(s string) string {
	s = cut(s, MaxText)
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && before == ' ' {
			return strings.Join(strings.Fields(s), " ")
		}
		before = c
	}
	return strings.TrimSuffix(s, " ")
}

// spelled writes the expression between its slashes.
func (n *Pattern) spelled() string {
	if n.FoldCase {
		return "/" + n.Expr + "/i"
	}
	return "/" + n.Expr + "/"
}

// expression makes the leaf of an expression t in columns.
func (p *parser) expression(columns Columns, at Span, t lexeme) Node {
	if t.broken {
		return nil
	}
	if p.expressions++; p.expressions > MaxExpressions {
		if p.expressions == MaxExpressions+1 {
			p.bad(at, fmt.Sprintf("more than %d expressions", MaxExpressions), "join some by | or make two queries of it")
		}
		return nil
	}
	n, err := newPattern(at, columns, t.text, t.foldCase)
	if err != nil {
		p.bad(t.at, err.Error(), "an expression is such as /post-?quantum/i; for words, put them in quotes")
		return nil
	}
	if n.re.MatchString("") {
		p.hint(t.at, "this expression also finds nothing at all, and so everything that has a text")
	}
	return n
}

// expression reads /.../ and the flag behind it.
func (l *lexer) expression() {
	start := l.pos
	text, rest := "", l.text[start+1:]
	end := -1
	for i := 0; i < len(rest); i++ {
		if rest[i] == '\\' {
			i++
		} else if rest[i] == '/' {
			end = i
			break
		}
	}
	if end < 0 {
		l.bad(Span{start, start + 1}, "the expression that begins here has no end",
			"put / behind it; for a word that begins with a slash, put it in quotes")
		l.pos = len(l.text)
		l.emit(expression, start, text)
		l.last().broken = true
		return
	}
	text = rest[:end]
	l.pos = start + 1 + end + 1
	flags := l.bare(false)
	l.emit(expression, start, text)
	switch flags {
	case "":
	case "i":
		l.last().foldCase = true
	default:
		_, size := utf8.DecodeRuneInString(flags)
		at := l.pos - len(flags)
		l.bad(Span{at, at + max(size, 1)}, fmt.Sprintf("%q stands behind an expression", clip(flags)),
			"only i, for letters of either case; for words with slashes, put them in quotes")
		l.last().broken = true
	}
}
