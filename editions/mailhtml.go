// HTML mail: styles inline, no colours of our own, so that a dark window stays
// dark, and no more bytes than mail services show.

package editions

import (
	"html/template"
	"strings"
)

// mailStyle gives the elements of an abstract their styles. It looks for bare
// tags only, and text cannot hold one: there "<" is escaped.
var mailStyle = strings.NewReplacer(
	"<p>", `<p style="margin:0 0 8px">`,
	"<ul>", `<ul style="margin:0 0 8px;padding:0 0 0 24px">`,
	"<pre>", `<pre style="margin:0 0 8px;font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere">`,
	"<blockquote>", `<blockquote style="margin:0 0 8px;padding:0 0 0 12px;border-left:2px solid #888888">`,
)

// MailHTML is the whole edition as a piece of an HTML mail, without html, head
// and body: at most 640 pixels wide and limit bytes long. It holds whole items
// only; where not all fit, complete is false, and the mail says how many more
// the edition on the web has. Title and foot always stand there. A limit of 0
// is none.
func (e *Edition) MailHTML(l Links, limit int) (html template.HTML, complete bool) {
	v := e.view(l, 0)
	head, items, foot := l.render("mail-head", v), v.mailItems(l), v.mailFoot(l, 0)
	kept := len(items)
	if limit > 0 {
		kept = fitting(items, limit-len(head)-len(foot))
	}
	if kept < len(items) {
		longest := v.mailFoot(l, len(items))
		kept = fitting(items, limit-len(head)-len(longest))
		foot = v.mailFoot(l, len(items)-kept)
	}
	var b strings.Builder
	b.WriteString(string(head))
	for _, item := range items[:kept] {
		b.WriteString(string(item))
	}
	b.WriteString(string(foot))
	return template.HTML(b.String()), kept == len(items) //nolint:gosec // of templates only
}

// mailItems renders the items, each with the heading of the section it begins.
func (v view) mailItems(l Links) (items []template.HTML) {
	for _, s := range v.Sections {
		above := l.render("mail-section", s)
		for _, item := range s.Items {
			items = append(items, above+l.render("mail-item", itemPage{item, v.messages, v.Fact, mailStyle}))
			above = ""
		}
	}
	return items
}

// mailFoot ends a mail that leaves out so many items.
func (v view) mailFoot(l Links, left int) template.HTML {
	foot := struct {
		Left, Web, Page, Colon string
		Closing                written
		Blocks                 []block
	}{"", v.Web, v.Page, v.Colon, v.Closing, v.Blocks}
	if left > 0 {
		foot.Left = v.More(left)
	}
	return l.render("mail-foot", foot)
}

// fitting counts how many from the first there is room for.
func fitting(items []template.HTML, room int) int {
	for i, item := range items {
		if room -= len(item); room < 0 {
			return i
		}
	}
	return len(items)
}
