// Writing: the queue is planned, worked off and settled, for as long as the
// process lives.

package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Series is a newsletter as a writer needs it.
type Series struct {
	Language string

	// Upcoming gives the news that an edition to come may show.
	Upcoming func(context.Context, *store.Reader) ([]catalog.Event, error)

	// Edition gives the edition that wants an introduction: newsletter and label,
	// an outline of it, and the end of its window. No outline: it wants none.
	Edition func(context.Context, *store.Reader) (name, outline string, at time.Time, err error)
}

// Config is what a writer works with.
type Config struct {
	Model
	DB          *store.DB
	Client      *fetch.Client
	URL         string // before /chat/completions
	Key         string // sent as a bearer token; may be empty
	MaxTokens   int    // of an answer
	Budget      Budget
	Concurrency int           // requests at once; 0 is one
	Timeout     time.Duration // of the client, for how long a lease is
	Series      []Series
	Now         func() time.Time
	Log         *slog.Logger
}

// Writer asks a model what is wanted of it.
type Writer struct {
	Config
	wake chan struct{}

	// Of the one pass at a time that there is:
	planned time.Time // when the queue was last planned
	version uint64    // of the database then
	hold    time.Time // nothing is asked until then
	misses  int       // faults in a row
	told    string    // the day of which it was told that its budget is spent
}

// NewWriter prepares a writer. It reads nothing yet.
func NewWriter(cfg Config) *Writer {
	cfg.Concurrency = max(cfg.Concurrency, 1)
	return &Writer{Config: cfg, wake: make(chan struct{}, 1)}
}

const (
	planEvery   = time.Minute     // at the least, since editions end by the clock
	planSpacing = 5 * time.Second // at the most
	maxWanted   = 2000            // requests that are queued at once
	maxAttempts = 8
	maxBackoff  = time.Hour
)

// Wake makes Run look for what is new.
func (w *Writer) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run asks what is wanted as it comes, until ctx ends. What goes wrong is noted
// and tried again.
func (w *Writer) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		next := w.Now().Add(planEvery)
		if _, err := w.round(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("the language model waits", "err", err)
		} else if due, err := w.next(ctx); err == nil && due.Before(next) {
			next = due
		}
		timer := time.NewTimer(max(next.Sub(w.Now()), 0))
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// Once plans the queue, and asks all that is due.
func (w *Writer) Once(ctx context.Context) (Tally, error) {
	w.planned = time.Time{}
	return w.round(ctx)
}

// Tally counts how requests ended.
type Tally struct {
	Done, Refused, Failed int
	Waits                 string // why others wait, or empty
}

// next gives when there is something to do.
func (w *Writer) next(ctx context.Context) (time.Time, error) {
	next := w.planned.Add(planEvery)
	if w.DB.Version() != w.version {
		next = w.planned.Add(planSpacing)
	}
	due, err := w.DB.NextMachine(ctx)
	if due.Before(w.hold) && !due.IsZero() {
		due = w.hold
	}
	if !due.IsZero() && due.Before(next) {
		next = due
	}
	return next, err
}

// round plans, and asks until nothing is due or something says to wait.
func (w *Writer) round(ctx context.Context) (Tally, error) {
	var tally Tally
	for ctx.Err() == nil {
		if err := w.plan(ctx); err != nil {
			return tally, err
		}
		jobs, err := w.claim(ctx, &tally)
		if err != nil || len(jobs) == 0 {
			return tally, err
		}
		var asking sync.WaitGroup
		for i := range jobs {
			asking.Go(func() { w.do(ctx, &jobs[i]) })
		}
		asking.Wait()
		for _, j := range jobs {
			if err := w.settle(context.WithoutCancel(ctx), j, &tally); err != nil {
				return tally, err
			}
		}
	}
	return tally, ctx.Err()
}

// plan makes the queue hold what is wanted now and nothing else.
func (w *Writer) plan(ctx context.Context) error {
	now, version := w.Now(), w.DB.Version()
	since := now.Sub(w.planned)
	if !w.planned.IsZero() && (since < planSpacing || since < planEvery && version == w.version) {
		return nil
	}
	var q store.MachineQueue
	err := w.DB.View(ctx, func(r *store.Reader) error {
		wanted, err := w.wanted(ctx, r)
		if err != nil {
			return err
		}
		q, err = r.PlanMachine(ctx, wanted)
		return err
	})
	if err != nil {
		return fmt.Errorf("plan what the language model is asked: %w", err)
	}
	if len(q.Missing)+len(q.Stale) > 0 {
		if err := w.DB.Update(ctx, func(tx *store.Tx) error { return tx.QueueMachine(ctx, q, now) }); err != nil {
			return err
		}
	}
	w.planned, w.version = now, version
	return nil
}

