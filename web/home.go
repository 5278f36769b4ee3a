// The home page: what is published here.

package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

type homeBody struct {
	Newsletters []newsletterLine
	Topics      []topicLine
	Meetings    []meetingLink
}

type newsletterLine struct {
	Name, Title string
	Rhythm      string
	Latest      *editionLine // nil before the first is closed
	Feed        feedLink
}

type topicLine struct {
	Name, Title, Query, Fault string
	Week                      int // events of the last seven days
	Feed                      feedLink
}

func (w *Web) home(r *http.Request) (*page, error) {
	var body homeBody
	ctx, m := r.Context(), wordsFor(r, "")
	err := w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		if body.Newsletters, err = w.newsletterLines(ctx, s, m); err != nil {
			return err
		}
		if body.Topics, err = w.topicLines(ctx, s, m); err != nil {
			return err
		}
		numbers, err := s.MeetingNumbers(ctx)
		for _, number := range numbers {
			body.Meetings = append(body.Meetings, meetingLink{catalog.Meeting{Number: number}.Title(), w.linksFor(r).Meeting(number)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &page{Template: "home", Body: body, Words: m}
	for _, n := range body.Newsletters {
		p.Feeds = append(p.Feeds, n.Feed)
	}
	for _, t := range body.Topics {
		p.Feeds = append(p.Feeds, t.Feed)
	}
	return p, nil
}

func (w *Web) newsletterLines(ctx context.Context, s *store.Reader, m *messages) ([]newsletterLine, error) {
	var lines []newsletterLine
	for _, n := range w.cfg.Newsletters {
		title := cmp.Or(n.Title, n.Name)
		line := newsletterLine{Name: n.Name, Title: title, Rhythm: rhythm(m, n), Feed: w.feed("newsletters", n.Name, title)}
		latest, err := w.editionLines(ctx, s, n, 1)
		if err != nil {
			return nil, err
		}
		if len(latest) > 0 {
			line.Latest = &latest[0]
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func rhythm(m *messages, n editions.Newsletter) string {
	zone := "UTC"
	if n.Zone != nil {
		zone = n.Zone.String()
	}
	return m.Rhythm(n.Cadence, zone)
}

func (w *Web) topicLines(ctx context.Context, s *store.Reader, m *messages) ([]topicLine, error) {
	topics, err := s.Topics(ctx)
	if err != nil {
		return nil, err
	}
	now := w.cfg.Now()
	counts, err := s.SelectionCounts(ctx, now.Add(-7*24*time.Hour), now)
	if err != nil {
		return nil, err
	}
	var lines []topicLine
	titles := w.cfg.Titles(m.Tag)
	for _, t := range topics {
		if !t.Gone.IsZero() {
			continue
		}
		title := cmp.Or(titles[t.Name], t.Title, t.Name)
		lines = append(lines, topicLine{
			Name: t.Name, Title: title, Query: t.Query, Fault: t.Fault,
			Week: counts[t.Name], Feed: w.feed("topics", t.Name, title),
		})
	}
	return lines, nil
}
