// This file reads feeds: gofeed does the formats, we do what it trips over.

package aggregator

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

// maxEntries bounds what one document may bring.
const maxEntries = 10_000

// ParseFeed reads an RSS, Atom or JSON Feed document. contentType is the HTTP
// header, whose charset counts unless the bytes say otherwise; base resolves
// relative links. A document that breaks off gives the entries before the break.
func ParseFeed(body []byte, contentType, base string) ([]Entry, error) {
	text := normalise(body, contentType)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the feed is empty: want an RSS, Atom or JSON Feed document")
	}
	feed, err := parseFeed(text)
	if err != nil {
		mended := closeBroken(text)
		if mended == nil {
			return nil, fmt.Errorf("not a readable feed: %w; want RSS, Atom or JSON Feed", err)
		}
		var again error
		if feed, again = parseFeed(mended); again != nil {
			return nil, fmt.Errorf("not a readable feed: %w; want RSS, Atom or JSON Feed", err)
		}
	}
	at, err := url.Parse(base)
	if err != nil {
		at = &url.URL{}
	}
	entries := make([]Entry, 0, min(len(feed.Items), maxEntries))
	for _, item := range feed.Items[:min(len(feed.Items), maxEntries)] {
		if item != nil {
			entries = append(entries, entryOf(item, feed.Language, at))
		}
	}
	return entries, nil
}

// parseFeed keeps a panic of the parser, which reads what strangers write,
// from ending the process.
func parseFeed(text []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	feed, err = gofeed.NewParser().Parse(bytes.NewReader(text))
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
		Published: feedDate(item.Published, item.PublishedParsed),
		Updated:   feedDate(item.Updated, item.UpdatedParsed),
		Language:  language,
	}
	if e.Link == "" && len(item.Links) > 0 {
		e.Link = resolve(base, item.Links[0])
	}
	if e.Link == "" { // RSS: a guid is a permalink unless it says otherwise
		e.Link = webURL(e.ID)
	}
	for _, p := range item.Authors {
		if p != nil {
			e.Authors = append(e.Authors, catalog.Author{Name: strings.TrimSpace(p.Name), Email: strings.TrimSpace(p.Email)})
		}
	}
	return e
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
// zones it does not know for UTC.
func feedDate(text string, parsed *time.Time) time.Time {
	if t, err := mail.ParseDate(text); err == nil {
		return t
	}
	if parsed != nil {
		return parsed.UTC()
	}
	return time.Time{}
}

var (
	rootElement = regexp.MustCompile(`<([A-Za-z_][A-Za-z0-9_.:-]*)`)
	entryEnd    = regexp.MustCompile(`</(?:[A-Za-z0-9_.-]+:)?(?:entry|item)\s*>`)
)

// closeBroken cuts a document behind its last whole entry and closes what is
// open there. It gives nil when there is no whole entry.
func closeBroken(text []byte) []byte {
	root := rootElement.FindSubmatch(text)
	ends := entryEnd.FindAllIndex(text, -1)
	if root == nil || len(ends) == 0 {
		return nil
	}
	cut := bytes.Clone(text[:ends[len(ends)-1][1]])
	if strings.EqualFold(string(root[1]), "rss") {
		cut = append(cut, "</channel>"...)
	}
	return append(cut, "</"+string(root[1])+">"...)
}
