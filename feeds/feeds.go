// Package feeds serves what Draftwire selects as Atom feeds (RFC 4287):
//
//	/topics/{name}/feed.atom       an entry for each event that a topic finds
//	/newsletters/{name}/feed.atom  an entry for each closed edition
//
// [New] gives a [Feeds] whose Handler is mounted by the command. A feed is a
// pure function of the catalogue: the same catalogue gives the same bytes, in
// any process and at any hour. So a rendered feed is kept with the version of
// the database it was made from, and while [store.DB.Version] stands still a
// request costs neither a query nor a rendering.
//
// Ids never change and never depend on the address we listen on; see
// [catalog.Authority].
package feeds

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

const (
	maxEntries  = 50       // of a topic's feed
	maxEditions = 15       // of a newsletter's feed
	maxKept     = 64 << 20 // bytes of rendered feeds, both variants counted
)

// Config is what feeds are made from.
type Config struct {
	DB          *store.DB
	Base        string // of absolute addresses, such as https://wire.example.org, without a slash at its end
	Authority   catalog.Authority
	Newsletters []editions.Newsletter
	Title       string // of the whole publication, and author of its feeds; empty is Draftwire
	Version     string // of the program, for atom:generator; may be empty
	Log         *slog.Logger
	Now         func() time.Time // nil is time.Now
}

// Feeds renders and keeps feeds.
type Feeds struct {
	cfg    Config
	topics cache
	news   cache
}

// New prepares feeds. It reads nothing yet.
func New(cfg Config) *Feeds {
	cfg.Base = strings.TrimRight(cfg.Base, "/")
	cfg.Title = cmp.Or(cfg.Title, "Draftwire")
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	f := &Feeds{cfg: cfg}
	f.topics = newCache(maxKept/2, cfg.DB.Version, cfg.Now, f.topicFeed)
	f.news = newCache(maxKept/2, cfg.DB.Version, cfg.Now, f.newsletterFeed)
	return f
}

// Handler serves GET and HEAD of all feeds.
func (f *Feeds) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /topics/{name}/feed.atom", f.serve(&f.topics))
	mux.Handle("GET /newsletters/{name}/feed.atom", f.serve(&f.news))
	return mux
}

func (f *Feeds) serve(c *cache) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		d, err := c.get(r.Context(), name)
		if err != nil {
			f.refuse(w, r, err)
			return
		}
		d.serve(w, r)
	}
}

// goneError is for what was here and was taken away on purpose: a reader
// should stop asking (RFC 9110, section 15.5.11).
type goneError struct{ what string }

func (e goneError) Error() string { return e.what }

func (f *Feeds) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var gone goneError
	switch {
	case errors.As(err, &gone):
		http.Error(w, gone.what, http.StatusGone)
	case errors.Is(err, store.ErrNotFound):
		http.Error(w, "There is no such feed. All feeds are listed at "+f.cfg.Base+"/", http.StatusNotFound)
	case errors.Is(err, context.Canceled):
		// whoever asked has left
	default:
		f.cfg.Log.Error("feed not rendered", "path", r.URL.Path, "err", err)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "This feed cannot be made just now. Try again in a minute.", http.StatusServiceUnavailable)
	}
}

// address makes an absolute address of path segments.
func (f *Feeds) address(segments ...string) string {
	var b strings.Builder
	b.WriteString(f.cfg.Base)
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// began is the date of a feed without entries: the same at every request.
func (f *Feeds) began() time.Time {
	return time.Date(f.cfg.Authority.Year, time.January, 1, 0, 0, 0, 0, time.UTC)
}
