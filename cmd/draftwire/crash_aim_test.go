package main

// This file says at which moments the crash test kills, waits for them, and
// counts what was hit.

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// aim is the moment at which to kill.
type aim struct {
	name     string
	steps    func(stock) int // what is counted; nil: time since the start
	most     int             // steps, or milliseconds, of which one is drawn
	stage    stage           // or where the relay holds a mail while the kill falls
	imports  bool            // beside an import
	announce int             // this many announcements come before
	letters  bool            // with mails to send, of a new newsletter if need be
	closes   bool            // with windows to close, of a new newsletter always
	resends  bool            // by `send` to new subscribers, not by `serve`
}

// The aims that need no newsletter, and those that do.
var (
	earlyAims = []aim{
		{name: "start", most: 400},
		{name: "poll", steps: stock.ofPolls, most: 60, announce: 40},
		{name: "import", steps: stock.ofImports, most: 1200, imports: true},
		{name: "poll and import", steps: stock.ofBoth, most: 800, imports: true, announce: 40},
	}
	lateAims = append([]aim{
		{name: "close", steps: stock.ofEditions, most: 9, letters: true, closes: true},
		{name: "queue", steps: stock.ofMails, most: 24, letters: true, closes: true},
		{name: "send", steps: stock.ofAccepted, most: 20, letters: true},
		{name: "close and poll", steps: stock.ofEditions, most: 9, letters: true, closes: true, announce: 20},
		{name: "send and import", steps: stock.ofAccepted, most: 20, letters: true, imports: true},
		{name: "command send", steps: stock.ofAccepted, most: 12, resends: true},
		{name: "mark, then death", most: 6, stage: atMail, letters: true},
		{name: "recipient, then death", most: 6, stage: atRcpt, letters: true},
		{name: "dot, then death", most: 6, stage: atDot, letters: true},
		{name: "accepted, then death", most: 6, stage: atAccepted, letters: true},
		{name: "command send, accepted, then death", most: 6, stage: atAccepted, resends: true},
	}, earlyAims...)
)

// shuffled draws n aims: each comes round before any comes again.
func shuffled(dice *rand.Rand, n int, aims []aim) []aim {
	var deck []aim
	for len(deck) < n {
		more := slices.Clone(aims)
		dice.Shuffle(len(more), func(i, j int) { more[i], more[j] = more[j], more[i] })
		deck = append(deck, more...)
	}
	return deck[:n]
}

// await returns when the moment to kill has come, or when it does not come.
func (s *site) await(t *testing.T, a aim, after int, before stock, relay *trap, procs []*process) {
	bound := time.NewTimer(6 * time.Second)
	defer bound.Stop()
	var moment <-chan time.Time // nil until it is known
	if a.steps == nil && a.stage == nowhere {
		moment = time.After(time.Duration(after) * time.Millisecond)
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-bound.C:
			return
		case <-moment:
			return
		case <-relay.sprung:
			return
		case <-procs[0].done: // a send that was faster
			return
		case <-lastOf(procs, a):
			return
		case <-tick.C:
		}
		if a.steps == nil {
			continue
		}
		if seen, ok := s.look(); ok && a.steps(seen)-a.steps(before) >= after {
			// Commits come in a rhythm: fall anywhere between two.
			moment = time.After(time.Duration(s.outside.dice.IntN(4000)) * time.Microsecond)
			a.steps = nil
		}
	}
}

// lastOf tells of the end of an import that was faster than the kill, where
// that was the thing to kill.
func lastOf(procs []*process, a aim) <-chan struct{} {
	if !a.imports || a.letters {
		return nil
	}
	return procs[len(procs)-1].done
}

// checkAim reports what the kills hit, and fails if they missed something.
func (s *site) checkAim(t *testing.T, kills int) {
	t.Helper()
	hits := make(map[string]int)
	for _, d := range s.deaths {
		busy := false
		for what, hit := range map[string]bool{
			"polling": d.leases > 0, "importing": d.importing, "closing": d.unclosed > 0,
			"queueing": d.unmailed > 0, "sending": len(d.sending) > 0,
		} {
			if hit {
				hits[what]++
				busy = true
			}
		}
		if !busy {
			hits["nothing"]++
		}
	}
	t.Logf("%d kills hit: polling %d, importing %d, closing %d, queueing %d, sending %d, nothing %d", len(s.deaths),
		hits["polling"], hits["importing"], hits["closing"], hits["queueing"], hits["sending"], hits["nothing"])
	hits["closing"] += hits["queueing"] // of 20 kills not every one of them may fall into each
	must := []string{"polling", "importing", "closing", "sending"}
	if kills >= 200 {
		must = append(must, "queueing")
		if s.why.accepted == 0 || s.why.broken == 0 || s.why.silent == 0 {
			t.Errorf("of the ways to become unknown one did not occur: %+v", s.why)
		}
	}
	for _, what := range must {
		if hits[what] < max(1, kills/40) {
			t.Errorf("only %d of %d kills fell while %s", hits[what], kills, what)
		}
	}
	if hits["nothing"] > kills/2 {
		t.Errorf("%d of %d kills fell while nothing went on", hits["nothing"], kills)
	}
}
