// The page of a topic: its query, and what it found last.

package web

import (
	"cmp"
	"fmt"
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
	ctx := r.Context()
	err := w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		if t, err = s.Topic(ctx, name); err != nil {
			return err
		}
		if !t.Gone.IsZero() {
			return absence{http.StatusGone, fmt.Sprintf("The topic “%s” was removed on %s.", cmp.Or(t.Title, t.Name), t.Gone.Format("2 January 2006"))}
		}
		selected, err = s.Selected(ctx, t.ID, maxSelected)
		return err
	})
	if err != nil {
		return nil, err
	}
	title := cmp.Or(t.Title, t.Name)
	body := topicBody{Title: title, Query: t.Query, Fault: t.Fault, Description: t.Description, Feed: w.feed("topics", t.Name, title)}
	for _, s := range selected {
		body.Events = append(body.Events, viewEvent(s))
	}
	return &page{Title: title, Template: "topic", Body: body, Feeds: []feedLink{body.Feed}}, nil
}

var eventWords = map[catalog.EventKind]string{
	catalog.New: "new draft", catalog.Revised: "new revision", catalog.Published: "RFC", catalog.LastCall: "last call",
	catalog.IESGAction: "IESG action", catalog.CharterReview: "charter review", catalog.CharterAction: "charter action",
	catalog.Interim: "interim meeting", catalog.AdoptionCall: "adoption call", catalog.WGLastCall: "working group last call",
	catalog.Replaced: "replaced", catalog.Expired: "expired", catalog.IPR: "IPR disclosure", catalog.Errata: "errata",
	catalog.Slides: "slides", catalog.Posted: "post",
}

func viewEvent(s store.Selection) eventView {
	e := s.Event
	v := eventView{
		Title: cmp.Or(markup.Clean(e.Facts.Title), e.NameRev()), What: eventWords[e.Event],
		Group: markup.Clean(e.Facts.Group), Authors: markup.Clean(strings.Join(e.Facts.AuthorNames(), ", ")),
		Pages: e.Facts.Pages, Published: e.Published, About: e.Precision != catalog.Exact, Lang: e.Facts.Language,
		Links: catalog.LinksTo(e), Archived: e.Archived, Reason: editions.Reason("en", s.Reason),
	}
	if e.Kind != catalog.Post {
		v.Name = e.NameRev()
	} else if e.Facts.Title == "" {
		v.Title = "(no subject)"
	}
	abstract := e.Facts.Abstract
	if len(abstract) > maxAbstract {
		abstract = strings.ToValidUTF8(abstract[:maxAbstract], "") + " …"
	}
	// FromText escapes what it is given: it returns markup of our own only.
	v.Abstract = template.HTML(markup.FromText(abstract)) //nolint:gosec // see above
	return v
}
