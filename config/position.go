package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A query stands in the file as a TOML string, with quotes and escapes. To
// point into it, its bytes are traced back to those of the file.

// within gives the place in the file of bytes start to end of the string at
// path, or of the whole value where it cannot be traced.
func (d *document) within(path string, start, end int) span {
	s := d.spots[path]
	text, at := unquote(string(d.data[s.value.start:s.value.end]))
	if text != s.text || start < 0 || start > end || end > len(text) {
		return s.value
	}
	to := at[end]
	if end > start { // not the escape that may follow, nor a quote
		to = at[end-1] + 1
	}
	return span{s.value.start + at[start], s.value.start + max(to, at[start])}
}

// unquote reads a TOML string of any of the four kinds. at[i] is where in raw
// byte i of the text begins; at[len(text)] is where the text ends.
func unquote(raw string) (text string, at []int) {
	quote, body := opening(raw)
	if quote == "" {
		return "", []int{0}
	}
	end := len(raw) - len(quote)
	var b strings.Builder
	for i := body; i < end; {
		piece, size := raw[i:i+1], 1
		if quote[0] == '"' && raw[i] == '\\' {
			piece, size = unescape(raw[i:end])
		}
		for range len(piece) {
			at = append(at, i)
		}
		b.WriteString(piece)
		i += size
	}
	return b.String(), append(at, end)
}

// opening gives the quotes that raw begins with, and where its text begins: a
// line end right after three quotes does not count.
func opening(raw string) (quote string, body int) {
	for _, quote := range []string{`"""`, `'''`, `"`, `'`} {
		if len(raw) < 2*len(quote) || !strings.HasPrefix(raw, quote) {
			continue
		}
		body = len(quote)
		if body == 3 && strings.HasPrefix(raw[3:], "\r\n") {
			body += 2
		} else if body == 3 && raw[3] == '\n' {
			body++
		}
		return quote, min(body, len(raw)-len(quote))
	}
	return "", 0
}

var escapes = map[byte]string{
	'b': "\b", 't': "\t", 'n': "\n", 'f': "\f", 'r': "\r", 'e': "\x1b", '"': `"`, '\\': `\`,
}

// unescape reads one escape at the start of s and gives its size there. A
// backslash at the end of a line takes the white space that follows with it.
func unescape(s string) (text string, size int) {
	if len(s) < 2 {
		return s, len(s)
	}
	if e, ok := escapes[s[1]]; ok {
		return e, 2
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	if digits == 0 {
		return "", len(s) - len(strings.TrimLeft(s[1:], " \t\r\n"))
	}
	if len(s) < 2+digits {
		return "", len(s)
	}
	n, err := strconv.ParseUint(s[2:2+digits], 16, 31)
	if err != nil {
		n = utf8.RuneError
	}
	return string(rune(n)), 2 + digits
}
