// This file reads a page for what it declares and what it links to.

package aggregator

import (
	"bytes"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/draftwire/draftwire/fetch"
)

const (
	maxDeclared = 50      // feeds taken from a page
	maxToken    = 1 << 20 // bytes of one tag
)

// page is what a web page says of things to poll.
type page struct {
	at       *url.URL // of the page
	base     *url.URL // of its links
	title    string
	declared []Found  // by link rel=alternate
	likely   []string // links to the same host that look like feeds or archives
	inbox    string   // of public-inbox, by its new.atom
}

// isPage reports whether an answer is HTML. Feeds are often sent as text/html,
// so the root element counts first.
func isPage(resp *fetch.Response) bool {
	root := bytes.ToLower(skipToRoot(resp.Body))
	for _, feed := range []string{"<rss", "<feed", "<rdf:rdf"} {
		if bytes.HasPrefix(root, []byte(feed)) {
			return false
		}
	}
	kind, _, _ := mime.ParseMediaType(resp.ContentType)
	return bytes.HasPrefix(root, []byte("<html")) || kind == "text/html" && bytes.HasPrefix(root, []byte("<"))
}

// readPage walks the page's tags once.
func readPage(resp *fetch.Response, at *url.URL) *page {
	p := &page{at: at, base: at}
	enc, _, _ := charset.DetermineEncoding(resp.Body, resp.ContentType)
	z := html.NewTokenizer(enc.NewDecoder().Reader(bytes.NewReader(resp.Body)))
	z.SetMaxBuf(maxToken)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return p
		case html.StartTagToken, html.SelfClosingTagToken:
			p.tag(z)
		}
	}
}

func (p *page) tag(z *html.Tokenizer) {
	name, more := z.TagName()
	tag := string(name)
	attr := map[string]string{}
	if slices.Contains([]string{"a", "link", "base"}, tag) {
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			attr[string(key)] = strings.TrimSpace(string(value))
		}
	}
	switch tag {
	case "title":
		if p.title == "" && z.Next() == html.TextToken {
			p.title = oneLine(string(z.Text()), maxTitle)
		}
	case "base":
		if u, err := p.at.Parse(attr["href"]); err == nil && webURL(u.String()) != "" {
			p.base = u
		}
	case "link":
		p.link(attr)
	case "a":
		p.anchor(attr["href"])
	}
}

// feedTypes are the media types by which a page declares a feed.
var feedTypes = []string{"application/atom+xml", "application/rss+xml", "application/feed+json", "application/rdf+xml"}

// link reads a declaration.
func (p *page) link(attr map[string]string) {
	rel := strings.Fields(strings.ToLower(attr["rel"]))
	kind, _, _ := mime.ParseMediaType(attr["type"])
	address, ok := p.resolve(attr["href"])
	if !ok || slices.Contains(rel, "stylesheet") {
		return
	}
	declared := slices.Contains(rel, "alternate") && slices.Contains(feedTypes, kind) || slices.Contains(rel, "feed") && (kind == "" || slices.Contains(feedTypes, kind))
	if !declared {
		return
	}
	if dir, ok := strings.CutSuffix(address, "/new.atom"); ok {
		p.inbox = dir + "/"
	}
	p.declared = addFound(p.declared, Found{address, oneLine(attr["title"], maxTitle), FoundFeed})
}

var (
	likelyFeed    = regexp.MustCompile(`(?i)(?:\.(?:atom|rss|rdf)|/(?:feed|rss|atom)s?|/(?:feed|rss|atom|index)\.(?:xml|json))/?$`)
	likelyArchive = regexp.MustCompile(`/pipermail/[^/]+/?$`)
	hyperKitty    = regexp.MustCompile(`^.*?/list/[^/@]+@[^/@]+/`)
)

// anchor keeps a link to the same host that looks like something to poll.
func (p *page) anchor(href string) {
	address, ok := p.resolve(href)
	if !ok || len(p.likely) >= maxGuesses {
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.Host != p.at.Host || slices.Contains(p.likely, address) {
		return
	}
	if likelyFeed.MatchString(u.Path) || likelyArchive.MatchString(u.Path) || hyperKitty.FindString(u.Path) == u.Path {
		p.likely = append(p.likely, address)
	}
}

func (p *page) resolve(href string) (string, bool) {
	u, err := p.base.Parse(href)
	if href == "" || err != nil {
		return "", false
	}
	u.Fragment, u.RawFragment = "", ""
	address := webURL(u.String())
	return address, address != ""
}

// guesses are the addresses worth a request, at most maxGuesses.
func (p *page) guesses() []string {
	list := slices.Clone(p.likely)
	for _, path := range wellKnown {
		if u := p.at.ResolveReference(&url.URL{Path: path}).String(); !slices.Contains(list, u) {
			list = append(list, u)
		}
	}
	return list[:min(len(list), maxGuesses)]
}

// archive tells whether the page belongs to an archive of a list, which then
// says more than the feeds it declares.
func (p *page) archive(body []byte) (Found, bool) {
	if p.inbox != "" {
		p.declared = slices.DeleteFunc(p.declared, func(f Found) bool { return f.URL == p.inbox+"new.atom" })
		return Found{p.inbox, p.title, FoundPublicInbox}, true
	}
	if list := hyperKitty.FindString(p.at.Path); list != "" && mentions(body, "hyperkitty") {
		u := *p.at
		u.Path, u.RawPath, u.RawQuery = list, "", ""
		return Found{u.String(), p.title, FoundHyperKitty}, true
	}
	if len(archiveIndex(body, p.at)) > 0 {
		return Found{p.at.String(), p.title, FoundPipermail}, true
	}
	return Found{}, false
}

func mentions(body []byte, word string) bool {
	return bytes.Contains(bytes.ToLower(body), []byte(word))
}
