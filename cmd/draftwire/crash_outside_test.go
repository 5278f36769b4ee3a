package main

// This file holds the world outside of the crash test: upstreams, archives to
// import, and the newsletters that are made as it goes on.

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/demo"
)

// outside is what all sites see alike.
type outside struct {
	up       *demo.Upstream
	kinds    *kinds
	dir      string
	dice     *rand.Rand
	zone     string                // where it is about noon: no window ends while the test runs
	today    time.Time             // there
	texts    time.Time             // of what was published since, texts are fetched
	bulk     func() ([]byte, bool) // the next mail to import
	archives []string              // mbox files of them, made so far
	letters  []letter              // newsletters made so far
}

// letter is a newsletter whose windows are all over.
type letter struct {
	name    string
	first   time.Time
	windows int
	readers []string
	late    []string // subscribed when all was closed, and sent the last edition by hand
}

// mailed is how many of a letter's windows, the last ones, are mailed by
// themselves: those that ended within four days. About noon that is clear.
const mailed = 4

func newOutside(t *testing.T, dice *rand.Rand) *outside {
	w := &outside{dir: t.TempDir(), dice: dice}
	at := now().UTC()
	east := 12 - at.Hour()
	w.zone = fmt.Sprintf("Etc/GMT%+d", -east) // POSIX has the sign the other way round
	zone, err := time.LoadLocation(w.zone)
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := at.In(zone).Date()
	w.today = time.Date(y, m, d, 0, 0, 0, 0, zone)
	sample := demo.Generate(at)
	w.texts = quiet(sample, at)
	w.up, err = demo.StartUpstream(sample, demo.UpstreamOptions{Dir: w.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.up.Close() })
	w.kinds = newKinds(t, w.dir, w.today)
	from := time.Date(2005, time.January, 5, 0, 0, 0, 0, time.UTC)
	var stop func()
	w.bulk, stop = iter.Pull(demo.Bulk(1, 300_000, from, from.AddDate(10, 0, 0)))
	t.Cleanup(stop)
	return w
}

// quiet is the beginning of the longest time without an announcement, some days
// ago: what is published since then is the same however long the test takes.
func quiet(s *demo.Sample, now time.Time) (since time.Time) {
	longest, before := time.Duration(0), now.AddDate(0, 0, -5)
	for _, a := range s.Announcements {
		if a.At.Before(before) || a.At.After(now.AddDate(0, 0, -3)) {
			continue
		}
		if gap := a.At.Sub(before); gap > longest {
			since, longest = before.Add(time.Second), gap
		}
		before = a.At
	}
	return since
}

// announce lets something new out, dated now.
func (w *outside) announce(t *testing.T, n int) {
	for range n {
		if _, err := w.up.Advance(now()); err != nil {
			t.Fatal(err)
		}
	}
	w.kinds.advance(t, n)
}

