package main

import (
	"fmt"
	"net"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postroom is a serve that takes the mail of a list in.
type postroom struct {
	newsroom
	smtp    string // where it listens
	address string // of the source
	inbound string // lines under [inbound]
}

// openPostroom serves with more lines under [inbound], and a source i-d-announce.
func openPostroom(t testing.TB, inbound string) *postroom {
	t.Helper()
	m := &postroom{newsroom: newsroom{dir: t.TempDir()}, inbound: inbound}
	m.write(t, inbound, "i-d-announce.ietf.org", false)
	m.start(t)
	out, _ := m.run(t, 0, "sources", "mail", "i-d-announce")
	if m.address = regexp.MustCompile(`i-d-announce-[a-z2-7]{16}@wire\.example`).FindString(out); m.address == "" {
		t.Fatalf("there is no address in:\n%s", out)
	}
	return m
}

func (m *postroom) write(t testing.TB, inbound, list string, paused bool) {
	t.Helper()
	text := fmt.Sprintf(`[server]
listen = "127.0.0.1:0"
[ids]
authority = "wire.example"
[inbound]
%s
[[source]]
name = "i-d-announce"
kind = "smtp"
list_id = %q
announcements = true
paused = %v
[[topic]]
name = "all"
query = "kind:draft OR kind:post"
`, inbound, list, paused)
	if err := os.WriteFile(filepath.Join(m.dir, "draftwire.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m *postroom) start(t testing.TB) {
	t.Helper()
	m.serve = startChild(t, m.dir, "serve")
	m.base = strings.TrimSuffix(m.serve.line(t), "/")
	_, m.smtp, _ = strings.Cut(m.serve.line(t), " on ")
}

// listMail is a mail of the list.
func listMail(subject string, at time.Time) []byte {
	return []byte("From: Ann <ann@example.org>\r\nDate: " + at.Format(time.RFC1123Z) + "\r\nMessage-ID: <" + url.PathEscape(subject) +
		"@example.org>\r\nList-Id: <i-d-announce.ietf.org>\r\nSubject: " + subject + "\r\n\r\nWords.\r\n")
}

func TestServeTakesMail(t *testing.T) {
	t.Parallel()
	m := openPostroom(t, `listen = "127.0.0.1:0"`)
	send := func(to string, raw []byte) error {
		return smtp.SendMail(m.smtp, nil, "a@example.org", []string{to}, raw)
	}
	refused := func(what string, err error, words string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %q", what, err, words)
		}
	}
	at := time.Now()
	if err := send(strings.ToUpper(m.address), listMail("one", at)); err != nil {
		t.Fatal(err)
	}
	m.serve.signal(t, syscall.SIGKILL) // what was acknowledged is kept
	m.serve.exit(t)
	m.start(t)
	if got := m.titles("all"); !slices.Equal(got, []string{"one"}) {
		t.Errorf("the feed holds %q", got)
	}
	if err := send(m.address, listMail("two", at.Add(time.Second))); err != nil {
		t.Error(err)
	}
	if got := m.titles("all"); !slices.Equal(got, []string{"two", "one"}) {
		t.Errorf("the feed holds %q at once", got)
	}
	refused("another address", send("i-d-announce@wire.example", listMail("x", at)), "5.1.1 there is no such address here")
	refused("relaying", send("ann@example.org", listMail("x", at)), "5.1.1 there is no such address here")
	refused("no list", send(m.address, []byte("Subject: x\r\n\r\nx\r\n")), "5.7.1 this address takes the mail of the list i-d-announce.ietf.org only")

	confirm := "From: i-d-announce-confirm+1234abcd@ietf.org\r\nSubject: confirm 1234abcd\r\n\r\nOpen https://example.org/confirm/1234abcd\r\n\x1b[2J\r\n"
	if err := send(m.address, []byte(confirm)); err != nil {
		t.Error(err)
	}
	if out, _ := m.run(t, 0, "sources", "mail", "i-d-announce"); !strings.Contains(out, "\n  Open https://example.org/confirm/1234abcd\n") || strings.Contains(out, "\x1b") {
		t.Errorf("sources mail shows:\n%s", out)
	}
	if !strings.Contains(m.serve.stderr(), `draftwire sources mail i-d-announce`) {
		t.Errorf("the log does not tell of it:\n%s", m.serve.stderr())
	}
	if page := getPage(t, m.base+"/sources", 200); strings.Contains(page, "1234abcd") || strings.Contains(page, m.address) {
		t.Errorf("the page of the sources tells too much:\n%s", page)
	}

	m.write(t, `listen = "127.0.0.1:0"`, "i-d-announce.ietf.org", true)
	m.serve.signal(t, syscall.SIGHUP)
	eventually(t, "the source is paused", func() bool {
		err := send(m.address, listMail("three", at))
		return err != nil && strings.HasPrefix(err.Error(), "451 ")
	})
	m.write(t, `listen = "127.0.0.1:0"`, "i-d-announce.ietf.org", false)
	m.serve.signal(t, syscall.SIGHUP)
	eventually(t, "it goes on", func() bool { return send(m.address, listMail("three", at)) == nil })

	m.serve.signal(t, syscall.SIGTERM)
	if code := m.serve.exit(t); code != 0 {
		t.Errorf("exit code %d:\n%s", code, m.serve.stderr())
	}
}

func TestServeTakesMailOnASocket(t *testing.T) {
	t.Parallel()
	m := openPostroom(t, "listen = \"unix:lmtp.sock\"\nlmtp = true")
	m.serve.signal(t, syscall.SIGKILL) // leaves the socket behind
	m.serve.exit(t)
	m.start(t)
	conn, err := net.Dial("unix", filepath.Join(m.dir, "lmtp.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw := listMail("one", time.Now())
	_, err = fmt.Fprintf(conn, "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<%s>\r\nDATA\r\n%s.\r\nQUIT\r\n", m.address, raw)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the mail is in the feed", func() bool { return slices.Equal(m.titles("all"), []string{"one"}) })
}

// found counts what a search finds.
func (m *postroom) found(t *testing.T, query string) int {
	t.Helper()
	_, stdout, _ := runChild(t, m.dir, "search", "--json", "--limit", "1000", query)
	return strings.Count(stdout, "{\"")
}
