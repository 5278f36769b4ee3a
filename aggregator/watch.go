// This file keeps a watch on the sources that can tell when there is
// something new, so that it is polled at once.

package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Watcher is an upstream that can tell when there is something new. It is
// polled at its interval all the same, should it not tell.
type Watcher interface {
	Upstream
	// Watch calls news whenever a poll may find something, and once when it
	// has begun, for what came before. It ends with ctx, or with an error when it
	// can no longer tell; an error that wraps ErrUnwatchable is for good.
	Watch(ctx context.Context, news func()) error
}

// ErrUnwatchable says that an upstream cannot tell, now or later.
var ErrUnwatchable = errors.New("polled at its interval only")

// A watch that broke is begun again after a pause that doubles, and is the
// first again once a watch has lasted.
const (
	longestBreak = 30 * time.Minute
	hasLasted    = 5 * time.Minute
)

// How long the news of a source has to wait when its last was none; it doubles
// each time.
const (
	firstDoubt = 100 * time.Millisecond
	mostDoubt  = time.Minute
)

// vigil is the watching of one Run.
type vigil struct {
	*Poller
	calls chan call
	posts sync.WaitGroup
}

// call is what a vigil is told.
type call struct {
	source string
	polled bool // a poll has ended; otherwise there may be something new
	found  bool // it found something
}

// watch begins to watch the sources that can tell.
func (p *Poller) watch(ctx context.Context) *vigil {
	v := &vigil{Poller: p, calls: make(chan call)}
	for _, s := range p.sources {
		if up, ok := s.Upstream.(Watcher); ok {
			v.posts.Go(func() { v.stand(ctx, s.Name, up) })
		}
	}
	v.posts.Go(func() { v.listen(ctx) })
	return v
}

// polled tells of a poll that has ended.
func (v *vigil) polled(ctx context.Context, r Result) {
	if _, ok := v.sources[r.Source].Upstream.(Watcher); ok {
		v.tell(ctx, call{r.Source, true, r.Tally.New() > 0})
	}
}

func (v *vigil) tell(ctx context.Context, c call) {
	select {
	case v.calls <- c:
	case <-ctx.Done():
	}
}

// stand watches one source, again and again, until ctx ends.
func (v *vigil) stand(ctx context.Context, name string, up Watcher) {
	first := cmp.Or(v.watchRest, 5*time.Second)
	rest := first
	for {
		began := time.Now()
		err := watchOnce(ctx, up, func() { v.tell(ctx, call{source: name}) })
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, ErrUnwatchable) {
			v.Log.Debug("not watched", "source", name, "why", err)
			return
		}
		if time.Since(began) >= hasLasted {
			rest = first
		}
		wait := rest - rand.N(rest/4) //nolint:gosec // scatter, not secrecy
		v.Log.Info("watching broke off; it is polled at its interval meanwhile", "source", name, "err", err, "again", wait.Round(time.Second))
		v.note(ctx, name, err)
		pause(ctx, wait)
		rest = min(2*rest, longestBreak)
	}
}

// note writes down why a source is not watched just now. The next poll that
// works wipes it out.
func (v *vigil) note(ctx context.Context, name string, why error) {
	err := v.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.NoteSource(ctx, name, fmt.Sprintf("source %s: watching broke off: %v", name, why))
	})
	if err != nil && ctx.Err() == nil {
		v.Log.Error("what broke off a watch is not written down", "source", name, "err", err)
	}
}

// watchOnce keeps a panic over what one source said from ending them all.
func watchOnce(ctx context.Context, up Watcher, news func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("watching it made the program stumble: %v", p)
		}
	}()
	return up.Watch(ctx, news)
}

// doubt is how far the news of one source is believed.
type doubt struct {
	news  bool          // there is some that was not passed on
	asked bool          // a poll was asked for, and has not ended
	wait  time.Duration // from one such poll to the next
	last  time.Time     // when it was asked for
}

// listen makes sources due that have told of something new.
func (v *vigil) listen(ctx context.Context) {
	doubts := make(map[string]*doubt)
	for ctx.Err() == nil {
		due, next := v.due(doubts)
		if len(due) > 0 {
			v.ask(ctx, due, doubts)
			continue
		}
		var timer <-chan time.Time
		if next >= 0 {
			timer = time.After(next)
		}
		select {
		case <-ctx.Done():
			return
		case c := <-v.calls:
			v.heed(c, doubts)
		case <-timer:
		}
	}
}

// heed takes a call in.
func (v *vigil) heed(c call, doubts map[string]*doubt) {
	d := doubts[c.source]
	if d == nil {
		d = &doubt{}
		doubts[c.source] = d
	}
	switch {
	case !c.polled:
		d.news = true
	case c.found:
		d.wait, d.asked = 0, false
	case d.asked:
		d.wait, d.asked = min(max(2*d.wait, firstDoubt), mostDoubt), false
	}
}

// due gives the sources to ask for now, and otherwise how long it is until the
// first, negative for none.
func (v *vigil) due(doubts map[string]*doubt) (names []string, next time.Duration) {
	next = -1
	for name, d := range doubts {
		if !d.news {
			continue
		}
		if wait := d.wait - time.Since(d.last); wait <= 0 {
			names = append(names, name)
		} else if next < 0 || wait < next {
			next = wait
		}
	}
	return names, next
}

// ask makes sources due. While the database cannot be written, it waits.
func (v *vigil) ask(ctx context.Context, names []string, doubts map[string]*doubt) {
	now := v.Catalogue.Now()
	err := v.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		for _, name := range names {
			if err := tx.PollNow(ctx, name, now); err != nil && !errors.Is(err, store.ErrNotFound) { // new ones are due anyway
				return err
			}
		}
		return nil
	})
	if err != nil {
		if ctx.Err() == nil {
			v.Log.Error("what sources tell waits for the database", "err", err)
		}
		pause(ctx, faultPause)
		return
	}
	for _, name := range names {
		d := doubts[name]
		d.news, d.asked, d.last = false, true, time.Now()
	}
	v.Wake()
}
