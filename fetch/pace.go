// Pacing: one request at a time to a host and port, spaced, and none while
// the host asks to be left alone.

package fetch

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	firstSweep = 1024  // hosts to hold before looking for idle ones
	maxGates   = 65536 // hosts to hold at all, and closed ones likewise
)

// pacer hands out turns by key, "host:port".
type pacer struct {
	spacing time.Duration
	now     func() time.Time

	mu      sync.Mutex // guards all below, and every gate
	gates   map[string]*gate
	closed  map[string]time.Time // hosts that want no requests until then, and some that did
	sweepAt int
}

// gate is the state of one host and port.
type gate struct {
	busy  bool            // somebody has the turn
	queue []chan struct{} // who waits, first come first served; closed to hand over the turn
	next  time.Time       // the next request starts no sooner
}

func newPacer(spacing time.Duration, now func() time.Time) *pacer {
	return &pacer{spacing: spacing, now: now, gates: map[string]*gate{}, closed: map[string]time.Time{}, sweepAt: firstSweep}
}

// enter waits for the turn of key. It fails with a *BusyError while the host
// is closed, and with ctx's error; otherwise the caller must leave.
func (p *pacer) enter(ctx context.Context, key string) error {
	turn, err := p.join(key)
	if err != nil {
		return err
	}
	select {
	case <-turn:
	case <-ctx.Done():
		p.quit(key, turn)
		return ctx.Err()
	}
	if err := p.space(ctx, key); err != nil {
		p.pass(key)
		return err
	}
	return nil
}

// join queues for key. The channel is closed when it is the caller's turn,
// at once if nobody else has it.
func (p *pacer) join(key string) (chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.refusal(key, p.now()); err != nil {
		return nil, err
	}
	g := p.gates[key]
	if g == nil {
		p.sweep()
		g = &gate{}
		p.gates[key] = g
	}
	turn := make(chan struct{})
	if g.busy {
		g.queue = append(g.queue, turn)
	} else {
		g.busy = true
		close(turn)
	}
	return turn, nil
}

// quit gives up waiting. The turn may have come at that very moment: then it
// is passed on.
func (p *pacer) quit(key string, turn chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.gates[key]
	if i := slices.Index(g.queue, turn); i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
		return
	}
	g.pass()
}

// space waits, with the turn in hand, until the spacing is kept.
func (p *pacer) space(ctx context.Context, key string) error {
	p.mu.Lock()
	g, now := p.gates[key], p.now()
	err, wait := p.refusal(key, now), min(g.next.Sub(now), p.spacing) // the clock may have been set back
	p.mu.Unlock()
	if err != nil || wait <= 0 {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave ends a turn in which a request was made. A host that asked to be left
// alone for some time is closed.
func (p *pacer) leave(key string, closeFor time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, now := p.gates[key], p.now()
	g.next = now.Add(p.spacing)
	if closeFor > 0 {
		p.close(key, now.Add(closeFor))
	}
	g.pass()
}

// pass ends a turn in which no request was made.
func (p *pacer) pass(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gates[key].pass()
}

// pass hands the turn to the first in the queue, if there is one.
func (g *gate) pass() {
	if len(g.queue) == 0 {
		g.busy, g.queue = false, nil
		return
	}
	close(g.queue[0])
	g.queue = g.queue[1:]
}

// sweep forgets hosts that hold nothing back any more, once there are many.
// Should strangers make us meet more hosts than maxGates that are all to be
// spaced, those are forgotten too: a request too many does less harm than no memory.
func (p *pacer) sweep() {
	if len(p.gates) < p.sweepAt {
		return
	}
	now := p.now()
	for key, g := range p.gates {
		if !g.busy && !now.Before(g.next) {
			delete(p.gates, key)
		}
	}
	if len(p.gates) >= maxGates {
		for key, g := range p.gates {
			if len(p.gates) <= maxGates/2 {
				break
			}
			if !g.busy {
				delete(p.gates, key)
			}
		}
	}
	p.sweepAt = min(max(firstSweep, 2*len(p.gates)), maxGates)
}
