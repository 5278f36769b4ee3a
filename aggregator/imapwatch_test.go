package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
)

// until waits for something that other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !ok(); <-tick.C {
		if time.Since(began) > 20*time.Second {
			t.Fatal("in vain: ", what)
		}
	}
}

// watchRig watches an odd server.
func watchRig(t *testing.T, o *oddServer) *rig {
	t.Helper()
	r := newRig(t, openStore(t))
	up := r.folder(o.config())
	up.Idle, up.Hosts = true, &IMAPHosts{}
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: up})
	r.Catalogue.Now, r.watchRest = time.Now, 10*time.Millisecond
	return r
}

// serve runs the poller. stop may be called more than once.
func (r *rig) serve() (stop func()) {
	stop = sync.OnceFunc(r.run())
	r.t.Cleanup(stop)
	return stop
}

// messages is how many all sources have given.
func (r *rig) messages() (n int) {
	r.t.Helper()
	list, err := r.db.Sources(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range list {
		n += s.Messages
	}
	return n
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) has(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), s)
}

// TestIMAPWatch holds that mail comes by itself, over one login, and that a
// connection that broke is replaced without anything lost.
func TestIMAPWatch(t *testing.T) {
	o := newOddServer(t)
	r := watchRig(t, o)
	stop := r.serve()
	for n := range 20 {
		until(t, "idling", func() bool { return o.idling() == 1 })
		o.put(n + 1)
		until(t, "mail", func() bool { return r.messages() == n+1 })
	}
	if _, logins := o.given(); logins != 1 {
		t.Errorf("%d logins, want 1", logins)
	}
	o.hangUp()
	o.put(21, 22)
	until(t, "what came while the connection was broken", func() bool { return r.messages() == 22 })
	until(t, "idling", func() bool { return o.idling() == 1 })
	o.renumber(1000)
	o.put(2000)
	until(t, "mail under another UIDVALIDITY", func() bool { return r.messages() == 23 })
	if _, logins := o.given(); logins > 2 {
		t.Errorf("%d logins, want 1 or 2", logins)
	}
	stop()
	if n := o.idling(); n != 0 {
		t.Errorf("%d idle after the end", n)
	}
}

// TestIMAPWatchFaults holds that whatever a server does while we watch ends as
// an error of its source, and that it is polled all the same.
func TestIMAPWatchFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		answers map[string]string
		err     string
	}{
		{"refuses IDLE", map[string]string{"IDLE": "%s BAD not for you\r\n"}, "not for you"},
		{"never answers DONE", map[string]string{"DONE": "hang"}, "DONE: no answer"},
		{"hangs up at once", map[string]string{"IDLE": "+ idling\r\nbye"}, "the server hung up"},
	} {
		o := newOddServer(t)
		o.set(func() { o.answers = tt.answers })
		r := watchRig(t, o)
		log := &lines{}
		r.Log, r.watchRest = slog.New(slog.NewTextHandler(log, nil)), time.Hour
		stop := r.serve()
		until(t, tt.name, func() bool { return log.has("watching broke off") && log.has(tt.err) })
		stop()
		o.set(func() { o.answers = map[string]string{} })
		o.put(1)
		r.poll()
		if row := r.source("list"); row.Messages != 1 || row.LastError != "" {
			t.Errorf("%s: %+v", tt.name, row)
		}
	}
}

// TestIMAPUnwatchable holds that a server without IDLE, and a source too many,
// are polled only.
func TestIMAPUnwatchable(t *testing.T) {
	o := newOddServer(t)
	o.set(func() {
		o.answers["LOGIN"] = "%s OK [CAPABILITY IMAP4rev1] done\r\n"
	})
	for _, up := range []*IMAP{{Config: o.config(), Folder: "list"}, {Config: o.config(), Folder: "list", Idle: true}} {
		if err := up.Watch(t.Context(), func() { t.Error("news") }); !errors.Is(err, ErrUnwatchable) {
			t.Errorf("idle %v: %v", up.Idle, err)
		}
	}
}

// TestIMAPHosts holds that the folders of a server share few connections.
func TestIMAPHosts(t *testing.T) {
	o := newOddServer(t)
	o.put(1, 2, 3)
	hosts := &IMAPHosts{}
	var sources []Source
	for i := range 40 {
		cfg := o.config()
		sources = append(sources, Source{Name: fmt.Sprint("s", i), Interval: time.Hour, Upstream: &IMAP{Config: cfg, Folder: fmt.Sprint("f", i), Now: time.Now, Hosts: hosts}})
	}
	r := newRig(t, openStore(t), sources...)
	r.Catalogue.Now = time.Now
	stop := r.serve()
	until(t, "all polled", func() bool { return r.messages() == 3*len(sources) })
	stop()
	if _, logins := o.given(); logins > imapDesk {
		t.Errorf("%d logins for %d folders, want %d", logins, len(sources), imapDesk)
	}
	until(t, "connections closed", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return len(o.conns) == 0
	})
	other := o.config()
	other.User = "somebody"
	for _, cfg := range []mail.IMAPConfig{o.config(), other, o.config()} { // never on another's login
		up := &IMAP{Config: cfg, Folder: "f", Now: time.Now, Hosts: hosts}
		if _, err := up.Poll(t.Context(), "", func(context.Context, []Received, string) error { return nil }); err != nil {
			t.Error(err)
		}
	}
	if _, logins := o.given(); logins < 2 {
		t.Errorf("%d logins for two users", logins)
	}
	o.hangUp() // those that rest
	up := &IMAP{Config: o.config(), Folder: "f", Now: time.Now, Hosts: hosts}
	for range 3 {
		if _, err := up.Poll(t.Context(), "", func(context.Context, []Received, string) error { return nil }); err != nil {
			t.Errorf("after the server hung up: %v", err)
		}
	}
}
