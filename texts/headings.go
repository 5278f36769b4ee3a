// Headings: which lines are one, and what they say.

package texts

import (
	"strconv"
	"strings"
)

const (
	maxSections = 2000 // headings beyond are text
	maxTitle    = 300
	maxDepth    = 12
)

// heading is a heading and the lines that it takes.
type heading struct {
	number, title string
	lines         int
}

// outline finds headings in order, since where one stands says what may follow.
type outline struct {
	lines    []line
	indented bool // text stands indented, so that what is flush left is a heading
	chapter  int  // first component of the last number
	appendix byte // letter of the last appendix, or 0
	closed   bool // addresses have begun, which nothing but known titles ends
}

func newOutline(lines []line) *outline {
	flush, all := 0, 0
	for _, l := range lines {
		if !l.blank() {
			all++
			if l.indent == 0 {
				flush++
			}
		}
	}
	return &outline{lines: lines, indented: flush*2 <= all}
}

// at returns the heading that begins in line i.
func (o *outline) at(i int) (heading, bool) {
	l := o.lines[i]
	if l.blank() || len(l.text) > maxTitle || i > 0 && !l.page && !o.lines[i-1].blank() || isEntry(l.text) {
		return heading{}, false
	}
	h := heading{title: strings.TrimSpace(l.text), lines: 1}
	if known(h.title) != "" && o.alone(i, 1) {
		return o.take(h)
	}
	if l.indent > 0 {
		return heading{}, false
	}
	number, rest, numbered := o.number(h.title)
	if !numbered {
		return h, o.unnumbered(i, h.title)
	}
	h.number = number
	title := rest
	column := len(l.text) - len(rest)
	for next := i + 1; next < len(o.lines) && next < i+3; next++ {
		n := o.lines[next]
		if n.blank() || n.page || n.indent == 0 {
			break
		}
		first, _, _ := strings.Cut(strings.TrimSpace(n.text), " ")
		if n.indent != column && o.indented && n.indent < column || len(o.lines[next-1].text)+1+len(first) <= 66 {
			break
		}
		title = glue(title, strings.TrimSpace(n.text))
		h.lines++
	}
	h.title = title
	if !o.indented && (!o.alone(i, h.lines) || len(title) > 80 || strings.HasSuffix(title, ".")) {
		return heading{}, false
	}
	if next := i + h.lines; next < len(o.lines) && !o.alone(i, h.lines) && o.lines[next].indent == 0 {
		return heading{}, false
	}
	return o.take(h)
}

// take remembers where h stands in the order of headings.
func (o *outline) take(h heading) (heading, bool) {
	h.title = strings.TrimSpace(straight.Replace(h.title))
	if len(h.title) > maxTitle {
		return h, false
	}
	first, _, _ := strings.Cut(h.number, ".")
	if n, err := strconv.Atoi(first); err == nil {
		o.chapter = n
	} else if first != "" {
		o.appendix = first[0]
	}
	if known(h.title) == Addresses {
		o.closed = true
	} else if h.number != "" {
		o.closed = false
	}
	return h, true
}

// alone reports whether nothing stands right below lines i to i+n.
func (o *outline) alone(i, n int) bool {
	next := i + n
	return next >= len(o.lines) || o.lines[next].blank() || o.lines[next].page
}

// unnumbered reports whether line i, flush left and with nothing right above,
// is a heading without a number.
func (o *outline) unnumbered(i int, title string) bool {
	if !o.indented || o.closed || len(title) > 80 || strings.Contains(title, "   ") {
		return false
	}
	if strings.ContainsAny(title, "{}=<>|;+\\_") || strings.Contains(title, "--") || strings.ContainsAny(title[len(title)-1:], ".,:") {
		return false
	}
	if c := title[0]; !letter(c) && (c < '0' || c > '9') && c != '"' && c < 0x80 {
		return false
	}
	if next := i + 1; !o.alone(i, 1) && o.lines[next].indent == 0 {
		return false
	}
	first, _, _ := strings.Cut(title, " ")
	return hasLetter(title) && !isSection(strings.TrimRight(first, "."))
}

