package main

// This file fetches texts of drafts at command, and shows them.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// textFetcher makes the fetcher of texts, with the client of a poller, so that
// a host is asked no oftener than it is to be by both; nil if none are wanted.
func (s settings) textFetcher(p *aggregator.Poller, log *slog.Logger) *aggregator.Texts {
	if !s.Texts.Fetch {
		return nil
	}
	t := aggregator.NewTexts(p.Catalogue, p.Client, log)
	t.URL, t.Back = s.Texts.URL, s.Texts.Back.Duration
	return t
}

// textsHere fetches what is due now, if texts are wanted at all.
func (a *app) textsHere(ctx context.Context, cfg settings, db *store.DB) error {
	t := cfg.textFetcher(cfg.poller(db, a.quietLog(), nil), a.quietLog())
	if t == nil {
		return nil
	}
	bar := a.progress("fetch", "texts", 0)
	defer bar.end()
	for {
		n, err := t.Pass(ctx)
		if bar.add(int64(n)); err != nil || n == 0 {
			return err
		}
	}
}

func textsCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "texts",
		Short: "Tell which texts of drafts are here, and what they changed",
		Long: `Tell how many texts of drafts are here, how many are still wanted, and which
could not be had and why. Texts are fetched if the configuration says
fetch = true under [texts].`,
		Example: `  draftwire texts
  draftwire texts show draft-ietf-quic-multipath-18
  draftwire texts fetch draft-ietf-quic-multipath-17`,
		Args: known,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error { return a.tellTexts(c.Context(), cfg, db) })
		},
	}
	c.AddCommand(showText(a), fetchText(a))
	return c
}

// maxTroubled bounds how many texts that could not be had are listed.
const maxTroubled = 50

func (a *app) tellTexts(ctx context.Context, cfg settings, db *store.DB) error {
	t, err := db.TextTally(ctx)
	if err != nil {
		return err
	}
	troubled, err := db.TroubledTexts(ctx, maxTroubled)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s here, %d wanted, %d given up\n", counted(t.Here, "text"), t.Wanted, t.Refused)
	if !cfg.Texts.Fetch {
		fmt.Fprintln(a.out, "none are fetched; to have them, write fetch = true under [texts] of the configuration")
	}
	w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
	for _, q := range troubled {
		when := "tried again in " + span(max(q.Next.Sub(now()), 0))
		if !q.Refused.IsZero() {
			when = "given up"
		}
		fmt.Fprintf(w, "%s-%s\t%s\t%s\n", q.Document, q.Rev, when, q.LastError)
	}
	if more := t.Failing + t.Refused - len(troubled); more > 0 {
		fmt.Fprintf(w, "and %d more\n", more)
	}
	return w.Flush()
}

// revision reads the name of a draft with its revision.
func revision(s string) (document, rev string, err error) {
	document, rev, ok := catalog.SplitDraft(s)
	if !ok {
		return "", "", usage(fmt.Errorf("%q is no draft with its revision, such as draft-ietf-quic-multipath-18", s))
	}
	return document, rev, nil
}

func showText(a *app) *cobra.Command {
	var whole bool
	var language string
	c := &cobra.Command{
		Use:   "show NAME-REV",
		Short: "Tell what a revision changed in its text, or print the text",
		Example: `  draftwire texts show draft-ietf-quic-multipath-18
  draftwire texts show --text draft-ietf-quic-multipath-18`,
		Args: exactly(1, "a draft with its revision"),
		RunE: func(c *cobra.Command, args []string) error {
			document, rev, err := revision(args[0])
			if err != nil {
				return err
			}
			return a.readFor(c.Context(), func(_ settings, db *store.DB) error {
				if whole {
					return writeText(c.Context(), a.out, db, document, rev)
				}
				return writeTextChange(c.Context(), a.out, db, document, rev, language)
			})
		},
	}
	c.Flags().BoolVar(&whole, "text", false, "print the text as it came")
	c.Flags().StringVar(&language, "lang", "en", "`LANGUAGE` to tell it in: en or ja")
	return c
}

func writeText(ctx context.Context, w io.Writer, db *store.DB, document, rev string) error {
	text, err := db.Text(ctx, document, rev)
	if errors.Is(err, store.ErrNotFound) {
		return noText(document, rev)
	}
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func noText(document, rev string) error {
	return fmt.Errorf("the text of %s-%s is not here; \"draftwire texts fetch %s-%s\" gets it", document, rev, document, rev)
}

func writeTextChange(ctx context.Context, w io.Writer, db *store.DB, document, rev, language string) error {
	change, err := db.TextChange(ctx, document, rev)
	if errors.Is(err, store.ErrNotFound) {
		return noText(document, rev)
	}
	if err != nil {
		return err
	}
	if change == nil {
		return fmt.Errorf("the text of the revision before %s-%s is not here, so it was not compared", document, rev)
	}
	lines, err := editions.TextLines(change, aggregator.RevisionBefore(rev), language)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

func fetchText(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "fetch NAME-REV...",
		Short: "Fetch texts that are not here, also some that were given up",
		Long: `Fetch texts that are not here, and those of the revisions before, to compare
them with. While "draftwire serve" works on the same database, it is asked to do
so, and this command waits for it.`,
		Example: `  draftwire texts fetch draft-ietf-quic-multipath-17 draft-ietf-quic-multipath-18`,
		Args:    some("drafts with their revisions"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error { return a.fetchTexts(c.Context(), cfg, db, args) })
		},
	}
}

func (a *app) fetchTexts(ctx context.Context, cfg settings, db *store.DB, names []string) error {
	var wanted []store.TextRequest
	for _, name := range names {
		document, rev, err := revision(name)
		if err != nil {
			return err
		}
		wanted = append(wanted, store.TextRequest{Document: catalog.Fold(document), Rev: rev, Published: now()})
		if before := aggregator.RevisionBefore(rev); before != "" {
			wanted = append(wanted, store.TextRequest{Document: catalog.Fold(document), Rev: before, Published: now()})
		}
	}
	if !cfg.Texts.Fetch {
		return usage(errors.New("texts are not fetched; write fetch = true under [texts] of the configuration"))
	}
	err := db.Update(ctx, func(tx *store.Tx) error {
		for _, q := range wanted {
			if err := tx.WantText(ctx, q, now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	release, leads, err := db.Lead(ctx, now())
	if err == nil && !leads {
		release, err = a.awaitLeader(ctx, db, func() (bool, error) {
			waiting, err := db.TextsWaiting(ctx, time.Time{}, now())
			return !waiting, err
		})
	}
	if err == nil && release != nil {
		err = errors.Join(a.textsHere(ctx, cfg, db), release())
	}
	if err != nil {
		return err
	}
	return a.tellFetched(ctx, db, wanted)
}

// tellFetched says what became of each text.
func (a *app) tellFetched(ctx context.Context, db *store.DB, wanted []store.TextRequest) error {
	troubled, err := db.TroubledTexts(ctx, 10*maxTroubled)
	if err != nil {
		return err
	}
	why := make(map[string]string, len(troubled))
	for _, q := range troubled {
		why[q.Document+"-"+q.Rev] = q.LastError
	}
	failed := 0
	for _, q := range wanted {
		name := q.Document + "-" + q.Rev
		here, err := db.HasText(ctx, q.Document, q.Rev)
		switch {
		case err != nil:
			return err
		case here:
			fmt.Fprintf(a.out, "%s: here\n", name)
		default:
			failed++
			fmt.Fprintf(a.out, "%s: %s\n", name, why[name])
		}
	}
	if failed > 0 {
		return partly("%s could not be had", counted(failed, "text"))
	}
	return nil
}
