package main

import (
	"context"
	"errors"
	"fmt"
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
		RunE: func(c *cobra.Command, args []string) error {
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				if len(cfg.Sources) == 0 {
					return usage(errors.New("there are no sources; name some in the configuration (see \"draftwire init\")"))
				}
				release, leads, err := db.Lead(c.Context(), now())
				if err != nil {
					return err
				}
				if !leads {
					return a.askToPoll(c.Context(), cfg, db, args)
				}
				return errors.Join(a.pollHere(c.Context(), cfg, db, args), release())
			})
		},
	}
}

func (a *app) pollHere(ctx context.Context, cfg settings, db *store.DB, names []string) error {
	if _, err := cfg.adopt(ctx, db); err != nil {
		return err
	}
	failed := 0
	err := cfg.poller(db, a.log()).PollNow(ctx, names, func(r aggregator.Result) {
		if r.Err != nil {
			failed++
			fmt.Fprintln(a.out, r.Err)
			return
		}
		t := r.Tally
		fmt.Fprintf(a.out, "%s: %d messages, %d known before; %d announcements, %d posts, %d further evidence\n",
			r.Source, t.Messages, t.Known, t.Announced, t.Posts, t.Supporting)
	})
	if errors.Is(err, store.ErrNotFound) {
		return usage(err)
	}
	if err == nil && failed > 0 {
		return partly("%d of the sources failed; they are tried again when they are due", failed)
	}
	return err
}

// askToPoll leaves the wish as rows for the process that leads, and waits.
func (a *app) askToPoll(ctx context.Context, cfg settings, db *store.DB, names []string) error {
	if len(names) == 0 {
		for _, s := range cfg.Sources {
			if !s.Paused {
				names = append(names, s.Name)
			}
		}
	}
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
		return usage(err)
	}
	waiting := make(map[string]bool)
	for _, name := range names {
		waiting[name] = true
	}
	failed := 0
	for len(waiting) > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
		rows, err := db.Sources(ctx)
		if err != nil {
			return err
		}
		for _, s := range rows {
			if !waiting[s.Name] || s.Tried.Before(asked.Truncate(time.Microsecond)) || !s.LeaseUntil.IsZero() {
				continue
			}
			delete(waiting, s.Name)
			if s.LastError != "" {
				failed++
			}
			fmt.Fprintf(a.out, "%s: %s\n", s.Name, stateOf(s))
		}
	}
	if failed > 0 {
		return partly("%d of the sources failed; they are tried again when they are due", failed)
	}
	return nil
}
