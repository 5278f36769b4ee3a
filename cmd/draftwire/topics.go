package main

// This file holds the commands that show topics.

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

func topicsCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "topics",
		Short: "List topics, try queries, export and import",
		Long: `Topics are named queries: each has a feed, and can be a section of newsletters.
They stand in the configuration and in the files topics/*.toml beside it.`,
		Example: `  draftwire topics list
  draftwire topics test --days 90 'post-quantum -kind:post'`,
		SuggestionsMinimumDistance: 2,
		Args:                       known,
		RunE: func(c *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("say list, test, export or import; see %q", c.CommandPath()+" --help"))
		},
	}
	c.AddCommand(listTopics(a), testTopic(a), exportTopics(a), importTopics(a))
	return c
}

// listedTopic is a topic as `topics list --json` prints it. Its keys are stable.
type listedTopic struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Query       string   `json:"query"`
	Description string   `json:"description"`
	Formerly    []string `json:"formerly"`
	Selected    bool     `json:"selected"` // false before the database first followed the configuration
	Month       int      `json:"last_30_days"`
	Fault       string   `json:"fault"`
}

// noteUnanchored tells how many topics no index can spare: they require no word
// and no field, so each event is tried against them.
func (a *app) noteUnanchored(ctx context.Context, db *store.DB) error {
	var set topics.Set
	if err := db.Update(ctx, func(tx *store.Tx) error { return set.Refresh(ctx, tx) }); err != nil {
		return err
	}
	if n := set.Unanchored(); n > 0 {
		fmt.Fprintf(a.err, "note: %d of the %d topics require no word or field, and are tried on every event\n", n, set.Len())
	}
	return nil
}

