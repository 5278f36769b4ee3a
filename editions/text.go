// Plain text: an edition for mail readers and terminals, in 72 columns.

package editions

import (
	"fmt"
	"strings"
	"text/template"

	"github.com/draftwire/draftwire/markup"
)

const (
	textColumns = 72
	itemIndent  = "     " // behind the number of an item
)

// Text is the edition, or one part of it from 1, as plain text in lines of at
// most 72 columns; addresses are not broken. Part 0 is everything.
func (e *Edition) Text(l Links, part int) string {
	t := textWriter{view: e.view(l, part)}
	if own, ok := l.own(func(look *Look) *template.Template { return look.text }, t.view); ok {
		return own
	}
	t.head()
	t.written(t.Intro)
	for _, made := range t.Machine {
		t.b.WriteByte('\n')
		t.line(made.Label+t.Colon+made.Text, "", "")
	}
	t.hot()
	t.contents()
	for _, s := range t.Sections {
		t.section(s)
	}
	t.blocks()
	t.written(t.Closing)
	t.foot()
	return t.b.String()
}

type textWriter struct {
	view
	b strings.Builder
}

// line writes one line of any length, wrapped.
func (t *textWriter) line(text, first, rest string) {
	t.b.WriteString(wrap(text, first, rest, textColumns) + "\n")
}

// heading writes a title and underlines it as far as it reaches.
func (t *textWriter) heading(title, under string) {
	set := wrap(title, "", "", textColumns)
	reach := 0
	for line := range strings.SplitSeq(set, "\n") {
		reach = max(reach, columns(line))
	}
	t.b.WriteString(set + "\n" + strings.Repeat(under, min(reach, textColumns)) + "\n")
}

func (t *textWriter) head() {
	t.heading(t.Edition.Title, "=")
	t.line(t.When, "", "")
	if t.Part > 0 && t.Edition.Parts() > 1 {
		t.line(t.messages.Part(t.Part, t.Edition.Parts()), "", "")
	}
	if t.Notice != "" {
		t.b.WriteByte('\n')
		t.line(t.Notice, "*** ", "*** ")
	}
	for _, m := range t.Missing {
		t.b.WriteByte('\n')
		t.line(m, "*** ", "*** ")
	}
	t.b.WriteByte('\n')
	for _, c := range t.Counts {
		t.line(c, "", "  ")
	}
	if t.Empty != "" {
		t.b.WriteByte('\n')
		t.line(t.Empty, "", "")
	}
}

// written writes what an editor wrote, between empty lines.
func (t *textWriter) written(w written) {
	if w == "" {
		return
	}
	t.b.WriteByte('\n')
	for line := range strings.SplitSeq(w.plain(), "\n") {
		t.line(line, "", "")
	}
}

func (t *textWriter) hot() {
	if len(t.Hot) == 0 {
		return
	}
	t.b.WriteByte('\n')
	t.heading(t.HotTopics, "-")
	for _, h := range t.Hot {
		t.line(h.Sentence, "* ", "  ")
		if h.Shared != "" {
			t.line(h.Shared, "  ", "  ")
		}
		for _, item := range h.Items {
			t.line(item.Title, fmt.Sprintf("  %3d. ", item.Number), "       ")
		}
		for _, r := range h.Past {
			t.line(r.Label+t.Colon+r.plain(), "  ", "    ")
		}
	}
}

func (t *textWriter) contents() {
	if len(t.Sections) == 0 {
		return
	}
	t.b.WriteByte('\n')
	t.heading(t.Contents, "-")
	for _, s := range t.Sections {
		t.line(s.Title, "", "")
		for _, item := range s.Items {
			t.line(item.Title, fmt.Sprintf("%4s ", strings.TrimSuffix(item.Label, ".")), itemIndent)
		}
	}
}

func (t *textWriter) section(s sectionView) {
	t.b.WriteString("\n\n")
	t.heading(s.Title, "-")
	if s.Chart != "" {
		t.line(s.Chart+" "+s.Shows, "", "")
	}
	for _, item := range s.Items {
		t.item(item)
	}
}

func (t *textWriter) item(item itemView) {
	t.b.WriteByte('\n')
	t.line(item.Title, fmt.Sprintf("%4s ", item.Label), itemIndent)
	for _, line := range unbroken(item.Facts, t.Fact, textColumns-columns(itemIndent)) {
		t.indented(line)
	}
	t.indented(item.Late)
	t.indented(item.Persons)
	t.abstract(item.Body)
	for _, made := range item.Made {
		t.b.WriteByte('\n')
		t.indented(made.Label + t.Colon + made.Text)
	}
	if item.Remark != "" {
		t.b.WriteByte('\n')
		t.indented(t.Editor + t.Colon + strings.Join(strings.Fields(item.Remark.plain()), " "))
	}
	if len(item.News) > 0 {
		t.b.WriteByte('\n')
	}
	for _, r := range item.News {
		t.line(r.Label+t.Colon+r.plain(), itemIndent, itemIndent+"  ")
	}
	t.b.WriteByte('\n')
	for _, link := range item.Main {
		t.indented(t.pointer(link.Label, link.Address))
	}
	if len(item.Also) > 0 {
		var titles []string
		for _, a := range item.Also {
			titles = append(titles, a.Label)
		}
		t.indented(t.Also + t.Colon + strings.Join(titles, t.List))
	}
	if item.Reason != "" {
		t.indented(t.Why + t.Colon + item.Reason)
	}
}

// blocks are lists of links, each address on a line of its own.
func (t *textWriter) blocks() {
	for _, b := range t.Blocks {
		t.b.WriteString("\n\n")
		t.heading(b.Title, "-")
		for _, r := range b.Rows {
			label := r.Label
			if label != "" {
				label += t.Colon
			}
			t.line(label+r.plain(), "* ", "  ")
			for _, k := range r.Marks {
				if k.Address != "" {
					t.line(k.Address, "  ", "  ")
				}
			}
		}
	}
}

func (t *textWriter) indented(text string) {
	if text != "" {
		t.line(text, itemIndent, itemIndent)
	}
}

// abstract writes paragraphs, and what was drawn or lined up as it stands.
func (t *textWriter) abstract(text string) {
	if text == "" {
		return
	}
	t.b.WriteByte('\n')
	for line := range strings.SplitSeq(plain(text), "\n") {
		if line == "" {
			t.b.WriteByte('\n')
			continue
		}
		body := strings.TrimLeft(line, " ")
		indent := itemIndent + strings.Repeat(" ", min(len(line)-len(body), textColumns/2))
		hanging := indent
		if strings.HasPrefix(body, "- ") || strings.HasPrefix(body, "> ") {
			hanging += "  "
		}
		t.line(body, indent, hanging)
	}
}

// plain gives an abstract with each paragraph in one line.
func plain(abstract string) string { return markup.Reflow(abstract) }

func (t *textWriter) foot() {
	if t.Page == "" {
		return
	}
	t.b.WriteString("\n" + strings.Repeat("-", textColumns) + "\n")
	for _, p := range t.Nav {
		if !p.Current {
			t.line(t.pointer(p.Name, p.Address), "", "  ")
		}
	}
	t.line(t.pointer(t.Web, t.Page), "", "  ")
}

// pointer is an address behind what it is, apart so that mail readers find it.
func (t *textWriter) pointer(label, address string) string {
	return label + strings.TrimRight(t.Colon, " ") + " " + address
}
