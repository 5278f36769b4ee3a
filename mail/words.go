package mail

// This file decodes the encoded words of header values (RFC 2047), tolerantly:
// a multi-byte character cut in two by its author is put together again.

import (
	"encoding/base64"
	"strings"
)

// decodeWords replaces every encoded word of s; blanks between two of them vanish.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var run wordRun
	for s != "" {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		w, n, ok := parseWord(s[start:])
		if !ok {
			run.flush(&out)
			out.WriteString(s[:start+2])
			s = s[start+2:]
			continue
		}
		if between := s[:start]; strings.TrimSpace(between) != "" || !run.open {
			run.flush(&out)
			out.WriteString(between)
		}
		run.add(&out, w)
		s = s[start+n:]
	}
	run.flush(&out)
	out.WriteString(s)
	return strings.Join(strings.Fields(withoutControls(out.String())), " ")
}

// word is one encoded word, its text decoded to bytes.
type word struct {
	charset string
	text    []byte
}

// wordRun gathers adjacent words of one charset, to decode them together.
type wordRun struct {
	open bool
	word
}

func (r *wordRun) add(out *strings.Builder, w word) {
	if r.open && r.charset == w.charset {
		r.text = append(r.text, w.text...)
		return
	}
	r.flush(out)
	r.open, r.word = true, w
}

func (r *wordRun) flush(out *strings.Builder) {
	if r.open {
		text, _ := decodeCharset(r.charset, r.text)
		out.WriteString(text)
	}
	*r = wordRun{}
}

// parseWord reads =?charset?encoding?text?= at the start of s and gives its length.
func parseWord(s string) (w word, n int, ok bool) {
	charset, rest, ok := strings.Cut(s[2:], "?")
	if !ok || len(charset) > 60 || len(rest) < 2 || rest[1] != '?' {
		return word{}, 0, false
	}
	charset, _, _ = strings.Cut(charset, "*") // RFC 2231 language
	end := strings.Index(rest[2:], "?=")
	if end < 0 || strings.ContainsAny(charset, " =") {
		return word{}, 0, false
	}
	text := rest[2 : 2+end]
	n = len(s) - len(rest) + 2 + end + 2
	w.charset = strings.ToLower(charset)
	switch rest[0] {
	case 'B', 'b':
		w.text = decodeBase64([]byte(text))
	case 'Q', 'q':
		w.text = decodeQ(text)
	default:
		return word{}, 0, false
	}
	return w, n, true
}

// decodeQ decodes the Q encoding (RFC 2047, section 4.2); broken escapes stay as they are.
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

// decodeBase64 decodes what can be decoded: anything outside the alphabet is
// skipped, padding within starts the next piece, a cut-off end keeps its whole bytes.
func decodeBase64(b []byte) []byte {
	var out []byte
	piece := make([]byte, 0, len(b))
	flush := func() {
		if len(piece)%4 == 1 {
			piece = piece[:len(piece)-1]
		}
		grown := append(out, make([]byte, base64.RawStdEncoding.DecodedLen(len(piece)))...)
		n, _ := base64.RawStdEncoding.Decode(grown[len(out):], piece) // only alphabet bytes are in piece
		out = grown[:len(out)+n]
		piece = piece[:0]
	}
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			piece = append(piece, c)
		case c == '=' && len(piece) > 0:
			flush()
		}
	}
	flush()
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
