// Package feeds serves what Draftwire selects as Atom 1.0, RSS 2.0 and JSON
// Feed 1.1, by the ending of the address:
//
//	/topics/{name}/feed.atom       an entry for each event that a topic finds
//	/newsletters/{name}/feed.atom  an entry for each closed edition
//	/documents/{name}/feed.atom    what happens to a draft or RFC and its lineage
//	/groups/{acronym}/feed.atom    of a working or research group
//	/authors/{name}/feed.atom      of a person
//	/sources/{name}/feed.atom      what a source told of
//	/feed.atom?q={query}           what a query finds; without one, everything
//	/feeds.opml                    all of the first two, for import into a reader
//	/areas/{area}/feeds.opml       topics and groups of an area
//
// [New] gives a [Feeds] whose Handler is mounted by the command at [Paths], and
// whose Run archives what topics selected. A feed is a pure function of the
// catalogue: the same catalogue gives the same bytes, in any process and at any
// hour. So a rendered feed is kept with the version of the database it was made
// from, and while [store.DB.Version] stands still a request costs neither a
// query nor a rendering.
//
// What a feed says is a [feed] and its entries; a format writes it. Ids never
// change and never depend on the address we listen on; see [catalog.Authority].
package feeds

import (
	"cmp"
	"context"
	"html/template"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

const (
	maxEntries       = 50                     // of a feed, and of a page of its history
	maxEditions      = 15                     // of a newsletter's feed
	perDocumentLooks = 6                      // events looked at for each document wanted
	maxKept          = 64 << 20               // bytes of rendered feeds, both encodings counted
	maxLooking       = 250 * time.Millisecond // for what a page of a query has
)

// Config is what feeds are made from.
type Config struct {
	DB          *store.DB
	Base        string         // of absolute addresses, such as https://wire.example.org, without a slash at its end
	Look        *editions.Look // how editions look; nil is as package editions draws them
	Authority   catalog.Authority
	Newsletters []editions.Newsletter
	Title       string // of the whole publication, and author of its feeds; empty is Draftwire
	Version     string // of the program, for atom:generator; may be empty
	Log         *slog.Logger
	Now         func() time.Time // nil is time.Now

	// Changes gives HTML on what is new in events' revisions, by the events' ids.
	// It is shown within the entries' content as it stands, so it has to be its
	// own sanitised form; see [markup.Sanitize]. Nil is nothing.
	Changes func(context.Context, *store.Reader, []catalog.Event) (map[int64]template.HTML, error)
}

// Feeds renders and keeps feeds, and archives them.
type Feeds struct {
	cfg   Config
	path  string // of Base, empty or /something
	named cache  // of what the configuration names
	asked cache  // of what anybody may ask for, so that it cannot drive out the others
	limit *limiter

	budget time.Duration // of looking for a page

	wake    chan struct{}
	cutting sync.Mutex // guards cutUpTo, and lets one at a time archive
	cutUpTo int64      // the last selection, by order, that archives were looked for at
}

// New prepares feeds. It reads nothing yet.
func New(cfg Config) *Feeds {
	cfg.Base = strings.TrimRight(cfg.Base, "/")
	cfg.Title = clean(cmp.Or(cfg.Title, "Draftwire"))
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	f := &Feeds{cfg: cfg, limit: newLimiter(cfg.Now), budget: maxLooking, wake: make(chan struct{}, 1)}
	if u, err := url.Parse(cfg.Base); err == nil {
		f.path = u.EscapedPath()
	}
	f.named = newCache(maxKept/2, cfg.DB.Version, cfg.Now, f.render)
	f.asked = newCache(maxKept/2, cfg.DB.Version, cfg.Now, f.render)
	return f
}

// address makes an absolute address of path segments.
func (f *Feeds) address(segments ...string) address {
	var b strings.Builder
	b.WriteString(f.cfg.Base)
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return address{path: b.String()}
}
