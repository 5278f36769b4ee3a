package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDefault(t *testing.T) {
	c := Default()
	if len(c.Sources) != 0 || len(c.Topics) != 0 || len(c.Newsletters) != 1 {
		t.Fatalf("got %d sources, %d topics, %d newsletters, want 0, 0, 1", len(c.Sources), len(c.Topics), len(c.Newsletters))
	}
	n := c.Newsletters[0]
	got := []any{n.Name, n.Cadence, n.Zone.String(), n.Language, n.Grace.Duration, n.Rest, n.Empty, n.Scope.Text, n.Scope.Tree != nil, n.From.Address}
	want := []any{"daily", Daily, "UTC", English, 90 * time.Minute, true, Send, "kind:draft OR kind:rfc", true, "wire@example.org"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the default newsletter (-want +got):\n%s", diff)
	}
	if c.Server.Base != "http://127.0.0.1:8080" || c.Database.Path != "draftwire.db" {
		t.Errorf("got base %q, database %q", c.Server.Base, c.Database.Path)
	}
}

const whole = `
[server]
listen = ":9000"
[database]
path = "data/wire.db"
[fetch]
contact = "ops@example.org"
allow = ["127.0.0.1:8081", "[::1]:80"]
max_body = "8MiB"
[[source]]
name = "lists"
kind = "imap"
url = "imaps://imap.example.org/Shared%20Folders/i-d-announce"
announcements = true
[[source]]
name = "shelf"
kind = "mbox"
path = "old"
interval = "1d"
paused = true
[[topic]]
name = "quic"
query = "group:quic"
[topic.titles]
ja = "クイック"
[[topic]]
name = "dns"
title = "DNS"
query = '''
group:dnsop'''
titles.ja = "名前"
[[newsletter]]
name = "weekly"
cadence = "weekly"
topics = ["dns", "quic"]
zone = "Asia/Tokyo"
language = "ja"
grace = "0s"
rest = false
empty = "skip"
first = 2025-12-07
[mail]
relay = "mail.example.org:587"
user = "wire"
password_env = "WIRE_PASSWORD"
from = "Wire <w@example.org>"
`

func TestParse(t *testing.T) {
	c, err := Parse("/etc/wire/draftwire.toml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	s, n := c.Sources, c.Newsletters[0]
	got := []any{
		c.Server.Base, c.Database.Path, c.Fetch.Allow[1], int64(c.Fetch.MaxBody),
		s[0].Mailbox(), s[0].User, s[0].Password, s[0].Batch, s[0].Interval.String(),
		s[1].Path, s[1].Interval.String(), s[1].Paused, s[1].Mailbox(),
		c.Topics[0].Title, c.Topics[0].TitleIn(Japanese), c.Topics[1].TitleIn(Japanese), c.Topics[1].TitleIn(English), c.Topics[1].Query.Text,
		n.Topics, n.Zone.String(), n.Grace.Duration, n.Rest, n.Empty, n.First.String(), n.From.String(), c.Mail.Password,
	}
	want := []any{
		"http://localhost:9000", "/etc/wire/data/wire.db", "[::1]:80", int64(8 << 20),
		Mailbox{"imap.example.org:993", true, "Shared Folders/i-d-announce"},
		"anonymous", "ops@example.org", 200, "15m",
		"/etc/wire/old", "24h", true,
		Mailbox{},
		"quic", "クイック", "名前", "DNS", "group:dnsop",
		[]string{"dns", "quic"},
		"Asia/Tokyo", time.Duration(0), false, Skip, "2025-12-07", `"Wire" <w@example.org>`, "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryTopicIsASection(t *testing.T) {
	c, err := Parse("f", []byte("[[topic]]\nname='b'\nquery='x'\n[[topic]]\nname='a'\nquery='y'\n[[newsletter]]\nname='n'\n[[newsletter]]\nname='m'\ntopics=[]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b", "a"}, c.Newsletters[0].Topics); diff != "" {
		t.Error(diff)
	}
	if n := len(c.Newsletters[1].Topics); n != 0 {
		t.Errorf("an empty list gave %d sections", n)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draftwire.toml")
	if _, err := Load(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "draftwire init") {
		t.Errorf("got %v, want an error that says how to write the file", err)
	}
	if err := os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	var one *Error
	if !errors.As(err, &one) || one.Line == 0 || !strings.Contains(one.Message, "WIRE_PASSWORD") {
		t.Fatalf("got %v, want the missing variable", err)
	}
	t.Setenv("WIRE_PASSWORD", "secret")
	c, err := Load(path)
	if err != nil || c.Mail.Password != "secret" {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestByteOrderMark(t *testing.T) {
	c, err := Parse("f", []byte("\ufeff[server]\r\nlisten = \"127.0.0.1:1\"\r\n"))
	if err != nil || c.Server.Listen != "127.0.0.1:1" {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestTooLong(t *testing.T) {
	if _, err := Parse("f", make([]byte, MaxSize+1)); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("got %v", err)
	}
}
