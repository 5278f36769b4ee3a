package main

// This file is about the language model: what is asked of it, and how that goes.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/llm"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// promptsBeside reads the prompts in the folder beside a configuration, and
// ours where there are none.
func promptsBeside(file string) (*llm.Prompts, error) {
	dir := filepath.Join(filepath.Dir(file), "prompts")
	var own fs.FS
	if _, err := os.Stat(dir); err == nil {
		own = os.DirFS(dir)
	}
	prompts, err := llm.LoadPrompts(own)
	if err != nil {
		return nil, fmt.Errorf("prompts in %s:\n%w", dir, err)
	}
	return prompts, nil
}

// model says what is asked of the language model, or nil where there is none.
func (s settings) model() *llm.Model {
	if !s.HasModel() {
		return nil
	}
	m := &llm.Model{Name: s.Model.Name, Prompts: s.prompts, Brief: editions.Brief}
	for _, t := range s.Model.Tasks {
		m.Tasks = append(m.Tasks, llm.Task(t))
	}
	for _, t := range s.Topics {
		if t.Private && !s.Model.Private {
			m.Private = append(m.Private, t.Name)
		}
	}
	return m
}

// writer makes what asks the language model, or nil where there is none. A slow
// model keeps its connection longer than an upstream may.
func (s settings) writer(db *store.DB, log *slog.Logger) *llm.Writer {
	m := s.model()
	if m == nil {
		return nil
	}
	c := s.Model
	w := llm.Config{
		Model: *m, DB: db, URL: c.URL, Key: c.Key, MaxTokens: c.MaxTokens, Concurrency: c.Concurrency, Timeout: c.Timeout.Duration,
		Budget: s.budget(), Now: now, Log: log,
		Client: fetch.New(fetch.Options{
			UserAgent: s.agent(), Allow: s.Fetch.Allow, MaxBytes: maxModelAnswer, Timeout: c.Timeout.Duration, HeaderTimeout: c.Timeout.Duration,
		}),
	}
	for _, n := range s.newsletters() {
		w.Series = append(w.Series, llm.Series{
			Language: n.Language,
			Upcoming: func(ctx context.Context, r *store.Reader) ([]catalog.Event, error) {
				return editions.UpcomingNews(ctx, r, n)
			},
			Edition: func(ctx context.Context, r *store.Reader) (string, string, time.Time, error) {
				return editions.WantsIntro(ctx, r, n, now())
			},
		})
	}
	return llm.NewWriter(w)
}

func (s settings) budget() llm.Budget {
	c := s.Model
	return llm.Budget{Tokens: int64(c.DailyTokens), PriceIn: c.PriceIn, PriceOut: c.PriceOut, Cost: c.DailyCost}
}

// maxModelAnswer bounds what a language model answers, in bytes of JSON.
const maxModelAnswer = 1 << 20

func modelCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "model",
		Short: "Tell how the language model fares, or ask it now",
		Long: `Tell which language model is configured, what was spent on it today, what waits
for it, and which of its answers were refused, and why. "draftwire serve" asks it
by itself, and editions never wait for it.`,
		Example: `  draftwire model
  draftwire model run
  draftwire model retry draft-ietf-quic-multipath-18`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error { return a.modelStatus(c.Context(), cfg, db) })
		},
	}
	c.AddCommand(&cobra.Command{
		Use: "run", Short: "Ask what editions to come could show, until nothing is left or something says to wait",
		Long: `Queue what the editions to come could show, and ask the language model for it
now. While "draftwire serve" works on the same database it does this by itself.`,
		Example: "  draftwire model run", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error { return a.modelRun(c.Context(), cfg, db) })
		},
	}, &cobra.Command{
		Use: "retry [NAME]", Short: "Forget what was refused or failed, about one document or all, so that it is asked again",
		Long: `Forget the answers that were refused and the requests that failed, of the draft
with its revision, the RFC, or the edition (newsletter/label) named, or of all. What
an edition to come could show is then asked again.`,
		Example: "  draftwire model retry\n  draftwire model retry rfc9999", Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return a.readFor(c.Context(), func(_ settings, db *store.DB) error {
				var n int64
				err := db.Update(c.Context(), func(tx *store.Tx) (err error) {
					subject := ""
					if len(args) == 1 {
						subject = args[0]
					}
					n, err = tx.ForgetMachine(c.Context(), subject)
					return err
				})
				if err == nil {
					_, err = fmt.Fprintln(a.out, counted(int(n), "request"), "forgotten")
				}
				return err
			})
		},
	})
	return c
}

