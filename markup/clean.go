// Clean text: what outsiders must not put into titles, headers and pages.

package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s as one line that is harmless in a title or a header: control
// characters, bidirectional overrides, invisible characters, invalid UTF-8 and
// what XML 1.0 cannot carry are gone, and each run of white space is one blank.
// Joiners stay where a script or an emoji needs them.
func Clean(s string) string { return strings.Join(strings.Fields(harmless(s)), " ") }

// CleanText is Clean for text of several lines: line ends become \n and stay,
// as do tabs and blanks within a line.
func CleanText(s string) string { return harmless(s) }

// harmless drops the runes that have no place in any text, and maps every kind
// of line end to \n.
func harmless(s string) string {
	if !suspect(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	last := rune(0) // written before, to judge a joiner by
	for i, r := range s {
		size := 1
		if r >= utf8.RuneSelf {
			_, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r == '\r':
			if strings.HasPrefix(s[i+1:], "\n") {
				continue
			}
			r = '\n'
		case r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			r = '\n'
		case r == utf8.RuneError && size == 1:
			continue
		case r == zwnj, r == zwj:
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			if !joins(last, r, next) {
				continue
			}
		case banned(r):
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// suspect reports whether s needs more than a look: all but printable ASCII
// with \n and \t does.
func suspect(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return true
		}
	}
	return false
}

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// banned reports whether r is a control, is invisible, turns the direction of
// what follows, or is no XML 1.0 Char (section 2.2).
func banned(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case unicode.IsControl(r), r == 0xfffe, r == 0xffff:
		return true
	case r == 0x00ad, r == 0x061c, r == 0x180e: // soft hyphen, Arabic and Mongolian marks
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}

// joining are the scripts whose spelling uses ZWJ and ZWNJ (Unicode, chapter 23.2).
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Devanagari, unicode.Bengali,
	unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada,
	unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// joins reports whether a joiner has a reason to stand between two runes:
// letters or marks of a script that needs it, or (ZWJ) the parts of an emoji.
func joins(before, joiner, after rune) bool {
	if unicode.In(before, joining...) && unicode.In(after, joining...) {
		return true
	}
	if before == utf8.RuneError || after == utf8.RuneError {
		return false // a symbol by its category, and what the end of the text reads as
	}
	emoji := unicode.Is(unicode.So, before) || unicode.Is(unicode.Sk, before) || before == '\ufe0f'
	return joiner == zwj && emoji && unicode.Is(unicode.So, after)
}