// wanted lists what editions to come could show, newest first.
func (w *Writer) wanted(ctx context.Context, r *store.Reader) (list []store.MachineAsk, err error) {
	for _, s := range w.Series {
		events, err := s.Upcoming(ctx, r)
		if err != nil {
			return nil, err
		}
		may, err := w.Sendable(ctx, r, events)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if may[e.ID] && e.News {
				list = append(list, w.asksOf(e, s.Language)...)
			}
		}
		if !slices.Contains(w.Tasks, Intro) {
			continue
		}
		name, outline, at, err := s.Edition(ctx, r)
		if err != nil {
			return nil, err
		}
		if outline != "" {
			list = append(list, w.introAsk(name, s.Language, outline, at))
		}
	}
	slices.SortStableFunc(list, func(a, b store.MachineAsk) int { return b.Newest.Compare(a.Newest) })
	return list[:min(len(list), maxWanted)], nil
}

// allowed gives what may be sent now, or nil if nothing is private: a topic may
// have found something since the queue was planned.
func (w *Writer) allowed(ctx context.Context, r *store.Reader) (map[store.MachineKey]bool, error) {
	if len(w.Private) == 0 {
		return nil, nil
	}
	wanted, err := w.wanted(ctx, r)
	keys := make(map[store.MachineKey]bool, len(wanted))
	for _, a := range wanted {
		keys[a.MachineKey] = true
	}
	return keys, err
}

// drop takes what was claimed out of the queue.
func (w *Writer) drop(ctx context.Context, tx *store.Tx, id int64, now time.Time) error {
	if err := tx.ReleaseMachine(ctx, id); err != nil {
		return err
	}
	return tx.QueueMachine(ctx, store.MachineQueue{Stale: []int64{id}}, now)
}

// job is one request in hand.
type job struct {
	store.MachineAsk
	ask     ask
	charged store.MachineDay
	day     time.Time

	answer answer
	err    error
}

// claim takes some of what is due, as far as the budget goes, which is charged
// before anything is asked: who dies in between has spent it.
func (w *Writer) claim(ctx context.Context, tally *Tally) (jobs []job, err error) {
	now := w.Now()
	due, err := w.DB.NextMachine(ctx)
	if err != nil || due.IsZero() || due.After(now) {
		return nil, err
	}
	if now.Before(w.hold) {
		tally.Waits = cmp.Or(tally.Waits, "nothing is asked until "+w.hold.UTC().Format(time.RFC3339))
		return nil, nil
	}
	spent := ""
	var tooLarge []store.MachineAsk
	lease := now.Add(2*w.Timeout + time.Minute)
	err = w.DB.Update(ctx, func(tx *store.Tx) error {
		jobs, tooLarge, spent = nil, nil, ""
		day, err := tx.MachineDay(ctx, now)
		if err != nil {
			return err
		}
		allowed, err := w.allowed(ctx, &tx.Reader)
		if err != nil {
			return err
		}
		for len(jobs) == 0 && spent == "" {
			claimed, err := tx.ClaimMachine(ctx, now, lease, w.Concurrency)
			if err != nil || len(claimed) == 0 {
				return err
			}
			for _, c := range claimed {
				if allowed != nil && !allowed[c.MachineKey] {
					if err := w.drop(ctx, tx, c.ID, now); err != nil {
						return err
					}
					continue
				}
				j := job{MachineAsk: c, day: now}
				if err := json.Unmarshal([]byte(c.Ask), &j.ask); err != nil {
					return fmt.Errorf("request %d to the language model: %w", c.ID, err)
				}
				in, out := tokens(j.ask.System)+tokens(j.ask.user()), int64(w.MaxTokens)
				if whole := w.Budget.Spent(plus(store.MachineDay{}, in, out)); whole != "" { // it would wait for ever, first of all
					c.State, c.LastError, c.Next = store.MachineFailed, "it may take more than "+whole, now
					if err := tx.SettleMachine(ctx, c, now); err != nil {
						return err
					}
					tooLarge = append(tooLarge, c)
					continue
				}
				if spent = w.Budget.Spent(plus(day, in, out)); spent != "" {
					if err := tx.ReleaseMachine(ctx, c.ID); err != nil {
						return err
					}
					continue
				}
				day, j.charged = plus(day, in, out), plus(store.MachineDay{}, in, out)
				if err := tx.SpendMachine(ctx, now, j.charged); err != nil {
					return err
				}
				jobs = append(jobs, j)
			}
		}
		return nil
	})
	for _, c := range tooLarge {
		tally.Failed++
		w.Log.Warn("the language model is not asked", "subject", c.Subject, "task", c.Task, "err", c.LastError)
	}
	if spent != "" && len(jobs) == 0 {
		w.hold = tomorrow(now)
		tally.Waits = spent + " are spent; the rest waits for tomorrow (UTC)"
		if today := now.UTC().Format(time.DateOnly); w.told != today {
			w.told = today
			w.Log.Warn("the language model's budget is spent", "budget", spent, "until", w.hold.Format(time.RFC3339))
		}
	}
	return jobs, err
}

