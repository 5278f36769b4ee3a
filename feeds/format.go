// The formats a feed is written in.

package feeds

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"

	gfeeds "github.com/gorilla/feeds"
)

// format is a format that feeds are written in.
type format struct {
	ending   string
	media    string // type of the content, without parameters
	header   []string
	forPages []string // header for browsers, which show a style sheet only with a type they know; nil is header
	write    func(*Feeds, *feed, *format) ([]byte, error)
}

const xmlMedia = "application/xml; charset=utf-8"

var (
	atomFormat = &format{
		ending: "atom", media: "application/atom+xml", header: []string{"application/atom+xml; charset=utf-8"},
		forPages: []string{xmlMedia}, write: (*Feeds).writeAtom,
	}
	rssFormat = &format{
		ending: "rss", media: "application/rss+xml", header: []string{"application/rss+xml; charset=utf-8"},
		forPages: []string{xmlMedia}, write: (*Feeds).writeRSS,
	}
	jsonFormat = &format{
		ending: "json", media: "application/feed+json", header: []string{"application/feed+json"},
		write: (*Feeds).writeJSON,
	}
	opmlFormat = &format{ending: "opml", media: "text/x-opml", header: []string{"text/x-opml; charset=utf-8"}}
)

// formats are those of every feed, the first-class one first.
var formats = []*format{atomFormat, rssFormat, jsonFormat}

// markUp writes XML by gorilla/feeds, and puts a reference to the style sheet
// behind the XML declaration.
func (f *Feeds) markUp(x gfeeds.XmlFeed) ([]byte, error) {
	var b bytes.Buffer
	if err := gfeeds.WriteXML(x, &b); err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	const end = "?>"
	declaration, rest, _ := bytes.Cut(b.Bytes(), []byte(end))
	body := make([]byte, 0, b.Len()+200)
	body = append(append(body, declaration...), end...)
	body = fmt.Appendf(body, "\n<?xml-stylesheet type=\"text/css\" href=\"%s/feed.css\"?>\n", html.EscapeString(f.path))
	return append(append(body, bytes.TrimLeft(rest, "\n")...), '\n'), nil
}

// hint is for whoever opens a feed in a browser. A style sheet cannot make a
// link, so it stands in the feed, in XHTML, which feed readers pass over.
type hint struct {
	XMLName xml.Name `xml:"http://www.w3.org/1999/xhtml div"`
	Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Inner   string   `xml:",innerxml"`
}

func (f *Feeds) hint() hint {
	return hint{Lang: "en", Inner: `<p>This is a feed: paste its address into a feed reader to follow it. <a href="` +
		html.EscapeString(f.path) + `/reading">How to read this feed</a></p>`}
}
