// Atom 1.0 (RFC 4287) as gorilla/feeds writes it, with what its types leave
// out: the fields here shadow those of the embedded structs by their XML names.

package feeds

import (
	"encoding/xml"
	"time"

	gfeeds "github.com/gorilla/feeds"
)

const (
	atomNamespace    = "http://www.w3.org/2005/Atom"
	historyNamespace = "http://purl.org/syndication/history/1.0"  // RFC 5005
	threadNamespace  = "http://purl.org/syndication/thread/1.0"   // RFC 4685
	contentNamespace = "http://purl.org/rss/1.0/modules/content/" // RSS 1.0 module
	dublinNamespace  = "http://purl.org/dc/elements/1.1/"         // Dublin Core
)

// atomFeed is an atom:feed (RFC 4287, section 4.1.1).
type atomFeed struct {
	*gfeeds.AtomFeed
	XMLName   xml.Name      `xml:"feed"`
	History   string        `xml:"xmlns:fh,attr,omitempty"`
	Thread    string        `xml:"xmlns:thr,attr"`
	Lang      string        `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Archive   *struct{}     `xml:"fh:archive"`
	Author    atomPerson    `xml:"author"`
	Generator atomGenerator `xml:"generator"`
	Link      []atomLink    `xml:"link"`
	Hint      hint
	Entries   []*atomEntry `xml:"entry"`
}

// FeedXml gives the value to marshal: gorilla/feeds asks for it.
func (f *atomFeed) FeedXml() any { return f } //nolint:revive,staticcheck // named by the interface

// atomEntry is an atom:entry (RFC 4287, section 4.1.2).
type atomEntry struct {
	*gfeeds.AtomEntry
	XMLName  xml.Name       `xml:"entry"`
	Lang     string         `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Author   []atomPerson   `xml:"author"`
	Links    []atomLink     // gorilla's name, and no tag: only so does it shadow
	Answers  *atomAnswer    `xml:"thr:in-reply-to"`
	Category []atomCategory `xml:"category"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomLink struct {
	XMLName xml.Name `xml:"link"`
	Rel     string   `xml:"rel,attr"`
	Type    string   `xml:"type,attr,omitempty"`
	Title   string   `xml:"title,attr,omitempty"`
	Href    string   `xml:"href,attr"`
}

type atomCategory struct {
	Scheme string `xml:"scheme,attr"`
	Term   string `xml:"term,attr"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomGenerator struct {
	URI     string `xml:"uri,attr,omitempty"`
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

// atomAnswer is a thr:in-reply-to (RFC 4685, section 3).
type atomAnswer struct {
	Ref  string `xml:"ref,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr,omitempty"`
}

func (f *Feeds) writeAtom(doc *feed, in *format) ([]byte, error) {
	out := &atomFeed{
		AtomFeed: &gfeeds.AtomFeed{
			Xmlns: atomNamespace, Id: doc.ID, Title: doc.Title, Subtitle: doc.Subtitle, Updated: atomDate(doc.Updated),
		},
		Thread:    threadNamespace,
		Lang:      doc.Lang,
		Author:    atomPerson{Name: f.cfg.Title, URI: f.cfg.Base + "/"},
		Generator: atomGenerator{URI: f.cfg.Base + "/", Version: f.cfg.Version, Name: "Draftwire"},
		Link:      atomLinks(doc, in),
		Hint:      f.hint(),
	}
	if doc.Page != "" {
		out.Link = append(out.Link, atomLink{Rel: "alternate", Type: "text/html", Href: doc.Page})
	}
	if doc.Archive {
		// An archive stays what it is when the program gets a new version.
		out.History, out.Archive, out.Generator.Version = historyNamespace, new(struct{}), ""
	}
	for _, e := range doc.Entries {
		out.Entries = append(out.Entries, newAtomEntry(e))
	}
	return f.markUp(out)
}

// atomLinks gives the links of a feed's document in one format.
func atomLinks(doc *feed, in *format) []atomLink {
	links := []atomLink{{Rel: "self", Type: in.media, Href: doc.Self.in(in)}}
	for _, s := range doc.Series {
		links = append(links, atomLink{Rel: s.Rel, Type: in.media, Href: s.To.in(in)})
	}
	return links
}

func newAtomEntry(e entry) *atomEntry {
	out := &atomEntry{
		AtomEntry: &gfeeds.AtomEntry{
			Id: e.ID, Title: e.Title, Published: atomDate(e.Published), Updated: atomDate(e.Updated),
			Content: &gfeeds.AtomContent{Type: "html", Content: e.Content},
		},
		Lang: e.Lang,
	}
	if e.Summary != "" {
		out.Summary = &gfeeds.AtomSummary{Type: "text", Content: e.Summary}
	}
	for _, name := range e.Authors {
		out.Author = append(out.Author, atomPerson{Name: name})
	}
	for _, l := range e.Links {
		out.Links = append(out.Links, atomLink{Rel: l.Rel, Type: l.Type, Title: l.Title, Href: l.Href})
	}
	for _, c := range e.Categories {
		out.Category = append(out.Category, atomCategory(c))
	}
	if a := e.Answers; a != nil {
		out.Answers = &atomAnswer{Ref: a.ID, Type: "text/html", Href: a.Href}
	}
	return out
}

// atomDate writes a date (RFC 4287, section 3.3).
func atomDate(t time.Time) string { return t.UTC().Format(time.RFC3339) }
