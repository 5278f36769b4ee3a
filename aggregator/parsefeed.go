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
	d, err := readDocument(body, contentType, base, seen{})
	return d.entries, err
}

// document is a feed as it was read.
type document struct {
	entries []Entry // but for those that had been seen
	rest    rest
	seen    seen
}

// readDocument is ParseFeed with what else the feed says, passing over the
// entries that were seen before.
func readDocument(body []byte, contentType, base string, before seen) (document, error) {
	p, err := parseFeed(normalise(body, contentType), base, before)
	feed, marked := p.feed, p.marks
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
	return document{entries, restOf(feed), p.seen}, err
}

// parsed is a feed with what gofeed does not tell.
type parsed struct {
	feed  *gofeed.Feed
	marks []entryMarks // of its items, or of another number of entries
	seen  seen
}

// parseFeed reads what can be read of normalised text: all of it but what was
// seen before, or what stands before a break, and then gives a *[PartialError]
// too.
func parseFeed(text []byte, base string, before seen) (parsed, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return parsed{}, errors.New("the feed is empty: want an RSS, Atom or JSON Feed document")
	}
	p, err := readWhole(text, base, before)
	if _, partial := errors.AsType[*PartialError](err); err != nil && !partial {
		return parsed{}, fmt.Errorf("not a readable feed: %w; want RSS, Atom or JSON Feed", err)
	}
	return p, err
}

func readWhole(text []byte, base string, before seen) (parsed, error) {
	if text[0] == '{' { // encoding/json bounds the depth itself
		feed, err := readFeed(text)
		if err == nil && feed.FeedVersion == "" && len(feed.Items) == 0 {
			err = errors.New("the JSON has neither version nor items")
		}
		return parsed{feed: feed}, err
	}
	found, fault := survey(text)
	if fault == nil {
		return found.read(text, base, before)
	}
	if found.whole == nil {
		return parsed{}, fault
	}
	feed, err := readFeed(found.whole)
	if err != nil {
		return parsed{}, fault
	}
	return parsed{feed: feed, marks: found.entries}, &PartialError{[]error{fmt.Errorf("the feed breaks off behind its first %d entries: %w", len(feed.Items), fault)}}
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
