// Lines of a text without its pages: footers, form feeds and headers go, and
// what they stood between is remembered.

package texts

import "strings"

// line is a line of the text without the blanks at its end.
type line struct {
	text   string
	indent int
	page   bool // a page break stood before it
}

func (l line) blank() bool { return l.text == "" }

// pages cuts text into lines, and keeps apart those that ran along on every page.
func pages(text string) (lines []line, running []string) {
	p := paging{lines: make([]line, 0, strings.Count(text, "\n")+1)}
	for one := range strings.SplitSeq(text, "\n") {
		for {
			before, after, feed := strings.Cut(one, "\f")
			if !feed {
				break
			}
			if strings.TrimSpace(before) != "" {
				p.add(before)
			}
			p.feed()
			one = after
		}
		p.add(one)
	}
	return p.lines, p.running
}

type paging struct {
	lines   []line
	running []string
	header  string // of an earlier page
	broken  bool   // a page ended, and nothing of the next is kept yet
	headers int    // lines of the header that went
}

func (p *paging) add(s string) {
	s = strings.TrimRight(detab(s), " ")
	trimmed := strings.TrimLeft(s, " ")
	l := line{text: s, indent: len(s) - len(trimmed)}
	switch {
	case isFooter(s):
		p.run(s)
		p.breaks()
		return
	case p.broken && l.blank():
		return
	case p.broken && p.headers < 3 && p.isHeader(l):
		p.header = strings.Join(strings.Fields(s), " ")
		p.headers++
		p.run(s)
		return
	case p.broken:
		p.broken, l.page = false, true
	}
	p.lines = append(p.lines, l)
}

// feed is a form feed. What stands last before it may be a footer of a kind
// that would not be known without it.
func (p *paging) feed() {
	p.trim()
	if n := len(p.lines); n > 1 && p.lines[n-2].blank() && isLooseFooter(p.lines[n-1].text) {
		p.run(p.lines[n-1].text)
		p.lines = p.lines[:n-1]
	}
	p.breaks()
}

func (p *paging) breaks() {
	p.trim()
	if len(p.lines) > 0 {
		p.broken, p.headers = true, 0
	}
}

// trim drops the blank lines at the end.
func (p *paging) trim() {
	for len(p.lines) > 0 && p.lines[len(p.lines)-1].blank() {
		p.lines = p.lines[:len(p.lines)-1]
	}
}

// run keeps a running line, of which the first few say what all say.
func (p *paging) run(s string) {
	if len(p.running) < 8 {
		p.running = append(p.running, s)
	}
}

// isFooter recognises "Author    Expires 10 June 2026    [Page 3]".
func isFooter(s string) bool {
	if !strings.HasSuffix(s, "]") || len(s) > 200 {
		return false
	}
	at := strings.LastIndexByte(s, '[')
	inside := s[at+1 : len(s)-1]
	return len(inside) > 5 && len(inside) < 12 && strings.EqualFold(inside[:5], "page ") && !isEntry(s)
}

// isLooseFooter recognises what is a footer at the foot of a page only.
func isLooseFooter(s string) bool {
	lower := strings.ToLower(strings.Trim(s, " -[]"))
	at := strings.LastIndex(lower, "page")
	switch {
	case len(s) > 100:
		return false
	case isNumber(lower), at >= 0 && isNumber(strings.Trim(lower[at+len("page"):], " .:")):
		return true
	}
	return strings.Contains(lower, "expires") && strings.Contains(lower, "   ")
}

// isHeader recognises "Internet-Draft      Title     December 2025".
func (p *paging) isHeader(l line) bool {
	s := strings.TrimSpace(l.text)
	if len(s) > 200 {
		return false
	}
	if p.header != "" && strings.Join(strings.Fields(s), " ") == p.header {
		return true
	}
	lower := strings.ToLower(s)
	if strings.HasPrefix(lower, "draft-") && len(strings.Fields(s)) == 1 && l.indent == 0 {
		return true
	}
	if !strings.Contains(s, "   ") {
		return false
	}
	for _, start := range []string{"internet-draft", "internet draft", "rfc ", "draft-"} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	fields := strings.Fields(s)
	return isYear(fields[len(fields)-1]) && l.indent == 0
}

func isNumber(s string) bool {
	return s != "" && len(s) < 6 && strings.Trim(s, "0123456789") == ""
}

func isYear(s string) bool {
	return len(s) == 4 && isNumber(s) && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

// detab replaces tabs by blanks up to the next column of eight.
func detab(s string) string {
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	if len(s) > 500 { // no line of a draft, and not to be made eight times as long
		return strings.ReplaceAll(s, "\t", " ")
	}
	var b strings.Builder
	column := 0
	for _, r := range s {
		if r != '\t' {
			b.WriteRune(r)
			column++
			continue
		}
		for {
			b.WriteByte(' ')
			column++
			if column%8 == 0 {
				break
			}
		}
	}
	return b.String()
}
