// This file decides when which source is asked, and what follows from the
// answer.

package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Upstream is where a source's messages come from. Kinds of it are [Feed],
// [Mbox] and [IMAP].
type Upstream interface {
	// Poll reads what came since cursor, which is empty at first and then what
	// the last take was given, and hands it over in batches. fresh is for how
	// long asking again would be pointless or impolite; 0 says nothing.
	Poll(ctx context.Context, cursor string, take Taker) (fresh time.Duration, err error)
}

// Taker records a batch, together with the cursor from which reading goes on
// once it is recorded, in one transaction. It may return before that, so an
// error may belong to a batch before; the upstream gives up then.
type Taker func(ctx context.Context, batch []Received, cursor string) error

// Source is an upstream that is polled.
type Source struct {
	Name          string
	Announcements bool          // may create draft, RFC and charter events
	Interval      time.Duration // from one poll to the next
	Upstream      Upstream
}

// Poller polls the sources of the configuration when they are due. The
// schedule stands in the database, so a restart brings no burst.
type Poller struct {
	Catalogue   *Cataloguer
	Concurrency int // sources polled at once; 0 is 64
	Log         *slog.Logger

	wake chan struct{}

	mu      sync.Mutex        // guards sources
	sources map[string]Source // by name
}

// NewPoller makes a poller of these sources.
func NewPoller(c *Cataloguer, sources []Source, log *slog.Logger) *Poller {
	p := &Poller{Catalogue: c, Log: log, wake: make(chan struct{}, 1)}
	p.use(sources)
	return p
}

func (p *Poller) use(sources []Source) {
	byName := make(map[string]Source, len(sources))
	for _, s := range sources {
		byName[s.Name] = s
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sources = byName
}

// Replace changes the sources, for a configuration read anew.
func (p *Poller) Replace(ctx context.Context, sources []Source) error {
	p.use(sources)
	defer p.Wake()
	return p.keep(ctx)
}

func (p *Poller) keep(ctx context.Context) error {
	p.mu.Lock()
	names := make([]string, 0, len(p.sources))
	for name := range p.sources {
		names = append(names, name)
	}
	p.mu.Unlock()
	return p.Catalogue.DB.Update(ctx, func(tx *store.Tx) error { return tx.KeepSources(ctx, names) })
}

// Wake makes Run look for due sources now.
func (p *Poller) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Result is how one poll ended.
type Result struct {
	Source string
	Tally  Tally
	Err    error

	id   int64
	next time.Time
}

// Run polls due sources until ctx ends or the database fails. A source that
// fails is recorded and tried later; it never stops the others.
func (p *Poller) Run(ctx context.Context) error {
	if err := p.keep(ctx); err != nil {
		return err
	}
	width := p.Concurrency
	if width == 0 {
		width = 64
	}
	results := make(chan Result, width)
	var polls sync.WaitGroup
	defer polls.Wait() // results has room for every poll under way
	busy := 0
	for {
		var due []store.Source
		var err error
		if busy <= width/2 { // claim many at a time: each claim is a commit
			if due, err = p.claim(ctx, width-busy); err != nil {
				return unlessDone(ctx, err)
			}
		}
		for _, s := range due {
			busy++
			polls.Go(func() { results <- p.poll(ctx, s) })
		}
		if len(due) > 0 && busy < width {
			continue
		}
		ended, err := p.wait(ctx, busy > width/2, results)
		if err != nil || ctx.Err() != nil {
			return unlessDone(ctx, err)
		}
		busy -= len(ended)
		if err := p.record(ctx, ended); err != nil {
			return unlessDone(ctx, err)
		}
	}
}

func unlessDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil // asked to stop: not a failure
	}
	return err
}

func (p *Poller) claim(ctx context.Context, limit int) (due []store.Source, err error) {
	now := p.Catalogue.Now()
	if next, err := p.Catalogue.DB.NextPoll(ctx); err != nil || next.IsZero() || next.After(now) {
		return nil, err // looking costs no commit
	}
	err = p.Catalogue.DB.Update(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.ClaimSources(ctx, now, now.Add(leaseFor), limit)
		return err
	})
	return due, err
}

// leaseFor is how long a poll is left alone; each batch renews it.
const leaseFor = 15 * time.Minute

