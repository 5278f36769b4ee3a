// The feed of a newsletter: an entry for each closed edition, newest first.

package feeds

import (
	"context"
	"fmt"
	"slices"

	gfeeds "github.com/gorilla/feeds"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// maxContent bounds an edition in the feed, so that the whole stays below the
// half megabyte that readers and their proxies take.
const maxContent = 32 << 10

// newsletterFeed renders only when an edition was closed since: the closed ones
// never change.
func (f *Feeds) newsletterFeed(ctx context.Context, name, known string) (rendering, error) {
	var n editions.Newsletter
	var closed []store.Edition
	var stamp string
	err := f.cfg.DB.View(ctx, func(r *store.Reader) (err error) {
		if n, err = f.newsletter(ctx, r, name); err != nil {
			return err
		}
		if closed, err = r.Editions(ctx, name, maxEditions); err != nil {
			return err
		}
		if stamp = stampOf(closed); stamp == known {
			return nil
		}
		return readContents(ctx, r, closed)
	})
	switch {
	case err != nil:
		return rendering{}, fmt.Errorf("feed of newsletter %s: %w", name, err)
	case stamp == known:
		return rendering{stamp: stamp}, nil
	}
	made, err := f.renderNewsletter(n, closed)
	made.stamp = stamp
	return made, err
}

// stampOf names a list of editions by the newest.
func stampOf(closed []store.Edition) string {
	if len(closed) == 0 {
		return "none"
	}
	return fmt.Sprintf("number %d, id %d", closed[0].Number, closed[0].ID)
}

// newsletter finds one of the configuration, or tells whether the name was one.
func (f *Feeds) newsletter(ctx context.Context, r *store.Reader, name string) (editions.Newsletter, error) {
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

// renderNewsletter makes the feed, a function of its arguments alone.
func (f *Feeds) renderNewsletter(n editions.Newsletter, closed []store.Edition) (rendering, error) {
	title := n.Title
	if title == "" {
		title = n.Name
	}
	lang := language(n.Language)
	if lang == "" {
		lang = "en"
	}
	out := f.newFeed(f.cfg.Authority.Tag("newsletters/"+n.Name), title, "", lang, f.address("newsletters", n.Name))
	changed := f.began()
	for _, row := range closed {
		edition, err := editions.Decode(row)
		if err != nil {
			return rendering{}, err
		}
		out.Entries = append(out.Entries, f.editionEntry(edition))
		if row.Closed.After(changed) {
			changed = row.Closed
		}
	}
	body, err := f.finish(out)
	return rendering{body: body, changed: changed}, err
}

// editionEntry dates an edition by the end of its window: those that were missed
// and closed together keep their order, and a late start changes no feed.
func (f *Feeds) editionEntry(e *editions.Edition) *entry {
	links := editions.Links{Base: f.cfg.Base}
	out := newEntry(f.cfg.Authority.Tag("newsletters/"+e.Newsletter+"/"+e.Label), e.Subject(), e.To)
	out.Lang = language(e.Language)
	out.Links = []link{{Rel: "alternate", Type: "text/html", Href: links.Edition(e, 1)}}
	out.Content = &gfeeds.AtomContent{Type: "html", Content: editionContent(e, links)}
	out.Summary = &gfeeds.AtomSummary{Type: "text", Content: clean(e.Summary(links))}
	return out
}

// editionContent is the edition's first part, mostly the whole, or where that
// is too long what of a mail has room; both lead on to the pages. The sanitiser
// takes off what belongs to our pages alone, and makes the links to places
// within the edition lead to its page.
func editionContent(e *editions.Edition, links editions.Links) string {
	page := links.Edition(e, 1)
	html := markup.Sanitize(string(e.HTML(links, 1)), page)
	if len(html) > maxContent {
		short, _ := e.MailHTML(links, maxContent)
		html = markup.Sanitize(string(short), page)
	}
	return html
}
