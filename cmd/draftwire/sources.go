package main

// This file lists the sources with how they fare.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/store"
)

func sourcesCommand(a *app) *cobra.Command {
	c := listSources(a)
	c.Use, c.Args = "sources", known
	c.SuggestionsMinimumDistance = 2
	c.Long = `Sources are what is polled, or sends to us: feeds, mailing lists and their archives,
indexes of documents. They stand in the configuration and in the files
sources/*.toml beside it. Without a further word, they are listed.

` + c.Long
	c.Example = `  draftwire sources
  draftwire sources add https://www.ietf.org/blog/
  draftwire sources show i-d-announce`
	c.AddCommand(listSources(a), showSource(a), addSource(a), pauseSource(a), resumeSource(a), removeSource(a),
		exportSources(a), importSources(a), sourceMail(a))
	return c
}

// sourceDays is how many days are drawn, today included.
const sourceDays = 30

// standing is a source as the configuration and the database know it.
type standing struct {
	store.Source
	conf   *config.Source // nil: the configuration does not name it
	days   []int          // new messages by day, today last
	alarms []store.Alarm  // that last
}

// The states of a source.
const (
	working = "working"
	failing = "failing" // in the last tries
	silent  = "silent"  // it is read, but nothing came for longer than usual
	waiting = "waiting" // for its first poll, or its first mail
	paused  = "paused"  // by the configuration or by hand
	gone    = "gone"    // its host says so: not polled until told to
	resting = "resting" // an import, or no longer in the configuration
)

func (s standing) state() string {
	switch {
	case s.conf == nil:
		return resting
	case s.conf.Paused || !s.Paused.IsZero():
		return paused
	case !s.Gone.IsZero():
		return gone
	case s.Attempts > 0:
		return failing
	case slices.ContainsFunc(s.alarms, func(a store.Alarm) bool { return a.Kind == store.Silence }):
		return silent
	case s.Success.IsZero():
		return waiting
	}
	return working
}

// address is where a source is read, or empty.
func (s standing) address() string {
	if s.conf == nil {
		return ""
	}
	if m, ok := (supply{}).upstream(*s.conf).(aggregator.Movable); ok {
		return m.Address()
	}
	return s.conf.URL + s.conf.Path // one of them
}

// standings gives the sources of the configuration and then the others, by
// name. db may be nil: then nothing was polled yet.
func standings(ctx context.Context, cfg settings, db *store.DB) (list []standing, err error) {
	at := map[string]int{}
	for i := range cfg.Sources {
		at[cfg.Sources[i].Name] = i
		list = append(list, standing{
			Source: store.Source{Name: cfg.Sources[i].Name}, conf: &cfg.Sources[i], days: make([]int, sourceDays),
		})
	}
	if db != nil {
		if list, err = withRows(ctx, db, list, at); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b standing) int {
		if (a.conf == nil) != (b.conf == nil) {
			if a.conf == nil {
				return 1
			}
			return -1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, nil
}

// withRows adds what the database knows. at gives places in the list by name.
func withRows(ctx context.Context, db *store.DB, list []standing, at map[string]int) ([]standing, error) {
	rows, err := db.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		i, ok := at[row.Name]
		if !ok {
			i = len(list)
			at[row.Name] = i
			list = append(list, standing{days: make([]int, sourceDays)})
		}
		list[i].Source = row
	}
	first := now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-sourceDays)
	counts, err := db.SourceDays(ctx, first)
	for _, c := range counts {
		if day := int(c.Day.Sub(first) / (24 * time.Hour)); day < sourceDays {
			list[at[c.Source]].days[day] += c.Messages
		}
	}
	if err != nil {
		return nil, err
	}
	alarms, err := db.Alarms(ctx, time.Time{})
	for _, alarm := range alarms {
		if i, ok := at[alarm.Source]; ok {
			list[i].alarms = append(list[i].alarms, alarm)
		}
	}
	return list, err
}

// onSources runs fn over the sources; without a database nothing was polled yet.
func (a *app) onSources(ctx context.Context, fn func(settings, *store.DB, []standing) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.Database.Path); errors.Is(err, fs.ErrNotExist) && len(cfg.Sources) > 0 {
		list, err := standings(ctx, cfg, nil)
		return errors.Join(err, fn(cfg, nil, list))
	}
	return a.readFor(ctx, func(cfg settings, db *store.DB) error {
		list, err := standings(ctx, cfg, db)
		if err != nil {
			return err
		}
		return fn(cfg, db, list)
	})
}

// sourceState is a source as `sources --json` prints it. Its keys are stable.
type sourceState struct {
	Name          string    `json:"name"`
	Active        bool      `json:"active"`
	Messages      int       `json:"messages"`
	Polls         int       `json:"polls"`
	Success       time.Time `json:"last_success,omitzero"`
	Next          time.Time `json:"next_poll,omitzero"`
	Failures      int       `json:"failures"`
	Error         string    `json:"error"`
	State         string    `json:"state"`
	Kind          string    `json:"kind"`
	Address       string    `json:"address"`
	Announcements bool      `json:"announcements"`
	Paused        time.Time `json:"paused_since,omitzero"`
	Asked         time.Time `json:"host_asks_until,omitzero"`
	PerDay        []int     `json:"per_day"` // of the last 30 days, today last
	Alarms        []string  `json:"alarms"`
}

func (s standing) json() sourceState {
	v := sourceState{
		Name: s.Name, Active: s.Active, Messages: s.Messages, Polls: s.Polls, Success: s.Success, Next: s.Next,
		Failures: s.Attempts, Error: s.LastError, State: s.state(), Address: s.address(), Paused: s.Paused, Asked: s.Asked, PerDay: s.days, Alarms: []string{},
	}
	for _, alarm := range s.alarms {
		v.Alarms = append(v.Alarms, alarm.Words)
	}
	if s.conf != nil {
		v.Kind, v.Announcements = string(s.conf.Kind), s.conf.Announcements
	}
	return v
}

func listSources(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the sources with how they fare",
		Long: `The list says of each source its state, when it was last read and will be next,
how many messages of each of the last 30 days (UTC) it gave, a bar a day (two
days where names are long), and how many in all; below it what went wrong in the
last poll. The states:

  working   the last poll went well
  failing   the last polls did not, and how many
  silent    it is read, but nothing came for longer than usual
  waiting   for the first poll, or for the first mail
  paused    by the configuration, or by "draftwire sources pause"
  gone      its host says that it is gone for good; "draftwire poll NAME" tries again
  resting   an import, or no longer in the configuration: what it gave stays

Where the terminal has no UTF-8, there are three numbers in the place of bars: the
messages of the last day, 7 days and 30 days.

With --json, one object a line, with the keys name, active, messages, polls,
last_success, next_poll, failures, error, state, kind, address, announcements,
paused_since, host_asks_until, per_day and alarms; times that there are none of are
left out.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.onSources(c.Context(), func(_ settings, db *store.DB, list []standing) error {
				if err := a.tellStandstill(c.Context(), db); err != nil {
					return err
				}
				if len(list) == 0 {
					fmt.Fprintln(a.err, "note: there are no sources, and nothing was imported yet; see \"draftwire sources add\"")
				}
				if !asJSON {
					return writeSources(a.out, list, now())
				}
				enc := json.NewEncoder(a.out)
				enc.SetEscapeHTML(false)
				for _, s := range list {
					if err := enc.Encode(s.json()); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return c
}

// completeSources completes the name of a source.
func completeSources(a *app) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		cfg, err := a.load()
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, s := range cfg.Sources {
			if strings.HasPrefix(s.Name, typed) {
				names = append(names, s.Name)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}
