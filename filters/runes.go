package filters

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// This file holds what the analyser knows of characters.

// fold makes compatibility forms plain (NFKC), lowers case, and drops
// diacritics and invisible format characters. Only the marks of alphabets that
// use them as accents go; the voicing marks of kana stay. Folded text folds to
// itself.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		switch {
		case r < utf8.RuneSelf:
			if l := lower[r]; l != 0 {
				r = rune(l)
			}
			b.WriteByte(byte(r))
		case accent(r):
		case r == '\u200b': // zero width space separates
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r):
		default:
			r = unicode.ToLower(r)
			if plain, ok := undecomposed[r]; ok {
				b.WriteString(plain)
				continue
			}
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// undecomposed spells letters with a stroke or ligature, which Unicode does
// not take apart, as an English keyboard would, and joins the two forms of
// sigma.
var undecomposed = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ŧ': "t",
	'ς': "σ",
}

// accent reports whether r is a combining mark that a reader may leave out.
func accent(r rune) bool {
	return 0x300 <= r && r <= 0x36f || 0x1ab0 <= r && r <= 0x1aff || 0x1dc0 <= r && r <= 0x1dff || 0x20d0 <= r && r <= 0x20ff
}

// cjk reports whether r is written without spaces between words: Han, kana
// with their length and voicing marks, Hangul, Bopomofo.
func cjk(r rune) bool {
	if r < 0x1100 {
		return false
	}
	switch r {
	case 'ー', '\u3099', '\u309a':
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo)
}

func startsCJK(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return cjk(r)
}

// letter reports whether a word may begin with r.
func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func digit(c byte) bool { return '0' <= c && c <= '9' }

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cut gives the first n bytes of s, or a little less so as to end between two
// characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:max(n, 0)]
}

// cutBytes cuts a token to MaxToken bytes.
func cutBytes(b []byte) []byte {
	if len(b) <= MaxToken {
		return b
	}
	n := MaxToken
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}
