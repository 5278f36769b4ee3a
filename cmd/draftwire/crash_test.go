package main

// This file holds the crash test: the program is killed at random moments and
// started again, and what it has at the end is what it has without the kills.

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestCrash kills the program, as kill -9 does, while it polls, imports, closes
// editions and sends, and once the kills are over lets it come to rest. Then
// catalogue, selections, index and editions are those of a run without kills
// over the same input, and of the mails none was sent twice and none is
// missing, but for those that are unknown, which the relay's log explains.
//
// DRAFTWIRE_FULL=1 makes it 200 kills instead of 20. DRAFTWIRE_CRASH_SEED
// repeats the choices of an earlier run, though not its timing.
func TestCrash(t *testing.T) {
	t.Parallel()
	kills := 20
	if os.Getenv("DRAFTWIRE_FULL") == "1" {
		kills = 200
	}
	seed := crashSeed(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("DRAFTWIRE_CRASH_SEED=%d makes the same choices", seed)
		}
	})
	w := newOutside(t, rand.New(rand.NewPCG(seed, 0)))
	killed := w.newSite(t, "killed")
	deck := shuffled(w.dice, kills/4, earlyAims)
	for _, a := range deck {
		killed.crash(t, a)
	}
	// The past is complete before the first newsletter closes it. What comes
	// from now on belongs to no window that is over, so that the editions do
	// not depend on whether polling or closing is faster.
	killed.settle(t)
	for _, a := range shuffled(w.dice, kills-len(deck), lateAims) {
		killed.crash(t, a)
	}
	killed.settle(t)

	whole := w.newSite(t, "whole")
	whole.settle(t)
	whole.adopt(t)
	whole.settle(t)
	compareSites(t, whole, killed)
	for _, s := range []*site{whole, killed} {
		s.checkIndex(t)
		s.checkSelections(t)
		s.checkMails(t)
	}
	killed.checkAim(t, kills)
}

func crashSeed(t *testing.T) uint64 {
	text := os.Getenv("DRAFTWIRE_CRASH_SEED")
	if text == "" {
		return uint64(time.Now().UnixNano())
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("DRAFTWIRE_CRASH_SEED: %v", err)
	}
	return seed
}

// crash starts the program, kills it at the moment aimed at, and keeps what it
// was doing then.
func (s *site) crash(t *testing.T, a aim) {
	w := s.outside
	commands := s.prepare(t, a)
	before := s.seen
	after := 1 + w.dice.IntN(a.most)
	relay := s.relay.set(a.stage, after)
	procs := make([]*process, len(commands))
	began := time.Now()
	for i, args := range commands {
		procs[i] = s.start(t, args...)
	}
	s.await(t, a, after, before, relay, procs)
	died := death{aim: a.name}
	for _, p := range procs {
		p.kill()
	}
	relay.open()
	s.relay.set(nowhere, 0)
	for i, p := range procs {
		code := p.cmd.ProcessState.ExitCode()
		killed := code == -1
		switch {
		case killed && commands[i][0] == "import":
			died.importing = true
		case killed, commands[i][0] != "serve" && (code == exitOK || code == exitPartly):
		default:
			t.Fatalf("%s: draftwire %s ended by itself with code %d, %v after the start:\n%s",
				a.name, strings.Join(commands[i], " "), code, time.Since(began).Round(time.Millisecond), p.out.String())
		}
		if code == exitOK && commands[i][0] == "import" {
			s.imported++
		}
	}
	s.observe(t, &died)
	s.deaths = append(s.deaths, died)
}

// prepare sees to it that there is work of the kind aimed at, and gives the
// commands to run.
func (s *site) prepare(t *testing.T, a aim) (commands [][]string) {
	w := s.outside
	commands = append(commands, []string{"serve"})
	needed := a.letters
	if a.resends {
		resend, ok := s.lateReaders(t)
		if needed = !ok; ok {
			commands[0] = resend
		}
	}
	if needed && (a.closes || s.mailsToCome(t) < 20) {
		w.addLetter()
		s.adopt(t)
	}
	if a.imports {
		commands = append(commands, []string{"import", s.importing(t)})
	}
	w.announce(t, a.announce)
	return commands
}
