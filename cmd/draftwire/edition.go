package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// editionFlags say which edition, and how to show it.
type editionFlags struct {
	newsletter, date, week, from, to string
	session, meeting                 string
	language, format                 string
	part                             int
	explain                          bool
}

func editionCommand(a *app) *cobra.Command {
	var f editionFlags
	c := &cobra.Command{
		Use:   "edition",
		Short: "Print an edition: the closed one, or what it would be",
		Long: `Print the edition of a day, week or month: the closed one if there is one, else
a composition, which says so. With --from and --to, or with --week where the
newsletter is no weekly one, a composition of those days. With --session the
report of a session of a meeting, with --meeting the drafts that stood on a
meeting's agendas, by the newsletter's topics; a source of kind meeting reads
them. Nothing is changed, closed or sent. The commands below it are an editor's:
they change the edition that is to be closed next, or of a --date that is not
closed yet, or the report of a --session.`,
		Example: `  draftwire edition --date 2025-12-07 --format md
  draftwire edition --newsletter weekly --week 2025-W49 --lang ja
  draftwire edition --from 2025-12-01 --to 2025-12-05 --format eml > draft.eml
  draftwire edition --session 124/hotrfc --lang ja --format md
  draftwire edition --meeting 124
  draftwire edition --explain`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				e, err := f.load(c.Context(), cfg, db)
				if err != nil {
					return err
				}
				if f.explain {
					_, err = fmt.Fprint(a.out, e.Explain())
					return err
				}
				return a.printEdition(c.Context(), cfg, db, e, f)
			})
		},
	}
	c.Flags().StringVar(&f.newsletter, "newsletter", "", "`NAME` of the newsletter (default the first)")
	c.Flags().StringVar(&f.date, "date", "", "`DAY` (2025-12-07) in the edition, or its label (2025-W49, 2025-12); default yesterday")
	c.Flags().StringVar(&f.week, "week", "", "ISO `WEEK`, such as 2025-W49")
	c.Flags().StringVar(&f.from, "from", "", "first `DAY` of a composition of any days")
	c.Flags().StringVar(&f.to, "to", "", "last `DAY` of it, included")
	c.Flags().StringVar(&f.session, "session", "", "report of a `SESSION`: 124/hotrfc, or 124/tls/sessb where a group has several")
	c.Flags().StringVar(&f.meeting, "meeting", "", "drafts on the agendas of a `MEETING`: its number")
	c.Flags().StringVar(&f.language, "lang", "", "`LANGUAGE` of everything but the documents: "+strings.Join(editions.Languages(), " or ")+" (default the newsletter's)")
	c.Flags().StringVar(&f.format, "format", "text", "`FORM`: "+strings.Join(editionForms, ", "))
	c.Flags().IntVar(&f.part, "part", 0, "part `N` of at most 20 items, for html and text; 0 is all")
	c.Flags().BoolVar(&f.explain, "explain", false, "tell how each item came to its place instead")
	c.AddCommand(editCommands(a)...)
	return c
}

