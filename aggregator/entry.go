// This file makes reports of feed entries.

package aggregator

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
)

// Entry is an entry of a feed, whatever the feed's format. It is kept as JSON,
// as the message of its source.
type Entry struct {
	ID        string // atom:id, RSS guid, JSON Feed id; may be empty
	Feed      string `json:",omitempty"` // address of the feed, where ID is no absolute IRI and so means something within the feed only
	Link      string // absolute address of the entry; may be empty
	Title     string
	Summary   string
	Content   string
	Authors   []Person  // of the entry, else of its feed
	Published time.Time // zero if not said
	Updated   time.Time // zero if not said
	Language  string    // BCP 47, of the entry or else of its feed

	TitleType     TextType   `json:",omitzero"`
	SummaryType   TextType   `json:",omitzero"`
	ContentType   TextType   `json:",omitzero"`
	PublishedText string     `json:",omitempty"` // the date as it was written
	UpdatedText   string     `json:",omitempty"`
	Links         []Link     `json:",omitempty"` // beside Link: other forms, related, via, replies, enclosure and what else there is
	Categories    []Category `json:",omitempty"`
	Contributors  []Person   `json:",omitempty"`
}

// TextType says what a text of an entry is written in.
type TextType string

// The types of text. Where a feed does not tell, it is HTML or plain text that
// reads as HTML.
const (
	PlainText TextType = "text"
	HTMLText  TextType = "html"
)

// of is the type of a text that may be missing.
func (t TextType) of(s string) TextType {
	if s == "" {
		return ""
	}
	return t
}

// Person is an author or a contributor.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	URI   string `json:"uri,omitempty"` // of a page of theirs
}

// Link is a link of an entry (RFC 4287, section 4.2.7).
type Link struct {
	Rel      string `json:"rel"`                // lower case, short form; alternate, related, via, replies, enclosure, ...
	URL      string `json:"url"`                // absolute
	Type     string `json:"type,omitempty"`     // media type
	Language string `json:"hreflang,omitempty"` // BCP 47
	Title    string `json:"title,omitempty"`
	Length   int64  `json:"length,omitempty"` // bytes, as the feed claims
}

// Category is a word an entry is filed under (RFC 4287, section 4.2.2).
type Category struct {
	Term   string `json:"term"`
	Scheme string `json:"scheme,omitempty"` // the domain of RSS
	Label  string `json:"label,omitempty"`
}

// title gives an entry's title as one line of text.
func (e Entry) title() string { return clip(e.TitleType.line(e.Title), maxTitle) }

// text gives an entry's words as paragraphs: its summary, or else its content.
func (e Entry) text() string {
	if e.Summary == "" {
		return e.ContentType.paragraphs(e.Content)
	}
	return e.SummaryType.paragraphs(e.Summary)
}

// line gives a text as one line.
func (t TextType) line(s string) string {
	if t == PlainText {
		return markup.Clean(clip(s, maxBody))
	}
	return plain(s)
}

// paragraphs gives a text as paragraphs.
func (t TextType) paragraphs(s string) string {
	if t == PlainText {
		return strings.TrimSpace(markup.CleanText(clip(s, maxBody)))
	}
	return paragraphs(s)
}

// RecogniseEntry reports the RFC that an entry is about, as the feeds of the
// RFC Editor and the Datatracker give them: the number stands in the address or
// the title. It reports false for other entries and other sites: what people
// write about an RFC is a post, see [EntryReport].
func RecogniseEntry(e Entry) (catalog.Report, bool) {
	titled, title := rfcTitle(e.title())
	linked, official := rfcAddress(cmp.Or(e.Link, e.ID))
	document := cmp.Or(linked, titled)
	if !official || document == "" || titled != "" && titled != document {
		return catalog.Report{}, false
	}
	return catalog.Report{
		Document: document,
		Kind:     catalog.RFC,
		Event:    catalog.Published,
		Facts: catalog.Facts{
			Title:    clip(title, maxTitle),
			Authors:  named(e.Authors),
			Abstract: clip(e.text(), maxAbstract),
		},
	}, true
}

// EntryReport makes the report of an entry as a post. Digest identifies the
// entry's content and names the post if there is neither id nor link.
func EntryReport(e Entry, digest string) catalog.Report {
	id := cmp.Or(e.ID, e.Link, digest)
	if e.Feed != "" {
		id = e.Feed + " " + id
	}
	return catalog.Report{
		Document: catalog.EntryName(id),
		Kind:     catalog.Post,
		Event:    catalog.Posted,
		Part:     id,
		Facts: catalog.Facts{
			Title:    e.title(),
			Authors:  named(e.Authors),
			Abstract: shorten(e.text(), maxExcerpt),
			Language: clip(e.Language, 35),
			URL:      webURL(e.Link),
		},
	}
}

// rfcTitle reads "RFC 9737: Title" and "rfc9737 : Title", and gives the title
// as it is when there is no number.
func rfcTitle(s string) (document, title string) {
	head, tail, ok := strings.Cut(s, ":")
	if ok && len(head) <= 20 {
		if name, ok := catalog.RFCName(head); ok {
			return name, strings.TrimSpace(tail)
		}
	}
	return "", s
}

// rfcAddress finds the number at the end of an address such as
// https://www.rfc-editor.org/info/rfc9737, and whether its site is one that
// publishes RFCs: on the Datatracker only the document's own page counts, since
// titles of other pages name RFCs too.
func rfcAddress(s string) (document string, official bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return "", false
	}
	last := strings.TrimSuffix(u.Path, "/")
	last = last[strings.LastIndexByte(last, '/')+1:]
	last = strings.TrimSuffix(strings.TrimSuffix(last, ".html"), ".txt")
	if len(last) <= 20 {
		document, _ = catalog.RFCName(last)
	}
	switch strings.ToLower(u.Hostname()) {
	case "rfc-editor.org", "www.rfc-editor.org":
		return document, true
	case "datatracker.ietf.org":
		return document, document != ""
	}
	return "", false
}

// plain gives HTML or text as one line of text.
func plain(s string) string {
	return markup.Clean(markup.Text(clip(s, maxBody)))
}

// paragraphs gives HTML or text as paragraphs of text.
func paragraphs(s string) string {
	return strings.TrimSpace(markup.CleanText(markup.Text(clip(s, maxBody))))
}

// named gives the authors that have a name or an address.
func named(authors []Person) []catalog.Author {
	var kept []catalog.Author
	for _, a := range authors[:min(len(authors), maxAuthors)] {
		local, _, _ := strings.Cut(a.Email, "@")
		if name := cmp.Or(plain(a.Name), local); name != "" {
			kept = append(kept, catalog.Author{Name: clip(name, maxName), Email: clip(a.Email, maxName)})
		}
	}
	return kept
}

// webURL gives an http or https address back and nothing else.
func webURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || len(s) > 2000 {
		return ""
	}
	return s
}
