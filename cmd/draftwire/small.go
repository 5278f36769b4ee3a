package main

// This file holds the commands that are a few lines each.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/store"
)

func initCommand(a *app) *cobra.Command {
	var contact, authority string
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a configuration that names the IETF's lists, and a database",
		Long: `Write draftwire.toml (or the file of --config), with comments, and beside it
topics/ietf.toml with topics for the work of the IETF, and make the database. The authority is a domain name or mail address that is yours today:
the ids in your feeds are made with it, and it cannot be changed later.`,
		Example: `  draftwire init --authority example.org --contact wire@example.org`,
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			file := a.configPath
			if file == "" {
				file = "draftwire.toml"
			}
			text := config.Example(contact, authority)
			topics, fresh, err := withShipped(file)
			if err != nil {
				return err
			}
			if _, err := config.Parse(file, []byte(text), topics...); err != nil {
				return usage(err)
			}
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it may come to hold passwords
			if errors.Is(err, fs.ErrExist) {
				return usage(fmt.Errorf("%s exists already; nothing was changed", file))
			}
			if err != nil {
				return err
			}
			_, err = f.WriteString(text)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
			if fresh.Name != "" {
				if err := writeTopics(fresh); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "wrote %s, topics for the work of the IETF\n", fresh.Name)
			}
			a.configPath, a.making = file, true
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				id, err := cfg.identity(c.Context(), db)
				if err != nil {
					return err
				}
				fmt.Fprintf(a.out, "wrote %s and %s; ids begin with %s\n", file, cfg.Database.Path, id.authority.Tag(""))
				if !c.Flags().Changed("authority") {
					fmt.Fprintf(a.err, "note: %s is not yours, and ids are for ever: before others read your feeds, remove both files and say --authority\n", authority)
				} else if id.authority.Name != authority {
					fmt.Fprintf(a.err, "note: %s was made before, for %s, and keeps that authority\n", cfg.Database.Path, id.authority.Name)
				}
				if contact == "" {
					fmt.Fprintf(a.out, "next: fill in contact under [fetch] in %s\n", file)
				}
				fmt.Fprintln(a.out, `then: "draftwire check", and "draftwire serve"`)
				return nil
			})
		},
	}
	c.Flags().StringVar(&authority, "authority", "example.org", "domain `NAME` or mail address that makes the ids yours")
	c.Flags().StringVar(&contact, "contact", "", "mail or web `ADDRESS` that upstreams find in our User-Agent")
	return c
}

func checkCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration and say what it holds",
		Long: `Read the configuration strictly, as every command does, and say what it holds. A
fault is shown with file, line and column, and with what would be right. What is
odd is told too: topics that use a field which no source fills, or a group that
nobody has heard of, and, if there is a database, topics that find almost
everything or nothing in the last 90 days, and an authority of ids that is not
the one of the file.`,
		Example: `  draftwire check
  draftwire check --config new.toml`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			from := cfg.file
			if from == "" {
				from = "defaults (no draftwire.toml here)"
			}
			fmt.Fprintf(a.out, "%s: %s, %s, %s\n", from, counted(len(cfg.Sources), "source"),
				counted(len(cfg.Topics), "topic"), counted(len(cfg.Newsletters), "newsletter"))
			if err := a.checkTopics(c.Context(), cfg); err != nil {
				return err
			}
			if cfg.Fetch.Contact == "" && len(cfg.Sources) > 0 {
				fmt.Fprintln(a.out, "[fetch] contact is empty: upstreams cannot reach you when something goes wrong")
			}
			a.checkMail(cfg)
			return a.checkAuthority(c.Context(), cfg)
		},
	}
}

// checkMail says what keeps mails from arriving as they should.
func (a *app) checkMail(cfg settings) {
	if cfg.Mail.Relay == "" {
		fmt.Fprintln(a.out, "[mail] relay is empty: no mail will be sent")
		return
	}
	if !strings.HasPrefix(cfg.Server.Base, "https://") {
		fmt.Fprintf(a.out, "[server] base is %s: one-click unsubscription wants https (RFC 8058), so mail services will not offer it\n", cfg.Server.Base)
	}
	from := config.Default().Mail.From.Address
	lacks := func(n config.Newsletter) bool { return n.From.Address == "" || n.From.Address == from }
	if cfg.Mail.From.Address == from && slices.ContainsFunc(cfg.Newsletters, lacks) {
		fmt.Fprintf(a.out, "[mail] from is %s, which is not yours: relays and receivers will refuse it\n", from)
	}
}

// checkAuthority compares the authority of the file with the one that the
// database keeps, and says which holds.
func (a *app) checkAuthority(ctx context.Context, cfg settings) error {
	named, kept := cfg.IDs.Authority, ""
	if _, err := os.Stat(cfg.Database.Path); err == nil { // check makes no database
		err := a.readFor(ctx, func(_ settings, db *store.DB) (err error) {
			kept, err = keptAuthority(ctx, db)
			return err
		})
		if err != nil {
			return err
		}
	}
	switch {
	case kept != "" && kept != named:
		fmt.Fprintf(a.out, "[ids] authority is %s, but %s was made with %s: that one holds\n", named, cfg.Database.Path, kept)
	case kept != "" && borrowed(kept):
		fmt.Fprintf(a.out, "%s keeps the authority %s, which is not yours: ids made with it may be another's too\n", cfg.Database.Path, kept)
	case kept == "" && borrowed(named):
		fmt.Fprintf(a.out, "[ids] authority is %s, which is not yours: name a domain of yours before \"draftwire serve\" keeps it for ever\n", named)
	}
	return nil
}

func backupCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a consistent copy of the database, also while it is in use",
		Long: `Write a consistent copy of the database to a new file, also while "draftwire
serve" works on it. The copy is a database like any other: --db opens it.`,
		Example: `  draftwire backup wire-2025-12-07.db`,
		Args:    exactly(1, "the name of a new file"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.readFor(c.Context(), func(_ settings, db *store.DB) error {
				if err := db.Backup(c.Context(), args[0]); err != nil {
					return err
				}
				_, err := fmt.Fprintln(a.out, "wrote", args[0])
				return err
			})
		},
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
