// What a feed says, before it is written in any format.

package feeds

import (
	"net/url"
	"time"

	"github.com/draftwire/draftwire/markup"
)

// feed is one document of a feed: what people subscribe to, an archive, or a
// page of its history. All texts are clean; see [markup.Clean].
type feed struct {
	ID       string
	Title    string
	Subtitle string
	Lang     string
	Page     string     // where a person reads the same, absolute; may be empty
	Self     address    // of this document
	Series   []relative // of the documents it belongs to
	Archive  bool       // never changes again (RFC 5005, section 4)
	Updated  time.Time
	Entries  []entry
}

// relative is another document of the same feed, by how it stands to this one:
// prev-archive and current (RFC 5005, section 4), first, next and last (section 3).
type relative struct {
	Rel string
	To  address
}

// entry is one entry. Archives keep it as JSON, so fields may be added, but
// neither renamed nor removed.
type entry struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Lang       string     `json:"lang,omitempty"`
	Published  time.Time  `json:"published"`
	Updated    time.Time  `json:"updated"`
	Authors    []string   `json:"authors,omitempty"`
	Links      []link     `json:"links,omitempty"`
	Categories []category `json:"categories,omitempty"`
	Answers    *answer    `json:"answers,omitempty"`
	Summary    string     `json:"summary,omitempty"` // text
	Content    string     `json:"content"`           // HTML, sanitised
}

type link struct {
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
	Href  string `json:"href"` // absolute
}

type category struct {
	Scheme string `json:"scheme"` // a tag URI
	Term   string `json:"term"`
	Label  string `json:"label,omitempty"`
}

// answer is the entry that another follows on (RFC 4685).
type answer struct {
	ID   string `json:"id"`
	Href string `json:"href,omitempty"` // a page of it
}

// alternate gives the address of what an entry is about, or nothing.
func (e entry) alternate() string {
	for _, l := range e.Links {
		if l.Rel == "alternate" {
			return l.Href
		}
	}
	return ""
}

// address is where a feed's document is found in every format.
type address struct {
	path  string // absolute but for the format's ending, such as https://wire.example.org/topics/quic/feed
	query string // encoded, without its question mark; may be empty
}

// in gives the address of one format.
func (a address) in(f *format) string {
	text := a.path + "." + f.ending
	if a.query != "" {
		text += "?" + a.query
	}
	return text
}

// with adds a parameter.
func (a address) with(name, value string) address {
	more := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	if a.query != "" {
		more = a.query + "&" + more
	}
	return address{a.path, more}
}

// newFeed begins a feed. What the catalogue gives is cleaned here, so that no
// title from outside can break the line it is shown on.
func (f *Feeds) newFeed(id, title, subtitle, lang, page string, self address) *feed {
	return &feed{
		ID: f.cfg.Authority.Tag(id), Title: markup.Clean(title), Subtitle: markup.Clean(subtitle),
		Lang: lang, Page: page, Self: self, Updated: f.began(),
	}
}

// add appends an entry. A feed is as new as its newest entry.
func (f *feed) add(e entry) {
	f.Entries = append(f.Entries, e)
	if e.Updated.After(f.Updated) {
		f.Updated = e.Updated
	}
}

// began is the date of a feed without entries: the same at every request.
func (f *Feeds) began() time.Time {
	return time.Date(f.cfg.Authority.Year, time.January, 1, 0, 0, 0, 0, time.UTC)
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
