package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

func searchCommand(a *app) *cobra.Command {
	var asJSON bool
	var limit int
	var budget time.Duration
	c := &cobra.Command{
		Use:   "search [flags] [--] [QUERY]",
		Short: "Find events by a query, newest first",
		Long: `Find events by a query, newest first. The words of the query need no quotes of
the shell's unless they hold characters that mean something to it; several
arguments are one query. An empty query means everything. After --, a query may
begin with a minus sign.

A search that takes longer than its budget ends with what it has found, and says
how far back it looked; one without a limit looks at everything.

With --json, one object a line for each event, with the keys document, rev,
kind, event, title, authors, group, stream, published, abstract, pages, url,
sources and topics.`,
		Example: `  draftwire search group:quic rev:00
  draftwire search 'post-quantum (kind:draft OR kind:rfc)'
  draftwire search --json --limit 0 -- -kind:post`,
		ValidArgsFunction: completeQuery(a),
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 0 {
				return usage(errors.New("--limit wants 0 (all) or more"))
			}
			q, err := a.query(strings.Join(args, " "))
			if err != nil {
				return err
			}
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				q, err := cfg.settled(c.Context(), db, q)
				if err != nil {
					return err
				}
				out := bufio.NewWriter(a.out)
				found, reached, err := search(c.Context(), db, q, limit, budget, func(e catalog.Event, topics []store.Mention) error {
					if asJSON {
						return writeJSON(out, e, topics)
					}
					return writeLine(out, e)
				})
				err = errors.Join(err, out.Flush())
				if err == nil && found == 0 && !asJSON {
					fmt.Fprintln(a.err, "nothing found")
				}
				if err == nil && !reached.IsZero() {
					fmt.Fprintf(a.err, "note: time was up; looked back to %s only, --budget 0 looks at everything\n", day(reached))
				}
				return err
			})
		},
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; a query that begins with a minus sign stands after --", flagFault(c, err))
	})
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	c.Flags().IntVar(&limit, "limit", 20, "at most `N` events; 0 is all")
	c.Flags().DurationVar(&budget, "budget", 250*time.Millisecond, "`TIME` to look for them, when there is a limit; 0 is as long as it takes")
	return c
}

// search reads in pages, so that neither memory nor the database's readers are
// held for as long as somebody reads the output. reached is zero, or how far
// back it looked when the budget was spent.
func search(ctx context.Context, db *store.DB, q *filters.Query, limit int, budget time.Duration,
	show func(catalog.Event, []store.Mention) error,
) (found int, reached time.Time, err error) {
	const page = 500
	p := store.Page{Limit: page}
	if limit > 0 {
		p.Budget = budget
	}
	for {
		if limit > 0 {
			p.Limit = min(page, limit-found)
		}
		got, err := db.Look(ctx, q, p)
		if err != nil {
			return found, reached, err
		}
		if err := showAll(ctx, db, got.Events, show); err != nil {
			return found, reached, err
		}
		found += len(got.Events)
		if !got.Reached.IsZero() || len(got.Events) < p.Limit || found == limit && limit > 0 {
			return found, got.Reached, nil
		}
		p.Before = got.Events[len(got.Events)-1].ID
	}
}

func showAll(ctx context.Context, db *store.DB, events []catalog.Event, show func(catalog.Event, []store.Mention) error) error {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	topics, err := db.TopicsOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := show(e, topics[e.ID]); err != nil {
			return err
		}
	}
	return nil
}

// foundEvent is an event as `search --json` prints it. Its keys are stable.
type foundEvent struct {
	Document  string   `json:"document"`
	Rev       string   `json:"rev"`
	Kind      string   `json:"kind"`
	Event     string   `json:"event"`
	Title     string   `json:"title"`
	Authors   []string `json:"authors"`
	Group     string   `json:"group"`
	Stream    string   `json:"stream"`
	Published string   `json:"published"`
	Abstract  string   `json:"abstract"`
	Pages     int      `json:"pages"`
	URL       string   `json:"url"`
	Sources   []string `json:"sources"`
	Topics    []string `json:"topics"`
}

func writeJSON(w io.Writer, e catalog.Event, topics []store.Mention) error {
	names := make([]string, 0, len(topics))
	for _, t := range topics {
		names = append(names, t.Topic)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(foundEvent{
		Document: e.Document, Rev: e.DraftRev(), Kind: string(e.Kind), Event: string(e.Event), Title: e.Facts.Title,
		Authors: e.Facts.AuthorNames(), Group: e.Facts.Group, Stream: string(e.Facts.Stream),
		Published: e.Published.Format(time.RFC3339), Abstract: e.Facts.Abstract, Pages: e.Facts.Pages,
		URL: catalog.LinksTo(e).Page, Sources: e.Sources, Topics: names,
	})
}

func writeLine(w io.Writer, e catalog.Event) error {
	name := e.NameRev()
	if e.Kind == catalog.Post {
		name = cmp.Or(strings.Join(e.Facts.AuthorNames(), ", "), "sender unknown")
	}
	_, err := fmt.Fprintf(w, "%s  %-9s %s\n                   %s\n",
		e.Published.Format("2006-01-02 15:04Z"), e.Event, e.Facts.Title, name)
	return err
}
