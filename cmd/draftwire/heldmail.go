package main

// This file shows the operator where the mail of a source is sent to, and what
// list software wrote there.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

func sourceMail(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "mail NAME",
		Short: "Show the address of a source, and what list software wrote to it",
		Long: `Show the address to which the mail of a source of kind "smtp" is sent, and what list
software wrote there: most of all the requests to confirm a subscription.

Subscribe the address to the list, wait for the request, and follow the link in
it. Keep both to yourself: whoever knows the address can hand in mail of the list.`,
		Example: `  draftwire sources mail i-d-announce`,
		Args:    exactly(1, "the name of a source"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			cfg, err := a.load()
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			names := slices.DeleteFunc(cfg.sentNames(), func(name string) bool { return !strings.HasPrefix(name, typed) })
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				i := slices.IndexFunc(cfg.Sources, func(s config.Source) bool { return s.Name == args[0] && s.Kind.Sent() })
				if i < 0 {
					return usage(noSuchSent(args[0], cfg.sentNames()))
				}
				secret, err := db.Secret(c.Context())
				if err != nil {
					return err
				}
				held, err := db.HeldMails(c.Context(), args[0])
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				a.showHeld(cfg.Sources[i], inboundAddress(secret, args[0], cfg.Inbound.Domain), held)
				return nil
			})
		},
	}
}

// sentNames are the sources whose mail is sent to us.
func (s settings) sentNames() (names []string) {
	for _, c := range s.Sources {
		if c.Kind.Sent() {
			names = append(names, c.Name)
		}
	}
	return names
}

func noSuchSent(name string, names []string) error {
	if len(names) == 0 {
		return errors.New(`no source is of kind "smtp"; see [inbound] in docs/configuration.md`)
	}
	return fmt.Errorf("there is no source %q of kind \"smtp\"; there are: %s", name, strings.Join(names, ", "))
}

// showHeld prints each mail indented, so that none can be taken for our words.
func (a *app) showHeld(c config.Source, address string, held []store.HeldMail) {
	fmt.Fprintf(a.out, "The list %s sends its mail to:\n\n  %s\n", c.ListID, address)
	if len(held) == 0 {
		fmt.Fprintln(a.out, "\nList software has not written to it.")
		return
	}
	fmt.Fprintln(a.out, "\nList software wrote to it. To confirm what you began, follow the link in the mail, or\n"+
		"answer it from a mail program that can write in the name of the address above.")
	for _, m := range held {
		fmt.Fprintf(a.out, "\n%s, from %s\nSubject: %s\n\n", day(m.Received), markup.Clean(m.Sender), markup.Clean(m.Subject))
		for line := range strings.Lines(strings.TrimSpace(m.Text)) {
			fmt.Fprintln(a.out, strings.TrimRight("  "+markup.Clean(line), " "))
		}
	}
}
