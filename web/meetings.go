// The pages of meetings: their sessions, and the reports on them.

package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// reportFor is how long others may keep a page of a meeting.
const reportFor = 5 * time.Minute

type meetingBody struct {
	editions.Meeting
	Drafts string // address of the report on the agendas, or empty
	Lines  []meetingLine
}

type meetingLine struct {
	editions.SessionLine
	Address string
	Figures string // of what was brought to it
}

// meetingLink is a meeting of which sessions are known.
type meetingLink struct{ Title, Address string }

// reporter is the newsletter in whose name reports are told, in the language of
// who asks.
func (w *Web) reporter(m *messages) editions.Newsletter {
	var n editions.Newsletter
	if len(w.cfg.Newsletters) > 0 {
		n = w.cfg.Newsletters[0]
	}
	n.Language, n.Titles = m.Tag, w.cfg.Titles(m.Tag)
	return n
}

// linksFor are the site's links, which carry on the language that was chosen.
func (w *Web) linksFor(r *http.Request) editions.Links {
	links := w.links
	links.Query = choice(r)
	return links
}

func (w *Web) meeting(r *http.Request) (*page, error) {
	ctx, m, number, links := r.Context(), wordsFor(r, ""), r.PathValue("number"), w.linksFor(r)
	var body meetingBody
	err := w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		body.Meeting, err = editions.LoadMeeting(ctx, s, m.Tag, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, l := range body.Sessions {
		line := meetingLine{l, links.Session(l.Ref), strings.Join(m.Brought(l.Slides, l.Drafts, l.Papers), " · ")}
		body.Lines = append(body.Lines, line)
		if l.Drafts > 0 {
			body.Drafts = links.Agendas(number)
		}
	}
	return &page{Title: body.Title, Template: "meeting", Body: body, Words: m, Cache: reportFor}, nil
}

type reportBody struct {
	Meeting meetingLink
	HTML    template.HTML
}

func (w *Web) sessionReport(r *http.Request) (*page, error) {
	ref, err := editions.ParseSession(strings.Trim(r.PathValue("number")+"/"+r.PathValue("group")+"/"+r.PathValue("slot"), "/"))
	if err != nil {
		return nil, absence{http.StatusNotFound, func(m *messages) string { return m.NoSession(err.Error()) }}
	}
	return w.report(r, func(ctx context.Context, s *store.Reader, n editions.Newsletter) (*editions.Edition, error) {
		return editions.ComposeSession(ctx, s, n, ref)
	})
}

func (w *Web) meetingReport(r *http.Request) (*page, error) {
	return w.report(r, func(ctx context.Context, s *store.Reader, n editions.Newsletter) (*editions.Edition, error) {
		return editions.ComposeMeeting(ctx, s, n, r.PathValue("number"))
	})
}

// report makes the page of a report.
func (w *Web) report(r *http.Request, compose func(context.Context, *store.Reader, editions.Newsletter) (*editions.Edition, error)) (*page, error) {
	ctx, m, links := r.Context(), wordsFor(r, ""), w.linksFor(r)
	var e *editions.Edition
	err := w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		e, err = compose(ctx, s, w.reporter(m))
		return err
	})
	switch {
	case errors.Is(err, editions.ErrSeveral):
		return nil, absence{http.StatusNotFound, func(m *messages) string { return m.NoSession(err.Error()) }}
	case err != nil:
		return nil, err
	}
	number := e.Session.Meeting
	body := reportBody{Meeting: meetingLink{catalog.Meeting{Number: number}.Title(), links.Meeting(number)}, HTML: e.HTML(links, 0)}
	return &page{Title: e.Subject(), Template: "report", Body: body, Words: m, Cache: reportFor}, nil
}
