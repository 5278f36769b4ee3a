package mail

// This file finds the text of a message: MIME parts (RFC 2045, 2046), transfer
// encodings, charsets. It splits multiparts itself, since go-message's reader
// drops everything behind one malformed part header.

import (
	"bytes"
	"mime"
	"strings"
)

const (
	maxDepth = 50   // of multiparts in multiparts
	maxParts = 1000 // in one message
)

// content gathers the readable text of a message in its order.
type content struct {
	text, html []string
}

// readBody fills Text and HTML.
func (m *Message) readBody(h header, body []byte) {
	d := bodyReader{m: m}
	c := d.read(h, body, 0)
	for i, t := range c.text {
		if i > 0 {
			m.Text = strings.TrimRight(m.Text, "\n") + "\n\n"
		}
		m.Text += t
	}
	m.HTML = strings.Join(c.html, "\n")
}

// bodyReader walks the parts of one message.
type bodyReader struct {
	m     *Message
	parts int
}

// read gives the text of one part and the parts within it.
func (d *bodyReader) read(h header, body []byte, depth int) content {
	if d.parts++; d.parts > maxParts {
		if d.parts == maxParts+1 {
			d.m.defect("more than 1000 MIME parts: the rest is ignored")
		}
		return content{}
	}
	ctype := h.get("Content-Type")
	media := mediaType(ctype)
	if depth > 0 && strings.HasPrefix(strings.ToLower(h.get("Content-Disposition")), "attachment") {
		return content{}
	}
	switch {
	case strings.HasPrefix(media, "multipart/"):
		return d.multipart(h, media, ctype, body, depth)
	case media == "text/html":
		return content{html: []string{d.leaf(h, ctype, body)}}
	case media == "text/plain", media == "text/enriched", media == "text/richtext":
		text := d.leaf(h, ctype, body)
		if strings.EqualFold(param(ctype, "format"), "flowed") {
			text = unflow(text, strings.EqualFold(param(ctype, "delsp"), "yes"))
		}
		return content{text: []string{text}}
	}
	return content{}
}

func (d *bodyReader) multipart(h header, media, ctype string, body []byte, depth int) content {
	if depth >= maxDepth {
		d.m.defect("MIME parts nested deeper than 50: the rest is ignored")
		return content{}
	}
	boundary := param(ctype, "boundary")
	if boundary == "" || !bytes.Contains(body, []byte("--"+boundary)) {
		boundary = guessBoundary(body)
	}
	if boundary == "" {
		d.m.defect("multipart without its boundary: read as text")
		return content{text: []string{d.leaf(h, "", body)}}
	}
	parts, closed := splitParts(body, boundary)
	if !closed {
		d.m.defect("multipart without its closing boundary")
	}
	var all content
	for _, p := range parts {
		all = all.with(d.part(p, depth), media == "multipart/alternative")
	}
	return all
}

func (d *bodyReader) part(p []byte, depth int) content {
	if line, rest := cutLine(p); len(line) == 0 { // no header: text/plain
		return d.read(nil, rest, depth+1)
	}
	h, body := splitHeader(p, d.m.defect)
	return d.read(h, body, depth+1)
}

// with adds the next part: in an alternative the first text and the last HTML win.
func (c content) with(next content, alternative bool) content {
	if !alternative {
		return content{text: append(c.text, next.text...), html: append(c.html, next.html...)}
	}
	if len(c.text) == 0 {
		c.text = next.text
	}
	if len(next.html) > 0 {
		c.html = next.html
	}
	return c
}

// leaf decodes transfer encoding and charset of a text part.
func (d *bodyReader) leaf(h header, ctype string, body []byte) string {
	switch enc := transferEncoding(h.get("Content-Transfer-Encoding")); enc {
	case "quoted-printable":
		body = decodeQuotedPrintable(body)
	case "base64":
		body = decodeBase64(body)
	case "", "7bit", "8bit", "binary":
	default:
		d.m.defect("unknown transfer encoding " + quoteStart([]byte(enc)))
	}
	label := param(ctype, "charset")
	text, ok := decodeCharset(label, body)
	if !ok {
		d.m.defect("unknown charset " + quoteStart([]byte(label)))
	}
	return cleanText(text)
}