func listTopics(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the topics with what they found in the last 30 days",
		Long: `List the topics of the configuration with what they found in the last 30 days.
Without a configuration, those that the database knows.

With --json, one object a line, with the keys name, title, query, description,
formerly, selected, last_30_days and fault.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				list, err := topicList(c.Context(), cfg, db)
				if err != nil {
					return err
				}
				if len(list) == 0 {
					fmt.Fprintln(a.err, "note: there are no topics; see docs/configuration.md, or \"draftwire topics import\"")
				}
				if asJSON {
					enc := json.NewEncoder(a.out)
					enc.SetEscapeHTML(false)
					for _, t := range list {
						if err := enc.Encode(t); err != nil {
							return err
						}
					}
					return nil
				}
				w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
				for _, t := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\n", t.Name, t.state(), t.Title)
				}
				if err := w.Flush(); err != nil {
					return err
				}
				return a.noteUnanchored(c.Context(), db)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return c
}

func (t listedTopic) state() string {
	switch {
	case t.Fault != "":
		return "suspended: " + strings.Split(t.Fault, "\n")[0]
	case !t.Selected:
		return "not selected yet"
	}
	return counted(t.Month, "event")
}

func topicList(ctx context.Context, cfg settings, db *store.DB) ([]listedTopic, error) {
	wanted, err := cfg.inForce(ctx, db)
	if err != nil {
		return nil, err
	}
	rows, err := db.Topics(ctx)
	if err != nil {
		return nil, err
	}
	stored := make(map[string]store.Topic, len(rows))
	for _, row := range rows {
		if row.Gone.IsZero() {
			stored[row.Name] = row
		}
	}
	counts, err := db.SelectionCounts(ctx, now().AddDate(0, 0, -30), now())
	if err != nil {
		return nil, err
	}
	list := make([]listedTopic, 0, len(wanted))
	for _, t := range wanted {
		row, known := stored[t.Name]
		list = append(list, listedTopic{
			Name: t.Name, Title: cmp.Or(t.Title, t.Name), Query: t.Query.Text(), Description: t.Description,
			Formerly: append([]string{}, t.Formerly...), Selected: known, Month: counts[t.Name], Fault: row.Fault,
		})
	}
	return list, nil
}

func testTopic(a *app) *cobra.Command {
	var asJSON bool
	var days int
	c := &cobra.Command{
		Use:   "test [flags] [--] QUERY",
		Short: "Show what a query would have selected in the last days",
		Long: `Show what a query would have selected in the last 30 or 90 days, today included:
how many events, on which day most, and the newest. Warns of a query that finds
almost everything, or nothing. Days are those of UTC.

With --json, one object with the keys query, days, from, to, count, total,
busiest_day, busiest_count, per_day, examples and warnings.`,
		Example: `  draftwire topics test 'group:quic OR title:quic'
  draftwire topics test --days 90 'topic:dns -kind:post'`,
		Args:              some("a query"),
		ValidArgsFunction: completeQuery(a),
		RunE: func(c *cobra.Command, args []string) error {
			if days < 1 || days > topics.MaxPreviewDays {
				return usage(fmt.Errorf("--days %d: want 30, 90, or another number up to %d", days, topics.MaxPreviewDays))
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
				var p *topics.Preview
				err = db.View(c.Context(), func(r *store.Reader) (err error) {
					p, err = topics.NewPreview(c.Context(), r, q, now(), days)
					return err
				})
				if err != nil {
					return err
				}
				if asJSON {
					return writePreviewJSON(a.out, q.Text(), p)
				}
				for _, w := range p.Warnings {
					fmt.Fprintln(a.err, "warning:", w)
				}
				return writePreview(a.out, p)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	c.Flags().IntVar(&days, "days", 30, "look at the last `N` days, such as 30 or 90")
	return c
}

func writePreview(out io.Writer, p *topics.Preview) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s of %d in %d days, %s to %s\n", counted(p.Count, "event"), p.Total, len(p.PerDay),
		p.From.Format(time.DateOnly), p.To.AddDate(0, 0, -1).Format(time.DateOnly))
	if p.Count > 0 {
		fmt.Fprintf(w, "%s  most on %s: %d\n", bars(p.PerDay, p.BusiestCount), p.BusiestDay.Format(time.DateOnly), p.BusiestCount)
	}
	for _, e := range p.Examples {
		if err := writeLine(w, e); err != nil {
			return err
		}
	}
	if more := p.Count - len(p.Examples); more > 0 {
		fmt.Fprintf(w, "and %d more\n", more)
	}
	return w.Flush()
}

// bars draws numbers as a line of blocks; a day without anything is a dot.
func bars(list []int, most int) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, n := range list {
		if n == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(blocks[(n*len(blocks)-1)/max(most, 1)])
	}
	return b.String()
}

// preview is a preview as `topics test --json` prints it. Its keys are stable.
type preview struct {
	Query    string    `json:"query"`
	Days     int       `json:"days"`
	From     string    `json:"from"`
	To       string    `json:"to"` // the last day
	Count    int       `json:"count"`
	Total    int       `json:"total"`
	Busiest  string    `json:"busiest_day,omitempty"`
	Most     int       `json:"busiest_count"`
	PerDay   []int     `json:"per_day"`
	Examples []example `json:"examples"`
	Warnings []string  `json:"warnings"`
}

type example struct {
	Document  string `json:"document"`
	Rev       string `json:"rev"`
	Event     string `json:"event"`
	Title     string `json:"title"`
	Published string `json:"published"`
}

func exampleOf(e catalog.Event) example {
	return example{e.Document, e.DraftRev(), string(e.Event), e.Facts.Title, e.Published.Format(time.RFC3339)}
}

func writePreviewJSON(out io.Writer, query string, p *topics.Preview) error {
	v := preview{
		Query: query, Days: len(p.PerDay), From: p.From.Format(time.DateOnly), To: p.To.AddDate(0, 0, -1).Format(time.DateOnly),
		Count: p.Count, Total: p.Total, Most: p.BusiestCount, PerDay: p.PerDay,
		Examples: []example{}, Warnings: append([]string{}, p.Warnings...),
	}
	if p.Count > 0 {
		v.Busiest = p.BusiestDay.Format(time.DateOnly)
	}
	for _, e := range p.Examples {
		v.Examples = append(v.Examples, exampleOf(e))
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