// rest makes the mailbox files old, so that their last mails count as whole.
func (w *outside) rest(t *testing.T) {
	w.kinds.rest()
	before := w.today.Add(-time.Hour)
	err := filepath.WalkDir(w.up.MboxDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, before, before)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// archive makes one more file to import, which goes on where the one before
// ends. Its mails are years old: they belong to no edition.
func (w *outside) archive(t *testing.T) {
	const mails = 1500
	var b bytes.Buffer
	for range mails {
		raw, ok := w.bulk()
		if !ok {
			t.Fatal("no more mails to import")
		}
		fmt.Fprintf(&b, "From nobody@example.org  Mon Jan  5 00:00:00 2015\n%s\n", raw)
	}
	file := filepath.Join(w.dir, fmt.Sprintf("archive-%d.mail", len(w.archives)+1))
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	w.archives = append(w.archives, file)
}

// addLetter makes a newsletter whose first window lies further back than the
// week within which something late is news.
func (w *outside) addLetter() {
	n := letter{name: fmt.Sprintf("letter-%d", len(w.letters)+1), windows: 9 + w.dice.IntN(5)}
	n.first = w.today.AddDate(0, 0, -n.windows)
	n.readers = n.people("reader", 10)
	w.letters = append(w.letters, n)
}

// people makes addresses that occur nowhere else.
func (n letter) people(role string, many int) (list []string) {
	for i := range many {
		list = append(list, fmt.Sprintf("%s-%d@%s.example", role, i+1, n.name))
	}
	return list
}

// label names the i-th window, from 0.
func (n letter) label(i int) string { return n.first.AddDate(0, 0, i).Format(time.DateOnly) }

var crashConfig = template.Must(template.New("crash").Parse(`[server]
listen = "127.0.0.1:0"
base = "https://wire.test.example"

[database]
path = "draftwire.db"

[ids]
authority = "test.example"

[fetch]
interval = "1s"
max_interval = "1s"
spacing = "1ms"
allow = ["{{.Up.HTTPAddr}}", "{{.Up.IMAPAddr}}", "{{.Kinds}}"]

[texts]
fetch = true
url = "{{.Up.TextURL}}"
back = "{{.Back}}"

[inbound]
listen = "unix:{{.Socket}}"
lmtp = true
domain = "test.example"

[mail]
relay = "{{.Relay}}"
tls = "none"
from = "Draftwire <wire@test.example>"

[[source]]
name = "i-d-announce"
kind = "imap"
url = "imap://{{.Up.IMAPAddr}}/{{.Drafts}}"
announcements = true
interval = "1s"
batch = 12

[[source]]
name = "ietf-announce"
kind = "imap"
url = "imap://{{.Up.IMAPAddr}}/{{.RFCs}}"
announcements = true
interval = "1s"
batch = 3

[[source]]
name = "rfc-editor"
kind = "feed"
url = "{{.Up.RFCFeedURL}}"
announcements = true
interval = "1s"

[[source]]
name = "news"
kind = "feed"
url = "{{.Up.NewsFeedURL}}"
interval = "1s"

[[source]]
name = "tls-list"
kind = "mbox"
path = "{{.Mbox}}"
interval = "1s"

{{.Sources}}
{{.Topics}}
[[topic]]
name = "iana-changes"
query = "changed:iana"

[[topic]]
name = "intermediaries"
query = "body:intermediary -changed:nothing"
{{range .Letters}}
[[newsletter]]
name = "{{.Name}}"
title = "The Test Wire"
zone = "{{$.Zone}}"
first = "{{.First}}"
grace = "0s"
{{end}}`))

// configure writes the configuration with as many newsletters as the site knows.
func (s *site) configure(t *testing.T) {
	type entry struct{ Name, First string }
	var letters []entry
	for _, n := range s.outside.letters[:s.letters] {
		letters = append(letters, entry{n.name, n.label(0)})
	}
	var text strings.Builder
	err := crashConfig.Execute(&text, map[string]any{
		"Up": s.outside.up, "Relay": s.relay.addr(), "Mbox": filepath.ToSlash(s.outside.up.MboxDir),
		"Drafts": url.PathEscape(s.outside.up.DraftFolder), "RFCs": url.PathEscape(s.outside.up.RFCFolder),
		"Topics": config.ShippedTopics(), "Letters": letters, "Zone": s.outside.zone,
		"Socket": filepath.ToSlash(s.socket), "Kinds": s.outside.kinds.server.Listener.Addr(), "Sources": s.outside.kinds.sources(), "Back": now().Sub(s.outside.texts).Round(time.Second).String(),
	})
	if err == nil {
		err = os.WriteFile(s.config, []byte(text.String()), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// adopt brings a site all newsletters, with readers who were there before the
// first window ended.
func (s *site) adopt(t *testing.T) {
	s.letters = len(s.outside.letters)
	s.configure(t)
	var names []string
	for i, n := range s.outside.letters {
		names = append(names, n.name)
		if i < s.subscribed {
			continue
		}
		subscribeAt(t, s.db, n.first, names, n.readers...)
	}
	s.subscribed = s.letters
}

// call runs a command within the test, which must succeed.
func (s *site) call(t *testing.T, args ...string) {
	var out bytes.Buffer
	if code := run(context.Background(), append(args, "--config", s.config), &out, &out); code != exitOK {
		t.Fatalf("draftwire %s: code %d\n%s", strings.Join(args, " "), code, out.String())
	}
}
