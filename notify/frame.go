// The frame around an edition: the page of an HTML mail, and at the foot of
// both forms why it came and how to end that.

package notify

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed frame.html
var frameText string

var frame = template.Must(template.New("frame").Parse(frameText))

// foot says why a mail came and how to leave. Without an Address there is
// nothing to leave.
type foot struct {
	Why     string
	To      string // whom it was sent to
	Leave   string // words before the address
	Colon   string
	Address string
}

// text is the foot of plain text, behind the separator that mail readers know.
func (f foot) text() string {
	s := "\n-- \n" + f.Why + "\n"
	if f.Address != "" {
		s += f.To + "\n\n" + f.Leave + strings.TrimRight(f.Colon, " ") + "\n" + f.Address + "\n"
	}
	return s
}

// page is the whole HTML document.
func (f foot) page(i *issue) (string, error) {
	var b strings.Builder
	err := frame.Execute(&b, struct {
		foot
		Language, Title string
		Edition         template.HTML
	}{f, i.words.Language, i.edition.Subject(), i.fragment})
	if err == nil && b.Len() > maxHTML {
		err = fmt.Errorf("HTML of %d bytes, at most %d are shown", b.Len(), maxHTML)
	}
	return b.String(), err
}
