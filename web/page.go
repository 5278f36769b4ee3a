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
}

var templates = parseTemplates()

// parseTemplates makes a set of templates for each kind of body.
func parseTemplates() map[string]*template.Template {
	set := make(map[string]*template.Template)
	shared := template.Must(template.New("layout.html").Funcs(template.FuncMap{
		"time": timeElement, "day": dayElement, "segment": url.PathEscape,
	}).ParseFS(files, "templates/layout.html"))
	for _, name := range []string{"home", "topic", "newsletter", "edition", "sources", "unsubscribe", "reading", "problem"} {
		set[name] = template.Must(template.Must(shared.Clone()).ParseFS(files, "templates/"+name+".html"))
	}
	return set
}

// timeElement shows an instant to the minute, with its zone.
func timeElement(t time.Time) template.HTML {
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, //nolint:gosec // digits and names of months
		t.Format(time.RFC3339), t.Format("2 January 2006, 15:04 UTC")))
}

// dayElement shows the day of an instant in UTC.
func dayElement(t time.Time) template.HTML {
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, //nolint:gosec // digits and names of months
		t.Format(time.RFC3339), t.Format("2 January 2006")))
}

// write renders a page and sends it. A page that was rendered in full has an
// ETag; one that could not be becomes a problem's.
func (w *Web) write(rw http.ResponseWriter, r *http.Request, p *page) {
	if len(p.Feeds) == 0 {
		p.Feeds = []feedLink{{Title: w.cfg.Title + ": everything", Path: w.path + "/feed.atom"}}
	}
	var b bytes.Buffer
	err := templates[p.Template].ExecuteTemplate(&b, "layout.html",
		layout{page: p, Site: w.cfg.Title, Path: w.path, Version: w.cfg.Version})
	if err != nil {
		w.cfg.Log.Error("page not rendered", "path", r.URL.Path, "err", err)
		http.Error(rw, "This page cannot be made just now. Try again in a minute.", http.StatusInternalServerError)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
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
	words  string
}

func (a absence) Error() string { return a.words }

// problem makes the page that says why there is none, and where to go.
func (w *Web) problem(r *http.Request, err error) *page {
	p := &page{Template: "problem", Private: true}
	var a absence
	switch {
	case errors.As(err, &a):
		p.Status, p.Body = a.status, a.words
		p.Title = map[int]string{http.StatusGone: "This is gone"}[a.status]
	case errors.Is(err, store.ErrNotFound):
		p.Status, p.Body = http.StatusNotFound, "Nothing is published at this address. It may have been cut short on its way to you."
	case errors.Is(err, errMethod):
		p.Status, p.Title = http.StatusMethodNotAllowed, "Not like this"
		p.Body = "This address can be read, but does not take what was sent to it."
	case errors.Is(err, errForeign):
		p.Status, p.Title = http.StatusForbidden, "Sent from elsewhere"
		p.Body = "This was sent from a page of another site, so nothing was done. Open the link yourself and try again."
	default:
		if r.Context().Err() == nil {
			w.cfg.Log.Error("page not made", "path", r.URL.Path, "err", err)
		}
		p.Status, p.Title = http.StatusInternalServerError, "Our fault"
		p.Body = "This page cannot be made just now. The reason is in the log; please try again in a minute."
	}
	if p.Title == "" {
		p.Title = "Not found"
	}
	return p
}

// feed gives the link to the feed of a topic or newsletter.
func (w *Web) feed(kind, name, title string) feedLink {
	return feedLink{Title: title, Path: strings.Join([]string{w.path, kind, url.PathEscape(name), "feed.atom"}, "/")}
}
