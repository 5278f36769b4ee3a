// Markdown: an edition for those who publish it elsewhere (CommonMark 0.31).

package editions

import (
	"fmt"
	"regexp"
	"strings"
	"text/template"
)

// Markdown is the whole edition as CommonMark behind front matter, which has the
// title, so that the text begins below it; see [Edition.FrontMatter]. Text from outside is escaped:
// it can neither make headings, links, HTML nor code.
func (e *Edition) Markdown(l Links) string {
	v := e.view(l, 0)
	if own, ok := l.own(func(look *Look) *template.Template { return look.markdown }, v); ok {
		return own
	}
	var b strings.Builder
	b.WriteString(e.FrontMatter() + "\n")
	b.WriteString(escape(v.When) + "\n")
	if v.Notice != "" {
		fmt.Fprintf(&b, "\n> **%s**\n", escape(v.Notice))
	}
	for _, m := range v.Missing {
		fmt.Fprintf(&b, "\n> **%s**\n", escape(m))
	}
	b.WriteByte('\n')
	for _, c := range v.Counts {
		fmt.Fprintf(&b, "- %s\n", escape(c))
	}
	if v.Empty != "" {
		fmt.Fprintf(&b, "\n%s\n", escape(v.Empty))
	}
	if v.Intro != "" {
		fmt.Fprintf(&b, "\n%s\n", v.Intro)
	}
	for _, made := range v.Machine {
		fmt.Fprintf(&b, "\n%s", made.markdown())
	}
	v.markdownHot(&b)
	for _, s := range v.Sections {
		fmt.Fprintf(&b, "\n## %s\n", escape(s.Title))
		if s.Chart != "" {
			fmt.Fprintf(&b, "\n%s %s\n", escape(s.Chart), escape(s.Shows))
		}
		for _, item := range s.Items {
			v.markdownItem(&b, item)
		}
	}
	for _, block := range v.Blocks {
		fmt.Fprintf(&b, "\n## %s\n\n", escape(block.Title))
		for _, r := range block.Rows {
			label := escape(r.Label)
			if label != "" {
				label += v.Colon
			}
			fmt.Fprintf(&b, "- %s%s\n", label, r.markdown())
		}
	}
	if v.Closing != "" {
		fmt.Fprintf(&b, "\n---\n\n%s\n", v.Closing)
	}
	if v.Page != "" {
		fmt.Fprintf(&b, "\n---\n\n%s\n", link(v.Web, v.Page))
	}
	return b.String()
}

func (v *view) markdownHot(b *strings.Builder) {
	if len(v.Hot) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", escape(v.HotTopics))
	for _, h := range v.Hot {
		fmt.Fprintf(b, "- **%s** %s\n", escape(h.Sentence), escape(h.Shared))
		for _, item := range h.Items {
			fmt.Fprintf(b, "  - %d\\. %s\n", item.Number, escape(item.Title))
		}
		for _, r := range h.Past {
			fmt.Fprintf(b, "  - %s%s%s\n", escape(r.Label), v.Colon, r.markdown())
		}
	}
}

func (v *view) markdownItem(b *strings.Builder, item itemView) {
	fmt.Fprintf(b, "\n### %s %s\n", item.Label, escape(item.Title))
	var lines []string
	for _, line := range []string{strings.Join(item.Facts, v.Fact), item.Late, item.Persons} {
		if line != "" {
			lines = append(lines, escape(line))
		}
	}
	if len(lines) > 0 {
		b.WriteString("\n" + strings.Join(lines, "  \n") + "\n")
	}
	if item.Body != "" {
		b.WriteByte('\n')
		b.WriteString(markdownText(plain(item.Body)))
	}
	for _, made := range item.Made {
		fmt.Fprintf(b, "\n%s", made.markdown())
	}
	if item.Remark != "" {
		fmt.Fprintf(b, "\n**%s**\n\n%s", escape(v.Editor), item.Remark.quoted())
	}
	for i, r := range item.News {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "- %s%s%s\n", escape(r.Label), v.Colon, r.markdown())
	}
	if links := joinLinks(item.Links, v.Fact); links != "" {
		fmt.Fprintf(b, "\n%s\n", links)
	}
	if also := joinLinks(item.Also, v.List); also != "" {
		fmt.Fprintf(b, "\n%s%s%s\n", escape(v.Also), v.Colon, also)
	}
	if item.Reason != "" {
		fmt.Fprintf(b, "\n%s%s%s\n", escape(v.Why), v.Colon, escape(item.Reason))
	}
}

// markdown is the text as a quotation under its label.
func (m machineView) markdown() string {
	return "> **" + escape(m.Label) + "**\n>\n> " + escape(m.Text) + "\n"
}

func joinLinks(links []labelled, between string) string {
	var list []string
	for _, l := range links {
		list = append(list, link(l.Label, l.Address))
	}
	return strings.Join(list, between)
}

var angled = strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E", "\\", "%5C", "\n", "%0A")

// link writes the address in angle brackets, within which only they, blanks
// and backslashes mean something.
func link(label, address string) string {
	return "[" + escape(label) + "](<" + angled.Replace(address) + ">)"
}

// markdownText writes paragraphs in one line, lists, and blocks of several
// lines as code, where nothing needs escaping.
func markdownText(text string) string {
	var blocks []string
	for block := range strings.SplitSeq(text, "\n\n") {
		if block = strings.Trim(block, "\n"); block != "" {
			blocks = append(blocks, markdownBlock(block))
		}
	}
	return strings.Join(blocks, "\n")
}

func markdownBlock(block string) string {
	lines := strings.Split(block, "\n")
	if len(lines) > 1 && !strings.HasPrefix(block, "- ") && !strings.HasPrefix(block, "> ") {
		return fenced(block)
	}
	var b strings.Builder
	for _, line := range lines {
		rest, item := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if item {
			b.WriteString("- ")
		}
		b.WriteString(escapeProse(rest) + "\n")
	}
	return b.String()
}

// fenced is a code block whose fence is longer than any within it.
func fenced(block string) string {
	fence := "```"
	for strings.Contains(block, fence) {
		fence += "`"
	}
	return fence + "\n" + block + "\n" + fence + "\n"
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"\\]*[^\s<>"\\.,;:!?'()\[\]]`)

// escapeProse is escape, but web addresses become links.
func escapeProse(s string) string {
	var b strings.Builder
	last := 0
	for _, at := range webAddress.FindAllStringIndex(s, -1) {
		b.WriteString(escape(s[last:at[0]]) + "<" + s[at[0]:at[1]] + ">")
		last = at[1]
	}
	return b.String() + escape(s[last:])
}

var (
	special   = regexp.MustCompile("[\\\\`*_\\[\\]<>&|~$#]")
	lineStart = regexp.MustCompile(`^(\+|-|=|:|([0-9]+)([.)]))`)
)

// escape writes one line of text so that it means only itself.
func escape(s string) string {
	s = special.ReplaceAllString(s, `\$0`)
	if m := lineStart.FindStringSubmatchIndex(s); m != nil {
		at := 0
		if m[4] >= 0 { // the mark behind the number of a list
			at = m[5]
		}
		s = s[:at] + `\` + s[at:]
	}
	return s
}
