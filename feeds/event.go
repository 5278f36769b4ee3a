// An event as an entry: its id, dates, links and categories.

package feeds

import (
	"context"
	"fmt"
	"html/template"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// found is an event that a feed shows.
type found struct {
	event  catalog.Event
	reason string          // why the feed has it; may be empty
	topics []store.Mention // that find it
}

// entriesOf makes the entries of events.
func (f *Feeds) entriesOf(ctx context.Context, r *store.Reader, shown []found) ([]entry, error) {
	changes, err := f.changes(ctx, r, shown)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, len(shown))
	for i, s := range shown {
		entries[i] = f.eventEntry(s, changes[s.event.ID])
	}
	return entries, nil
}

// eventEntry makes the entry of an event. Its id is made from the event's key
// and is the same in every feed. Updated equals published: nothing that is
// learned of an event later is significant.
func (f *Feeds) eventEntry(shown found, changes template.HTML) entry {
	ev := shown.event
	published := ev.Published.UTC().Truncate(time.Second)
	e := entry{
		ID: f.cfg.Authority.Tag(ev.Key), Title: headline(ev), Lang: language(ev.Facts.Language),
		Published: published, Updated: published,
		Authors: authors(ev), Links: eventLinks(ev), Categories: f.categories(shown), Answers: f.answered(ev),
	}
	describe(&e, shown, changes)
	return e
}

// changes asks for what is new in revisions. It stands in the content alone, so
// a feed that learns to show it announces nothing again.
func (f *Feeds) changes(ctx context.Context, r *store.Reader, shown []found) (map[int64]template.HTML, error) {
	if f.cfg.Changes == nil {
		return nil, nil
	}
	events := make([]catalog.Event, len(shown))
	for i, s := range shown {
		events[i] = s.event
	}
	changes, err := f.cfg.Changes(ctx, r, events)
	if err != nil {
		return nil, fmt.Errorf("what revisions changed: %w", err)
	}
	return changes, nil
}

// eventLinks lists where an event can be read. There is one alternate, as
// RFC 4287, section 4.1.2, wants of links of one type and language.
func eventLinks(ev catalog.Event) []link {
	to, mail := catalog.LinksTo(ev), "Announcement"
	if ev.Kind == catalog.Post {
		mail = "Archived mail"
	}
	var links []link
	for _, l := range []link{
		{Rel: "alternate", Type: "text/html", Href: to.Page},
		{Rel: "related", Type: "text/html", Title: "Text as HTML", Href: to.HTML},
		{Rel: "related", Type: "text/plain", Title: "Plain text", Href: to.Text},
		{Rel: "related", Type: "application/pdf", Title: "PDF", Href: to.PDF},
		{Rel: "related", Type: "text/html", Title: "What changed", Href: to.Diff},
		{Rel: "related", Type: "text/html", Title: "Datatracker", Href: to.Datatracker},
		{Rel: "via", Type: "text/html", Title: mail, Href: ev.Archived},
	} {
		if l.Href = webAddress(l.Href); l.Href != "" {
			links = append(links, l)
		}
	}
	return links
}

// categories names what an event is of. States change too often for a reader
// to sort by.
func (f *Feeds) categories(shown found) []category {
	ev := shown.event
	var list []category
	add := func(scheme, term, label string) {
		if term = clean(term); term != "" {
			list = append(list, category{Scheme: f.cfg.Authority.Tag(scheme), Term: term, Label: clean(label)})
		}
	}
	add("kind", string(ev.Kind), kindLabels[ev.Kind])
	if ev.Event != catalog.Posted { // which a post is anyway
		add("event", string(ev.Event), eventLabels[ev.Event])
	}
	add("group", ev.Facts.Group, "")
	add("area", ev.Area, "")
	add("level", string(ev.Facts.Level), levelLabels[ev.Facts.Level])
	for _, t := range shown.topics {
		add("topics", t.Topic, title(t.Title, t.Topic))
	}
	return list
}

// answered gives the entry that one follows on: the revision before, or for
// what happened to a revision, the revision.
func (f *Feeds) answered(ev catalog.Event) *answer {
	if ev.Kind != catalog.Draft {
		return nil
	}
	before := ev
	switch ev.Event {
	case catalog.New, catalog.Revised:
		n, err := strconv.Atoi(ev.Rev)
		if err != nil || n < 1 {
			return nil
		}
		before.Rev = fmt.Sprintf("%02d", n-1)
	default:
		if ev.Rev == "" {
			return nil
		}
	}
	before.Event = catalog.EventOfRevision(before.Rev)
	key := catalog.Report{Document: before.Document, Kind: before.Kind, Event: before.Event, Rev: before.Rev}.Key()
	return &answer{ID: f.cfg.Authority.Tag(key), Href: webAddress(catalog.LinksTo(before).HTML)}
}

func title(title, name string) string {
	if title != "" {
		return title
	}
	return name
}