// number reads "3.2.  Title", "Appendix A.  Title" and "A.1.  Title", if such a
// number may stand here.
func (o *outline) number(s string) (number, title string, ok bool) {
	word, rest, _ := strings.Cut(s, " ")
	rest = strings.TrimLeft(rest, " ")
	if strings.EqualFold(word, "appendix") || strings.EqualFold(word, "annex") {
		word, rest, _ = strings.Cut(rest, " ")
		letterOf := strings.TrimRight(word, ".:")
		if !isAppendix(letterOf) || len(letterOf) != 1 {
			return "", "", false
		}
		return letterOf, strings.TrimLeft(rest, " -:"), true
	}
	number = strings.TrimRight(word, ".:")
	if len(number) < len(word)-1 || !hasLetter(rest) {
		return "", "", false
	}
	dotted := len(number) < len(word)
	switch {
	case isAppendix(number):
		if len(number) == 1 && (!dotted || number[0] != max(o.appendix, 'A'-1)+1) {
			return "", "", false
		}
		return number, rest, number[0] >= 'A' && (o.appendix == 0 && number[0] == 'A' || number[0] == o.appendix || number[0] == o.appendix+1)
	case !isSection(number):
		return "", "", false
	case !dotted && !strings.Contains(number, ".") && rest[0] >= 'a' && rest[0] <= 'z':
		return "", "", false
	}
	first, _, _ := strings.Cut(number, ".")
	chapter, _ := strconv.Atoi(first)
	if chapter < o.chapter || chapter > o.chapter+3 {
		return "", "", false
	}
	return strings.TrimSuffix(number, ".0"), rest, true
}

// isSection recognises 3 and 3.2.1.
func isSection(s string) bool {
	depth := 0
	for part := range strings.SplitSeq(s, ".") {
		if depth++; depth > maxDepth || !isNumber(part) || len(part) > 4 {
			return false
		}
	}
	return depth > 0
}

// isAppendix recognises A and A.2.1.
func isAppendix(s string) bool {
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	return len(s) == 1 || s[1] == '.' && isSection(s[2:])
}

// isEntry recognises a line of a table of contents by its row of dots.
func isEntry(s string) bool { return strings.Contains(s, " . . ") || strings.Contains(s, ".....") }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func hasLetter(s string) bool {
	for i := range len(s) {
		if letter(s[i]) || s[i] >= 0x80 {
			return true
		}
	}
	return false
}

// These kinds exist while a text is taken apart only.
const (
	contents    Kind = "contents"
	boilerplate Kind = "boilerplate"
	other       Kind = "other" // a known title of prose
)

var titles = map[string]Kind{
	"abstract":                               Abstract,
	"table of contents":                      contents,
	"contents":                               contents,
	"list of figures":                        contents,
	"list of tables":                         contents,
	"index":                                  contents,
	"status of this memo":                    boilerplate,
	"status of this document":                boilerplate,
	"status of memo":                         boilerplate,
	"copyright notice":                       boilerplate,
	"copyright and license notice":           boilerplate,
	"copyright":                              boilerplate,
	"copyright statement":                    boilerplate,
	"full copyright statement":               boilerplate,
	"intellectual property":                  boilerplate,
	"intellectual property statement":        boilerplate,
	"intellectual property rights statement": boilerplate,
	"ipr statement":                          boilerplate,
	"disclaimer of validity":                 boilerplate,
	"disclaimer":                             boilerplate,
	"acknowledgment":                         other,
	"acknowledgments":                        other,
	"acknowledgement":                        other,
	"acknowledgements":                       other,
	"contributors":                           other,
	"introduction":                           other,
	"security considerations":                other,
	"iana considerations":                    other,
	"references":                             References,
	"normative references":                   References,
	"informative references":                 References,
	"non-normative references":               References,
	"references, normative":                  References,
	"references, informative":                References,
	"informational references":               References,
	"normative":                              other,
	"authors' addresses":                     Addresses,
	"author's address":                       Addresses,
	"author's addresses":                     Addresses,
	"authors' address":                       Addresses,
	"authors addresses":                      Addresses,
	"authors address":                        Addresses,
	"author addresses":                       Addresses,
	"author address":                         Addresses,
	"author information":                     Addresses,
	"author's information":                   Addresses,
	"authors' information":                   Addresses,
	"author contact information":             Addresses,
	"authors' contact information":           Addresses,
	"editor's address":                       Addresses,
	"editors' addresses":                     Addresses,
}

// known is what a section of this title is, or empty if the title says nothing.
func known(title string) Kind {
	if len(title) > 40 {
		return ""
	}
	return titles[strings.TrimRight(strings.ToLower(straight.Replace(title)), " .:")]
}

// straight makes curly quotes and the many dashes and blanks what a keyboard has.
var straight = strings.NewReplacer(
	"\u2018", "'", "\u2019", "'", "\u201a", "'", "\u201b", "'", "\u2032", "'",
	"\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u201f", `"`, "\u2033", `"`,
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2015", "-", "\u2212", "-",
	"\u2026", "...",
)
