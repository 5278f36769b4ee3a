// Header fields that mailing lists have.

package notify

import (
	"mime"
	"net/url"
	"strings"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/mail"
)

// listHeaders are those that do not depend on the subscriber.
func (n *Notifier) listHeaders(e *editions.Edition) []mail.Header {
	return []mail.Header{
		{Name: "List-Archive", Value: "<" + n.links.Newsletter(e.Newsletter) + ">"},
		{Name: "List-Help", Value: "<" + n.Base + "/>"},
		{Name: "Archived-At", Value: "<" + n.links.Edition(e, 0) + ">"},
		{Name: "Auto-Submitted", Value: "auto-generated"}, // RFC 3834, section 5
		{Name: "Precedence", Value: "bulk"},
	}
}

// listID is the List-Id field (RFC 2919) with its line end: a title for people
// and the id in angle brackets. It is folded here because the field has a
// structure: a title that needs it is encoded, the id must not be.
func listID(title, id string) string {
	title = strings.ReplaceAll(strings.Join(strings.Fields(title), " "), "=?", "= ?") // not to be taken for encoded
	phrase := mime.BEncoding.Encode("utf-8", title)
	if phrase == title && title != "" {
		phrase = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(title) + `"`
	}
	line := "List-Id:"
	var folded strings.Builder
	for word := range strings.FieldsSeq(phrase + " <" + id + ">") {
		if len(line)+1+len(word) > 76 && line != "List-Id:" {
			folded.WriteString(line + "\r\n")
			line = ""
		}
		line += " " + word
	}
	return folded.String() + line + "\r\n"
}

// mailto is an address with a subject (RFC 6068). What the generic syntax
// leaves as it is but a mailto gives a meaning to is escaped too.
func mailto(address, subject string) string {
	escape := strings.NewReplacer("&", "%26", "=", "%3D")
	return "mailto:" + escape.Replace(url.PathEscape(address)) + "?subject=" + escape.Replace(url.PathEscape(subject))
}
