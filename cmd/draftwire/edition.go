package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

func editionCommand(a *app) *cobra.Command {
	var newsletter, date, format string
	var part int
	c := &cobra.Command{
		Use:   "edition",
		Short: "Print an edition: the closed one, or what it would be",
		Long: `Print the edition of a day or week: the closed one if there is one, else a
composition, which says so. Nothing is changed, closed or sent.`,
		Example: `  draftwire edition --date 2025-12-07 --format md
  draftwire edition --newsletter weekly --date 2025-W49 --format text`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				n, err := cfg.newsletter(newsletter)
				if err != nil {
					return err
				}
				w, err := windowOf(n, date)
				if err != nil {
					return usage(fmt.Errorf("--date: %w", err))
				}
				var e *editions.Edition
				err = db.View(c.Context(), func(r *store.Reader) (err error) {
					e, err = editions.Load(c.Context(), r, n, w)
					return err
				})
				if err != nil {
					return err
				}
				if part < 0 || part > e.Parts() {
					return usage(fmt.Errorf("--part %d: the edition has %s; 0 is all", part, counted(e.Parts(), "part")))
				}
				return a.printEdition(e, editions.Links{Base: cfg.Server.Base}, format, part)
			})
		},
	}
	c.Flags().StringVar(&newsletter, "newsletter", "", "`NAME` of the newsletter (default the first)")
	c.Flags().StringVar(&date, "date", "", "`DAY` (2025-12-07) in the edition, or its label (2025-W49); default yesterday")
	c.Flags().StringVar(&format, "format", "text", "`FORM`: html, md, text or json")
	c.Flags().IntVar(&part, "part", 0, "part `N` of at most 20 items, for html and text; 0 is all")
	return c
}

// windowOf reads a day or a label; empty is the last window that is over.
func windowOf(n editions.Newsletter, s string) (editions.Window, error) {
	if s == "" {
		return n.WindowAt(n.WindowAt(now()).From.Add(-time.Second)), nil
	}
	zone := n.Zone
	if zone == nil {
		zone = time.UTC
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return n.WindowAt(day), nil
	}
	w, err := n.ParseLabel(s)
	if err == nil {
		return w, nil
	}
	want := "a day such as 2025-12-07"
	if n.Cadence == editions.Weekly {
		want += ", or a week such as 2025-W49"
	}
	return w, fmt.Errorf("%q names no edition of %s; want %s", s, n.Name, want)
}

func (a *app) printEdition(e *editions.Edition, l editions.Links, format string, part int) (err error) {
	switch format {
	case "text":
		_, err = fmt.Fprint(a.out, e.Text(l, part))
	case "md":
		_, err = fmt.Fprint(a.out, e.Markdown(l))
	case "html":
		_, err = fmt.Fprintf(a.out, "<!doctype html>\n<html lang=%q>\n<meta charset=\"utf-8\">\n<title>%s</title>\n%s\n</html>\n",
			e.Language, html.EscapeString(e.Subject()), e.HTML(l, part))
	case "json":
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(e)
	default:
		err = usage(fmt.Errorf("--format %q: want html, md, text or json", format))
	}
	return err
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
