// The feed of a newsletter: an entry for each closed edition, newest first.

package feeds

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// maxContent bounds an edition in the feed, so that the whole stays below the
// half megabyte that readers and their proxies take.
const maxContent = 32 << 10

// newsletter renders only when an edition was closed since: the closed ones
// never change.
func (f *Feeds) newsletter(ctx context.Context, r *store.Reader, k key, known string) (made, error) {
	n, err := f.configured(ctx, r, k.name)
	if err != nil {
		return made{}, fmt.Errorf("feed of newsletter %s: %w", k.name, err)
	}
	closed, err := r.Editions(ctx, k.name, maxEditions)
	if err != nil {
		return made{}, fmt.Errorf("feed of newsletter %s: %w", k.name, err)
	}
	stamp := stampOf(closed)
	if stamp == known {
		return made{stamp: stamp}, nil
	}
	if err := readContents(ctx, r, closed); err != nil {
		return made{}, fmt.Errorf("feed of newsletter %s: %w", k.name, err)
	}
	m, err := f.editions(n, closed)
	m.stamp = stamp
	return m, err
}

// stampOf names a list of editions by the newest.
func stampOf(closed []store.Edition) string {
	if len(closed) == 0 {
		return "none"
	}
	return fmt.Sprintf("number %d, id %d", closed[0].Number, closed[0].ID)
}

// configured finds a newsletter of the configuration, or tells whether the name was one.
func (f *Feeds) configured(ctx context.Context, r *store.Reader, name string) (editions.Newsletter, error) {
	if i := slices.IndexFunc(f.cfg.Newsletters, func(n editions.Newsletter) bool { return n.Name == name }); i >= 0 {
		return f.cfg.Newsletters[i], nil
	}
	known, err := r.Newsletters(ctx)
	if err != nil {
		return editions.Newsletter{}, err
	}
	for _, row := range known {
		if row.Name == name {
			return editions.Newsletter{}, goneError{fmt.Sprintf(
				"The newsletter %q has ended, and its feed with it. Please unsubscribe; all feeds are listed at %s/", name, f.cfg.Base)}
		}
	}
	return editions.Newsletter{}, fmt.Errorf("newsletter %q: %w", name, store.ErrNotFound)
}

// readContents fills in what lists of editions leave out.
func readContents(ctx context.Context, r *store.Reader, list []store.Edition) (err error) {
	for i, row := range list {
		if list[i], err = r.EditionByID(ctx, row.ID); err != nil {
			return err
		}
	}
	return nil
}

// editions makes the feed, a function of its arguments alone.
func (f *Feeds) editions(n editions.Newsletter, closed []store.Edition) (made, error) {
	doc := f.newFeed("newsletters/"+n.Name, title(n.Title, n.Name), "", cmp.Or(language(n.Language), "en"),
		f.address("newsletters", n.Name).path, f.address("newsletters", n.Name, "feed"))
	m := made{feed: doc, changed: f.began()}
	for _, row := range closed {
		edition, err := editions.Decode(row)
		if err != nil {
			return m, err
		}
		if n.SkipEmpty && edition.Len() == 0 {
			continue
		}
		doc.add(f.editionEntry(edition))
		if row.Closed.After(m.changed) {
			m.changed = row.Closed
		}
	}
	return m, nil
}

// editionEntry dates an edition by the end of its window: those that were missed
// and closed together keep their order, and a late start changes no feed.
func (f *Feeds) editionEntry(e *editions.Edition) entry {
	links := editions.Links{Base: f.cfg.Base, Look: f.cfg.Look}
	at := e.To.UTC().Truncate(time.Second)
	return entry{
		ID: f.cfg.Authority.Tag("newsletters/" + e.Newsletter + "/" + e.Label), Title: clean(e.Subject()),
		Lang: language(e.Language), Published: at, Updated: at,
		Links:   []link{{Rel: "alternate", Type: "text/html", Href: links.Edition(e, 1)}},
		Summary: clean(e.Summary(links)), Content: editionContent(e, links),
	}
}

// editionContent is the edition as a mail has it, since what our pages fold away
// would stand open in a reader: the whole, or where that is too long what there
// is room for, with how many items the pages have more. The sanitiser takes off
// the styles of a mail, which are about half of it.
func editionContent(e *editions.Edition, links editions.Links) (html string) {
	for _, room := range []int{0, 2 * maxContent, maxContent} {
		mail, _ := e.MailHTML(links, room)
		html = markup.Sanitize(string(mail), links.Edition(e, 1))
		if len(html) <= maxContent {
			break
		}
	}
	return html
}
