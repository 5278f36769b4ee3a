// This file decides when which source is asked.

package aggregator

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Upstream is where a source's messages come from: feeds ([Feed]), mail on this
// machine ([Mbox], [Maildir]) and elsewhere ([IMAP], [MboxHTTP], [Pipermail],
// [HyperKitty], [PublicInbox]), and indexes ([RFCIndex], [Abstracts], [AllIDs],
// [Datatracker]).
type Upstream interface {
	// Poll reads what came since cursor, which is empty at first and then what
	// the last take was given, and hands it over in batches. fresh is for how
	// long asking again would be pointless or impolite; 0 says nothing. An error
	// that wraps a [PartialError] alone is no failure.
	Poll(ctx context.Context, cursor string, take Taker) (fresh time.Duration, err error)
}

// Taker records a batch, together with the cursor from which reading goes on
// once it is recorded, in one transaction. It may return before that, so an
// error may belong to a batch before; the upstream gives up then.
type Taker func(ctx context.Context, batch []Received, cursor string) error

// Source is an upstream that is polled, or, without Upstream, one that sends its
// mail to us and is never due; see [Inbox].
type Source struct {
	Name          string
	List          string        // the List-Id of its mails that have none, may be empty
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

	wake    chan struct{}
	sources map[string]Source // by name
}

// NewPoller makes a poller of these sources.
func NewPoller(c *Cataloguer, sources []Source, log *slog.Logger) *Poller {
	p := &Poller{Catalogue: c, Log: log, wake: make(chan struct{}, 1), sources: make(map[string]Source, len(sources))}
	for _, s := range sources {
		p.sources[s.Name] = s
	}
	return p
}

// keep makes the sources the active ones. What left the configuration keeps its
// messages and its place.
func (p *Poller) keep(ctx context.Context) error {
	var names, pushed []string
	for name, s := range p.sources {
		if s.Upstream == nil {
			pushed = append(pushed, name)
		} else {
			names = append(names, name)
		}
	}
	return p.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.KeepSources(ctx, names); err != nil {
			return err
		}
		return tx.KeepPushed(ctx, pushed)
	})
}

// Wake makes Run look for due sources now.
func (p *Poller) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run polls due sources until ctx ends. A source that fails is recorded and
// tried later; it never stops the others. While the database cannot be written,
// polling waits, and how polls ended is kept until it can.
func (p *Poller) Run(ctx context.Context) error {
	width := p.Concurrency
	if width == 0 {
		width = 64
	}
	s := shift{Poller: p, width: width, results: make(chan Result, width)}
	for ctx.Err() == nil {
		if err := s.turn(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("polling waits for the database", "err", err)
			pause(ctx, faultPause)
		}
	}
	return s.end(context.WithoutCancel(ctx))
}

// end waits for the polls under way, which ctx's end cuts off, and records how
// all ended, so that no lease outlives the Run that took it.
func (s *shift) end(ctx context.Context) error {
	s.polls.Wait() // results has room for every one of them
	for len(s.results) > 0 {
		s.ended = append(s.ended, <-s.results)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return s.record(ctx, s.ended)
}

// faultPause is how long Run leaves a database alone that cannot be written.
const faultPause = 10 * time.Second

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// shift is the work of one Run.
type shift struct {
	*Poller
	width   int         // polls at once
	kept    bool        // whether the store knows the sources
	busy    int         // polls under way
	results chan Result // of width
	ended   []Result    // not yet recorded
	polls   sync.WaitGroup
}

// turn records what has ended, begins what is due, and waits for more.
func (s *shift) turn(ctx context.Context) error {
	if !s.kept {
		if err := s.keep(ctx); err != nil {
			return err
		}
		s.kept = true
	}
	if err := s.record(ctx, s.ended); err != nil {
		return err
	}
	s.ended = nil
	if s.busy <= s.width/2 { // claim many at a time: each claim is a commit
		due, err := s.claim(ctx, s.width-s.busy)
		if err != nil {
			return err
		}
		for _, source := range due {
			s.busy++
			s.polls.Go(func() { s.results <- s.poll(ctx, source) })
		}
		if len(due) > 0 && s.busy < s.width {
			return nil // there may be more
		}
	}
	ended, err := s.wait(ctx, s.busy > s.width/2, s.results)
	s.busy -= len(ended)
	s.ended = ended
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
			switch {
			case r.cut:
				err = tx.ReleaseSource(ctx, r.id)
			case r.failed():
				err = tx.PollFailed(ctx, r.id, r.next, r.Err.Error())
			case r.Err != nil:
				err = tx.PollSucceeded(ctx, r.id, now, r.next, r.Err.Error())
			default:
				err = tx.PollSucceeded(ctx, r.id, now, r.next, "")
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
			if s.Active && !s.Pushed {
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
