package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/store"
)

func pollCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "poll [NAME...]",
		Short: "Poll the sources now, all or the named ones",
		Long: `Poll the sources now, whether they are due or not. While "draftwire serve" works
on the same database, it is asked to do so, and this command waits for it.`,
		Example: `  draftwire poll
  draftwire poll i-d-announce ietf-announce`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				names, err := cfg.pollable(args)
				if err != nil {
					return err
				}
				release, leads, err := db.Lead(c.Context(), now())
				if err != nil {
					return err
				}
				if !leads {
					return a.askToPoll(c.Context(), cfg, db, names)
				}
				return errors.Join(a.pollHere(c.Context(), cfg, db, names), release())
			})
		},
	}
}

func (a *app) pollHere(ctx context.Context, cfg settings, db *store.DB, names []string) error {
	if _, err := cfg.adopt(ctx, db); err != nil {
		return err
	}
	failed := 0
	bar := a.progress("poll", "messages", 0)
	err := cfg.poller(db, a.quietLog(), bar.add).PollNow(ctx, names, func(r aggregator.Result) {
		if r.Err != nil {
			failed++
			bar.print(a.out, r.Err.Error())
			return
		}
		bar.print(a.out, r.Source+": "+inWords(r.Tally))
	})
	bar.end()
	if err == nil {
		err = a.textsHere(ctx, cfg, db)
	}
	if err != nil {
		return err
	}
	lookout := aggregator.Lookout{DB: db, Now: now, Log: a.quietLog()} // who polls by a timer has no other
	if err := lookout.Look(ctx); err != nil {
		return err
	}
	return someFailed(failed)
}

// askToPoll leaves the wish as rows for the process that leads, and waits.
func (a *app) askToPoll(ctx context.Context, cfg settings, db *store.DB, names []string) error {
	asked := now()
	err := db.Update(ctx, func(tx *store.Tx) error {
		for _, name := range names {
			if err := tx.PollNow(ctx, name, asked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("ask the running draftwire: %w", err)
	}
	failed := 0
	release, err := a.awaitLeader(ctx, db, func() (bool, error) {
		rows, err := db.Sources(ctx)
		if err != nil {
			return false, err
		}
		for _, s := range rows {
			at := slices.Index(names, s.Name)
			if at < 0 || s.Tried.Before(asked.Truncate(time.Microsecond)) || !s.LeaseUntil.IsZero() {
				continue
			}
			names = slices.Delete(names, at, at+1)
			if s.LastError != "" {
				failed++
			}
			fmt.Fprintf(a.out, "%s: %s\n", s.Name, stateOf(s))
		}
		return len(names) == 0, nil
	})
	if release != nil {
		err = errors.Join(a.pollHere(ctx, cfg, db, names), release())
	}
	if err != nil {
		return err
	}
	return someFailed(failed)
}

func someFailed(n int) error {
	if n == 0 {
		return nil
	}
	return partly("%s failed; what failed is tried again when it is due", counted(n, "source"))
}

// pollable checks names of sources; none means all that are not paused.
func (s settings) pollable(names []string) ([]string, error) {
	all := s.polledNames()
	if len(all) == 0 {
		return nil, usage(errors.New("there are no sources; name some in the configuration (see \"draftwire init\")"))
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, usage(fmt.Errorf("there is no source %q to poll; there are: %s", name, strings.Join(all, ", ")))
		}
	}
	if len(names) == 0 {
		return all, nil
	}
	return names, nil
}