func (w *Writer) do(ctx context.Context, j *job) { j.answer, j.err = w.chat(ctx, j.ask) }

// settle writes how a request ended.
func (w *Writer) settle(ctx context.Context, j job, tally *Tally) error {
	now := w.Now()
	a, cost := w.judge(j, now)
	right := store.MachineDay{TokensIn: cost.TokensIn - j.charged.TokensIn, TokensOut: cost.TokensOut - j.charged.TokensOut}
	a.TokensIn, a.TokensOut = cost.TokensIn, cost.TokensOut
	stopped := errors.Is(j.err, context.Canceled)
	busy, isBusy := errors.AsType[*fetch.BusyError](j.err)
	if isBusy {
		w.hold = busy.Until
	}
	switch {
	case stopped || isBusy:
	case a.State == store.MachineDone:
		w.misses, tally.Done = 0, tally.Done+1
	case a.State == store.MachineRefused:
		w.misses, tally.Refused = 0, tally.Refused+1
		w.Log.Info("the language model's answer is refused", "subject", a.Subject, "task", a.Task, "why", a.LastError)
	default:
		tally.Failed++
		w.misses++
		w.hold = now.Add(backoff(w.misses))
		if a.Attempts == j.Attempts { // others go first, should the server answer them
			a.Next = w.hold.Add(backoff(w.misses))
		}
		if status, ok := errors.AsType[*fetch.StatusError](j.err); ok && status.RetryAfter > 0 {
			w.hold = now.Add(status.RetryAfter)
			a.Next = w.hold
		}
		w.Log.Warn("the language model did not answer", "subject", a.Subject, "task", a.Task, "err", w.withoutKey(j.err.Error()))
	}
	return w.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SpendMachine(ctx, j.day, right); err != nil {
			return err
		}
		if stopped || isBusy { // it was not asked, or cut off by our end
			return tx.ReleaseMachine(ctx, a.ID)
		}
		return tx.SettleMachine(ctx, a, now)
	})
}

// judge says how a request ended, and what it is charged for.
func (w *Writer) judge(j job, now time.Time) (a store.MachineAsk, cost store.MachineDay) {
	a = j.MachineAsk
	a.LastError, a.Text, a.Next = "", "", now
	if !serverFault(j.err) {
		a.Attempts++
	}
	cost = store.MachineDay{TokensIn: j.answer.in, TokensOut: j.answer.out}
	if j.err != nil {
		a.State, a.LastError = store.MachineQueued, clipped(w.withoutKey(j.err.Error()), 500)
		a.Next = now.Add(backoff(a.Attempts))
		if a.Attempts >= maxAttempts {
			a.State = store.MachineFailed
		}
		if cost.TokensIn == 0 && !free(j.err) {
			cost = j.charged // it may have been at work on it
		}
		return a, cost
	}
	text, err := check(claim{Task(a.Task), a.Language, j.ask.System, j.ask.Input}, j.answer.text)
	if err == nil && j.answer.cut {
		err = refusal("it was cut off at max_tokens")
	}
	a.State, a.Text = store.MachineDone, text
	if err != nil {
		a.State, a.LastError, a.Text = store.MachineRefused, err.Error(), clipped(j.answer.text, 4000)
	}
	return a, cost
}

// withoutKey takes the key out of what a server said: it may send it back.
func (w *Writer) withoutKey(s string) string {
	if w.Key == "" {
		return s
	}
	return strings.ReplaceAll(s, w.Key, "...")
}

// free reports whether a failure cost nothing: the model never got to see it.
func free(err error) bool {
	if status, ok := errors.AsType[*fetch.StatusError](err); ok {
		return status.Status < 500 || status.Status == 503 // a gateway's 502 or 504 may come when the model is at work
	}
	_, busy := errors.AsType[*fetch.BusyError](err)
	_, blocked := errors.AsType[*fetch.BlockedError](err)
	op, dialled := errors.AsType[*net.OpError](err)
	return busy || blocked || dialled && op.Op == "dial"
}

// serverFault reports whether a failure is not of the request's making: an outage
// must not use up the attempts of what is asked during it.
func serverFault(err error) bool {
	if status, ok := errors.AsType[*fetch.StatusError](err); ok {
		return !slices.Contains([]int{400, 413, 422}, status.Status)
	}
	return free(err)
}

// backoff is how long to wait after so many faults in a row.
func backoff(n int) time.Duration {
	return min(time.Minute<<min(max(n-1, 0), 10), maxBackoff)
}
