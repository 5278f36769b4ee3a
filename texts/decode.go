// What is a plain text at all: the size, the form and the characters of it.

package texts

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// MaxSize is the largest text that Parse reads, in bytes.
const MaxSize = 2 << 20

// Fault is why a text was refused.
type Fault string

// The faults of a text.
const (
	TooLarge Fault = "large"
	Empty    Fault = "empty"
	HTML     Fault = "html"
	PDF      Fault = "pdf"
	XML      Fault = "xml"
	Binary   Fault = "binary"
)

// Error says why a text was refused and what would be right.
type Error struct {
	Fault Fault
	Size  int // of what was refused, in bytes
}

func (e *Error) Error() string {
	switch e.Fault {
	case TooLarge:
		return fmt.Sprintf("the text has %d bytes, and at most %d are read: is this the .txt of one draft?", e.Size, MaxSize)
	case Empty:
		return "the text is empty: nothing but white space came; fetch it again later"
	case HTML:
		return "this is an HTML page and not a draft's plain text: use the address that ends in .txt"
	case PDF:
		return "this is a PDF and not a draft's plain text: use the address that ends in .txt"
	case XML:
		return "this is XML, a draft's source and not its plain text: use the address that ends in .txt"
	default:
		return "this is no plain text: too many of its bytes are control characters; use the address that ends in .txt"
	}
}

// decode returns raw as UTF-8 with line ends of \n, or says why it is no text.
func decode(raw []byte) (string, error) {
	size := len(raw)
	refuse := func(f Fault) (string, error) { return "", &Error{Fault: f, Size: size} }
	if len(raw) > MaxSize {
		return refuse(TooLarge)
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if len(bytes.TrimSpace(raw)) == 0 {
		return refuse(Empty)
	}
	if f := form(raw); f != "" {
		return refuse(f)
	}
	return readable(raw), nil
}

// form tells what else than a plain text raw is, if it is.
func form(raw []byte) Fault {
	head := bytes.ToLower(bytes.TrimSpace(raw[:min(len(raw), 1024)]))
	switch {
	case bytes.HasPrefix(head, []byte("%pdf-")):
		return PDF
	case bytes.HasPrefix(head, []byte("<!doctype rfc")), bytes.HasPrefix(head, []byte("<rfc")):
		return XML
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")),
		bytes.HasPrefix(head, []byte("<head")), bytes.HasPrefix(head, []byte("<body")):
		return HTML
	case bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<html")):
		return HTML
	case bytes.HasPrefix(head, []byte("<?xml")), bytes.HasPrefix(head, []byte("<!--")):
		return XML
	}
	controls := 0
	for _, c := range raw {
		if control(c) {
			controls++
		}
	}
	if controls > len(raw)/100 {
		return Binary
	}
	return ""
}

// control reports whether c has no place in a text.
func control(c byte) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' || c == 0x7f
}

// readable makes raw UTF-8: what is not, byte by byte, is windows-1252, of which
// Latin-1 is the part in use. Stray control characters go, and every kind of
// line end becomes \n.
func readable(raw []byte) string {
	if utf8.Valid(raw) && bytes.IndexFunc(raw, odd) < 0 {
		return string(raw)
	}
	var b strings.Builder
	b.Grow(len(raw) + len(raw)/8)
	for i := 0; i < len(raw); {
		c := raw[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == '\r':
				if i == len(raw) || raw[i] != '\n' {
					b.WriteByte('\n')
				}
			case !control(c):
				b.WriteByte(c)
			}
			continue
		}
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(c)
		}
		i += size
		switch {
		case r == '\u2028', r == '\u2029', r == '\u0085':
			b.WriteByte('\n')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case !odd(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// odd reports whether r is kept from a text, or changed in it.
func odd(r rune) bool {
	switch r {
	case '\r', '\u00ad', '\u2060', '\ufeff', '\u200b', '\u200e', '\u200f', utf8.RuneError:
		return true
	}
	return r >= 0x80 && unicode.IsSpace(r) || r < 0x80 && control(byte(r)) || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