// transferEncoding gives the encoding's plain name; mail spells them in many ways.
func transferEncoding(s string) string {
	s = strings.ToLower(strings.Trim(keyword(s), " \"'."))
	switch s {
	case "7-bit", "7bits", "us-ascii", "plain", "none":
		return "7bit"
	case "8-bit", "8bits", "utf-8", "utf8", "iso-8859-1":
		return "8bit"
	case "quotedprintable", "quoted_printable", "qp":
		return "quoted-printable"
	case "base-64":
		return "base64"
	}
	return s
}

// mediaType gives type/subtype in lower case; text/plain where there is none.
func mediaType(ctype string) string {
	if !strings.Contains(ctype, "/") {
		return "text/plain"
	}
	t := keyword(ctype)
	if t, _, _ = strings.Cut(t, " "); !strings.Contains(t, "/") {
		return "text/plain"
	}
	return t
}

// param gives a parameter of a Content-Type, from well and badly quoted ones.
func param(ctype, name string) string {
	_, rest, ok := strings.Cut(ctype, ";")
	for ok {
		var key, value string
		key, value, rest, ok = cutParam(rest)
		if strings.EqualFold(key, name) {
			return value
		}
	}
	if strings.Contains(ctype, "*") { // RFC 2231
		if _, params, err := mime.ParseMediaType(ctype); err == nil {
			return params[name]
		}
	}
	return ""
}

// cutParam cuts the first name=value off s; more tells whether one followed.
func cutParam(s string) (key, value, rest string, more bool) {
	end := strings.IndexAny(s, "=;")
	if end < 0 {
		return "", "", "", false
	}
	key = strings.TrimSpace(s[:end])
	if s[end] == ';' {
		return key, "", s[end+1:], true
	}
	s = strings.TrimLeft(s[end+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, s, _ = strings.Cut(s[1:], `"`)
		_, rest, more = strings.Cut(s, ";")
		return key, strings.ReplaceAll(value, `\`, ""), rest, more
	}
	value, rest, more = strings.Cut(s, ";")
	return key, strings.Trim(value, " \t'"), rest, more
}

// guessBoundary finds the boundary of a multipart that does not name its own:
// a line that starts with -- and has a Content- field behind it.
func guessBoundary(body []byte) string {
	for rest := body; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if len(line) > 4 && len(line) < 200 && bytes.HasPrefix(line, []byte("--")) &&
			len(rest) > 8 && strings.EqualFold(string(rest[:8]), "Content-") {
			return strings.TrimRight(string(line[2:]), " \t")
		}
	}
	return ""
}

// splitParts cuts body at its boundary lines (RFC 2046, section 5.1.1).
// Without a closing boundary the last part runs to the end.
func splitParts(body []byte, boundary string) (parts [][]byte, closed bool) {
	delim := []byte("--" + boundary)
	start := -1
	for pos := 0; pos < len(body); {
		i := bytes.Index(body[pos:], delim)
		if i < 0 {
			break
		}
		at := pos + i
		line, rest := cutLine(body[at:])
		pos = len(body) - len(rest)
		tail := bytes.TrimRight(line[len(delim):], " \t")
		last := string(tail) == "--"
		if at > 0 && body[at-1] != '\n' || len(tail) > 0 && !last {
			pos = at + len(delim)
			continue
		}
		if start >= 0 {
			parts = append(parts, trimLineEnd(body[start:max(at, start)]))
		}
		if start = pos; last {
			return parts, true
		}
		if len(parts) > maxParts {
			return parts, true
		}
	}
	if start >= 0 {
		parts = append(parts, body[start:])
	}
	return parts, false
}

// trimLineEnd takes off the line end that belongs to the boundary behind it.
func trimLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// decodeQuotedPrintable decodes RFC 2045, section 6.7; what is no valid escape stays as it is.
func decodeQuotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		line, newline := b, []byte(nil)
		if end >= 0 {
			line, newline, b = b[:end], b[end:end+1], b[end+1:]
		} else {
			b = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if soft := bytes.TrimSuffix(line, []byte("=")); len(soft) < len(line) {
			line, newline = soft, nil
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) && isHex(line[i+1]) && isHex(line[i+2]) {
				out = append(out, unhex(line[i+1])<<4|unhex(line[i+2]))
				i += 2
				continue
			}
			out = append(out, line[i])
		}
		out = append(out, newline...)
	}
	return out
}
