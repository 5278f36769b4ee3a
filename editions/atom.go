// Atom: one edition as an entry that stands alone.

package editions

import (
	"encoding/xml"
	"time"
)

// entry is an atom:entry as a document (RFC 4287, section 2).
type entry struct {
	XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom entry"`
	Lang    string    `xml:"xml:lang,attr"`
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Updated string    `xml:"updated"`
	Author  string    `xml:"author>name"`
	Link    *atomLink `xml:"link"`
	Summary string    `xml:"summary"`
	Content atomText  `xml:"content"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Body string `xml:",chardata"`
}

// Atom is the edition as a document of one Atom entry with the given id, dated
// by the end of its window. The content is that of the mail, which needs no
// style sheet.
func (e *Edition) Atom(l Links, id string) ([]byte, error) {
	content, _ := e.MailHTML(l, 0)
	x := entry{
		Lang: e.Language, ID: id, Title: e.Subject(), Updated: e.To.UTC().Format(time.RFC3339), Author: e.Title,
		Summary: e.Summary(l), Content: atomText{"html", string(content)},
	}
	if page := e.page(l); page != "" {
		x.Link = &atomLink{"alternate", "text/html", page}
	}
	out, err := xml.MarshalIndent(x, "", "  ")
	return append([]byte(xml.Header), append(out, '\n')...), err
}
