package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/demo"
)

// TestDemo opens what the demo prints, as a person would, sees news come, and
// leaves with Ctrl-C.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startChild(t, dir, "demo", "--listen", "127.0.0.1:0", "--every", "100ms")
	var addresses []string
	for _, about := range []string{"yesterday's edition", "the day of 88", "feed", "the mail", "everything else"} {
		address, words, _ := strings.Cut(c.line(t), " ")
		if !strings.Contains(words, about) {
			t.Fatalf("%s is called %q, want something with %q", address, words, about)
		}
		if u, err := url.Parse(address); err != nil || u.Scheme != "http" || u.Port() == "0" {
			t.Fatalf("%q is no address to open", address)
		}
		addresses = append(addresses, address)
	}
	edition, busy, feed, letter, home := addresses[0], addresses[1], addresses[2], addresses[3], addresses[4]
	firstFeed := getPage(t, feed, 200)
	sample := sampleOf(t, edition)

	checkCounts(t, edition, sample, sample.Yesterday)
	checkCounts(t, busy, sample, sample.Busy)
	checkParts(t, busy)
	for _, a := range []string{letter, strings.TrimSuffix(letter, "mails/1/")} {
		if page := getPage(t, a, 200); !strings.Contains(page, sample.Yesterday.Format("2 January 2006")) {
			t.Errorf("%s does not show the mail of yesterday's edition", a)
		}
	}
	if page := getPage(t, home, 200); !strings.Contains(page, "/topics/ai") {
		t.Error("the first page does not lead to the topics")
	}

	for _, path := range []string{"feeds.opml", "feed.css", "reading", "feed.rss", "feed.json?q=quic", "groups/tls/feed.atom"} {
		getPage(t, home+path, 200)
	}

	before := itemsOf(t, firstFeed)
	eventually(t, "news trickle into the feed", func() bool { return itemsOf(t, getPage(t, feed, 200)) != before })

	c.signal(t, syscall.SIGINT)
	if code := c.exit(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	for _, a := range addresses {
		if _, _, err := fetchPage(a); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after the end, %s: %v", a, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// sampleOf makes the sample that the demo runs on from the address of its
// yesterday: midnight may have passed since it began.
func sampleOf(t *testing.T, edition string) *demo.Sample {
	t.Helper()
	day, err := time.Parse(time.DateOnly, path.Base(edition))
	if err != nil {
		t.Fatal(err)
	}
	if ago := time.Since(day); ago < 24*time.Hour || ago > 49*time.Hour {
		t.Errorf("%s was not yesterday", edition)
	}
	return demo.Generate(day.AddDate(0, 0, 1))
}

// checkCounts compares an edition's counts with the sample.
func checkCounts(t *testing.T, address string, s *demo.Sample, day time.Time) {
	t.Helper()
	page := getPage(t, address, 200)
	drafts, rfcs := s.On(day, catalog.Draft), s.On(day, catalog.RFC)
	fresh := 0
	for _, a := range drafts {
		if a.Rev == "00" {
			fresh++
		}
	}
	for _, want := range []string{
		fmt.Sprintf("Internet-Drafts: %d (%d new)", len(drafts), fresh), fmt.Sprintf("RFCs: %d", len(rfcs)),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s does not say %q", address, want)
		}
	}
}

// checkParts walks through the parts of the day of 88 drafts: five, each
// leading to all others, none longer than 20, together everything once.
func checkParts(t *testing.T, address string) {
	t.Helper()
	path := address[strings.Index(address, "/newsletters"):]
	items := 0
	for part := 1; part <= 5; part++ {
		at := address
		if part > 1 {
			at = fmt.Sprintf("%s/%d", address, part)
		}
		page := getPage(t, at, 200)
		for other := 2; other <= 5; other++ {
			if !strings.Contains(page, fmt.Sprintf(`href="%s/%d"`, path, other)) {
				t.Errorf("part %d does not lead to part %d", part, other)
			}
		}
		n := strings.Count(page, "<article ")
		if n == 0 || n > 20 {
			t.Errorf("part %d has %d items", part, n)
		}
		items += n
	}
	if items < 88 {
		t.Errorf("the parts hold %d items together", items)
	}
	getPage(t, address+"/6", 404)
}

// itemsOf is what a feed holds, as a reader sees it.
func itemsOf(t *testing.T, text string) string {
	t.Helper()
	feed, err := gofeed.NewParser().ParseString(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(feed.Items) == 0 {
		t.Fatal("the feed is empty")
	}
	var ids []string
	for _, item := range feed.Items {
		ids = append(ids, item.GUID)
	}
	return strings.Join(ids, "\n")
}
