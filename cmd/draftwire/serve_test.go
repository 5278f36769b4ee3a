package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/store"
)

// newsroom is a served database with its upstream and its relay.
type newsroom struct {
	now   time.Time // taken once, so that midnight does not fall within a test
	dir   string
	up    *demo.Upstream
	sink  *demo.Sink
	serve *child
	base  string
}

func openNewsroom(t *testing.T) *newsroom {
	t.Helper()
	n := configuredNewsroom(t)
	n.subscribe(t, "ann@example.org", time.Now().AddDate(0, 0, -3))
	n.serve = startChild(t, n.dir, "serve")
	n.base = strings.TrimSuffix(n.serve.line(t), "/")
	return n
}

// configuredNewsroom has an upstream, a mail server and a configuration; nothing runs in it.
func configuredNewsroom(t *testing.T) *newsroom {
	t.Helper()
	n := &newsroom{now: time.Now(), dir: t.TempDir()}
	var err error
	if n.up, err = demo.StartUpstream(demo.Generate(n.now), demo.UpstreamOptions{Dir: n.dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.up.Close() })
	if n.sink, err = demo.StartSink(demo.SinkOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.sink.Close() })
	n.configure(t, "drafts", "kind:draft")
	return n
}

func (n *newsroom) yesterday() string { return n.now.UTC().AddDate(0, 0, -1).Format(time.DateOnly) }

