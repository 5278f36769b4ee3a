// This file keeps the sources of one host from taking all the places of the
// others while they wait for their turn.

package aggregator

import "time"

// perHost is how many polls of one host are under way at once: one that is
// asked, and one that is ready when its turn comes.
const perHost = 2

// lanes are the hosts that are being asked. They are used by one goroutine.
type lanes struct {
	spacing time.Duration // between two requests to a host
	byHost  map[string]*lane
}

type lane struct {
	polls int           // under way
	took  time.Duration // by the last that ended
	last  time.Time     // when the last of those that were put off will come
}

// enter takes a place in a host's lane. If there is none it says how long to
// put the poll off: those put off come one after the other. Sources without a
// host stand in nobody's way.
func (l *lanes) enter(host string, now time.Time) (wait time.Duration, ok bool) {
	if host == "" {
		return 0, true
	}
	if l.byHost == nil {
		l.byHost = make(map[string]*lane)
	}
	at := l.byHost[host]
	if at == nil {
		at = &lane{}
		l.byHost[host] = at
	}
	if at.polls < perHost {
		at.polls++
		return 0, true
	}
	if at.last.Before(now) {
		at.last = now
	}
	at.last = at.last.Add(max(l.spacing, at.took/perHost, 100*time.Millisecond)) // took includes the wait for a turn
	return at.last.Sub(now), false
}

// leave gives a place back after a poll that took so long.
func (l *lanes) leave(host string, took time.Duration, now time.Time) {
	at := l.byHost[host]
	if at == nil {
		return
	}
	at.polls--
	at.took = min(took, 10*time.Second)
	if at.polls == 0 && at.last.Before(now) {
		delete(l.byHost, host)
	}
}
