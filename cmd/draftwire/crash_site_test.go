package main

// This file runs the program as a process, on a configuration and a database of
// its own.

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// site is one installation: configuration, database and relay.
type site struct {
	*outside
	config, db string
	relay      *testRelay
	socket     string // where it takes mail in
	sender     *sender
	letters    int     // newsletters in its configuration, of those outside
	subscribed int     // of them, those whose readers are subscribed
	imported   int     // archives taken in whole
	eye        *sql.DB // see reader
	ended      *sql.DB // see dump
	seen       stock   // after the last death or rest
	deaths     []death
	why        explained
}

func (w *outside) newSite(t *testing.T, name string) *site {
	dir := filepath.Join(w.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := &site{
		outside: w, relay: newRelay(t),
		config: filepath.Join(dir, "draftwire.toml"), db: filepath.Join(dir, "draftwire.db"),
		socket: filepath.Join(dir, "in"),
	}
	s.configure(t)
	s.sender = s.newSender(t)
	return s
}

// process is the program under way.
type process struct {
	cmd  *exec.Cmd
	out  bytes.Buffer // to be read when done
	done chan struct{}
}

func (s *site) start(t *testing.T, args ...string) *process {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(exe, append(args, "--config", s.config)...), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), runMain+"=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // ProcessState says it all
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the process at once, as kill -9 does, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // which may have ended
	<-p.done
}

// importing gives an archive that is not taken in whole yet.
func (s *site) importing(t *testing.T) string {
	if s.imported == len(s.archives) {
		s.archive(t)
	}
	return s.archives[s.imported]
}

// settle lets the program run until there is nothing left to do, stops it, and
// sends by hand what was to be sent so.
func (s *site) settle(t *testing.T) {
	s.rest(t)
	for ; s.imported < len(s.archives); s.imported++ {
		s.call(t, "import", s.archives[s.imported])
	}
	p := s.start(t, "serve")
	s.awaitRest(t, p, now())
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.done
	if code := p.cmd.ProcessState.ExitCode(); code != exitOK {
		t.Fatalf("stopped in order: code %d\n%s", code, p.out.String())
	}
	for _, n := range s.outside.letters[:s.letters] {
		if len(n.late) == 0 {
			continue
		}
		p := s.start(t, s.resend(t, n)...)
		<-p.done
		if code := p.cmd.ProcessState.ExitCode(); code != exitOK && code != exitPartly {
			t.Fatalf("send: code %d\n%s", code, p.out.String())
		}
	}
	s.observe(t, &death{})
}

// awaitRest waits until every source has been polled since a time, every text
// was asked for, all windows are closed, and no mail is left to send.
func (s *site) awaitRest(t *testing.T, p *process, since time.Time) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // some two thousand texts, on a busy machine
	defer cancel()
	windows := 0
	for _, n := range s.outside.letters[:s.letters] {
		windows += n.windows
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	left := "not looked yet"
	for left != "" {
		select {
		case <-ctx.Done():
			p.kill()
			t.Fatalf("no rest: %s\n%s", left, p.out.String())
		case <-p.done:
			t.Fatalf("ended by itself\n%s", p.out.String())
		case <-tick.C:
		}
		var polls, sources, editions, unmailed, mails, unasked int
		err := s.reader().QueryRow(`SELECT
			(SELECT count(*) FROM sources WHERE active = 1 AND pushed = 0 AND tried_at >= $1 AND success_at >= tried_at AND lease_until = 0 AND last_error = ''),
			(SELECT count(*) FROM sources WHERE active = 1 AND pushed = 0),
			(SELECT count(*) FROM editions),
			(SELECT count(*) FROM editions x WHERE x.to_at > $2 AND NOT EXISTS (SELECT 1 FROM mailings g WHERE g.edition = x.id)),
			(SELECT count(*) FROM mails WHERE state IN ('queued', 'sending', 'deferred')),
			(SELECT count(*) FROM text_requests WHERE attempts = 0) + NOT EXISTS (SELECT 1 FROM texts)`, since.UnixMicro(), s.mailedSince()).
			Scan(&polls, &sources, &editions, &unmailed, &mails, &unasked)
		switch {
		case err != nil:
			left = err.Error()
		case sources == 0 || polls != sources || editions != windows || unmailed+mails+unasked != 0:
			left = fmt.Sprintf("%d of %d sources polled, %d of %d windows closed, %d editions not queued, %d mails to send, %d texts not asked for",
				polls, sources, editions, windows, unmailed, mails, unasked)
		case int(s.sender.taken.Load()) != s.outside.kinds.count():
			left = fmt.Sprintf("%d of %d mails were handed in", s.sender.taken.Load(), s.outside.kinds.count())
		default:
			left = ""
		}
	}
	s.leave()
}

// lateReaders makes people subscribe to a newsletter whose windows are all
// closed, and gives the command that sends them one edition.
func (s *site) lateReaders(t *testing.T) (send []string, ok bool) {
	defer s.leave()
	for i := range s.letters {
		n := &s.outside.letters[i]
		var closed int
		err := s.reader().QueryRow(`SELECT count(*) FROM editions x JOIN newsletters n ON n.id = x.newsletter
			WHERE n.name = $1`, n.name).Scan(&closed)
		if err != nil {
			t.Fatal(err)
		}
		if closed == n.windows && len(n.late) == 0 {
			n.late = n.people("late", 12)
			return s.resend(t, *n), true
		}
	}
	return nil, false
}

// resend sees to it that the late readers are subscribed, and gives the
// command that sends to them.
func (s *site) resend(t *testing.T, n letter) []string {
	s.call(t, append([]string{"subscribers", "add", "--newsletter", n.name}, n.late...)...)
	return []string{"send", "--newsletter", n.name, n.label(n.windows - 1)}
}