// shownAsks is how many requests of a state are listed.
const shownAsks = 20

func (a *app) modelStatus(ctx context.Context, cfg settings, db *store.DB) error {
	if cfg.HasModel() {
		fmt.Fprintf(a.out, "%s at %s: %s\n", cfg.Model.Name, cfg.Model.URL, taskNames(cfg.Model.Tasks))
	} else {
		fmt.Fprintln(a.out, "there is no language model; see [model] in the configuration")
	}
	day, err := db.MachineDay(ctx, now())
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "today (UTC): %s, %d tokens in, %d out", counted(int(day.Requests), "request"), day.TokensIn, day.TokensOut)
	if b := cfg.budget(); cfg.HasModel() {
		fmt.Fprintf(a.out, ", of %d", b.Tokens)
		if b.PriceIn > 0 || b.PriceOut > 0 {
			fmt.Fprintf(a.out, "; %.4f spent", b.Price(day))
		}
		if b.Cost > 0 {
			fmt.Fprintf(a.out, " of %.2f", b.Cost)
		}
	}
	counts, err := db.MachineCounts(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "\n%d done, %d queued, %d refused, %d failed\n", counts[store.MachineDone], counts[store.MachineQueued],
		counts[store.MachineRefused], counts[store.MachineFailed])
	day.TokensOut += int64(cfg.Model.MaxTokens)
	if spent := cfg.budget().Spent(day); spent != "" && cfg.HasModel() && counts[store.MachineQueued] > 0 {
		fmt.Fprintf(a.out, "%s are spent; what is queued waits for tomorrow (UTC)\n", spent)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, state := range []store.MachineState{store.MachineQueued, store.MachineRefused, store.MachineFailed} {
		list, err := db.MachineAsks(ctx, state, shownAsks)
		if err != nil {
			return err
		}
		for _, q := range list {
			if q.LastError != "" {
				fmt.Fprintf(t, "%s\t%s\t%s %s\t%s\n", q.State, q.Subject, q.Task, q.Language, markup.Clean(q.LastError))
			}
		}
	}
	return t.Flush()
}

// taskNames lists tasks.
func taskNames(tasks []config.ModelTask) (s string) {
	for i, t := range tasks {
		if i > 0 {
			s += ", "
		}
		s += string(t)
	}
	return s
}

func (a *app) modelRun(ctx context.Context, cfg settings, db *store.DB) error {
	if !cfg.HasModel() {
		return usage(errors.New("there is no language model; name one under [model] in the configuration"))
	}
	release, leads, err := db.Lead(ctx, now())
	if err != nil {
		return err
	}
	if !leads {
		_, err := fmt.Fprintln(a.out, "draftwire serve works on this database, and asks by itself")
		return err
	}
	defer func() { _ = release() }()
	if _, err := cfg.adopt(ctx, db); err != nil {
		return err
	}
	tally, err := cfg.writer(db, a.quietLog()).Once(ctx)
	fmt.Fprintf(a.out, "%d done, %d refused, %d without an answer\n", tally.Done, tally.Refused, tally.Failed)
	if tally.Waits != "" {
		fmt.Fprintln(a.out, tally.Waits)
	}
	if err == nil && tally.Failed > 0 {
		err = partly("the language model did not answer; \"draftwire model\" says why")
	}
	return err
}
