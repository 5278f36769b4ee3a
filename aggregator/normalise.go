// This file makes feeds UTF-8 without characters that XML does not allow.

package aggregator

import (
	"bytes"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// normalise gives a feed as UTF-8 whose XML declaration says so. The charset
// is what a byte order mark tells, else the pattern of the first bytes, else
// the HTTP header, else the XML declaration (RFC 7303, section 3), else UTF-8.
// What is invalid in UTF-8 is read as windows-1252, since that is what it is.
func normalise(body []byte, contentType string) []byte {
	text := toUTF8(body, contentType)
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		return trimmed
	}
	text = skipToRoot(text)
	text = dropControls(text)
	if !bytes.Contains(text, []byte("&#")) {
		return text
	}
	return controlReference.ReplaceAllFunc(text, func(ref []byte) []byte {
		if isControlReference(string(ref[2 : len(ref)-1])) {
			return nil
		}
		return ref
	})
}

var (
	utf16le = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16be = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	utf32le = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	utf32be = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
)

// patterns are byte order marks, and "<" without one, in the encodings that are
// no superset of ASCII. Longer ones stand first.
var patterns = []struct {
	start string
	enc   encoding.Encoding
	skip  int
}{
	{"\x00\x00\xfe\xff", utf32be, 4},
	{"\xff\xfe\x00\x00", utf32le, 4},
	{"\x00\x00\x00<", utf32be, 0},
	{"<\x00\x00\x00", utf32le, 0},
	{"\xfe\xff", utf16be, 2},
	{"\xff\xfe", utf16le, 2},
	{"\x00<", utf16be, 0},
	{"<\x00", utf16le, 0},
	{"\xef\xbb\xbf", nil, 3},
}

func toUTF8(body []byte, contentType string) []byte {
	for _, p := range patterns {
		if bytes.HasPrefix(body, []byte(p.start)) {
			return decode(body[p.skip:], p.enc)
		}
	}
	if enc := encodingOf(httpCharset(contentType)); enc != nil && plausible(enc, body) {
		return decode(body, enc)
	}
	if m := declaration.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
		return decode(body, encodingOf(string(m[1])))
	}
	return decode(body, nil)
}

// decode gives UTF-8; a nil encoding is UTF-8 itself.
func decode(body []byte, enc encoding.Encoding) []byte {
	if enc != nil && enc != unicode.UTF8 {
		if text, err := enc.NewDecoder().Bytes(body); err == nil {
			return text
		}
	}
	if utf8.Valid(body) {
		return body
	}
	text := make([]byte, 0, len(body)+len(body)/8)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(body[0])
		}
		text, body = utf8.AppendRune(text, r), body[n:]
	}
	return text
}

// plausible refuses an HTTP charset that the bytes contradict: servers send
// one and the same for all their files.
func plausible(enc encoding.Encoding, body []byte) bool {
	switch enc {
	case charmap.Windows1252: // what ISO-8859-1 and US-ASCII mean on the web
		return !utf8.Valid(body)
	case unicode.UTF8:
		return utf8.Valid(body)
	}
	return true
}

func httpCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// encodingOf gives nil for labels that are unknown, or wrong: what is in UTF-16
// or UTF-32 shows by its bytes, and ASCII often says it is.
func encodingOf(label string) encoding.Encoding {
	enc, err := htmlindex.Get(strings.Trim(label, " \t\"'"))
	if err != nil || enc == encoding.Replacement || enc == utf16le || enc == utf16be {
		return nil
	}
	return enc
}

var (
	declaration      = regexp.MustCompile(`^[^<{]*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>`)
	prolog           = regexp.MustCompile(`^\s*(?:<\?[^>]*\?>|<!--(?s:.*?)-->|<!DOCTYPE[^\[>]*(?:\[[^\]]*\])?[^>]*>)`)
	controlReference = regexp.MustCompile(`&#[xX]?[0-9A-Fa-f]{1,99};`)
)

// skipToRoot drops junk, declarations and comments before the root element:
// the encoding they declare is no longer true, and gofeed looks for the root
// in the first 4 KiB only. A document type declaration goes with them, and
// with it every entity it could define.
func skipToRoot(text []byte) []byte {
	if i := bytes.IndexByte(text, '<'); i > 0 {
		text = text[i:]
	}
	for {
		loc := prolog.FindIndex(text)
		if loc == nil {
			return text
		}
		text = text[loc[1]:]
	}
}

// dropControls drops what XML 1.0 does not allow (section 2.2). It copies only
// when there is something to drop.
func dropControls(text []byte) []byte {
	bad := func(r rune) bool { return !inXML(r) }
	if !slices.ContainsFunc(text, mayControl) || bytes.IndexFunc(text, bad) < 0 {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if bad(r) {
			return -1
		}
		return r
	}, text)
}

// mayControl reports whether a byte of UTF-8 is, or begins, what XML may not allow.
func mayControl(b byte) bool { return b < 0x20 && !inXML(rune(b)) || b == 0xEF }

func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r != 0xFFFE && r != 0xFFFF
}

func isControlReference(digits string) bool {
	base := 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseInt(digits, base, 64)
	return err != nil || n > utf8.MaxRune || !inXML(rune(n))
}