// load finds or composes the edition that the flags ask for.
func (f editionFlags) load(ctx context.Context, cfg settings, db *store.DB) (*editions.Edition, error) {
	n, err := cfg.newsletter(f.newsletter)
	if err != nil {
		return nil, err
	}
	if f.language != "" {
		if !slices.Contains(editions.Languages(), f.language) {
			return nil, usage(fmt.Errorf("--lang %q: want %s", f.language, strings.Join(editions.Languages(), " or ")))
		}
		n.Language, n.Titles = f.language, cfg.titles(config.Language(f.language))
	}
	n, w, err := f.window(n)
	if err != nil {
		return nil, usage(err)
	}
	ref, err := f.reported()
	if err != nil {
		return nil, usage(err)
	}
	var e *editions.Edition
	err = db.View(ctx, func(r *store.Reader) (err error) {
		switch {
		case f.session != "":
			e, err = editions.ComposeSession(ctx, r, n, ref)
			return err
		case f.meeting != "":
			e, err = editions.ComposeMeeting(ctx, r, n, f.meeting)
			return err
		}
		if n.Cadence == editions.AnyDays {
			e, err = editions.Compose(ctx, r, n, w)
			return err
		}
		e, err = editions.Load(ctx, r, n, w)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, editions.ErrSeveral) {
		err = usage(err)
	}
	if err != nil {
		return nil, err
	}
	if f.part < 0 || f.part > e.Parts() {
		return nil, usage(fmt.Errorf("--part %d: the edition has %s; 0 is all", f.part, counted(e.Parts(), "part")))
	}
	if f.language != "" {
		e = e.In(n)
	}
	return e.AsOf(now()), nil
}

// reported gives the session to report on, if one is named.
func (f editionFlags) reported() (ref editions.SessionRef, err error) {
	if f.session == "" {
		return ref, nil
	}
	if f.explain {
		return ref, errors.New("--explain tells how items come to their topics, and the talks of a session have none")
	}
	if ref, err = editions.ParseSession(f.session); err != nil {
		err = fmt.Errorf("--session: %w", err)
	}
	return ref, err
}

// window gives the window that the flags name, and the newsletter, which for
// days of anyone's choice has no rhythm.
func (f editionFlags) window(n editions.Newsletter) (editions.Newsletter, editions.Window, error) {
	switch {
	case (f.from == "") != (f.to == ""):
		return n, editions.Window{}, errors.New("--from and --to go together: want the first and the last day")
	case given(f.date, f.week, f.from, f.session, f.meeting) > 1:
		return n, editions.Window{}, errors.New("want one of --date, --week, --session, --meeting, and --from with --to")
	case f.from != "":
		first, err := dayIn(n, f.from)
		if err != nil {
			return n, editions.Window{}, fmt.Errorf("--from: %w", err)
		}
		last, err := dayIn(n, f.to)
		if err != nil {
			return n, editions.Window{}, fmt.Errorf("--to: %w", err)
		}
		if last.Before(first) || last.Sub(first) > longest {
			return n, editions.Window{}, fmt.Errorf("--from %s --to %s: want the first day, and one at most a year later", f.from, f.to)
		}
		n.Cadence = editions.AnyDays
		return n, n.Days(first, last), nil
	case f.week != "":
		weekly := n
		weekly.Cadence = editions.Weekly
		w, err := weekly.ParseLabel(f.week)
		if err != nil {
			return n, w, fmt.Errorf("--week: %w", err)
		}
		if n.Cadence != editions.Weekly {
			n.Cadence = editions.AnyDays
		}
		return n, w, nil
	}
	w, err := windowOf(n, f.date)
	if err != nil {
		err = fmt.Errorf("--date: %w", err)
	}
	return n, w, err
}

// given counts the texts that are not empty.
func given(texts ...string) (n int) {
	for _, s := range texts {
		if s != "" {
			n++
		}
	}
	return n
}

const longest = 366 * 24 * time.Hour

func dayIn(n editions.Newsletter, s string) (time.Time, error) {
	zone := n.Zone
	if zone == nil {
		zone = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		err = fmt.Errorf("%q is no day; want one such as 2025-12-07", s)
	}
	return day, err
}

// windowOf reads a day or a label; empty is the last window that is over.
func windowOf(n editions.Newsletter, s string) (editions.Window, error) {
	if s == "" {
		return n.WindowAt(n.WindowAt(now()).From.Add(-time.Second)), nil
	}
	if day, err := dayIn(n, s); err == nil {
		return n.WindowAt(day), nil
	}
	w, err := n.ParseLabel(s)
	if err == nil {
		return w, nil
	}
	want := "a day such as 2025-12-07"
	switch n.Cadence {
	case editions.Weekly:
		want += ", or a week such as 2025-W49"
	case editions.Monthly:
		want += ", or a month such as 2025-12"
	}
	return w, fmt.Errorf("%q names no edition of %s; want %s", s, n.Name, want)
}

// closedEdition finds the closed edition that a label names.
func closedEdition(ctx context.Context, db *store.DB, n editions.Newsletter, label string) (store.Edition, error) {
	w, err := windowOf(n, label)
	if err != nil {
		return store.Edition{}, usage(err)
	}
	row, err := db.Edition(ctx, n.Name, w.From)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("the edition %s of %s is not closed, so it is not sent; \"draftwire serve\" closes editions when they are due", n.Label(w), n.Name)
	}
	return row, err
}
