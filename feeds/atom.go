// Atom 1.0 as gorilla/feeds writes it, with what its types leave out: the
// fields here shadow those of the embedded structs by their XML names.

package feeds

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"time"

	gfeeds "github.com/gorilla/feeds"

	"github.com/draftwire/draftwire/markup"
)

const atomNamespace = "http://www.w3.org/2005/Atom"

// feed is an atom:feed (RFC 4287, section 4.1.1).
type feed struct {
	*gfeeds.AtomFeed
	XMLName   xml.Name `xml:"feed"`
	Lang      string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Author    person   `xml:"author"`
	Generator generator
	Link      []link   `xml:"link"`
	Entries   []*entry `xml:"entry"`
}

// FeedXml gives the value to marshal: gorilla/feeds asks for it.
func (f *feed) FeedXml() any { return f } //nolint:revive,staticcheck // named by the interface

// entry is an atom:entry (RFC 4287, section 4.1.2).
type entry struct {
	*gfeeds.AtomEntry
	XMLName  xml.Name   `xml:"entry"`
	Lang     string     `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Author   []person   `xml:"author"`
	Links    []link     // gorilla's name, and no tag: only so does it shadow
	Category []category `xml:"category"`
}

type person struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type link struct {
	XMLName xml.Name `xml:"link"`
	Rel     string   `xml:"rel,attr"`
	Type    string   `xml:"type,attr,omitempty"`
	Title   string   `xml:"title,attr,omitempty"`
	Href    string   `xml:"href,attr"`
}

type category struct {
	Scheme string `xml:"scheme,attr"`
	Term   string `xml:"term,attr"`
	Label  string `xml:"label,attr,omitempty"`
}

type generator struct {
	XMLName xml.Name `xml:"generator"`
	URI     string   `xml:"uri,attr,omitempty"`
	Version string   `xml:"version,attr,omitempty"`
	Name    string   `xml:",chardata"`
}

// newFeed begins a feed. What the catalogue gives is cleaned here, so that no
// title from outside can break the XML or the line it is shown on.
func (f *Feeds) newFeed(id, title, subtitle, lang, page string) *feed {
	return &feed{
		AtomFeed: &gfeeds.AtomFeed{
			Xmlns: atomNamespace, Id: id, Title: markup.Clean(title), Subtitle: markup.Clean(subtitle),
		},
		Lang:      lang,
		Author:    person{Name: markup.Clean(f.cfg.Title), URI: f.cfg.Base + "/"},
		Generator: generator{URI: f.cfg.Base + "/", Version: f.cfg.Version, Name: "Draftwire"},
		Link: []link{
			{Rel: "self", Type: "application/atom+xml", Href: page + "/feed.atom"},
			{Rel: "alternate", Type: "text/html", Href: page},
		},
	}
}

// newEntry begins an entry whose title, id and dates are known. Updated equals
// published: nothing that happens later to an entry is significant.
func newEntry(id, title string, published time.Time) *entry {
	date := published.UTC().Format(time.RFC3339)
	return &entry{AtomEntry: &gfeeds.AtomEntry{
		Id: id, Title: markup.Clean(title), Published: date, Updated: date,
	}}
}

// finish dates a feed by its newest entry and writes it.
func (f *Feeds) finish(out *feed) ([]byte, error) {
	out.Updated = f.began().Format(time.RFC3339)
	for _, e := range out.Entries {
		out.Updated = max(out.Updated, e.Updated) // all UTC, so text order is time order
	}
	var b bytes.Buffer
	if err := gfeeds.WriteXML(out, &b); err != nil {
		return nil, fmt.Errorf("write Atom: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// webAddress returns an address from outside in its escaped form, or nothing
// where a reader should not go.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}
