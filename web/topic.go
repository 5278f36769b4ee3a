// The page of a topic: its query, and what it found last.

package web

import (
	"cmp"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

const (
	maxSelected = 50       // events on a topic's page
	maxAbstract = 16 << 10 // bytes shown of one
)

type topicBody struct {
	Title, Query, Fault string
	Description         string
	Feed                feedLink
	Events              []eventView
}

// eventView is an event as a page shows it.
type eventView struct {
	Title     string
	Name      string // document with revision; empty for posts
	History   string // path of the document's page, within the site; empty for posts
	What      string
	Group     string
	Authors   string
	Pages     int
	Published time.Time
	About     bool // the date is not exact
	Lang      string
	Abstract  template.HTML
	Links     catalog.Links
	Archived  string
	Reason    string
}

func (w *Web) topic(r *http.Request) (*page, error) {
	name := r.PathValue("name")
	var t store.Topic
	var selected []store.Selection
	ctx, m := r.Context(), wordsFor(r, "")
	err := w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		if t, err = s.Topic(ctx, name); err != nil {
			return err
		}
		if !t.Gone.IsZero() {
			return absence{http.StatusGone, func(m *messages) string { return m.WasRemoved(cmp.Or(t.Title, t.Name), t.Gone) }}
		}
		selected, err = s.Selected(ctx, t.ID, maxSelected)
		return err
	})
	if err != nil {
		return nil, err
	}
	title := cmp.Or(w.cfg.Titles(m.Tag)[t.Name], t.Title, t.Name)
	body := topicBody{Title: title, Query: t.Query, Fault: t.Fault, Description: t.Description, Feed: w.feed("topics", t.Name, title)}
	for _, s := range selected {
		body.Events = append(body.Events, viewEvent(s, m))
	}
	return &page{Title: title, Template: "topic", Body: body, Words: m, Feeds: []feedLink{body.Feed}}, nil
}

func viewEvent(s store.Selection, m *messages) eventView {
	e := s.Event
	v := eventView{
		Title: cmp.Or(markup.Clean(e.Facts.Title), e.NameRev()), What: editions.EventWord(m.Tag, e.Event),
		Group: markup.Clean(e.Facts.Group), Authors: markup.Clean(strings.Join(e.Facts.AuthorNames(), m.List)),
		Pages: e.Facts.Pages, Published: e.Published, About: e.Precision != catalog.Exact, Lang: e.Facts.Language,
		Links: catalog.LinksTo(e), Archived: e.Archived, Reason: editions.Reason(m.Tag, s.Reason),
	}
	if e.Kind != catalog.Post {
		v.Name, v.History = e.NameRev(), documentPath(e.Document)
	} else if e.Facts.Title == "" {
		v.Title = m.NoSubject
	}
	abstract := e.Facts.Abstract
	if len(abstract) > maxAbstract {
		abstract = strings.ToValidUTF8(abstract[:maxAbstract], "") + " …"
	}
	// FromText escapes what it is given: it returns markup of our own only.
	v.Abstract = template.HTML(markup.FromText(abstract)) //nolint:gosec // see above
	return v
}
