// Package web serves the pages that people read: what is published, by topic
// and by newsletter, the state of the sources, and the way out of a
// subscription.
//
// [New] gives a [Web] whose Handler is mounted by the command beside the
// feeds. Pages are plain HTML with one style sheet and no scripts. Links within
// them are paths, so that the pages work under whichever name the server is
// reached; nothing is ever taken from the Host header. GET and HEAD change
// nothing.
package web

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// Config is what the pages are made from.
type Config struct {
	DB          *store.DB
	Base        string         // of absolute addresses, such as https://wire.example.org, without a slash at its end
	Look        *editions.Look // how editions look; nil is as package editions draws them
	Newsletters []editions.Newsletter
	Secret      []byte                                  // of tokens, see [store.DB.Secret]
	Title       string                                  // of the whole publication; empty is Draftwire
	Titles      func(language string) map[string]string // of topics in a language (BCP 47); nil where they have one title only
	Version     string                                  // of the program, for the foot of each page; may be empty
	Log         *slog.Logger
	Now         func() time.Time // nil is time.Now
}

// Web makes the pages.
type Web struct {
	cfg   Config
	path  string // of Base, empty or /something: before every link
	links editions.Links
	lines sync.Map // editionLine by the edition's id: closed editions never change
}

// New prepares the pages. It reads nothing yet.
func New(cfg Config) *Web {
	cfg.Base = strings.TrimRight(cfg.Base, "/")
	cfg.Title = cmp.Or(cfg.Title, "Draftwire")
	if cfg.Titles == nil {
		cfg.Titles = func(string) map[string]string { return nil }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	w := &Web{cfg: cfg}
	if u, err := url.Parse(cfg.Base); err == nil {
		w.path = u.EscapedPath()
	}
	w.links = editions.Links{Base: w.path, Look: cfg.Look}
	return w
}

// Handler serves all pages. Paths are those of the contract; a base with a
// path of its own is stripped by whatever stands before the program.
func (w *Web) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, build := range map[string]func(*http.Request) (*page, error){
		"GET /{$}":                                w.home,
		"GET /topics/{name}":                      w.topic,
		"GET /newsletters/{name}":                 w.newsletter,
		"GET /newsletters/{name}/{window}":        w.edition,
		"GET /newsletters/{name}/{window}/{part}": w.edition,
		"GET /documents/{name}":                   w.document,
		"GET /meetings/{number}":                  w.meeting,
		"GET /meetings/{number}/drafts":           w.meetingReport,
		"GET /meetings/{number}/{group}":          w.sessionReport,
		"GET /meetings/{number}/{group}/{slot}":   w.sessionReport,
		"GET /sources":                            w.sources,
		"GET /reading":                            w.reading,
		"GET /unsubscribe/{token}":                w.askUnsubscribe,
		"POST /unsubscribe/{token}":               w.unsubscribe,
	} {
		mux.Handle(pattern, w.serve(build))
	}
	mux.HandleFunc("GET /style.css", serveStyle)
	mux.HandleFunc("GET /healthz", w.health)
	return secured(w.guard().Handler(w.kind(mux)))
}

// guard refuses forms sent from pages of other sites. Mail programs, which name
// no origin, pass: RFC 8058 has them post without any context.
func (w *Web) guard() *http.CrossOriginProtection {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(w.serve(func(*http.Request) (*page, error) { return nil, errForeign }))
	if u, err := url.Parse(w.cfg.Base); err == nil && u.Host != "" {
		if err := guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			w.cfg.Log.Warn("base is no origin", "base", w.cfg.Base, "err", err)
		}
	}
	return guard
}

// secured sets the headers that every answer has.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: with that, browsers send our own form from an origin of null.
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// serve answers with the page that build gives, or with one that says why not.
func (w *Web) serve(build func(*http.Request) (*page, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		p, err := build(r)
		if err != nil {
			p = w.problem(r, err)
		}
		w.write(rw, r, p)
	}
}

// kind gives the mux's own refusals, 404 and 405, the look of a page.
func (w *Web) kind(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(rw, r)
			return
		}
		allowed := allowedOf(mux, r)
		if allowed == "" {
			w.write(rw, r, w.problem(r, store.ErrNotFound))
			return
		}
		rw.Header().Set("Allow", allowed)
		w.write(rw, r, w.problem(r, errMethod))
	})
}

// allowedOf gives the methods that the mux would take at a path, or nothing.
func allowedOf(mux *http.ServeMux, r *http.Request) string {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		try := r.Clone(r.Context())
		try.Method = method
		if _, pattern := mux.Handler(try); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return strings.Join(allowed, ", ")
}

// health tells a supervisor whether the database answers and somebody polls.
func (w *Web) health(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	still, err := aggregator.Standstill(ctx, &w.cfg.DB.Reader, w.cfg.Now())
	switch {
	case err != nil:
		if !errors.Is(err, context.Canceled) {
			w.cfg.Log.Error("health", "err", err)
		}
		http.Error(rw, "the database does not answer", http.StatusServiceUnavailable)
	case !still.IsZero():
		http.Error(rw, "nothing has been polled since "+still.Format(time.RFC3339)+", although sources are due", http.StatusServiceUnavailable)
	default:
		rw.Write([]byte("ok\n")) //nolint:errcheck // whoever asked has left
	}
}
