// HTML to plain text that reads well: a walk over the safe tree.

package markup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text returns what a reader would read of HTML: paragraphs with an empty line
// between them, list items behind "- " or a number, quotations behind "> ",
// the cells of a row with " | " between them, preformatted text as it stands,
// and behind a link its absolute URL in angle brackets, if that is not what
// the link says. Lines are not wrapped, and there is no \n at the end.
func Text(s string) string {
	nodes, ok := tree(s, nil)
	if !ok {
		return Clean(bareText(s))
	}
	return said(nodes)
}

// Reflow returns plain text with its paragraphs, lists and quotations as
// [FromText] sees them, each in one line. It is Text of FromText, whose HTML is
// safe as it is.
func Reflow(s string) string {
	safe := FromText(s)
	if len(safe) > maxHTML || strings.Count(safe, "<") > maxTags {
		return Text(safe)
	}
	nodes, ok := parse(safe, nil)
	if !ok {
		return Text(safe)
	}
	return said(nodes)
}

// said is what a reader would read of a safe tree.
func said(nodes []*html.Node) string {
	var w textWriter
	for _, n := range nodes {
		w.node(n)
	}
	return strings.TrimRight(w.b.String(), " \n")
}

// textWriter writes words and keeps what goes between them in mind until the
// next one comes.
type textWriter struct {
	b      strings.Builder
	breaks int    // line ends due before the next word
	space  bool   // a blank is due
	bars   string // cell borders due
	indent string // of each line
	marker string // of a list item, in place of the end of its first line's indent
	lists  int    // depth
	pre    bool
}

func (w *textWriter) node(n *html.Node) {
	if n.Type == html.TextNode {
		w.text(n.Data)
		return
	}
	switch n.DataAtom {
	case atom.Br:
		w.breaks = min(w.breaks+1, 2)
		w.space = false
	case atom.Hr:
		w.paragraph(func() { w.text("----") })
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Dl, atom.Figure:
		w.paragraph(func() { w.children(n) })
	case atom.Blockquote:
		w.paragraph(func() { w.indented("> ", "", n) })
	case atom.Pre:
		w.paragraph(func() { w.preformatted(n) })
	case atom.Ul, atom.Ol:
		w.list(n)
	case atom.Dd:
		w.line(func() { w.indented("  ", "", n) })
	case atom.Div, atom.Dt, atom.Li, atom.Tr, atom.Caption, atom.Figcaption:
		w.line(func() { w.children(n) })
	case atom.Td, atom.Th:
		w.cell(n)
	case atom.A:
		w.link(n)
	default:
		w.children(n)
	}
}

func (w *textWriter) children(n *html.Node) {
	for c := range n.ChildNodes() {
		w.node(c)
	}
}

// line puts what write writes on lines of its own.
func (w *textWriter) line(write func()) { w.apart(1, write) }

// paragraph puts an empty line around what write writes.
func (w *textWriter) paragraph(write func()) { w.apart(2, write) }

func (w *textWriter) apart(breaks int, write func()) {
	for range 2 {
		w.breaks, w.space, w.bars = max(w.breaks, breaks), false, ""
		if write != nil {
			write()
		}
		write = nil
	}
}

// indented writes n's content further in; marker stands in its first line.
func (w *textWriter) indented(indent, marker string, n *html.Node) {
	outer := w.indent
	w.indent, w.marker = outer+indent, marker
	w.children(n)
	w.indent, w.marker = outer, ""
}

func (w *textWriter) list(n *html.Node) {
	write := w.paragraph
	if w.lists > 0 {
		write = w.line
	}
	w.lists++
	defer func() { w.lists-- }()
	number := 1
	if i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "start" }); i >= 0 {
		number, _ = strconv.Atoi(n.Attr[i].Val)
	}
	write(func() {
		for c := range n.ChildNodes() {
			if c.DataAtom != atom.Li {
				w.node(c)
				continue
			}
			marker := "- "
			if n.DataAtom == atom.Ol {
				marker = fmt.Sprintf("%d. ", number)
				number++
			}
			w.line(func() { w.indented(strings.Repeat(" ", len(marker)), marker, c) })
		}
	})
}

// cell sets a table cell behind the one before it, unless it holds blocks, as
// in the tables that old newsletters are laid out with.
func (w *textWriter) cell(n *html.Node) {
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.P, atom.Div, atom.Table, atom.Ul, atom.Ol, atom.Pre, atom.Blockquote, atom.H1, atom.H2, atom.H3:
			w.line(func() { w.children(n) })
			return
		}
	}
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode && w.breaks == 0 {
			w.bars += " |"
			break
		}
	}
	w.children(n)
}

// link writes a link's words, and where it leads if they do not say so.
func (w *textWriter) link(n *html.Node) {
	start := w.b.Len()
	w.children(n)
	said := strings.TrimSpace(w.b.String()[start:])
	href := n.Attr[0].Val // tree leaves no link without
	if said == "" || w.pre || sameLink(said, href) {
		return
	}
	w.space = true
	w.word("<" + href + ">")
}

func sameLink(said, href string) bool {
	strip := func(s string) string {
		for _, scheme := range []string{"https://", "http://", "mailto:"} {
			s = strings.TrimPrefix(s, scheme)
		}
		return strings.TrimSuffix(s, "/")
	}
	return strings.EqualFold(strip(said), strip(href))
}

// text writes s, its white space collapsed.
func (w *textWriter) text(s string) {
	if w.pre {
		w.lines(s)
		return
	}
	const blanks = " \t\n\u00a0"
	if s != "" && strings.TrimLeft(s, blanks) != s {
		w.space = true
	}
	for word := range strings.FieldsSeq(s) {
		w.word(word)
		w.space = true
	}
	w.space = w.space && strings.TrimRight(s, blanks) != s
}

func (w *textWriter) preformatted(n *html.Node) {
	w.pre = true
	w.children(n)
	w.pre = false
	w.breaks = min(w.breaks, 2)
}

// lines writes s as it stands.
func (w *textWriter) lines(s string) {
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			w.breaks++
		}
		if line != "" {
			w.space = false
			w.word(line)
		}
	}
}

// word writes s behind what is due before it.
func (w *textWriter) word(s string) {
	switch {
	case w.b.Len() == 0 || w.breaks > 0:
		if w.b.Len() > 0 {
			w.b.WriteString(strings.Repeat("\n", w.breaks))
		}
		w.b.WriteString(w.indent[:len(w.indent)-len(w.marker)] + w.marker)
	case w.bars != "":
		w.b.WriteString(w.bars + " ")
	case w.space:
		w.b.WriteByte(' ')
	}
	w.b.WriteString(s)
	w.breaks, w.space, w.bars, w.marker = 0, false, "", ""
}
