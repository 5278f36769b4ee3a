// What an editor wrote, in Markdown, for each format.

package editions

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark"

	"github.com/draftwire/draftwire/markup"
)

// written is Markdown by an editor.
type written string

// HTML is the text as HTML that nothing unsafe can stand in.
func (w written) HTML() template.HTML {
	if w == "" {
		return ""
	}
	var b strings.Builder
	if err := goldmark.Convert([]byte(w), &b); err != nil {
		return template.HTML(template.HTMLEscapeString(string(w))) //nolint:gosec // escaped
	}
	return template.HTML(markup.Sanitize(b.String(), "")) //nolint:gosec // sanitised
}

// MailHTML is HTML with the styles of mails.
func (w written) MailHTML() template.HTML {
	return template.HTML(mailStyle.Replace(string(w.HTML()))) //nolint:gosec // as HTML
}

// plain is the text without markup.
func (w written) plain() string { return strings.TrimSpace(markup.Text(string(w.HTML()))) }

// quoted is the Markdown as a quotation.
func (w written) quoted() string {
	return "> " + strings.ReplaceAll(string(w), "\n", "\n> ") + "\n"
}
