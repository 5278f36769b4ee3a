package mail

// This file turns the bytes of any charset, rightly or wrongly labelled, into UTF-8.

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// charsetAliases maps labels seen in mail that no registry knows, or that
// mean in practice the larger charset on the right.
var charsetAliases = map[string]string{
	"cp932": "shift_jis", "ms932": "shift_jis", "x-sjis": "shift_jis", "sjis": "shift_jis", "shift-jis": "shift_jis",
	"iso-2022-jp-1": "iso-2022-jp", "iso-2022-jp-3": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp",
	"cp50220": "iso-2022-jp", "cp50221": "iso-2022-jp", "eucjp": "euc-jp", "x-euc-jp": "euc-jp", "eucjp-ms": "euc-jp",
	"iso-8859-1": "windows-1252", "latin1": "windows-1252", "iso8859-1": "windows-1252", "iso_8859-1": "windows-1252",
	"cp1252": "windows-1252", "ansi": "windows-1252", "iso-8859-8-i": "iso-8859-8", "iso8859-2": "iso-8859-2",
	"iso8859-15": "iso-8859-15", "latin-9": "iso-8859-15", "cp1250": "windows-1250", "cp1251": "windows-1251",
	"ks_c_5601-1987": "euc-kr", "ks_c_5601": "euc-kr", "cp949": "euc-kr", "euckr": "euc-kr",
	"gb2312": "gbk", "x-gbk": "gbk", "cp936": "gbk", "cp950": "big5", "koi8r": "koi8-r",
}

// guessed are labels that say nothing: the text is taken for what it looks like.
var guessed = map[string]bool{
	"": true, "us-ascii": true, "ascii": true, "ansi_x3.4-1968": true, "utf-8": true, "utf8": true, "cp65001": true,
	"unknown-8bit": true, "unknown": true, "x-unknown": true, "default": true, "none": true, "binary": true, "8bit": true,
}

// decodeCharset gives b in UTF-8. ok is false when the label is unknown, and
// the text was taken for UTF-8 or else windows-1252.
func decodeCharset(label string, b []byte) (text string, ok bool) {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	if alias, found := charsetAliases[label]; found {
		label = alias
	}
	if guessed[label] {
		return guessText(b), true
	}
	if len(label) > 40 {
		return guessText(b), false
	}
	r, err := charset.Reader(label, bytes.NewReader(b))
	if err != nil {
		return guessText(b), false
	}
	out, err := io.ReadAll(r)
	if err != nil && len(out) == 0 {
		return guessText(b), false
	}
	return strings.ToValidUTF8(string(out), "\uFFFD"), true
}

// guessText reads b as UTF-8 when it is, or mostly is; as ISO-2022-JP when it
// holds that charset's escapes; else as windows-1252.
func guessText(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$")) {
		if s, ok := decodeCharset("iso-2022-jp", b); ok {
			return s
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	good, bad := 0, 0
	for rest := b; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good += n
		}
		rest = rest[n:]
	}
	if good >= bad {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(s)
}

// cleanText gives text with \n line ends and without control characters;
// tabs stay.
func cleanText(s string) string {
	if isClean(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.TrimPrefix(s, "\uFEFF")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case isControl(r):
			return -1
		}
		return r
	}, s)
}

// withoutControls drops control characters of a header value, folds included.
func withoutControls(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case isControl(r):
			return -1
		}
		return r
	}, s)
}

// isControl tells C0, DEL and C1 controls, and line separators that would break a header.
func isControl(r rune) bool {
	return r < 32 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xFEFF
}

func isClean(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 32 && c != '\n' && c != '\t' || c > 126 {
			return false
		}
	}
	return true
}
