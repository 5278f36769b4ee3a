package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	rfcFeedPath  = "/rfcatom.xml"
	newsFeedPath = "/news/feed/"
	newsPath     = "/news/"
)

// feedServer serves a feed of RFCs like the RFC Editor's, a news feed with its
// posts, and validators for both.
type feedServer struct {
	base string
	day  time.Time // that texts are dated by

	mu    sync.RWMutex
	rfcs  []Announcement // newest first
	posts []post         // newest first
	feeds map[string]served
}

// post is one entry of the news feed.
type post struct {
	slug, title, text string
	at                time.Time
}

// served is a feed as it goes out.
type served struct {
	body        []byte
	contentType string
	etag        string
	modified    time.Time
}

func newFeedServer(base string, day time.Time) *feedServer {
	s := &feedServer{base: base, day: day, feeds: map[string]served{}}
	s.render(time.Unix(0, 0))
	return s
}

// addRFC puts an RFC on top of the feed, which shows the newest fifteen.
func (s *feedServer) addRFC(a Announcement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rfcs = append([]Announcement{a}, s.rfcs...)
	s.rfcs = s.rfcs[:min(15, len(s.rfcs))]
	s.render(a.At)
}

func (s *feedServer) addPost(p post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append([]post{p}, s.posts...)
	s.render(p.at)
}

// Atom (RFC 4287), as far as the RFC Editor's feed uses it.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	ID       string      `xml:"id"`
	Updated  string      `xml:"updated"`
	Links    []atomLink  `xml:"link"`
	Author   string      `xml:"author>name"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	Link    atomLink `xml:"link"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Summary string   `xml:"summary"`
}

// RSS 2.0, as a blog writes it.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Updated     string    `xml:"lastBuildDate"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	Description string `xml:"description"`
	Published   string `xml:"pubDate"`
	GUID        string `xml:"guid"`
}

// render writes both feeds anew; a feed whose bytes stay keeps its validators.
func (s *feedServer) render(now time.Time) {
	s.keep(rfcFeedPath, "application/atom+xml; charset=utf-8", s.atom(), now)
	s.keep(newsFeedPath, "application/rss+xml; charset=utf-8", s.rss(), now)
}

func (s *feedServer) keep(path, contentType string, v any, now time.Time) {
	body, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("demo feed %s: %v", path, err)) // plain structs of strings
	}
	body = append([]byte(xml.Header), body...)
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:10]) + `"`
	if s.feeds[path].etag != etag {
		s.feeds[path] = served{body: body, contentType: contentType, etag: etag, modified: now.Truncate(time.Second)}
	}
}

func (s *feedServer) atom() atomFeed {
	f := atomFeed{
		Title: "Recent RFCs", Subtitle: "Recently published RFCs (a sample)", ID: "https://www.rfc-editor.org/rfcatom.xml",
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339), Author: "RFC Editor",
		Links: []atomLink{{Href: "https://www.rfc-editor.org/"}, {Rel: "self", Href: s.base + rfcFeedPath}},
	}
	for _, a := range s.rfcs {
		number := strings.TrimPrefix(a.Name, "rfc")
		link := "https://www.rfc-editor.org/info/rfc" + number
		f.Entries = append(f.Entries, atomEntry{
			Title: "RFC " + number + ": " + a.Title, Link: atomLink{Href: link}, ID: link,
			Updated: a.At.Format(time.DateOnly) + "T00:00:00Z", Summary: strings.Join(a.Abstract, "\n\n"),
		})
	}
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	return f
}

func (s *feedServer) rss() rssFeed {
	c := rssChannel{Title: "Standards News (a sample)", Link: s.base + newsPath, Description: "Posts about the work on Internet standards"}
	for _, p := range s.posts {
		link := s.base + newsPath + p.slug + "/"
		c.Items = append(c.Items, rssItem{
			Title: p.title, Link: link, GUID: link, Published: p.at.UTC().Format(time.RFC1123Z),
			Description: "<p>" + html.EscapeString(p.text) + "</p>",
		})
	}
	if len(c.Items) > 0 {
		c.Updated = c.Items[0].Published
	}
	return rssFeed{Version: "2.0", Channel: c}
}

// handler serves the feeds with ETag and Last-Modified, and the posts.
func (s *feedServer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+rfcFeedPath, s.serveFeed)
	mux.HandleFunc("GET "+newsFeedPath+"{$}", s.serveFeed)
	mux.HandleFunc("GET "+newsPath+"{slug}/{$}", s.servePost)
	mux.HandleFunc("GET "+newsPath+"{$}", s.serveIndex)
	mux.HandleFunc("GET "+textPath+"{file}", s.serveText)
	mux.Handle("GET /{$}", http.RedirectHandler(newsPath, http.StatusFound))
	return mux
}

func (s *feedServer) serveFeed(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	f := s.feeds[r.URL.Path]
	s.mu.RUnlock()
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("ETag", f.etag)
	http.ServeContent(w, r, "", f.modified, bytes.NewReader(f.body))
}

const pageHead = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
	`<style>body{max-width:40rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}</style>`

func (s *feedServer) servePost(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.posts {
		if p.slug == r.PathValue("slug") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			title := html.EscapeString(p.title)
			fmt.Fprintf(w, "%s<title>%s</title><h1>%s</h1><p>%s</p><p>%s</p>", pageHead, title, title,
				p.at.UTC().Format("2 January 2006"), html.EscapeString(p.text))
			return
		}
	}
	http.NotFound(w, r)
}

func (s *feedServer) serveIndex(w http.ResponseWriter, _ *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `%s<title>Standards News</title><h1>Standards News</h1><p><a href="%s">Feed</a>, <a href="%s">recent RFCs</a></p><ul>`,
		pageHead, newsFeedPath, rfcFeedPath)
	for _, p := range s.posts {
		fmt.Fprintf(w, `<li><a href="%s/">%s</a></li>`, p.slug, html.EscapeString(p.title))
	}
	fmt.Fprint(w, "</ul>")
}

// slug makes the last part of a post's address from its title.
func slug(title string) string {
	fields := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r < 'a' || r > 'z' })
	return strings.Join(fields, "-")
}
