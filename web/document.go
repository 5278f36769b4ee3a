// The page of a document: what happened to it, and what each revision changed.

package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// maxHappened bounds the events on a document's page.
const maxHappened = 100

type documentBody struct {
	Title    string
	Lang     string
	Names    []string // of the lineage, the one that was asked for first
	Feed     feedLink
	Page     string        // where it is read
	Abstract template.HTML // of the newest revision
	Authors  string
	Events   []happened
	More     int // older events that are not shown
}

// happened is an event on its document's page.
type happened struct {
	eventView
	Changes template.HTML // what the revision changed
}

func (w *Web) document(r *http.Request) (*page, error) {
	ctx, name, m := r.Context(), catalog.Fold(r.PathValue("name")), wordsFor(r, "")
	var events []catalog.Event
	var changes map[int64]template.HTML
	err := w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		if events, err = s.EventsOf(ctx, name); err != nil {
			return err
		}
		changes, err = editions.ChangesIn(ctx, s, events[:min(len(events), maxHappened)], m.Tag)
		return err
	})
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("document %.100q: %w", name, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	newest := newestText(events)
	body := documentBody{
		Title: cmp.Or(markup.Clean(newest.Facts.Title), newest.Document), Lang: newest.Facts.Language, Names: names(events[0].Lineage, name),
		Page: catalog.LinksTo(newest).Page, More: max(len(events)-maxHappened, 0),
	}
	body.Feed = w.feed("documents", name, body.Title)
	about := viewEvent(store.Selection{Event: newest}, m)
	body.Abstract, body.Authors = about.Abstract, about.Authors
	for _, e := range events[:len(events)-body.More] {
		h := happened{eventView: viewEvent(store.Selection{Event: e}, m), Changes: changes[e.ID]}
		h.Abstract, h.Authors = "", ""
		body.Events = append(body.Events, h)
	}
	return &page{Title: body.Title, Template: "document", Body: body, Words: m, Feeds: []feedLink{body.Feed}}, nil
}

// newestText gives the newest event that tells what the document says, or the newest.
func newestText(events []catalog.Event) catalog.Event {
	for _, e := range events {
		if e.Facts.Title != "" && e.Facts.Abstract != "" {
			return e
		}
	}
	return events[0]
}

// names puts one of a lineage's names first.
func names(lineage []string, first string) []string {
	var list []string
	for _, name := range lineage {
		if catalog.Fold(name) == first {
			list = append([]string{name}, list...)
		} else {
			list = append(list, name)
		}
	}
	return list
}

// documentPath is the path of a document's page, within the site.
func documentPath(name string) string { return "/documents/" + url.PathEscape(strings.ToLower(name)) }
