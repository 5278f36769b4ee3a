package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

func subscribersCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "subscribers",
		Short: "Add, remove and list subscribers of newsletters",
		Long: `Add, remove and list subscribers of newsletters. Add only those who asked for it:
whoever is added here is not asked to confirm.`,
		Example: `  draftwire subscribers add ann@example.org
  draftwire subscribers add --newsletter weekly bob@example.org
  draftwire subscribers list --json`,
		Args: known,
		RunE: func(c *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("say add, remove or list; see %q", c.CommandPath()+" --help"))
		},
	}
	var newsletter string
	c.PersistentFlags().StringVar(&newsletter, "newsletter", "", "`NAME` of the newsletter (default the first; for list, all)")
	c.AddCommand(
		&cobra.Command{
			Use: "add ADDRESS...", Short: "Subscribe addresses to a newsletter",
			Example: `  draftwire subscribers add ann@example.org 'Bob <bob@example.org>'`,
			Args:    some("mail addresses"),
			RunE: func(c *cobra.Command, args []string) error {
				return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
					if _, err := cfg.adopt(c.Context(), db); err != nil {
						return err
					}
					return a.subscribe(c, cfg, db, newsletter, args)
				})
			},
		},
		&cobra.Command{
			Use: "remove ADDRESS...", Short: "End subscriptions",
			Example: `  draftwire subscribers remove --newsletter weekly bob@example.org`,
			Args:    some("mail addresses"),
			RunE: func(c *cobra.Command, args []string) error {
				return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
					return a.unsubscribe(c, cfg, db, newsletter, args)
				})
			},
		},
		listSubscribers(a, &newsletter),
	)
	return c
}

func (a *app) subscribe(c *cobra.Command, cfg settings, db *store.DB, newsletter string, addresses []string) error {
	n, err := cfg.newsletter(newsletter)
	if err != nil {
		return err
	}
	parsed := make([]string, len(addresses))
	for i, text := range addresses {
		addr, err := netmail.ParseAddress(text)
		if err != nil {
			return usage(fmt.Errorf("%q is not a mail address: want one such as ann@example.org", text))
		}
		if err := mail.CheckAddress(addr.Address); err != nil {
			return usage(fmt.Errorf("no mail can be sent to %q: %w", text, err))
		}
		parsed[i] = addr.Address
	}
	added := make([]bool, len(parsed))
	err = db.Update(c.Context(), func(tx *store.Tx) error {
		for i, addr := range parsed {
			if added[i], err = tx.Subscribe(c.Context(), n.Name, addr, now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, addr := range parsed { // told only now that it is recorded
		word := "is now subscribed"
		if !added[i] {
			word = "was already subscribed"
		}
		fmt.Fprintf(a.out, "%s %s to %s\n", addr, word, n.Name)
	}
	return nil
}

func (a *app) unsubscribe(c *cobra.Command, cfg settings, db *store.DB, newsletter string, addresses []string) error {
	n, err := cfg.newsletter(newsletter)
	if err != nil {
		return err
	}
	var errs []error
	for _, addr := range addresses {
		if named, err := netmail.ParseAddress(addr); err == nil {
			addr = named.Address // what else was once let in can be taken out as it stands
		}
		err := db.Update(c.Context(), func(tx *store.Tx) error {
			s, err := tx.FindSubscription(c.Context(), n.Name, addr)
			if err != nil {
				return err
			}
			_, err = tx.Unsubscribe(c.Context(), s.ID, now())
			return err
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			errs = append(errs, fmt.Errorf("%s is not subscribed to %s", addr, n.Name))
		case err != nil:
			return err
		default:
			fmt.Fprintf(a.out, "%s is no longer subscribed to %s\n", addr, n.Name)
		}
	}
	return errors.Join(errs...)
}

func listSubscribers(a *app, newsletter *string) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List live subscriptions",
		Example: `  draftwire subscribers list --newsletter weekly --json`,
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				if err := knownNewsletter(c.Context(), cfg, db, *newsletter); err != nil {
					return err
				}
				list, err := db.Subscriptions(c.Context(), *newsletter)
				if err != nil {
					return err
				}
				if len(list) == 0 {
					fmt.Fprintln(a.err, "note: nobody is subscribed")
				}
				enc := json.NewEncoder(a.out)
				w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
				for _, s := range list {
					if asJSON {
						if err := enc.Encode(s); err != nil {
							return err
						}
						continue
					}
					fmt.Fprintf(w, "%s\t%s\tsince %s\n", s.Newsletter, s.Address, day(s.Began))
				}
				return w.Flush()
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return c
}

// knownNewsletter accepts newsletters of the past too: they may have subscribers still.
func knownNewsletter(ctx context.Context, cfg settings, db *store.DB, name string) error {
	past, err := db.Newsletters(ctx)
	if err != nil || slices.ContainsFunc(past, func(n store.Newsletter) bool { return n.Name == name }) {
		return err
	}
	_, err = cfg.newsletter(name)
	return err
}
