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

	"github.com/draftwire/draftwire/mail"
)

// maxEntries bounds what one document may bring.
const maxEntries = 10_000

const (
	maxDateText = 100  // bytes of a date as written
	maxLinkURL  = 2000 // bytes of a link that is kept
)

// ParseFeed reads an RSS, Atom or JSON Feed document. contentType is the HTTP
// header, whose charset counts unless the bytes say otherwise; base resolves
// relative links. A document that breaks off gives the entries before the
// break together with a *[PartialError].
func ParseFeed(body []byte, contentType, base string) ([]Entry, error) {
	d, err := readDocument(body, contentType, base)
	return d.entries, err
}

// document is a feed as it was read.
type document struct {
	entries []Entry
	rest    rest
}

// readDocument is ParseFeed with what else the feed says.
func readDocument(body []byte, contentType, base string) (document, error) {
	feed, marked, err := parseFeed(normalise(body, contentType))
	if feed == nil {
		return document{}, err
	}
	at, baseErr := url.Parse(base)
	if baseErr != nil {
		at = &url.URL{}
	}
	if len(marked) != len(feed.Items) { // the two readers differ over what an entry is
		marked = make([]entryMarks, len(feed.Items))
	}
	entries := make([]Entry, 0, min(len(feed.Items), maxEntries))
	original := feed.OriginalFeed()
	for i, item := range feed.Items[:min(len(feed.Items), maxEntries)] {
		if item == nil {
			continue
		}
		e := entryOf(item, feed.Language, at)
		e.parts(original, i, at, marked[i])
		entries = append(entries, e)
	}
	return document{entries, restOf(feed)}, err
}

// parseFeed reads what can be read of normalised text: all of it, or what
// stands before a break, and then gives a *[PartialError] too.
func parseFeed(text []byte) (*gofeed.Feed, []entryMarks, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil, errors.New("the feed is empty: want an RSS, Atom or JSON Feed document")
	}
	feed, marked, err := readWhole(text)
	if _, partial := errors.AsType[*PartialError](err); err != nil && !partial {
		return nil, nil, fmt.Errorf("not a readable feed: %w; want RSS, Atom or JSON Feed", err)
	}
	return feed, marked, err
}

func readWhole(text []byte) (*gofeed.Feed, []entryMarks, error) {
	if text[0] == '{' { // encoding/json bounds the depth itself
		feed, err := readFeed(text)
		if err == nil && feed.FeedVersion == "" && len(feed.Items) == 0 {
			err = errors.New("the JSON has neither version nor items")
		}
		return feed, nil, err
	}
	found, fault := survey(text)
	if fault == nil {
		feed, err := readFeed(text)
		if err == nil || found.whole == nil {
			return feed, found.entries, err
		}
		fault = err
	}
	if found.whole == nil {
		return nil, nil, fault
	}
	feed, err := readFeed(found.whole)
	if err != nil {
		return nil, nil, fault
	}
	return feed, found.entries, &PartialError{[]error{fmt.Errorf("the feed breaks off behind its first %d entries: %w", len(feed.Items), fault)}}
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
	published := cmp.Or(item.Published, dcTerm(item, "issued"), dcTerm(item, "created"))
	updated := cmp.Or(item.Updated, dcTerm(item, "modified"))
	e := Entry{
		ID:        strings.TrimSpace(item.GUID),
		Link:      resolve(base, item.Link),
		Title:     item.Title,
		Summary:   item.Description,
		Content:   item.Content,
		Authors:   people(item.Authors),
		Published: feedDate(published, item.PublishedParsed),
		Updated:   feedDate(updated, item.UpdatedParsed),
		Language:  language,

		PublishedText: clip(published, maxDateText),
		UpdatedText:   clip(updated, maxDateText),
	}
	if e.Link == "" && len(item.Links) > 0 {
		e.Link = resolve(base, item.Links[0])
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
