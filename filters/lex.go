package filters

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// This file splits a query into tokens. Full-width and typographic forms mean
// what their ASCII forms mean: ： （ ） － ＊ “ ” „ ＂, and 「 」 ｢ ｣ quote too.

type kind uint8

const (
	end        kind = iota
	word            // text outside of quotes
	expression      // text between slashes
	quoted          // text in quotes; at is with the quotes, text without
	field           // a name and the colon; text is the name
	opening
	closing
	minus
	and
	or
	not
)

// lexeme is a token of the query, with the bytes it was read from.
type lexeme struct {
	kind kind
	at   Span
	text string

	prefix   bool // a word or quote with * behind it
	foldCase bool // an expression with i behind it
	broken   bool // an expression with a fault that is reported already
}

// lexer reads tokens off a query that holds no forbidden character.
type lexer struct {
	text string
	pos  int
	out  []lexeme
	bad  func(at Span, message, hint string)
}

// split gives the tokens of text, the last of kind end.
func split(text string, bad func(at Span, message, hint string)) []lexeme {
	l := lexer{text: text, bad: bad, out: make([]lexeme, 0, 8+len(text)/8)}
	for l.token() {
	}
	return l.out
}

func (l *lexer) emit(k kind, start int, text string) {
	l.out = append(l.out, lexeme{kind: k, at: Span{start, l.pos}, text: text})
}

// peek gives the character at the cursor, by its ASCII meaning, and its size;
// at the end the size is 0.
func (l *lexer) peek() (rune, int) {
	if l.pos == len(l.text) {
		return 0, 0
	}
	r, size := utf8.DecodeRuneInString(l.text[l.pos:])
	return meaning(r), size
}

// meaning maps the characters that the language gives a meaning to ASCII, and
// white space to a space. Both kinds of corner bracket keep their own.
func meaning(r rune) rune {
	switch r {
	case '：':
		return ':'
	case '（':
		return '('
	case '）':
		return ')'
	case '－':
		return '-'
	case '＊':
		return '*'
	case '“', '”', '„', '＂':
		return '"'
	case '｢':
		return '「'
	case '｣':
		return '」'
	}
	if unicode.IsSpace(r) {
		return ' '
	}
	return r
}

// token reads one token and reports whether there may be more.
func (l *lexer) token() bool {
	r, size := l.peek()
	for ; r == ' '; r, size = l.peek() {
		l.pos += size
	}
	start := l.pos
	switch r {
	case 0:
		l.emit(end, start, "")
		return false
	case '(':
		l.pos += size
		l.emit(opening, start, "")
	case ')':
		l.pos += size
		l.emit(closing, start, "")
	case '"', '「':
		l.quote()
	case '/':
		l.expression()
	case '-':
		l.pos += size
		if next, _ := l.peek(); next == ' ' || next == 0 || next == ')' {
			l.bad(Span{start, l.pos}, `"-" has nothing behind it`, "to exclude a word, write it right behind: -word")
			return true
		}
		l.emit(minus, start, "")
	default:
		l.word()
	}
	return true
}

// word reads a word outside of quotes, an operator, or a field with its value.
func (l *lexer) word() {
	start := l.pos
	text := l.bare(true)
	if r, size := l.peek(); r == ':' {
		l.pos += size
		l.emit(field, start, text)
		l.value()
		return
	}
	name := text
	if !ascii(name) {
		name = norm.NFKC.String(name)
	}
	switch name {
	case "AND":
		l.emit(and, start, text)
	case "OR":
		l.emit(or, start, text)
	case "NOT":
		l.emit(not, start, text)
	default:
		l.emitWord(start, text)
	}
}

// value reads what stands right behind a colon, if it is a word or a quote.
// There, nothing but brackets and quotes has a meaning of its own.
func (l *lexer) value() {
	switch r, _ := l.peek(); r {
	case 0, ' ', '(', ')':
	case '"', '「':
		l.quote()
	case '/':
		l.expression()
	default:
		start := l.pos
		l.emitWord(start, l.bare(false))
	}
}

// bare reads up to white space, a bracket or a quote, and to a colon if asked.
func (l *lexer) bare(colon bool) string {
	start := l.pos
	for {
		r, size := l.peek()
		if size == 0 || r == ' ' || r == '(' || r == ')' || r == '"' || r == '「' || colon && r == ':' {
			return l.text[start:l.pos]
		}
		l.pos += size
	}
}

// emitWord emits a word, and takes the * off its end.
func (l *lexer) emitWord(start int, text string) {
	short, prefix := text, false
	if r, size := utf8.DecodeLastRuneInString(text); meaning(r) == '*' {
		short, prefix = text[:len(text)-size], true
	}
	l.emit(word, start, short)
	l.last().prefix = prefix
}

// last is the lexeme emitted last.
func (l *lexer) last() *lexeme { return &l.out[len(l.out)-1] }

// quote reads a text in quotes and the * behind it.
func (l *lexer) quote() {
	start := l.pos
	opener, size := l.peek()
	l.pos += size
	closer := opener
	if opener == '「' {
		closer = '」'
	}
	inside := l.pos
	for {
		r, size := l.peek()
		if size == 0 {
			l.bad(Span{start, inside}, "the quotation that begins here has no end", "put a closing quote behind its last word")
			l.emit(quoted, start, l.text[inside:])
			return
		}
		if r == closer {
			break
		}
		l.pos += size
	}
	text := strings.TrimSpace(l.text[inside:l.pos])
	_, size = l.peek()
	l.pos += size
	r, size := l.peek()
	if r == '*' {
		l.pos += size
	}
	l.emit(quoted, start, text)
	l.last().prefix = r == '*'
}
