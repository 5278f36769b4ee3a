package filters

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file holds the analyser: text in, tokens out.

// Boundary is a token that no query can make. It stands between the values of
// a many-valued column and before each joined form, so that no phrase matches
// across.
const Boundary = "."

// Analyse gives the tokens of a text as the index has them:
//
//   - Compatibility forms are made plain (NFKC), upper case lower, and
//     diacritics dropped: Kühlewind and kuhlewind are one word.
//   - A word is a run of letters and digits; a dot between two digits belongs
//     to it, so that 1.3 is one word and 2.5g3g too. All else separates.
//   - English plurals become the singular; see singular.go.
//   - A hyphenated word gives its parts, and behind all ordinary tokens its
//     joined form after a [Boundary]: post-quantum gives post, quantum, and
//     postquantum.
//   - Chinese, Japanese and Korean runs give overlapping pairs and the last
//     character alone: 標準化 gives 標準, 準化, 化.
//
// Tokens consist of lower-case ASCII letters, digits and dots, and of bytes
// from 0x80. Only the first [MaxText] bytes are analysed.
func Analyse(text string) []string {
	var a analyser
	a.value(text)
	return strings.Fields(a.text())
}

// analyser gathers the tokens of one column, separated by spaces. Joined forms
// are kept apart until the end.
type analyser struct {
	out    []byte
	joined []byte
	budget int  // bytes of text taken so far
	tokens int  // ordinary tokens so far
	chain  int  // parts of the last hyphenated word
	joins  int  // joined forms so far
	long   bool // whether a word was cut

	places *places // where tokens stand, if that is wanted
}

// value adds one value of the column.
func (a *analyser) value(s string) {
	s = cut(s, MaxText-a.budget)
	a.budget += len(s)
	if !ascii(s) {
		s = fold(s)
	}
	if a.tokens == 0 {
		a.scan(s)
		return
	}
	mark, before := len(a.out), a.tokens
	a.out = append(a.out, ' ')
	a.out = append(a.out, Boundary...)
	if a.scan(s); a.tokens == before {
		a.out = a.out[:mark]
	}
}

// text gives what was gathered: the ordinary tokens, then the joined forms.
func (a *analyser) text() string {
	if len(a.joined) == 0 {
		return string(a.out)
	}
	return string(append(a.out, a.joined...))
}

// lower maps the ASCII letters and digits to what they are in a token, and all
// else to zero.
var lower = func() (table [256]byte) {
	for c := '0'; c <= '9'; c++ {
		table[c] = byte(c)
	}
	for c := 'a'; c <= 'z'; c++ {
		table[c], table[c-'a'+'A'] = byte(c), byte(c)
	}
	return table
}()

// scan splits folded text into words.
func (a *analyser) scan(s string) {
	for i := 0; i < len(s); {
		if lower[s[i]] != 0 {
			i = a.word(s, i)
			continue
		}
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case cjk(r):
			i = a.run(s, i)
		case letter(r):
			i = a.word(s, i)
		default:
			i += size
		}
	}
}

// word takes a word and what is hyphenated to it, and returns where it ends.
func (a *analyser) word(s string, i int) int {
	start, first, parts, joinable := 0, i, 0, true
	for {
		a.open()
		at, from := len(a.out), i
		if parts == 0 {
			start, first = at, i
		}
		i = a.part(s, i)
		a.close(at)
		a.places.token(from, i)
		parts++
		next := hyphen(s, i)
		if next == 0 {
			break
		}
		if r, _ := utf8.DecodeRuneInString(s[next:]); cjk(r) {
			joinable = false
			break
		}
		i = next
	}
	a.chain = parts
	if parts > 1 && joinable && !startsCJK(s[i:]) {
		a.join(start)
		a.places.join(first, i)
	}
	return i
}

// part appends the letters and digits at s[i:] and returns where they end.
func (a *analyser) part(s string, i int) int {
	for i < len(s) {
		c := s[i]
		if l := lower[c]; l != 0 {
			a.out = append(a.out, l)
			i++
			continue
		}
		if c == '.' && i > 0 && digit(s[i-1]) && i+1 < len(s) && digit(s[i+1]) {
			a.out = append(a.out, c)
			i++
			continue
		}
		if c < utf8.RuneSelf {
			return i
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if cjk(r) || !letter(r) && !unicode.Is(unicode.M, r) {
			return i
		}
		a.out = append(a.out, s[i:i+size]...)
		i += size
	}
	return i
}

// hyphen gives where the next part of a hyphenated word begins, or 0 if s[i:]
// is not a single hyphen followed by a letter or digit.
func hyphen(s string, i int) int {
	switch {
	case i < len(s) && s[i] == '-':
		i++
	case strings.HasPrefix(s[i:], "\u2010"): // to which NFKC maps the non-breaking hyphen too
		i += len("\u2010")
	default:
		return 0
	}
	if i == len(s) {
		return 0
	}
	if lower[s[i]] != 0 {
		return i
	}
	if r, _ := utf8.DecodeRuneInString(s[i:]); r >= utf8.RuneSelf && letter(r) {
		return i
	}
	return 0
}

// open begins a token.
func (a *analyser) open() {
	if len(a.out) > 0 {
		a.out = append(a.out, ' ')
	}
	a.tokens++
}

// close ends the token that begins at out[at].
func (a *analyser) close(at int) {
	a.long = a.long || len(a.out)-at > MaxToken
	a.out = a.out[:at+len(cutBytes(a.out[at:]))]
	a.out = a.out[:at+singular(a.out[at:])]
}

// join adds the joined form of the parts in out[start:].
func (a *analyser) join(start int) {
	a.joined = append(a.joined, " "+Boundary+" "...)
	at := len(a.joined)
	for _, c := range a.out[start:] {
		if c != ' ' {
			a.joined = append(a.joined, c)
		}
	}
	a.joined = a.joined[:at+len(cutBytes(a.joined[at:]))]
	a.joined = a.joined[:at+singular(a.joined[at:])]
	a.joins++
}

// run takes a run of CJK characters and returns where it ends.
func (a *analyser) run(s string, i int) int {
	previous, from := "", i
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !cjk(r) {
			break
		}
		this := s[i : i+size]
		if previous != "" {
			a.open()
			a.out = append(append(a.out, previous...), this...)
			a.places.token(from, i+size)
		}
		previous, from = this, i
		i += size
	}
	a.open()
	a.out = append(a.out, previous...)
	a.places.token(from, i)
	a.chain = 0
	return i
}
