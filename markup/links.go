// URLs in plain text.

package markup

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// address finds URLs; their last characters may belong to the sentence.
var address = regexp.MustCompile(`\bhttps?://[^\s<>"]+`)

// mayHaveAddress is a glance, for most text has none, and it is as well not to
// ask for each of its words whether one begins there.
func mayHaveAddress(text string) bool { return strings.Contains(text, "://") }

const maxAddress = 2048 // bytes; what is longer is no address for people

// linked escapes text and makes links of the URLs in it.
func linked(text string) string {
	if !mayHaveAddress(text) {
		return html.EscapeString(text)
	}
	var b strings.Builder
	done := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		if at[1]-at[0] > maxAddress {
			continue
		}
		said := trimSentence(text[at[0]:at[1]])
		href, ok := link(said, nil)
		if !ok {
			continue
		}
		b.WriteString(html.EscapeString(text[done:at[0]]))
		b.WriteString(`<a href="` + html.EscapeString(href) + `" rel="` + linkRel + `">` + html.EscapeString(said) + `</a>`)
		done = at[0] + len(said)
	}
	b.WriteString(html.EscapeString(text[done:]))
	return b.String()
}

// trimSentence takes from the end of a URL what closes the sentence around it:
// punctuation, and brackets that do not open inside.
func trimSentence(u string) string {
	for {
		short := strings.TrimRight(u, ".,;:!?'*_。、，")
		for _, pair := range []string{"()", "[]", "{}", "（）", "「」"} {
			open, shut := pair[:len(pair)/2], pair[len(pair)/2:]
			if strings.HasSuffix(short, shut) && strings.Count(short, open) < strings.Count(short, shut) {
				short = strings.TrimSuffix(short, shut)
			}
		}
		if short == u {
			return u
		}
		u = short
	}
}
