package main

import (
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/store"
)

func subscribersCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use: "subscribers", Short: "Add, remove and list subscribers of newsletters",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return usage(errors.New("say add, remove or list; see --help"))
		},
	}
	var newsletter string
	c.PersistentFlags().StringVar(&newsletter, "newsletter", "", "`NAME` of the newsletter (default the first; for list, all)")
	c.AddCommand(
		&cobra.Command{
			Use: "add ADDRESS...", Short: "Subscribe addresses to a newsletter", Args: arguments(cobra.MinimumNArgs(1)),
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
			Use: "remove ADDRESS...", Short: "End subscriptions", Args: arguments(cobra.MinimumNArgs(1)),
			RunE: func(c *cobra.Command, args []string) error {
				return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
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
		parsed[i] = addr.Address
	}
	return db.Update(c.Context(), func(tx *store.Tx) error {
		for _, addr := range parsed {
			added, err := tx.Subscribe(c.Context(), n.Name, addr, now())
			if err != nil {
				return err
			}
			word := "was subscribed already"
			if added {
				word = "is subscribed"
			}
			fmt.Fprintf(a.out, "%s %s to %s\n", addr, word, n.Name)
		}
		return nil
	})
}

func (a *app) unsubscribe(c *cobra.Command, cfg settings, db *store.DB, newsletter string, addresses []string) error {
	n, err := cfg.newsletter(newsletter)
	if err != nil {
		return err
	}
	for _, addr := range addresses {
		err := db.Update(c.Context(), func(tx *store.Tx) error {
			s, err := tx.FindSubscription(c.Context(), n.Name, addr)
			if err != nil {
				return err
			}
			_, err = tx.Unsubscribe(c.Context(), s.ID, now())
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s is no longer subscribed to %s\n", addr, n.Name)
	}
	return nil
}

func listSubscribers(a *app, newsletter *string) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List live subscriptions", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.openFor(c.Context(), func(_ settings, db *store.DB) error {
				list, err := db.Subscriptions(c.Context(), *newsletter)
				if err != nil {
					return err
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
