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

// Entry is an entry of a feed, whatever the feed's format.
type Entry struct {
	ID        string // atom:id, RSS guid, JSON Feed id; may be empty
	Feed      string `json:",omitempty"` // address of the feed, where ID is no absolute IRI and so means something within the feed only
	Link      string // absolute address of the entry; may be empty
	Title     string // HTML or plain text
	Summary   string // HTML or plain text
	Content   string // HTML or plain text
	Authors   []catalog.Author
	Published time.Time // zero if not said
	Updated   time.Time // zero if not said
	Language  string    // BCP 47, of the entry or else of its feed
}

// RecogniseEntry reports the RFC that an entry is about, as the feeds of the
// RFC Editor and the Datatracker give them: the number stands in the address or
// the title. It reports false for other entries and other sites: what people
// write about an RFC is a post, see [EntryReport].
func RecogniseEntry(e Entry) (catalog.Report, bool) {
	titled, title := rfcTitle(plain(e.Title))
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
			Abstract: clip(paragraphs(cmp.Or(e.Summary, e.Content)), maxAbstract),
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
			Title:    clip(plain(e.Title), maxTitle),
			Authors:  named(e.Authors),
			Abstract: shorten(paragraphs(cmp.Or(e.Summary, e.Content)), maxExcerpt),
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
func named(authors []catalog.Author) []catalog.Author {
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
