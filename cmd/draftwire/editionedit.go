package main

// This file is the editor's hand: commands that change an edition before it is
// closed.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// editing is what all commands of an editor share.
type editing struct {
	app              *app
	newsletter, date string
	session          string // instead of an edition
	by               string
	proposed         bool // the introduction is the one that a language model proposes
}

// editCommands are the commands that change an edition, and the one that lists
// what was changed.
func editCommands(a *app) (list []*cobra.Command) {
	e := &editing{app: a}
	for _, d := range []struct {
		action       editions.Action
		use, short   string
		example      string
		item, values int // how many arguments name an item, how many say what
	}{
		{editions.Hold, "hold", "Keep an edition from being closed until it is published", "hold --date 2025-12-07", 0, 0},
		{editions.Publish, "publish", "Let a held edition be closed, at once if it is due", "publish", 0, 0},
		{editions.Intro, "intro TEXT", "Write an introduction in Markdown; - reads it, an empty text takes it away", "intro - < intro.md", 0, 1},
		{editions.Closing, "closing TEXT", "Write a closing note in Markdown; - reads it, an empty text takes it away", "closing 'Until *tomorrow*.'", 0, 1},
		{editions.Pin, "pin ITEM", "Put an item first in its section", "pin draft-ietf-quic-multipath-18", 1, 0},
		{editions.Move, "move ITEM TOPIC", "Put an item into the section of another topic, or into \"rest\"", "move 12 quic", 1, 1},
		{editions.Drop, "drop ITEM", "Leave an item out; it is counted still", "drop draft-x-00", 1, 0},
		{editions.Note, "note ITEM TEXT", "Write a note at an item in Markdown; - reads it", "note 3 'See also **RFC 9000**.'", 1, 1},
		{editions.Absent, "absent ITEM", "Say of a talk of a --session that its speaker was absent", "absent --session 124/hotrfc 2", 1, 0},
		{editions.Speaker, "speaker ITEM NAME", "Name the speaker of a talk of a --session; an empty name takes it away", "speaker --session 124/hotrfc 8 'Ada Wing'", 1, 1},
		{editions.Restore, "restore ITEM", "Undo all that was done to an item", "restore draft-x-00", 1, 0},
	} {
		c := &cobra.Command{
			Use: d.use, Short: d.short, Example: "  draftwire edition " + d.example,
			Args: func(c *cobra.Command, args []string) error {
				if e.proposed {
					return arguments(cobra.NoArgs)(c, args)
				}
				return exactly(d.item+d.values, strings.Join(append(strings.Fields(d.use)[1:], "no more"), ", "))(c, args)
			},
			RunE: func(c *cobra.Command, args []string) error {
				item, value := "", ""
				if d.item == 1 {
					item = args[0]
				}
				if d.values == 1 && !e.proposed {
					var err error
					if value, err = argument(args[d.item], c.InOrStdin()); err != nil {
						return err
					}
				}
				return e.edit(c.Context(), d.action, item, value)
			},
		}
		c.Flags().StringVar(&e.by, "by", "", "`NAME` of the editor (default yours on this machine)")
		if d.action == editions.Intro {
			c.Flags().BoolVar(&e.proposed, "proposed", false, "take the introduction that a language model proposes, instead of TEXT")
		}
		list = append(list, e.flags(c))
	}
	return append(list, e.flags(&cobra.Command{
		Use: "edits", Short: "List what editors did to an edition, who, and when", Example: "  draftwire edition edits",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return e.list(c.Context()) },
	}))
}

func (e *editing) flags(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&e.newsletter, "newsletter", "", "`NAME` of the newsletter (default the first)")
	c.Flags().StringVar(&e.date, "date", "", "`DAY` in the edition, or its label (default the one to be closed next)")
	c.Flags().StringVar(&e.session, "session", "", "`SESSION` whose report is meant instead, such as 124/hotrfc")
	return c
}

// maxArgument bounds what is read from standard input.
const maxArgument = 1 << 20

// argument is a text, or for "-" what stands on standard input.
func argument(s string, in io.Reader) (string, error) {
	if s != "-" {
		return s, nil
	}
	text, err := io.ReadAll(io.LimitReader(in, maxArgument))
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	return string(text), nil
}

