// Hosts that asked to be left alone, by Retry-After.

package fetch

import (
	"maps"
	"time"
)

// Closed gives the hosts ("host:port") that want no requests, and until when.
// Whoever keeps this over a restart gives it back by [Client.CloseUntil].
func (c *Client) Closed() map[string]time.Time {
	p := c.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reopen(p.now())
	return maps.Clone(p.closed)
}

// CloseUntil makes requests to a host ("host:port") fail with a *BusyError
// until then, as if it had just asked for that, at most 24 h from now.
func (c *Client) CloseUntil(host string, until time.Time) {
	p := c.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if latest := now.Add(longest); until.After(latest) {
		until = latest
	}
	p.close(host, until)
}

// close notes what a host asked for. Should strangers make us meet more than
// maxGates such hosts, some are forgotten: see sweep.
func (p *pacer) close(key string, until time.Time) {
	if len(p.closed) >= maxGates {
		p.reopen(p.now())
		for key := range p.closed {
			if len(p.closed) <= maxGates/2 {
				break
			}
			delete(p.closed, key)
		}
	}
	p.closed[key] = until
}

// reopen forgets the hosts whose time has come.
func (p *pacer) reopen(now time.Time) {
	maps.DeleteFunc(p.closed, func(_ string, until time.Time) bool { return !now.Before(until) })
}

// refusal is what a request to a closed host fails with.
func (p *pacer) refusal(key string, now time.Time) error {
	if until := p.closed[key]; now.Before(until) {
		return &BusyError{Host: key, Until: until}
	}
	return nil
}
