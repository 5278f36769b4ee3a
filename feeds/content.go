// The content of an entry as HTML. A feed has fifty, so it is not a template
// that writes it; a test holds what is written to one of html/template.

package feeds

import (
	"fmt"
	"strconv"
	"strings"
)

// content is what an entry says in full. All but abstract and changes is text.
type content struct {
	authors           string
	what, level, date string
	group             string
	pages             int
	abstract, changes string // HTML, safe
	links             []link
	reason            string
}

func (c content) html() string {
	var b strings.Builder
	b.Grow(1<<10 + len(c.abstract) + len(c.changes) + 128*len(c.links))
	put := func(before, text, after string) {
		if text != "" {
			b.WriteString(before)
			escapes.WriteString(&b, text) //nolint:errcheck // a Builder takes everything
			b.WriteString(after)
		}
	}
	put("<p>By ", c.authors, "</p>\n")
	b.WriteString("<p>")
	put("", c.what, "")
	put(" · ", c.level, "")
	put(" · group ", c.group, "")
	if c.pages != 0 {
		put(" · ", strconv.Itoa(c.pages), " pages")
	}
	put(" · ", c.date, "</p>\n")
	b.WriteString(c.abstract)
	if c.changes != "" {
		b.WriteString("<div>" + c.changes + "</div>\n")
	}
	for i, l := range c.links {
		before := " · "
		if i == 0 {
			before = "<p>"
		}
		put(before+`<a href="`, inAttribute(l.Href), `">`)
		put("", l.Title, "")
		b.WriteString("</a>")
	}
	if len(c.links) > 0 {
		b.WriteString("</p>\n")
	}
	put("<p><small>Why it is here: ", c.reason, "</small></p>\n")
	return b.String()
}

// escapes are of text and of values of attributes in quotes.
var escapes = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// inAttribute writes the bytes of a web address that have no place in one as %XX.
func inAttribute(address string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!#$&*+,/:;=?@[]"
	if strings.Trim(address, plain) == "" {
		return address
	}
	var b strings.Builder
	for i := range len(address) {
		c := address[i]
		if strings.IndexByte(plain, c) >= 0 || c == '%' && i+2 < len(address) && isHex(address[i+1]) && isHex(address[i+2]) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
