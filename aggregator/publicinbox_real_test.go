//go:build full

package aggregator

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// needPublicInbox skips where there is none, and fails if DRAFTWIRE_REQUIRE=1.
func needPublicInbox(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("public-inbox-httpd"); err != nil {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatalf("%v, and DRAFTWIRE_REQUIRE=1 asks for it; tools/servers.sh installs it", err)
		}
		t.Skipf("%v; tools/servers.sh installs it", err)
	}
}

// realInbox is Debian's public-inbox with one list.
type realInbox struct {
	t   *testing.T
	env []string
	url string
}

func startPublicInbox(t *testing.T) *realInbox {
	t.Helper()
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	p := &realInbox{t: t, url: "http://" + addr + "/list/", env: append(os.Environ(),
		"HOME="+dir, "PI_CONFIG="+filepath.Join(dir, "config"), "PI_EMERGENCY="+filepath.Join(dir, "emergency"),
		"ORIGINAL_RECIPIENT=list@example.org", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=x", "GIT_COMMITTER_NAME=x",
		"GIT_AUTHOR_EMAIL=x@example.org", "GIT_COMMITTER_EMAIL=x@example.org")}
	p.run("", "public-inbox-init", "-V2", "list", filepath.Join(dir, "list"), p.url, "list@example.org")
	p.run("", "git", "config", "-f", filepath.Join(dir, "config"), "publicinboxmda.spamcheck", "none")
	if err := os.MkdirAll(filepath.Join(dir, "emergency"), 0o700); err != nil {
		t.Fatal(err)
	}

	file, err := l.(*net.TCPListener).File() //nolint:forcetypeassert // it is one
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// It takes the socket as systemd would hand it over.
	cmd := exec.Command("sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec public-inbox-httpd -W0")
	said := &bytes.Buffer{}
	cmd.Env, cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = p.env, []*os.File{file}, said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("public-inbox-httpd said:\n%s", said)
		}
	})
	return p
}

func (p *realInbox) run(input string, name string, args ...string) {
	p.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdin = p.env, strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// deliver hands over letters as a mail server does.
func (p *realInbox) deliver(from, to int, received func(n int) time.Time) {
	p.t.Helper()
	for n := from; n <= to; n++ {
		at := received(n)
		p.run(fmt.Sprintf("Received: from a by b; %s\nFrom: A <a@example.org>\nTo: list@example.org\nDate: %s\nMessage-ID: <%s>\n"+
			"List-Id: <list.example.org>\nSubject: Letter %d\n\nFrom here on: %d\n", at.Format(time.RFC1123Z), at.Format(time.RFC1123Z), realID(n), n, n),
			"public-inbox-mda", "--no-precheck")
	}
}

// realID is odd now and then.
func realID(n int) string {
	if n%5 == 0 {
		return fmt.Sprintf("%d/+odd?x=%%41&#y@example.org", n)
	}
	return fmt.Sprintf("%d@example.org", n)
}

// TestPublicInboxReal reads a public-inbox that others wrote, page by page.
func TestPublicInboxReal(t *testing.T) {
	t.Parallel()
	needPublicInbox(t)
	p := startPublicInbox(t)
	r := newRig(t, openStore(t))
	client := fetch.New(fetch.Options{Spacing: -1, Now: r.now, Allow: []string{strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/list/")}})
	t.Cleanup(client.Close)
	up := PublicInbox{Archive: Archive{Client: client, Now: r.now, Since: now.Add(-1000 * time.Hour)}, URL: p.url}
	r.archive(up)
	take := func(what string, want int) {
		t.Helper()
		if res := r.poll()["list"]; res.Err != nil || res.Tally.New() != want {
			t.Errorf("%s: %d letters and error %v, want %d", what, res.Tally.New(), res.Err, want)
		}
	}
	hourly := func(n int) time.Time { return now.Add(-hours(n)) }

	p.deliver(1, 30, hourly) // more than a page of 25
	take("the first poll", 30)
	take("nothing new", 0)
	p.deliver(31, 40, hourly)
	take("less than a page", 10)
	p.deliver(41, 41, func(int) time.Time { return hourly(20) })
	take("late mail is not looked for at once", 0)
	r.pass(sweepEvery)
	take("late mail", 1)
	p.deliver(42, 68, func(int) time.Time { return hourly(95) }) // more than a page of one second
	p.deliver(69, 69, func(int) time.Time { return hourly(96) })
	if res := r.poll()["list"]; res.failed() || res.Tally.New() < 26 {
		t.Errorf("one second: %+v", res)
	}
	p.run(fmt.Sprintf("Received: from a by b; %s\nFrom: A <a@example.org>\nTo: list@example.org\nDate: %[1]s\nMessage-ID: <%s>\nSubject: Letter 70\n\nAnother.\n",
		hourly(97).Format(time.RFC1123Z), realID(3)), "public-inbox-mda", "--no-precheck")
	take("a Message-ID again", 1) // there it got another

	whole := up
	whole.Whole, whole.Since = true, time.Time{}
	all := newRig(t, openStore(t))
	all.archive(whole)
	if res := all.poll()["list"]; res.Err != nil || res.Tally.New() < 69 {
		t.Errorf("all at once: %+v", res)
	}
	for _, e := range catalogued(t, all.db) {
		if len(e.Lists) > 0 && e.Lists[0] != "list.example.org" || strings.Contains(e.Facts.Abstract, ">From") {
			t.Errorf("%s: %q of %q", e.Facts.Title, e.Facts.Abstract, e.Lists)
		}
	}
}
