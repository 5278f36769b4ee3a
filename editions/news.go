// What is new in an item, in words: rows of a label and marked-up text that
// each format draws in its own way.

package editions

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// row is a line below an item: what it tells of, and the text.
type row struct {
	Label string
	Marks []mark
}

// mark is a piece of a row. An address makes it a link; Op is empty but in
// differences.
type mark struct {
	Op      SpanOp
	Text    string
	Address string
}

func text(s string) []mark { return []mark{{Text: s}} }

// news are the rows of what is new: against the revision before, or of where a
// new draft comes from. Behind them come the editions that had it before.
func (e *Edition) news(l Links, item Item) (rows []row) {
	m := messagesIn(e.Language)
	if len(item.Older) > 0 {
		rows = append(rows, row{m.Older, text(m.postings(item.Older))})
	}
	if c := item.Change; c != nil {
		rows = append(rows, e.changed(c, item)...)
	}
	if c := item.Text; c != nil {
		rows = append(rows, m.textRows(c, showSections, false)...)
	}
	if o := item.Origin; o != nil {
		rows = append(rows, m.origin(o)...)
	}
	if len(item.Sittings) > 0 {
		rows = append(rows, m.sat(item.Sittings))
	}
	if len(item.Past) > 0 {
		rows = append(rows, row{m.Earlier, e.editions(l, item.Past)})
	}
	return rows
}

// editions lists earlier editions as links to their pages.
func (e *Edition) editions(l Links, past []Past) (marks []mark) {
	m := messagesIn(e.Language)
	for i, p := range past {
		if i > 0 {
			marks = append(marks, mark{Text: m.List})
		}
		marks = append(marks, mark{Text: m.Day(parseDay(p.Day)), Address: l.Label(e.Newsletter, p.Label)})
	}
	return marks
}

func (e *Edition) changed(c *Change, item Item) (rows []row) {
	m := messagesIn(e.Language)
	add := func(label string, marks []mark) { rows = append(rows, row{label, marks}) }
	was := parseDay(c.Day)
	days := int(parseDay(item.Day).Sub(was).Hours() / 24)
	add(m.Before, text(m.Since("-"+c.Rev, m.Day(was), days)))
	if c.Title != "" {
		add(m.TitleBefore, text(c.Title))
	}
	if c.Level != "" {
		add(m.LevelWord, text(m.Became(m.Levels[c.Level], m.Levels[item.Level])))
	}
	if c.Pages > 0 {
		add(m.PagesWord, text(m.Became(fmt.Sprint(c.Pages), fmt.Sprint(item.Pages))))
	}
	if len(c.Joined) > 0 {
		add(m.Joined, text(strings.Join(c.Joined, m.List)))
	}
	if len(c.Left) > 0 {
		add(m.Left, text(strings.Join(c.Left, m.List)))
	}
	switch {
	case c.Rewritten:
		add(m.Abstract, text(m.Rewritten))
	case len(c.Abstract) > 0:
		var marks []mark
		for _, s := range c.Abstract {
			marks = append(marks, mark{Op: s.Op, Text: s.Text})
		}
		add(m.Abstract, marks)
	}
	return rows
}

func (m *messages) postings(list []Posting) string {
	var words []string
	for _, p := range list {
		w := m.Posted("-"+p.Rev, m.Day(parseDay(p.Day)))
		if p.Late {
			w += m.Bracketed(m.LateWord)
		}
		words = append(words, w)
	}
	return strings.Join(words, m.List)
}

func (m *messages) origin(o *Origin) (rows []row) {
	if len(o.Replaces) > 0 {
		rows = append(rows, row{m.Replaces, m.documents(o.Replaces)})
	}
	if o.Likely != "" {
		marks := append(m.documents([]string{o.Likely}), mark{Text: m.Bracketed(m.Alike[o.Why])})
		rows = append(rows, row{m.Likely, marks})
	}
	for _, w := range o.Works {
		marks := m.documents(w.Drafts)
		if w.More > 0 {
			marks = append(marks, mark{Text: m.AndMore(w.More)})
		}
		rows = append(rows, row{m.Works(w.Author), marks})
	}
	return rows
}

// documents lists documents as links to where they are read.
func (m *messages) documents(names []string) (marks []mark) {
	for i, name := range names {
		if i > 0 {
			marks = append(marks, mark{Text: m.List})
		}
		page := catalog.LinksTo(catalog.Event{Document: name, Kind: catalog.KindOf(name)}).Page
		marks = append(marks, mark{Text: name, Address: address(page)})
	}
	return marks
}

// spaced puts blanks between the runs of a difference.
func (r row) spaced(draw func(mark) string) string {
	var b strings.Builder
	for i, k := range r.Marks {
		if i > 0 && k.Op != "" {
			b.WriteByte(' ')
		}
		b.WriteString(draw(k))
	}
	return b.String()
}

// plain is a row as text, with differences marked as wdiff does.
func (r row) plain() string {
	return r.spaced(func(k mark) string {
		switch k.Op {
		case Removed:
			return "[-" + k.Text + "-]"
		case Added:
			return "{+" + k.Text + "+}"
		}
		return k.Text
	})
}

// markdown is a row with struck and strong text.
func (r row) markdown() string {
	return r.spaced(func(k mark) string {
		switch {
		case k.Op == Removed:
			return "~~" + escape(k.Text) + "~~"
		case k.Op == Added:
			return "**" + escape(k.Text) + "**"
		case k.Address != "":
			return link(k.Text, k.Address)
		}
		return escape(k.Text)
	})
}

// HTML is a row with the elements of edits.
func (r row) HTML() template.HTML {
	s := r.spaced(func(k mark) string {
		text := template.HTMLEscapeString(k.Text)
		switch {
		case k.Op == Removed:
			return "<del>" + text + "</del>"
		case k.Op == Added:
			return "<ins>" + text + "</ins>"
		case k.Address != "":
			return `<a href="` + template.HTMLEscapeString(k.Address) + `">` + text + "</a>"
		}
		return text
	})
	return template.HTML(s) //nolint:gosec // escaped above; addresses are http, https or our own
}
