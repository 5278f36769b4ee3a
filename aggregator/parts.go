// This file takes from a feed's own form what gofeed's common form leaves out:
// links, categories, people, languages and the types of texts.

package aggregator

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
)

// What is kept of one entry.
const (
	maxLinks      = 50
	maxCategories = 100
	maxTerm       = 300 // bytes of a category or a type
)

// parts fills in an entry from the same entry in the feed's own form.
type parts struct {
	e     *Entry
	base  *url.URL
	marks entryMarks
}

// parts adds what the feed's own form says of its i-th entry.
func (e *Entry) parts(original any, i int, base *url.URL, m entryMarks) {
	p := parts{e, base, m}
	switch feed := original.(type) {
	case *atom.Feed:
		if i < len(feed.Entries) && feed.Entries[i] != nil {
			p.atom(feed, feed.Entries[i])
		}
	case *rss.Feed:
		if i < len(feed.Items) && feed.Items[i] != nil {
			p.rss(feed.Items[i])
		}
	case *json.Feed:
		if i < len(feed.Items) && feed.Items[i] != nil {
			p.json(feed, feed.Items[i])
		}
	}
}

// atom reads RFC 4287. An entry without authors has those of its source, else
// of its feed (section 4.2.1); a text without a type is plain (section 3.1.1).
func (p parts) atom(feed *atom.Feed, entry *atom.Entry) {
	e := p.e
	e.Language = cmp.Or(p.marks.language, e.Language)
	e.TitleType = atomText(p.marks.title, e.Title)
	e.SummaryType = atomText(p.marks.summary, e.Summary)
	e.ContentType = atomText(p.marks.content, e.Content)
	for _, l := range entry.Links {
		if l != nil {
			p.link(Link{Rel: l.Rel, URL: l.Href, Type: l.Type, Language: l.Hreflang, Title: l.Title}, l.Length)
		}
	}
	if entry.Content != nil && entry.Content.Src != "" {
		p.link(Link{Rel: "content", URL: entry.Content.Src, Type: entry.Content.Type}, "")
	}
	for _, c := range entry.Categories {
		if c != nil {
			p.category(Category{c.Term, c.Scheme, c.Label})
		}
	}
	e.Authors = p.people(entry.Authors)
	if len(e.Authors) == 0 && entry.Source != nil {
		e.Authors = p.people(entry.Source.Authors)
	}
	if len(e.Authors) == 0 {
		e.Authors = p.people(feed.Authors)
	}
	e.Contributors = p.people(entry.Contributors)
}

// rss reads RSS with what Dublin Core and Atom add to it. Titles and texts of
// RSS are HTML by custom.
func (p parts) rss(item *rss.Item) {
	e := p.e
	language := p.marks.language
	if dc := item.DublinCoreExt; dc != nil {
		language = cmp.Or(first(dc.Language), language)
		for _, name := range dc.Contributor {
			e.Contributors = append(e.Contributors, Person{Name: name})
		}
	}
	e.Language = cmp.Or(strings.TrimSpace(language), e.Language)
	if e.Link == "" {
		e.Link = permalink(item)
	}
	for _, l := range atomLinks(item.Extensions) {
		p.link(Link{Rel: l["rel"], URL: l["href"], Type: l["type"], Language: l["hreflang"], Title: l["title"]}, l["length"])
	}
	for _, enclosure := range item.Enclosures {
		if enclosure != nil {
			p.link(Link{Rel: "enclosure", URL: enclosure.URL, Type: enclosure.Type}, enclosure.Length)
		}
	}
	if item.Comments != "" {
		p.link(Link{Rel: "replies", URL: item.Comments}, "")
	}
	if item.Source != nil && item.Source.URL != "" {
		p.link(Link{Rel: "via", URL: item.Source.URL, Title: item.Source.Title}, "")
	}
	for _, c := range item.Categories {
		if c != nil {
			p.category(Category{Term: c.Value, Scheme: c.Domain})
		}
	}
	if dc := item.DublinCoreExt; dc != nil {
		for _, subject := range dc.Subject {
			p.category(Category{Term: subject})
		}
	}
}

