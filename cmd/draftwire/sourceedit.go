package main

// This file pauses, resumes and removes sources. A pause is the operator's
// hand, a row in the database, in whichever file the source stands; removing
// edits the file.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/store"
)

func pauseSource(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pause NAME",
		Short: "Poll a source no more until it is resumed",
		Long: `Poll a source no more until "draftwire sources resume" says so. What it gave stays,
and so does its place: when it is resumed, nothing is missed that its host still
has. The configuration is not changed.`,
		Example: `  draftwire sources pause ietf-announce`,
		Args:    exactly(1, "the name of a source"), ValidArgsFunction: completeSources(a),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onConfigured(c.Context(), args[0], func(s standing, db *store.DB) error {
				if !s.Paused.IsZero() {
					fmt.Fprintf(a.out, "%s is paused since %s\n", s.Name, day(s.Paused))
					return nil
				}
				err := db.Update(c.Context(), func(tx *store.Tx) error { return tx.PauseSource(c.Context(), s.Name, now()) })
				if err != nil {
					return err
				}
				fmt.Fprintf(a.out, "%s is paused\n", s.Name)
				return a.tellServe(c.Context(), db)
			})
		},
	}
}

func resumeSource(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "resume NAME",
		Short:   "Poll a paused source again",
		Example: `  draftwire sources resume ietf-announce`,
		Args:    exactly(1, "the name of a source"), ValidArgsFunction: completeSources(a),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onConfigured(c.Context(), args[0], func(s standing, db *store.DB) error {
				was := false
				err := db.Update(c.Context(), func(tx *store.Tx) (err error) {
					was, err = tx.ResumeSource(c.Context(), s.Name, now())
					return err
				})
				switch {
				case err != nil:
					return err
				case s.conf.Paused:
					return usage(fmt.Errorf("%s is paused by the configuration: take \"paused = true\" out of its table in %s:%d", s.Name, s.conf.File, s.conf.Line))
				case !was:
					fmt.Fprintf(a.out, "%s is not paused\n", s.Name)
					return nil
				}
				fmt.Fprintf(a.out, "%s is polled again\n", s.Name)
				return a.tellServe(c.Context(), db)
			})
		},
	}
}

// onConfigured runs fn for a source of the configuration.
func (a *app) onConfigured(ctx context.Context, name string, fn func(standing, *store.DB) error) error {
	return a.readFor(ctx, func(cfg settings, db *store.DB) error {
		list, err := standings(ctx, cfg, db)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(s standing) bool { return s.Name == name })
		switch {
		case i < 0:
			return noSource(name, list)
		case list[i].conf == nil:
			return usage(fmt.Errorf("%s is not in the configuration, and not polled; what it gave stays", name))
		}
		return fn(list[i], db)
	})
}

// tellServe leaves the wish that a running serve reads its configuration
// again, and says whether there is one.
func (a *app) tellServe(ctx context.Context, db *store.DB) error {
	led, err := db.Led()
	if err != nil {
		return err
	}
	if !led {
		fmt.Fprintln(a.out, `no draftwire is running here; "draftwire serve" begins with it`)
		return nil
	}
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.AskReload(ctx, now()) }); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.out, "the running draftwire takes it up")
	return err
}

// tellAny is tellServe where there may be no database yet.
func (a *app) tellAny(ctx context.Context, cfg settings) error {
	if _, err := os.Stat(cfg.Database.Path); errors.Is(err, fs.ErrNotExist) {
		_, err := fmt.Fprintln(a.out, `"draftwire serve" begins with it`)
		return err
	}
	return a.readFor(ctx, func(_ settings, db *store.DB) error { return a.tellServe(ctx, db) })
}

func removeSource(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a source out of the configuration; what it gave stays",
		Long: `Take the table of a source out of the file in which it stands; remarks stay, and
FILE.bak holds what the file was. A file below sources/ that holds no other source
goes. What the source gave stays, with its place: added again under its name, it
goes on from there.`,
		Example: `  draftwire sources remove ietf-blog`,
		Args:    exactly(1, "the name of a source"), ValidArgsFunction: completeSources(a),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onSources(c.Context(), func(cfg settings, db *store.DB, list []standing) error {
				i := slices.IndexFunc(list, func(s standing) bool { return s.Name == args[0] })
				switch {
				case i < 0:
					return noSource(args[0], list)
				case list[i].conf == nil:
					return usage(fmt.Errorf("%s is not in the configuration; what it gave stays", args[0]))
				}
				if err := a.takeOut(cfg, list[i]); err != nil {
					return err
				}
				if db == nil {
					return nil
				}
				err := db.Update(c.Context(), func(tx *store.Tx) error {
					_, err := tx.ResumeSource(c.Context(), args[0], now()) // added again, it is polled
					return err
				})
				return errors.Join(err, a.tellServe(c.Context(), db))
			})
		},
	}
}

// takeOut takes a source out of its file.
func (a *app) takeOut(cfg settings, s standing) error {
	tree, err := readTree(cfg.file)
	if err != nil {
		return err
	}
	file := s.conf.File
	data, ok := config.Replace(tree.wanted[file], config.SourcePart, s.Name, "")
	if !ok {
		return usage(fmt.Errorf("%s cannot be taken out as it is written: do so by hand, in %s:%d", s.Name, file, s.conf.Line))
	}
	tree.wanted[file] = data
	if left, err := config.ParseSources(file, data); err == nil && len(left) == 0 && file != tree.main {
		tree.wanted[file] = nil
	}
	if err := tree.check(); err != nil {
		return usage(err)
	}
	if err := overwrite(file+".bak", tree.now[file]); err != nil {
		return err
	}
	if _, err := tree.write(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "took %s out of %s; what that was is in %s.bak, and the %s it gave stay\n",
		s.Name, file, file, counted(s.Messages, "message"))
	return err
}
