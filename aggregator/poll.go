// This file decides when which source is asked.

package aggregator

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Upstream is where a source's messages come from: feeds ([Feed]), mail on this
// machine ([Mbox], [Maildir]) and elsewhere ([IMAP], [MboxHTTP], [Pipermail],
// [HyperKitty], [PublicInbox]), and indexes ([RFCIndex], [Abstracts], [AllIDs],
// [Datatracker], [Meetings]).
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
	Interval      time.Duration // from one poll to the next, at the least
	MaxInterval   time.Duration // likewise at the most, when little comes; no less than Interval
	Host          string        // "host:port" whose polls are kept from taking all places; empty: none
	Upstream      Upstream
}

// Poller polls the sources of the configuration when they are due. The
// schedule stands in the database, so a restart brings no burst.
type Poller struct {
	Catalogue   *Cataloguer
	Concurrency int           // sources polled at once; 0 is usualWidth
	Client      *fetch.Client // the hosts that it must not ask are kept over a restart; may be nil
	Spacing     time.Duration // of requests to one host
	Log         *slog.Logger
	Taken       func(messages int64) // told of each batch, from several goroutines; may be nil

	watchRest time.Duration // before a watch that broke is begun again; 0 is 5 s

	wake    chan struct{}
	sources map[string]Source // by name

	looked time.Time            // when it last looked for what is due; like all below of the one Run or PollNow
	beaten time.Time            // when it last showed that it is at work
	closed map[string]time.Time // the hosts that want no requests, as stored
}

// NewPoller makes a poller of these sources.
func NewPoller(c *Cataloguer, sources []Source, log *slog.Logger) *Poller {
	p := &Poller{Catalogue: c, Log: log, wake: make(chan struct{}, 1), sources: make(map[string]Source, len(sources))}
	for _, s := range sources {
		p.sources[s.Name] = s
	}
	return p
}

// Wake makes Run look for due sources now.
func (p *Poller) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// usualWidth is as many polls as keep the writer busy with servers that take a
// fifth of a second to answer.
const usualWidth = 72

// Run polls due sources until ctx ends. A source that fails is recorded and
// tried later; it never stops the others. While the database cannot be written,
// polling waits, and how polls ended is kept until it can.
func (p *Poller) Run(ctx context.Context) error {
	width := p.Concurrency
	if width == 0 {
		width = usualWidth
	}
	s := shift{
		Poller: p, width: width, results: make(chan Result, width), lanes: lanes{spacing: p.Spacing}, vigil: p.watch(ctx),
	}
	defer p.closeAll()
	defer s.vigil.posts.Wait()
	for ctx.Err() == nil {
		if err := s.turn(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("polling waits for the database", "err", err)
			pause(ctx, faultPause)
		}
	}
	return s.end(context.WithoutCancel(ctx))
}

// closeAll ends what upstreams keep open between polls.
func (p *Poller) closeAll() {
	for _, s := range p.sources {
		if c, ok := s.Upstream.(io.Closer); ok {
			_ = c.Close() // nothing is lost by what it could say
		}
	}
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
	_, err := s.exchange(ctx, s.ended, 0)
	return err
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
	lanes   lanes       // of them
	results chan Result // of width
	ended   []Result    // not yet recorded
	polls   sync.WaitGroup
	vigil   *vigil
}

// turn records what has ended and begins what is due, and waits for more.
func (s *shift) turn(ctx context.Context) error {
	if !s.kept {
		if err := s.takeUp(ctx, s.width); err != nil {
			return err
		}
		s.kept = true
	}
	places := s.width - s.busy
	if s.busy > s.width/2 && !slices.ContainsFunc(s.ended, func(r Result) bool { return !r.putOff }) {
		places = 0 // many at a time: each claim is a commit, and what was put off would bring the next
	}
	due, err := s.exchange(ctx, s.ended, places)
	if err != nil {
		return err
	}
	s.ended = nil
	for _, source := range due {
		s.begin(ctx, source)
	}
	if len(due) > 0 && s.busy < s.width {
		return nil // there may be more
	}
	ended, err := s.wait(ctx, s.busy > s.width/2, s.results)
	now := s.Catalogue.Now()
	for _, r := range ended {
		s.busy--
		s.lanes.leave(s.sources[r.Source].Host, r.took, now)
	}
	s.ended = ended
	return err
}

// begin polls a source, or puts it off while its host has enough to do.
func (s *shift) begin(ctx context.Context, source store.Source) {
	now := s.Catalogue.Now()
	if wait, ok := s.lanes.enter(s.sources[source.Name].Host, now); !ok {
		s.ended = append(s.ended, Result{Source: source.Name, id: source.ID, putOff: true, next: now.Add(wait)})
		return
	}
	s.busy++
	s.polls.Go(func() {
		r := s.poll(ctx, source)
		s.results <- r
		s.vigil.polled(ctx, r)
	})
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
		wait := time.Minute // whatever the clock does, look again by then
		if !next.IsZero() {
			wait = min(max(next.Sub(p.Catalogue.Now()), 0), wait)
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		due = timer.C
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

// PollNow polls the named sources, or all for none, one after the other,
// whether they are due or not. each is told as a source ends.
func (p *Poller) PollNow(ctx context.Context, names []string, each func(Result)) error {
	defer p.closeAll()
	if err := p.takeUp(ctx, len(p.sources)); err != nil {
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
		if _, err := p.exchange(ctx, []Result{r}, 0); err != nil {
			return err
		}
		each(r)
	}
	return nil
}