// window gives the edition meant: the one to be closed next unless a day is named.
func (e *editing) window(ctx context.Context, cfg settings, db *store.DB) (editions.Newsletter, editions.Window, error) {
	n, err := cfg.newsletter(e.newsletter)
	if err != nil {
		return n, editions.Window{}, err
	}
	if e.date == "" {
		w, err := editions.OpenWindow(ctx, &db.Reader, n)
		return n, w, err
	}
	w, err := windowOf(n, e.date)
	if err != nil {
		err = usage(fmt.Errorf("--date: %w", err))
	}
	return n, w, err
}

// target gives the edition meant, or the session whose report is.
func (e *editing) target(ctx context.Context, cfg settings, db *store.DB) (n editions.Newsletter, w editions.Window, ref editions.SessionRef, err error) {
	if e.session == "" {
		n, w, err = e.window(ctx, cfg, db)
		return n, w, ref, err
	}
	if e.date != "" {
		return n, w, ref, usage(errors.New("want one of --date and --session"))
	}
	if n, err = cfg.newsletter(e.newsletter); err != nil {
		return n, w, ref, err
	}
	if ref, err = editions.ParseSession(e.session); err != nil {
		err = usage(fmt.Errorf("--session: %w", err))
	}
	return n, w, ref, err
}

func (e *editing) edit(ctx context.Context, action editions.Action, item, value string) error {
	return e.app.readFor(ctx, func(cfg settings, db *store.DB) error {
		if err := cfg.keepNewsletters(ctx, db); err != nil {
			return err
		}
		n, w, ref, err := e.target(ctx, cfg, db)
		if err != nil {
			return err
		}
		if e.proposed {
			if value, err = e.proposal(ctx, db, n, w); err != nil {
				return err
			}
		}
		var done store.Edit
		label, who := n.Label(w), cmp.Or(e.by, whoami())
		switch {
		case e.session != "":
			done, label, err = editions.EditSession(ctx, db, n, ref, who, action, item, value, now())
		case action == editions.Absent || action == editions.Speaker:
			err = fmt.Errorf("%s is for the talks of a session: want --session, such as --session 124/hotrfc", action)
		default:
			done, err = editions.Edit(ctx, db, n, w, who, action, item, value, now())
		}
		if err != nil {
			return usage(err)
		}
		what := string(action)
		if done.Item != "" {
			what += " " + done.Item // what a number stood for
		}
		_, err = fmt.Fprintf(e.app.out, "%s of %s: %s\n", label, n.Name, what)
		return err
	})
}

// proposal is the introduction that a language model proposes.
func (e *editing) proposal(ctx context.Context, db *store.DB, n editions.Newsletter, w editions.Window) (text string, err error) {
	err = db.View(ctx, func(r *store.Reader) error {
		edition, err := editions.Compose(ctx, r, n, w)
		if err == nil {
			text = edition.Proposed()
		}
		return err
	})
	if err == nil && text == "" {
		err = fmt.Errorf("no introduction is proposed for %s of %s; \"draftwire model\" tells how the language model fares", n.Label(w), n.Name)
	}
	return text, err
}

// whoami is the name of whoever types.
func whoami() string {
	if u, err := user.Current(); err == nil {
		return cmp.Or(u.Name, u.Username)
	}
	return cmp.Or(os.Getenv("USER"), "unknown")
}

func (e *editing) list(ctx context.Context) error {
	return e.app.readFor(ctx, func(cfg settings, db *store.DB) error {
		n, w, ref, err := e.target(ctx, cfg, db)
		if err != nil {
			return err
		}
		label := n.Label(w)
		if e.session != "" {
			report, err := editions.ComposeSession(ctx, &db.Reader, n, ref)
			if err != nil {
				return usage(err)
			}
			label = report.Label
		}
		edits, err := db.Edits(ctx, n.Name, label)
		if err != nil {
			return err
		}
		if len(edits) == 0 {
			_, err = fmt.Fprintf(e.app.out, "nobody changed %s of %s\n", label, n.Name)
			return err
		}
		t := tabwriter.NewWriter(e.app.out, 0, 0, 2, ' ', 0)
		for _, d := range edits {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.At.UTC().Format("2006-01-02 15:04:05 UTC"), d.Who, d.Action, d.Item, shownValue(d.Value))
		}
		return t.Flush()
	})
}

// shownValue is as much of a text as a list has room for.
func shownValue(s string) string {
	const most = 60
	s, _, more := strings.Cut(s, "\n")
	if runes := []rune(s); len(runes) > most {
		s, more = string(runes[:most]), true
	}
	if more {
		s += " …"
	}
	return s
}
