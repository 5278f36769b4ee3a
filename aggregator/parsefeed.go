// This file reads feeds: gofeed does the formats, we do what it trips over.

package aggregator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

// maxEntries bounds what one document may bring.
const maxEntries = 10_000

// ParseFeed reads an RSS, Atom or JSON Feed document. contentType is the HTTP
// header, whose charset counts unless the bytes say otherwise; base resolves
// relative links. A document that breaks off gives the entries before the
// break together with a *[PartialError].
func ParseFeed(body []byte, contentType, base string) ([]Entry, error) {
	text := normalise(body, contentType)
	feed, err := parseFeed(text)
	if feed == nil {
		return nil, err
	}
	at, baseErr := url.Parse(base)
	if baseErr != nil {
		at = &url.URL{}
	}
	original, _ := feed.OriginalFeed().(*rss.Feed)
	entries := make([]Entry, 0, min(len(feed.Items), maxEntries))
	for i, item := range feed.Items[:min(len(feed.Items), maxEntries)] {
		if item == nil {
			continue
		}
		e := entryOf(item, feed.Language, at)
		if e.Link == "" && original != nil {
			e.Link = permalink(original.Items[i])
		}
		entries = append(entries, e)
	}
	return entries, err
}

// parseFeed reads what can be read of normalised text: all of it, or what
// stands before a break, and then gives a *[PartialError] too.
func parseFeed(text []byte) (*gofeed.Feed, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the feed is empty: want an RSS, Atom or JSON Feed document")
	}
	feed, err := readWhole(text)
	if _, partial := errors.AsType[*PartialError](err); err != nil && !partial {
		return nil, fmt.Errorf("not a readable feed: %w; want RSS, Atom or JSON Feed", err)
	}
	return feed, err
}

func readWhole(text []byte) (*gofeed.Feed, error) {
	if text[0] == '{' { // encoding/json bounds the depth itself
		feed, err := readFeed(text)
		if err == nil && feed.FeedVersion == "" && len(feed.Items) == 0 {
			err = errors.New("the JSON has neither version nor items")
		}
		return feed, err
	}
	whole, fault := survey(text)
	if fault == nil {
		feed, err := readFeed(text)
		if err == nil || whole == nil {
			return feed, err
		}
		fault = err
	}
	if whole == nil {
		return nil, fault
	}
	feed, err := readFeed(whole)
	if err != nil {
		return nil, fault
	}
	return feed, &PartialError{[]error{fmt.Errorf("the feed breaks off behind its first %d entries: %w", len(feed.Items), fault)}}
}

// readFeed keeps a panic of the parser, which reads what strangers write,
// from ending the process.
func readFeed(text []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	feed, err = parser.Parse(bytes.NewReader(text))
	if err == nil && feed == nil {
		err = errors.New("no feed in it")
	}
	return feed, err
}

func entryOf(item *gofeed.Item, language string, base *url.URL) Entry {
	e := Entry{
		ID:        strings.TrimSpace(item.GUID),
		Link:      resolve(base, item.Link),
		Title:     item.Title,
		Summary:   item.Description,
		Content:   item.Content,
		Published: feedDate(cmp.Or(item.Published, dcTerm(item, "issued"), dcTerm(item, "created")), item.PublishedParsed),
		Updated:   feedDate(cmp.Or(item.Updated, dcTerm(item, "modified")), item.UpdatedParsed),
		Language:  language,
	}
	if e.Link == "" && len(item.Links) > 0 {
		e.Link = resolve(base, item.Links[0])
	}
	for _, p := range item.Authors {
		if p != nil {
			e.Authors = append(e.Authors, catalog.Author{Name: strings.TrimSpace(p.Name), Email: strings.TrimSpace(p.Email)})
		}
	}
	return e
}

// dcTerm gives a term of Dublin Core that RSS 1.0 feeds use beside dc:date.
func dcTerm(item *gofeed.Item, name string) string {
	if list := item.Extensions["dcterms"][name]; len(list) > 0 {
		return list[0].Value
	}
	return ""
}

// permalink gives the guid of an RSS item as its link, unless the guid says
// that it is none.
func permalink(item *rss.Item) string {
	if item == nil || item.GUID == nil || strings.EqualFold(strings.TrimSpace(item.GUID.IsPermalink), "false") {
		return ""
	}
	return webURL(strings.TrimSpace(item.GUID.Value))
}

func resolve(base *url.URL, link string) string {
	link = strings.TrimSpace(link)
	if link == "" {
		return ""
	}
	u, err := base.Parse(link)
	if err != nil {
		return link
	}
	return u.String()
}

// feedDate reads a date by the one tolerant parser, since gofeed takes named
// zones it does not know for UTC. Years that JSON cannot carry are none.
func feedDate(text string, parsed *time.Time) time.Time {
	t, err := mail.ParseDate(text)
	if err != nil && parsed != nil {
		t = *parsed
	}
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
