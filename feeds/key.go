// What can be asked for, and the subjects it is about.

package feeds

import (
	"context"
	"time"

	"github.com/draftwire/draftwire/store"
)

// key names one document of one feed in one format, in canonical form.
type key struct {
	kind   kind
	name   string   // of the topic, newsletter, document, group, author or source; a query's canonical text
	number int      // of an archive; 0 is what people subscribe to
	before int64    // a page of history: what is older than this event
	last   bool     // the last page of history
	per    grouping // what an entry stands for
	format *format
}

// kind is what a feed is about.
type kind string

const (
	aTopic      kind = "topics"
	aNewsletter kind = "newsletters"
	aDocument   kind = "documents"
	aGroup      kind = "groups"
	anAuthor    kind = "authors"
	aSource     kind = "sources"
	aQuery      kind = "queries"
	aList       kind = "lists" // OPML
)

// grouping is what an entry stands for.
type grouping string

const (
	perEvent    grouping = ""         // a revision, or whatever else happened
	perDocument grouping = "document" // a document, updated when something happens to it
)

// made is a feed as made from one picture of the catalogue.
type made struct {
	feed    *feed
	body    []byte    // instead of feed: written already
	changed time.Time // when what it shows last changed, as far as the catalogue tells
	stamp   string    // see rendering
}

// render makes the document that a key names.
func (f *Feeds) render(ctx context.Context, k key, known string) (rendering, error) {
	var m made
	err := f.cfg.DB.View(ctx, func(r *store.Reader) (err error) {
		m, err = f.make(ctx, r, k, known)
		return err
	})
	if err != nil || m.feed == nil {
		return rendering{body: m.body, changed: m.changed, stamp: m.stamp}, err
	}
	body, err := k.format.write(f, m.feed, k.format)
	return rendering{body: body, changed: m.changed, stamp: m.stamp}, err
}

func (f *Feeds) make(ctx context.Context, r *store.Reader, k key, known string) (made, error) {
	switch k.kind {
	case aTopic:
		return f.topic(ctx, r, k)
	case aNewsletter:
		return f.newsletter(ctx, r, k, known)
	case aList:
		return f.list(ctx, r, k)
	}
	s, err := f.subject(ctx, r, k)
	if err != nil {
		return made{}, err
	}
	return f.pageOf(ctx, r, k, s)
}