// configure writes a configuration with one topic. Sources are not due again
// while a test runs, unless they are asked to be.
func (n *newsroom) configure(t *testing.T, topic, query string) {
	t.Helper()
	text := fmt.Sprintf(`[server]
listen = "127.0.0.1:0"
[ids]
authority = "wire.example"
[fetch]
contact = "ops@wire.example"
spacing = "1ms"
interval = "1h"
allow = [%q, %q]
[mail]
relay = %q
tls = "none"
from = "wire@wire.example"
[[source]]
name = "drafts"
kind = "imap"
url = "imap://%s/%s"
announcements = true
[[source]]
name = "rfc-editor"
kind = "feed"
url = %q
announcements = true
[[topic]]
name = %q
query = %q
[[newsletter]]
name = "daily"
first = %q
grace = "0s"
`, n.up.HTTPAddr, n.up.IMAPAddr, n.sink.Addr, n.up.IMAPAddr, url.PathEscape(n.up.DraftFolder), n.up.RFCFeedURL,
		topic, query, n.yesterday())
	if err := os.WriteFile(filepath.Join(n.dir, "draftwire.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// subscribe does what "subscribers add" does, at a time in the past.
func (n *newsroom) subscribe(t *testing.T, address string, at time.Time) {
	t.Helper()
	subscribeAt(t, filepath.Join(n.dir, "draftwire.db"), at, []string{"daily"}, address)
}

// subscribeAt makes a database know newsletters, and subscribes addresses to
// the last of them as if at a time in the past: nobody is mailed by itself what
// was over before.
func subscribeAt(t *testing.T, path string, at time.Time, newsletters []string, addresses ...string) {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.KeepNewsletters(t.Context(), newsletters, at); err != nil {
			return err
		}
		for _, address := range addresses {
			if _, err := tx.Subscribe(t.Context(), newsletters[len(newsletters)-1], address, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// run runs a command beside serve, which must end with a code.
func (n *newsroom) run(t testing.TB, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	code, stdout, stderr := runChild(t, n.dir, args...)
	if code != want {
		t.Fatalf("draftwire %v: exit code %d, want %d\n%s\n%s", args, code, want, stdout, stderr)
	}
	return stdout, stderr
}

// titles are those of a topic's feed; none if it cannot be had.
func (n *newsroom) titles(topic string) (list []string) {
	status, body, err := fetchPage(n.base + "/topics/" + topic + "/feed.atom")
	if err != nil || status != 200 {
		return nil
	}
	feed, err := gofeed.NewParser().ParseString(body)
	if err != nil {
		return nil
	}
	for _, item := range feed.Items {
		list = append(list, item.Title)
	}
	return list
}

// receivers are those to whom mails were handed over.
func (n *newsroom) receivers() (list []string) {
	for _, m := range n.sink.Messages() {
		list = append(list, m.To...)
	}
	slices.Sort(list)
	return list
}

// TestServe walks a day's work through one process: it polls, publishes and
// mails, other commands work beside it through rows, and it follows its
// configuration when told to.
func TestServe(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t)

	if page := getPage(t, n.base+"/", 200); !strings.Contains(page, "/topics/drafts") {
		t.Errorf("the first page does not lead to the topic:\n%.2000s", page)
	}
	eventually(t, "the feed holds what was polled", func() bool { return len(n.titles("drafts")) > 0 })
	eventually(t, "yesterday's edition is mailed", func() bool { return slices.Equal(n.receivers(), []string{"ann@example.org"}) })
	n.checkPolledFirst(t, getPage(t, n.base+"/newsletters/daily/"+n.yesterday(), 200))

	t.Run("beside", n.testBeside)
	t.Run("reload", n.testReload)
	n.testStop(t)
}

// checkPolledFirst holds that an edition that was due at the start holds what
// was polled after it.
func (n *newsroom) checkPolledFirst(t *testing.T, page string) {
	t.Helper()
	s := demo.Generate(n.now)
	if want := fmt.Sprintf("Internet-Drafts: %d (", len(s.On(s.Yesterday, catalog.Draft))); !strings.Contains(page, want) {
		t.Errorf("yesterday's edition does not say %q: it was closed before the sources were polled", want)
	}
}

// testBeside runs commands on the same database.
func (n *newsroom) testBeside(t *testing.T) {
	if _, stderr := n.run(t, 1, "serve"); !strings.Contains(stderr, "another draftwire works on draftwire.db already; stop it first") {
		t.Errorf("a second serve said %q", stderr)
	}
	news, err := n.up.Advance(n.now)
	if err != nil {
		t.Fatal(err)
	}
	if stdout, _ := n.run(t, 0, "poll", "drafts"); !strings.HasPrefix(stdout, "drafts: last read 20") {
		t.Errorf("poll beside serve printed %q", stdout)
	}
	eventually(t, "the feed holds what was polled on request", func() bool {
		return slices.ContainsFunc(n.titles("drafts"), func(title string) bool { return strings.Contains(title, news.Title) })
	})
	n.run(t, 0, "subscribers", "add", "bob@example.org")
	if stdout, _ := n.run(t, 0, "send", n.yesterday()); stdout != "1 mail queued now; 2 of 2 of this edition sent" {
		t.Errorf("send beside serve printed %q", stdout)
	}
	if stdout, _ := n.run(t, 0, "send", n.yesterday()); stdout != "0 mails queued now; 2 of 2 of this edition sent" {
		t.Errorf("send again printed %q", stdout)
	}
	if got := n.receivers(); !slices.Equal(got, []string{"ann@example.org", "bob@example.org"}) {
		t.Errorf("mails went to %v", got)
	}
	n.run(t, 0, "backup", "copy.db")
}

// testReload changes the configuration, first for the worse.
func (n *newsroom) testReload(t *testing.T) {
	n.configure(t, "rfcs", "kind:rfc AND gruop:quic")
	n.serve.signal(t, syscall.SIGHUP)
	eventually(t, "serve says why it keeps the old configuration", func() bool {
		return strings.Contains(n.serve.stderr(), `unknown field "gruop"`)
	})
	if len(n.titles("drafts")) == 0 {
		t.Error("a broken file took the topic away")
	}
	getPage(t, n.base+"/topics/rfcs/feed.atom", 404)

	n.configure(t, "rfcs", "kind:rfc")
	n.serve.signal(t, syscall.SIGHUP)
	eventually(t, "the new topic has a feed", func() bool { return len(n.titles("rfcs")) > 0 })
	if gone := getPage(t, n.base+"/topics/drafts/feed.atom", 410); !strings.Contains(gone, "removed") {
		t.Errorf("the feed that is gone says %q", gone)
	}
	if _, err := n.up.Advance(n.now); err != nil {
		t.Fatal(err)
	}
	n.run(t, 0, "poll", "drafts") // the loops of the new configuration are at work
}

// testStop ends serve while a client has not finished its request.
func (n *newsroom) testStop(t *testing.T) {
	host := strings.TrimPrefix(n.base, "http://")
	slow, err := new(net.Dialer).DialContext(context.Background(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := slow.Write([]byte("GET / HTTP/1.1\r\nHost: " + host + "\r\nX-Slow: ")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	n.serve.signal(t, syscall.SIGTERM)
	if code := n.serve.exit(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(began); took > patience+3*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if _, _, err := fetchPage(n.base + "/"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after the end: %v", err)
	}
	n.run(t, 0, "search", "--limit", "1") // the database is whole and free
}

// TestPollTakesOver asks a leader that dies before it has polled.
func TestPollTakesOver(t *testing.T) {
	t.Parallel()
	n := &newsroom{dir: t.TempDir()}
	text := "[[source]]\nname = \"archive\"\nkind = \"mbox\"\npath = \"box\"\nannouncements = true\n"
	box, err := os.ReadFile("testdata/mail/announce.mbox")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"draftwire.toml": text, "box": string(box)} {
		if err := os.WriteFile(filepath.Join(n.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n.run(t, 0, "poll")

	db, err := store.Open(t.Context(), filepath.Join(n.dir, "draftwire.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	release, leads, err := db.Lead(t.Context(), time.Now())
	if err != nil || !leads {
		t.Fatalf("leads %v, %v", leads, err)
	}
	c := startChild(t, n.dir, "poll")
	eventually(t, "poll asks the leader", func() bool { return strings.Contains(c.stderr(), "a running draftwire was asked") })
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if line := c.line(t); !strings.HasPrefix(line, "archive: ") || !strings.Contains(line, "known before") {
		t.Errorf("poll printed %q", line)
	}
	if code := c.exit(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

// TestServeRefusesPort checks that a port in use is told of, and that serve
// leaves the database to the next.
func TestServeRefusesPort(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	text := fmt.Sprintf("[server]\nlisten = %q\n", l.Addr())
	if err := os.WriteFile(filepath.Join(dir, "draftwire.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := runChild(t, dir, "serve")
	if code != exitFailed || !strings.Contains(stderr, "listen on "+l.Addr().String()) {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}
