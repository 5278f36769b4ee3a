// Pages: one layout, a template for each kind of body.

package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/store"
)

//go:embed templates style.css
var files embed.FS

// page is a page before it is HTML.
type page struct {
	Title    string // of the page; the publication's is added
	Template string // name of the body's template
	Body     any    // what that template shows
	Feeds    []feedLink
	Status   int           // 0 is 200
	Cache    time.Duration // how long others may keep it; 0 is to ask each time
	Private  bool          // neither kept nor indexed by anyone
	Words    *messages     // of the page's language; nil is who asks's
}

// feedLink is a feed to be found by readers (autodiscovery). Path is that of
// Atom.
type feedLink struct{ Title, Path string }

// In gives the path of another format: rss or json.
func (l feedLink) In(ending string) string { return strings.TrimSuffix(l.Path, "atom") + ending }

// layout is a page with what all of them show.
type layout struct {
	*page
	Site, Path, Version string
	Lang                string      // behind the links within the site: the language that was chosen, as ?lang=ja, or nothing
	Others              []*messages // other languages that the page is told in
}

var templates = parseTemplates()

// parseTemplates makes a set of templates for each kind of body.
func parseTemplates() map[string]*template.Template {
	set := make(map[string]*template.Template)
	shared := template.Must(template.New("layout.html").Funcs(template.FuncMap{
		"segment": url.PathEscape,
	}).ParseFS(files, "templates/layout.html"))
	for _, name := range []string{"home", "topic", "document", "newsletter", "edition", "meeting", "report", "sources", "unsubscribe", "reading.en", "reading.ja", "problem"} {
		set[name] = template.Must(template.Must(shared.Clone()).ParseFS(files, "templates/"+name+".html"))
	}
	return set
}

// write renders a page and sends it. A page that was rendered in full has an
// ETag; one that could not be becomes a problem's.
func (w *Web) write(rw http.ResponseWriter, r *http.Request, p *page) {
	if p.Words == nil {
		p.Words = wordsFor(r, "")
	}
	if len(p.Feeds) == 0 {
		p.Feeds = []feedLink{{Title: p.Words.Everything(w.cfg.Title), Path: w.path + "/feed.atom"}}
	}
	var b bytes.Buffer
	err := templates[p.Template].ExecuteTemplate(&b, "layout.html", layout{
		page: p, Site: w.cfg.Title, Path: w.path, Version: w.cfg.Version, Lang: choice(r), Others: p.Words.others(),
	})
	if err != nil {
		w.cfg.Log.Error("page not rendered", "path", r.URL.Path, "err", err)
		http.Error(rw, "This page cannot be made just now. Try again in a minute.", http.StatusInternalServerError)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Words.Tag)
	if chosen(r) == nil {
		h.Add("Vary", "Accept-Language")
	}
	switch {
	case p.Private:
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
	case p.Cache > 0:
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(p.Cache.Seconds())))
	default:
		h.Set("Cache-Control", "no-cache")
	}
	if p.Status != 0 {
		rw.WriteHeader(p.Status)
		if r.Method != http.MethodHead {
			rw.Write(b.Bytes()) //nolint:errcheck // whoever asked has left
		}
		return
	}
	if !p.Private {
		h.Set("ETag", etag(b.Bytes()))
	}
	http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	body, err := files.ReadFile("style.css")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Header().Set("ETag", etag(body))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// What can be wrong with a request, beside store.ErrNotFound.
var (
	errMethod  = errors.New("method not allowed")
	errForeign = errors.New("sent from a page of another site")
)

// absence is a page that does not exist, with words that help.
type absence struct {
	status int
	words  func(*messages) string
}

func (a absence) Error() string { return a.words(english) }

// problem makes the page that says why there is none, and where to go.
func (w *Web) problem(r *http.Request, err error) *page {
	m := wordsFor(r, "")
	p := &page{Template: "problem", Private: true, Words: m}
	var a absence
	switch {
	case errors.As(err, &a):
		p.Status, p.Title, p.Body = a.status, m.NotFound, a.words(m)
		if a.status == http.StatusGone {
			p.Title = m.Gone
		}
	case errors.Is(err, store.ErrNotFound):
		p.Status, p.Title, p.Body = http.StatusNotFound, m.NotFound, m.NotFoundWords
	case errors.Is(err, errMethod):
		p.Status, p.Title, p.Body = http.StatusMethodNotAllowed, m.Refused, m.RefusedWords
	case errors.Is(err, errForeign):
		p.Status, p.Title, p.Body = http.StatusForbidden, m.Foreign, m.ForeignWords
	default:
		if r.Context().Err() == nil {
			w.cfg.Log.Error("page not made", "path", r.URL.Path, "err", err)
		}
		p.Status, p.Title, p.Body = http.StatusInternalServerError, m.Fault, m.FaultWords
	}
	return p
}

// feed gives the link to the feed of a topic or newsletter.
func (w *Web) feed(kind, name, title string) feedLink {
	return feedLink{Title: title, Path: strings.Join([]string{w.path, kind, url.PathEscape(name), "feed.atom"}, "/")}
}
