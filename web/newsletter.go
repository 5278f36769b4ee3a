// The pages of a newsletter: its editions, and each of them.

package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

const maxListed = 60 // editions on a newsletter's page

type newsletterBody struct {
	Name, Title, Rhythm, Lang string
	Feed                      feedLink
	Open                      string // label of the edition that is being gathered
	Editions                  []editionLine
}

// editionLine is a closed edition in a list.
type editionLine struct {
	Label   string
	Subject string
	Summary string
	Lang    string
}

func (w *Web) newsletter(r *http.Request) (*page, error) {
	n, err := w.newsletterOf(r)
	if err != nil {
		return nil, err
	}
	title, m := cmp.Or(n.Title, n.Name), wordsFor(r, n.Language)
	body := newsletterBody{
		Name: n.Name, Title: title, Rhythm: rhythm(m, n), Lang: n.Language,
		Feed: w.feed("newsletters", n.Name, title), Open: n.Label(n.WindowAt(w.cfg.Now())),
	}
	ctx := r.Context()
	err = w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		body.Editions, err = w.editionLines(ctx, s, n, maxListed)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &page{Title: title, Template: "newsletter", Body: body, Words: m, Feeds: []feedLink{body.Feed}}, nil
}

func (w *Web) newsletterOf(r *http.Request) (editions.Newsletter, error) {
	name := r.PathValue("name")
	i := slices.IndexFunc(w.cfg.Newsletters, func(n editions.Newsletter) bool { return n.Name == name })
	if i < 0 {
		return editions.Newsletter{}, fmt.Errorf("newsletter %q: %w", name, store.ErrNotFound)
	}
	return w.cfg.Newsletters[i], nil
}

// editionLines lists the newest closed editions. Each is read once.
func (w *Web) editionLines(ctx context.Context, s *store.Reader, n editions.Newsletter, limit int) ([]editionLine, error) {
	list, err := s.Editions(ctx, n.Name, limit)
	if err != nil {
		return nil, err
	}
	var lines []editionLine
	for _, row := range list {
		line, known := w.lines.Load(row.ID)
		if !known {
			if line, err = readLine(ctx, s, row.ID); err != nil {
				return nil, err
			}
			w.lines.Store(row.ID, line)
		}
		lines = append(lines, line.(editionLine))
	}
	return lines, nil
}

func readLine(ctx context.Context, s *store.Reader, id int64) (editionLine, error) {
	row, err := s.EditionByID(ctx, id)
	if err != nil {
		return editionLine{}, err
	}
	e, err := editions.Decode(row)
	if err != nil {
		return editionLine{}, err
	}
	return editionLine{e.Label, e.Subject(), e.Summary(editions.Links{}), e.Language}, nil
}

type editionBody struct {
	Newsletter     string // name
	Title          string
	HTML           template.HTML
	Earlier, Later string // labels of the windows beside this one, or empty
}

// closedFor is how long others may keep a closed edition's page: it will not
// change, but how it looks may.
const closedFor = time.Hour

func (w *Web) edition(r *http.Request) (*page, error) {
	n, err := w.newsletterOf(r)
	if err != nil {
		return nil, err
	}
	window, err := n.ParseLabel(r.PathValue("window"))
	if err != nil {
		return nil, absence{http.StatusNotFound, func(m *messages) string { return m.NoEdition(err.Error()) }}
	}
	part, err := partOf(r)
	if err != nil {
		return nil, err
	}
	var e *editions.Edition
	var first editions.Window
	ctx := r.Context()
	err = w.cfg.DB.View(ctx, func(s *store.Reader) (err error) {
		if first, err = firstWindow(ctx, s, n, w.cfg.Now()); err != nil {
			return err
		}
		if err := w.within(n, window, first); err != nil {
			return err
		}
		e, err = editions.Load(ctx, s, n, window)
		return err
	})
	if err != nil {
		return nil, err
	}
	if part > max(1, e.Parts()) {
		return nil, absence{http.StatusNotFound, func(m *messages) string { return m.NoPart(e.Parts(), part) }}
	}
	return w.editionPage(r, n, e, window, first, part), nil
}

// partOf reads the number of a further part; 1 is the address without one.
func partOf(r *http.Request) (int, error) {
	s := r.PathValue("part")
	if s == "" {
		return 1, nil
	}
	part, err := strconv.Atoi(s)
	if err != nil || part < 1 || strconv.Itoa(part) != s {
		return 0, absence{http.StatusNotFound, func(m *messages) string { return m.PartNumbers }}
	}
	return part, nil
}

// firstWindow gives the window of a newsletter's first edition, closed or to come.
func firstWindow(ctx context.Context, s *store.Reader, n editions.Newsletter, now time.Time) (editions.Window, error) {
	begin, err := s.FirstEdition(ctx, n.Name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return editions.Window{}, err
	}
	if begin.IsZero() {
		begin = n.First
	}
	if begin.IsZero() {
		rows, err := s.Newsletters(ctx)
		if err != nil {
			return editions.Window{}, err
		}
		begin = now
		for _, row := range rows {
			if row.Name == n.Name {
				begin = row.Made
			}
		}
	}
	return n.WindowAt(begin), nil
}

// within refuses what lies before the first edition or has not begun: else one
// could ask for editions without end, each to be composed.
func (w *Web) within(n editions.Newsletter, window, first editions.Window) error {
	switch {
	case window.From.Before(first.From):
		return absence{http.StatusNotFound, func(m *messages) string { return m.First(n.Label(first)) }}
	case window.From.After(w.cfg.Now()):
		return absence{http.StatusNotFound, func(m *messages) string { return m.NotYet }}
	}
	return nil
}

func (w *Web) editionPage(r *http.Request, n editions.Newsletter, e *editions.Edition, window, first editions.Window, part int) *page {
	now, links := w.cfg.Now(), w.links
	links.Query = choice(r)
	body := editionBody{
		Newsletter: n.Name, Title: cmp.Or(n.Title, n.Name), HTML: e.AsOf(now).HTML(links, part),
	}
	if window.From.After(first.From) {
		body.Earlier = n.Label(n.WindowAt(window.From.Add(-time.Nanosecond)))
	}
	if next := n.Next(window); !next.From.After(now) {
		body.Later = n.Label(next)
	}
	p := &page{
		Title: e.Subject(), Template: "edition", Body: body, Words: wordsFor(r, n.Language),
		Feeds: []feedLink{w.feed("newsletters", n.Name, body.Title)},
	}
	if !e.IsComposition() {
		p.Cache = closedFor
	}
	return p
}