// json reads JSON Feed 1.1, where only content_html holds HTML.
func (p parts) json(feed *json.Feed, item *json.Item) {
	e := p.e
	e.Language = cmp.Or(item.Language, e.Language)
	e.TitleType, e.SummaryType, e.ContentType = PlainText.of(e.Title), PlainText.of(e.Summary), HTMLText
	if item.ContentHTML == "" {
		e.ContentType = PlainText.of(e.Content)
	}
	p.link(Link{URL: item.URL}, "")
	p.link(Link{Rel: "related", URL: item.ExternalURL}, "")
	if item.Attachments != nil {
		for _, a := range *item.Attachments {
			p.link(Link{Rel: "enclosure", URL: a.URL, Type: a.MimeType, Title: a.Title}, strconv.FormatInt(a.SizeInBytes, 10))
		}
	}
	for _, tag := range item.Tags {
		p.category(Category{Term: tag})
	}
	authors := item.Authors
	if len(authors) == 0 && item.Author != nil {
		authors = []*json.Author{item.Author}
	}
	if len(authors) == 0 {
		authors = feed.Authors
	}
	if len(authors) == 0 && feed.Author != nil {
		authors = []*json.Author{feed.Author}
	}
	if len(authors) > 0 {
		e.Authors = nil
	}
	for _, a := range authors {
		if a != nil {
			e.Authors = append(e.Authors, Person{Name: strings.TrimSpace(a.Name), URI: resolve(p.base, a.URL)})
		}
	}
}

// ianaRelations is what relations were written with in full (RFC 4287, section
// 4.2.7.2).
const ianaRelations = "http://www.iana.org/assignments/relation/"

// link keeps a link that says more than the entry's own address.
func (p parts) link(l Link, length string) {
	l.URL = resolve(p.base, l.URL)
	l.Rel = strings.ToLower(cmp.Or(strings.TrimPrefix(strings.TrimSpace(l.Rel), ianaRelations), "alternate"))
	if l.URL == "" || len(l.URL) > maxLinkURL || len(p.e.Links) >= maxLinks {
		return
	}
	if l.Rel == "alternate" && l.URL == p.e.Link && l.Language == "" && l.Title == "" {
		return
	}
	l.Length, _ = strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	l.Rel, l.Type, l.Language, l.Title = clip(l.Rel, maxTerm), clip(l.Type, maxTerm), clip(l.Language, maxTerm), clip(l.Title, maxTitle)
	p.e.Links = append(p.e.Links, l)
}

func (p parts) category(c Category) {
	c = Category{clip(strings.TrimSpace(c.Term), maxTerm), clip(strings.TrimSpace(c.Scheme), maxTerm), clip(strings.TrimSpace(c.Label), maxTerm)}
	if cmp.Or(c.Term, c.Label) != "" && len(p.e.Categories) < maxCategories {
		p.e.Categories = append(p.e.Categories, c)
	}
}

func (p parts) people(list []*atom.Person) (people []Person) {
	for _, a := range list[:min(len(list), maxAuthors)] {
		if a != nil {
			people = append(people, Person{strings.TrimSpace(a.Name), strings.TrimSpace(a.Email), resolve(p.base, a.URI)})
		}
	}
	return people
}

// people gives the authors of the common form.
func people(list []*gofeed.Person) (people []Person) {
	for _, a := range list[:min(len(list), maxAuthors)] {
		if a != nil {
			people = append(people, Person{Name: strings.TrimSpace(a.Name), Email: strings.TrimSpace(a.Email)})
		}
	}
	return people
}

// atomLinks lists the attributes of atom:link in RSS, under the prefixes that
// gofeed knows Atom by.
func atomLinks(extensions ext.Extensions) (list []map[string]string) {
	for _, prefix := range []string{"atom", "atom10", "atom03"} {
		for _, l := range extensions[prefix]["link"] {
			list = append(list, l.Attrs)
		}
	}
	return list
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// permalink gives the guid of an RSS item as its link, unless the guid says
// that it is none.
func permalink(item *rss.Item) string {
	if item.GUID == nil || strings.EqualFold(strings.TrimSpace(item.GUID.IsPermalink), "false") {
		return ""
	}
	return webURL(strings.TrimSpace(item.GUID.Value))
}

// atomText tells what a text of Atom is from its type attribute. Where that is
// missing the text is plain, but many mean HTML, and it shows.
func atomText(kind, text string) TextType {
	kind = strings.ToLower(kind)
	switch {
	case text == "":
		return ""
	case strings.Contains(kind, "html"):
		return HTMLText
	case kind == "text", kind == "text/plain", kind == "" && !looksHTML.MatchString(text):
		return PlainText
	}
	return ""
}

// looksHTML finds what nobody writes in plain text: an end tag, a line break,
// an entity.
var looksHTML = regexp.MustCompile(`(?i)</[a-z][a-z0-9]{0,10}>|<br ?/?>|&(?:[a-z]{2,8}|#[0-9]{1,6}|#x[0-9a-f]{1,6});`)