// wait gives the polls that have ended, at least one if full. Otherwise it
// also returns when something is due or Wake was called.
func (p *Poller) wait(ctx context.Context, full bool, results <-chan Result) (ended []Result, err error) {
	var due <-chan time.Time
	wake := p.wake
	if full {
		wake = nil
	} else {
		next, err := p.Catalogue.DB.NextPoll(ctx)
		if err != nil {
			return nil, err
		}
		if !next.IsZero() {
			timer := time.NewTimer(max(next.Sub(p.Catalogue.Now()), 0))
			defer timer.Stop()
			due = timer.C
		}
	}
	select {
	case <-ctx.Done():
		return nil, nil
	case <-due:
	case <-wake:
	case r := <-results:
		ended = append(ended, r)
		for len(results) > 0 { // whatever else has ended shares the commit
			ended = append(ended, <-results)
		}
	}
	return ended, nil
}

// record writes how polls ended.
func (p *Poller) record(ctx context.Context, ended []Result) error {
	if len(ended) == 0 {
		return nil
	}
	now := p.Catalogue.Now()
	return p.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		for _, r := range ended {
			var err error
			if r.Err == nil {
				err = tx.PollSucceeded(ctx, r.id, now, r.next)
			} else {
				err = tx.PollFailed(ctx, r.id, r.next, r.Err.Error())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// PollNow polls the named sources, or all for none, one after the other,
// whether they are due or not. each is told as a source ends.
func (p *Poller) PollNow(ctx context.Context, names []string, each func(Result)) error {
	if err := p.keep(ctx); err != nil {
		return err
	}
	rows, err := p.Catalogue.DB.Sources(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		for _, s := range rows {
			if s.Active {
				names = append(names, s.Name)
			}
		}
	}
	for _, name := range names {
		var s store.Source
		now := p.Catalogue.Now()
		err := p.Catalogue.DB.Update(ctx, func(tx *store.Tx) (err error) {
			s, err = tx.ClaimSource(ctx, name, now, now.Add(leaseFor))
			return err
		})
		if err != nil {
			return err
		}
		r := p.poll(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.record(ctx, []Result{r}); err != nil {
			return err
		}
		each(r)
	}
	return nil
}

// poll asks one source.
func (p *Poller) poll(ctx context.Context, row store.Source) Result {
	r := Result{Source: row.Name, id: row.ID}
	p.mu.Lock()
	s, known := p.sources[row.Name]
	p.mu.Unlock()
	now := p.Catalogue.Now()
	if !known { // left the configuration between claim and poll
		r.next = now.Add(time.Hour)
		r.Err = errors.New("the source is no longer in the configuration")
		return r
	}
	origin := Origin{Source: row.ID, Name: s.Name, Announcements: s.Announcements, History: row.Polls == 0}
	in := stream{c: p.Catalogue, origin: origin}
	cursor := row.Cursor
	take := func(ctx context.Context, batch []Received, next string) error {
		if len(batch) == 0 && next == cursor {
			return nil
		}
		cursor = next
		return in.add(ctx, batch, func(tx *store.Tx) error {
			return tx.AdvanceSource(ctx, row.ID, next, len(batch), p.Catalogue.Now().Add(leaseFor))
		})
	}
	fresh, err := s.Upstream.Poll(ctx, row.Cursor, take)
	tally, writeErr := in.finish()
	r.Tally = tally
	if err == nil {
		err = writeErr
	}
	now = p.Catalogue.Now()
	if err != nil {
		r.Err = fmt.Errorf("source %s: %w", s.Name, err)
		r.next = now.Add(retryAfter(err, s.Interval, row.Attempts, now))
		if ctx.Err() == nil {
			p.Log.Warn("poll failed", "source", s.Name, "err", err, "next", r.next.Format(time.RFC3339))
		}
		return r
	}
	r.next = now.Add(max(s.Interval, fresh))
	if r.Tally.Messages > r.Tally.Known {
		p.Log.Info("polled", "source", s.Name, "messages", r.Tally.Messages-r.Tally.Known,
			"announced", r.Tally.Announced, "posts", r.Tally.Posts)
	}
	for _, d := range r.Tally.Defects {
		p.Log.Debug("defect", "source", s.Name, "what", d)
	}
	return r
}

// retryAfter is when a failed source is tried again: later with each failure,
// up to a day, never given up, never sooner than the host asked for, and
// scattered so that sources that failed together do not return together.
func retryAfter(err error, interval time.Duration, attempts int, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	wait := min(max(interval, time.Minute)<<min(attempts, 10), longest)
	wait -= time.Duration(rand.Int64N(int64(wait)/5 + 1)) //nolint:gosec // scatter, not secrecy
	var status *fetch.StatusError
	if errors.As(err, &status) {
		if status.Gone() {
			return longest
		}
		wait = max(wait, status.RetryAfter)
	}
	var busy *fetch.BusyError
	if errors.As(err, &busy) {
		wait = max(busy.Until.Sub(now), time.Second)
	}
	return min(wait, longest)
}
