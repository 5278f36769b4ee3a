// The addresses of feeds, and what each asks for.

package feeds

import (
	"net/http"
	"strconv"

	"github.com/draftwire/draftwire/catalog"
)

// Paths lists the patterns of all addresses that the Handler answers, without
// methods, for the mux of the command.
func Paths() []string {
	var paths []string
	for path := range routes() {
		paths = append(paths, path)
	}
	return paths
}

// routes maps patterns to what answers there.
func routes() map[string]func(*Feeds) http.Handler {
	all := map[string]func(*Feeds) http.Handler{
		"/feeds.opml":              func(f *Feeds) http.Handler { return f.serveList() },
		"/areas/{name}/feeds.opml": func(f *Feeds) http.Handler { return f.serveList() },
		"/feed.css":                func(f *Feeds) http.Handler { return f.serveStyle() },
	}
	for _, format := range formats {
		file := "feed." + format.ending
		for _, kind := range []kind{aTopic, aNewsletter} {
			all["/"+string(kind)+"/{name}/"+file] = func(f *Feeds) http.Handler { return f.serveNamed(kind, format) }
		}
		all["/topics/{name}/archive/{number}/"+file] = func(f *Feeds) http.Handler { return f.serveNamed(aTopic, format) }
		for _, kind := range []kind{aDocument, aGroup, anAuthor, aSource} {
			all["/"+string(kind)+"/{name}/"+file] = func(f *Feeds) http.Handler { return f.serveAsked(kind, format) }
		}
		all["/"+file] = func(f *Feeds) http.Handler { return f.serveAsked(aQuery, format) }
	}
	return all
}

// Handler serves GET and HEAD of all feeds, and tells browsers that pages of
// other sites may read them.
func (f *Feeds) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, handler := range routes() {
		mux.Handle("GET "+path, handler(f))
		mux.HandleFunc("OPTIONS "+path, preflight)
	}
	return mux
}

// preflight lets scripts of other sites send conditions with their requests
// (fetch.spec.whatwg.org, CORS-preflight).
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = headerAnyone
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since, Range")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Allow", "GET, HEAD, OPTIONS")
	w.WriteHeader(http.StatusNoContent)
}

// serveNamed answers for topics and newsletters.
func (f *Feeds) serveNamed(kind kind, format *format) http.HandlerFunc {
	return f.serve(f.names, &f.named, func(*http.Request) error { return free() }, kind, format)
}

// serveAsked answers for what anybody may ask for.
func (f *Feeds) serveAsked(kind kind, format *format) http.HandlerFunc {
	return f.serve(f.asks, &f.asked, f.limit.admit, kind, format)
}

// serve answers for the feeds that find knows: from their cache, at their one
// address, and rendered anew as admit allows.
func (f *Feeds) serve(find func(*http.Request, kind, *format) (key, bool, error), from *cache,
	admit func(*http.Request) error, kind kind, format *format,
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		k, canonical, err := find(r, kind, format)
		switch {
		case err != nil:
			f.refuse(w, r, err)
		case !canonical:
			f.redirect(w, r, k)
		default:
			f.answer(w, r, from, k, func() error { return admit(r) })
		}
	}
}

// count reads a number as we write it, from 1. It gives 0 for anything else.
func count(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0
	}
	return n
}

// redirect leads to the canonical address.
func (f *Feeds) redirect(w http.ResponseWriter, r *http.Request, k key) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=86400")
	h["Access-Control-Allow-Origin"] = headerAnyone
	http.Redirect(w, r, f.self(k).in(k.format), http.StatusMovedPermanently) //nolint:gosec // within the configured base
}

// serveList answers for OPML.
func (f *Feeds) serveList() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.answer(w, r, &f.named, key{kind: aList, name: catalog.Fold(r.PathValue("name")), format: opmlFormat}, free)
	}
}

func (f *Feeds) answer(w http.ResponseWriter, r *http.Request, c *cache, k key, admit func() error) {
	d, err := c.get(r.Context(), k, admit)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	d.serve(w, r, f.cfg.Now())
}

// free admits every request.
func free() error { return nil }
