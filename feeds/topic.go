// The feed of a topic: an entry for each event it finds, newest first.

package feeds

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func (f *Feeds) topicFeed(ctx context.Context, name, _ string) (rendering, error) {
	var topic store.Topic
	var selected []store.Selection
	err := f.cfg.DB.View(ctx, func(r *store.Reader) (err error) {
		if topic, err = r.Topic(ctx, name); err != nil {
			return err
		}
		if !topic.Gone.IsZero() {
			return goneError{fmt.Sprintf("The topic %q was removed on %s, and its feed with it. Please unsubscribe; all feeds are listed at %s/",
				name, topic.Gone.Format(time.DateOnly), f.cfg.Base)}
		}
		selected, err = r.Selected(ctx, topic.ID, maxEntries)
		return err
	})
	if err != nil {
		return rendering{}, fmt.Errorf("feed of topic %s: %w", name, err)
	}
	return f.renderTopic(topic, selected)
}

// renderTopic makes the feed, a function of its arguments alone.
func (f *Feeds) renderTopic(topic store.Topic, selected []store.Selection) (rendering, error) {
	page := f.address("topics", topic.Name)
	subtitle := cmp.Or(topic.Description, "Everything that matches: "+topic.Query)
	out := f.newFeed(f.cfg.Authority.Tag("topics/"+topic.First), topicTitle(topic), subtitle, "en", page)
	changed := f.began()
	for _, s := range selected {
		e, err := f.eventEntry(topic, s)
		if err != nil {
			return rendering{}, err
		}
		out.Entries = append(out.Entries, e)
		if s.Event.Recorded.After(changed) {
			changed = s.Event.Recorded
		}
	}
	body, err := f.finish(out)
	return rendering{body: body, changed: changed}, err
}

func topicTitle(t store.Topic) string {
	if t.Title != "" {
		return t.Title
	}
	return t.Name
}

// eventEntry makes the entry of a selected event.
func (f *Feeds) eventEntry(topic store.Topic, s store.Selection) (*entry, error) {
	ev := s.Event
	a := f.cfg.Authority
	e := newEntry(a.Tag(ev.Key), headline(ev), ev.Published)
	e.Lang = language(ev.Facts.Language)
	for _, name := range authors(ev) {
		e.Author = append(e.Author, person{Name: name})
	}
	e.Links = eventLinks(ev)
	e.Category = []category{
		{Scheme: a.Tag("kind"), Term: string(ev.Kind), Label: kindLabels[ev.Kind]},
		{Scheme: a.Tag("event"), Term: string(ev.Event), Label: eventLabels[ev.Event]},
	}
	if group := clean(ev.Facts.Group); group != "" {
		e.Category = append(e.Category, category{Scheme: a.Tag("group"), Term: group})
	}
	e.Category = append(e.Category, category{Scheme: a.Tag("topics"), Term: topic.Name, Label: clean(topicTitle(topic))})
	return e, describe(e, ev, s.Reason)
}

// eventLinks lists where an event can be read. There is one alternate, as
// RFC 4287, section 4.1.2, wants of links of one type and language.
func eventLinks(ev catalog.Event) []link {
	to := catalog.LinksTo(ev)
	var links []link
	for _, l := range []link{
		{Rel: "alternate", Type: "text/html", Href: to.Page},
		{Rel: "related", Type: "text/html", Title: "Text as HTML", Href: to.HTML},
		{Rel: "related", Type: "text/plain", Title: "Plain text", Href: to.Text},
		{Rel: "related", Type: "text/html", Title: "What changed", Href: to.Diff},
		{Rel: "via", Type: "text/html", Title: "Announcement", Href: ev.Archived},
	} {
		if l.Href = webAddress(l.Href); l.Href != "" {
			links = append(links, l)
		}
	}
	return links
}
