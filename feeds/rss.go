// RSS 2.0 (rssboard.org/rss-specification) as gorilla/feeds writes it, with
// authors by name, several categories, and links to itself and to its history.

package feeds

import (
	"encoding/xml"
	"strings"
	"time"

	gfeeds "github.com/gorilla/feeds"
)

// rssFeed is the rss element.
type rssFeed struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Content string   `xml:"xmlns:content,attr"`
	Dublin  string   `xml:"xmlns:dc,attr"`
	History string   `xml:"xmlns:fh,attr,omitempty"`
	Channel *rssChannel
}

// FeedXml gives the value to marshal: gorilla/feeds asks for it.
func (f *rssFeed) FeedXml() any { return f } //nolint:revive,staticcheck // named by the interface

type rssChannel struct {
	*gfeeds.RssFeed
	XMLName xml.Name  `xml:"channel"`
	Links   []rssLink `xml:"atom:link"`
	Archive *struct{} `xml:"fh:archive"`
	Hint    hint
	Items   []*rssItem `xml:"item"`
}

// rssLink is an atom:link, which RSS has no word for.
type rssLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type rssItem struct {
	*gfeeds.RssItem
	XMLName  xml.Name      `xml:"item"`
	Link     string        `xml:"link,omitempty"` // shadows one that is written empty
	Creator  []string      `xml:"dc:creator"`
	Category []rssCategory `xml:"category"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	Text   string `xml:",chardata"`
}

func (f *Feeds) writeRSS(doc *feed, in *format) ([]byte, error) {
	channel := &rssChannel{
		RssFeed: &gfeeds.RssFeed{
			Title: doc.Title, Link: doc.Page, Description: doc.Subtitle, Language: doc.Lang,
			LastBuildDate: rssDate(doc.Updated), Generator: "Draftwire", Docs: "https://www.rssboard.org/rss-specification",
		},
		Hint: f.hint(),
	}
	if channel.Link == "" {
		channel.Link = f.cfg.Base + "/"
	}
	if channel.Description == "" {
		channel.Description = doc.Title
	}
	out := &rssFeed{Version: "2.0", Atom: atomNamespace, Content: contentNamespace, Dublin: dublinNamespace, Channel: channel}
	if doc.Archive {
		out.History, channel.Archive = historyNamespace, new(struct{})
	}
	for _, l := range atomLinks(doc, in) {
		channel.Links = append(channel.Links, rssLink{l.Rel, l.Type, l.Href})
	}
	for _, e := range doc.Entries {
		channel.Items = append(channel.Items, newRSSItem(e))
	}
	return f.markUp(out)
}

// asHTML escapes text for HTML. Quotes stay: a browser that is shown the feed
// shows escapes as such.
var asHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// newRSSItem writes what an item says in full as content:encoded. Its
// description is HTML by custom, though nothing says so.
func newRSSItem(e entry) *rssItem {
	item := &rssItem{
		RssItem: &gfeeds.RssItem{
			Title: e.Title, Description: asHTML.Replace(e.Summary), PubDate: rssDate(e.Published),
			Guid: &gfeeds.RssGuid{Id: e.ID, IsPermaLink: "false"}, Content: &gfeeds.RssContent{Content: e.Content},
		},
		Link: e.alternate(), Creator: e.Authors,
	}
	if e.Summary == "" {
		item.Description = asHTML.Replace(e.Title)
	}
	for _, c := range e.Categories {
		item.Category = append(item.Category, rssCategory{c.Scheme, c.Term})
	}
	return item
}

// rssDate writes a date of RFC 822 with a year of four digits.
func rssDate(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }
