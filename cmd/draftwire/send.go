package main

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/notify"
	"github.com/draftwire/draftwire/store"
)

func sendCommand(a *app) *cobra.Command {
	var newsletter, test string
	c := &cobra.Command{
		Use:   "send EDITION",
		Short: "Mail a closed edition to those who have not had it",
		Long: `Mail a closed edition, named by its day or label, to all who are subscribed now
and have not had it: the same edition goes to the same person once. A mail that
failed, because it was refused or given up or its reader had left and came back,
is tried anew as the same mail; one that is unknown may have arrived, and is
not. While "draftwire serve" works on the same database, it does the sending,
and this command waits until each mail was tried or is known to have to wait.

By itself serve mails an edition only to those who subscribed before its window
ended, and for four days after that; this command mails older ones too.

With --test it goes to one address, marked as a test, whether that is
subscribed or not, and nothing is recorded.`,
		Example: `  draftwire send 2025-12-07
  draftwire send --newsletter weekly 2025-W49 --test me@example.org`,
		Args: exactly(1, "one edition, such as 2025-12-07"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				n, err := cfg.newsletter(newsletter)
				if err != nil {
					return err
				}
				if cfg.Mail.Relay == "" {
					return usage(errors.New("there is no relay to send by; name one as relay in [mail]"))
				}
				row, err := closedEdition(c.Context(), db, n, args[0])
				if err != nil {
					return err
				}
				id, err := a.identity(c.Context(), cfg, db)
				if err != nil {
					return err
				}
				notifier := cfg.notifier(db, id, a.quietLog())
				if test != "" {
					return a.sendTest(c.Context(), notifier, row, test)
				}
				return a.send(c.Context(), db, notifier, row)
			})
		},
	}
	c.Flags().StringVar(&newsletter, "newsletter", "", "`NAME` of the newsletter (default the first)")
	c.Flags().StringVar(&test, "test", "", "send a test to this `ADDRESS` only")
	return c
}

func (a *app) sendTest(ctx context.Context, n *notify.Notifier, row store.Edition, to string) error {
	addr, err := netmail.ParseAddress(to)
	if err != nil {
		return usage(fmt.Errorf("--test %q is not a mail address: want one such as me@example.org", to))
	}
	e, err := editions.Decode(row)
	if err != nil {
		return err
	}
	if err := n.Test(ctx, e, addr.Address); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "sent a test to %s\n", addr.Address)
	return nil
}

func (a *app) send(ctx context.Context, db *store.DB, n *notify.Notifier, row store.Edition) error {
	queued, err := n.Enqueue(ctx, row.ID)
	if err != nil {
		return err
	}
	release, leads, err := db.Lead(ctx, now())
	if err == nil && !leads {
		release, err = a.awaitLeader(ctx, db, func() (bool, error) { return allTried(ctx, db, row.ID) })
	}
	if release != nil {
		bar := a.progress("send", "mails", int64(queued))
		_, err = n.Drain(ctx, func(notify.Tally) { bar.add(1) })
		bar.end()
		err = errors.Join(err, release())
	}
	if err != nil {
		return err
	}
	return a.reportMails(ctx, db, row.ID, queued)
}

// allTried reports whether every mail of an edition was handed over, or tried to.
func allTried(ctx context.Context, db *store.DB, edition int64) (bool, error) {
	mails, err := db.Mails(ctx, edition)
	return !slices.ContainsFunc(mails, func(m store.Mail) bool {
		return m.State == store.Queued || m.State == store.Sending
	}), err
}

func (a *app) reportMails(ctx context.Context, db *store.DB, edition int64, queued int) error {
	mails, err := db.Mails(ctx, edition)
	if err != nil {
		return err
	}
	count := make(map[store.MailState]int)
	for _, m := range mails {
		count[m.State]++
		switch m.State {
		case store.Sent:
		case store.Deferred:
			fmt.Fprintf(a.out, "%s: %s until %s: %s\n", m.Address, m.State, m.Next.Format(time.RFC3339), m.LastError)
		default:
			fmt.Fprintf(a.out, "%s: %s: %s\n", m.Address, m.State, m.LastError)
		}
	}
	if len(mails) == 0 {
		fmt.Fprintln(a.out, "nobody is subscribed; nothing was sent")
		return nil
	}
	fmt.Fprintf(a.out, "%s queued now; %d of %d of this edition sent\n", counted(queued, "mail"), count[store.Sent], len(mails))
	if open := len(mails) - count[store.Sent]; open > 0 {
		return partly("%s of this edition not known to be sent", counted(open, "mail"))
	}
	return nil
}
