package demo

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

func startUpstream(t *testing.T) (*Upstream, *Sample) {
	t.Helper()
	s := Generate(someDay)
	u, err := StartUpstream(s, UpstreamOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	return u, s
}

// fetchIDs reads a folder as a poller does and gives the Message-IDs.
func fetchIDs(t *testing.T, c *imapclient.Client, folder string) []string {
	t.Helper()
	if _, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	section := &imap.FetchItemBodySection{Peek: true}
	all, err := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range all {
		raw := m.FindBodySection(section)
		if strings.Contains(strings.ReplaceAll(string(raw), "\r\n", ""), "\n") {
			t.Fatalf("UID %d has bare line feeds", m.UID)
		}
		ids = append(ids, mail.Parse(raw).ID)
	}
	return ids
}

func idsOf(mails []Mail) []string {
	var ids []string
	for _, m := range mails {
		ids = append(ids, m.MessageID)
	}
	return ids
}

func TestUpstreamIMAP(t *testing.T) {
	u, s := startUpstream(t)
	c, err := imapclient.DialInsecure(u.IMAPAddr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Login("somebody", "secret").Wait(); err == nil {
		t.Fatal("somebody could log in, want anonymous only")
	}
	if err := c.Login("anonymous", "reader@example.org").Wait(); err != nil {
		t.Fatal(err)
	}
	for folder, list := range map[string]string{u.DraftFolder: DraftList, u.RFCFolder: RFCList} {
		if diff := cmp.Diff(idsOf(s.List(list)), fetchIDs(t, c, folder)); diff != "" {
			t.Errorf("%s: %s", folder, diff)
		}
	}
	var later []string
	for range 2 {
		a, err := u.Advance(someDay)
		if err != nil {
			t.Fatal(err)
		}
		later = append(later, a.MessageID)
	}
	ids := fetchIDs(t, c, u.DraftFolder)
	if got := ids[len(ids)-2:]; !slices.Equal(got, later) {
		t.Errorf("the last mails are %v, want %v", got, later)
	}
}

func TestIMAPLeavesBeforeLogin(t *testing.T) {
	u, _ := startUpstream(t)
	c, err := imapclient.DialInsecure(u.IMAPAddr, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Logout().Wait(); err != nil {
		t.Error(err)
	}
}

// get fetches an address with the validators given.
func get(t *testing.T, url string, headers map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func wellFormed(t *testing.T, doc string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, doc)
		}
	}
}

func TestUpstreamFeeds(t *testing.T) {
	u, s := startUpstream(t)
	rfcs := 0
	for _, a := range s.Announcements {
		if a.Kind == catalog.RFC {
			rfcs++
		}
	}
	for url, want := range map[string]struct {
		kind  string
		items int
	}{u.RFCFeedURL: {"atom", rfcs}, u.NewsFeedURL: {"rss", len(data().news) - laterNews}} {
		res, body := get(t, url, nil)
		wellFormed(t, body)
		feed, err := gofeed.NewParser().ParseString(body)
		if err != nil || feed.FeedType != want.kind || len(feed.Items) != want.items {
			t.Fatalf("%s: %v, %+v; want %d items of %s", url, err, feed, want.items, want.kind)
		}
		for i, item := range feed.Items {
			if item.GUID == "" || item.Link == "" || item.Title == "" || item.Description == "" {
				t.Errorf("%s: an item lacks something: %+v", url, item)
			}
			date := item.UpdatedParsed
			if date == nil {
				date = item.PublishedParsed
			}
			if date == nil || date.After(s.Yesterday.AddDate(0, 0, 1)) {
				t.Errorf("%s: item %d is dated %v", url, i, date)
			}
		}
		for _, h := range []map[string]string{
			{"If-None-Match": res.Header.Get("ETag")}, {"If-Modified-Since": res.Header.Get("Last-Modified")},
		} {
			if again, body := get(t, url, h); again.StatusCode != http.StatusNotModified || body != "" {
				t.Errorf("%s with %v: %s and %d bytes, want 304 and none", url, h, again.Status, len(body))
			}
		}
	}
	if _, body := get(t, u.RFCFeedURL, nil); !strings.Contains(body, "<title>RFC 9994: Research Challenges") {
		t.Error("the RFC feed lacks yesterday's RFC")
	}
}

func TestNewsComesWithTheTrickle(t *testing.T) {
	u, _ := startUpstream(t)
	before, _ := get(t, u.NewsFeedURL, nil)
	for range 3 {
		if _, err := u.Advance(someDay); err != nil {
			t.Fatal(err)
		}
	}
	after, body := get(t, u.NewsFeedURL, map[string]string{"If-None-Match": before.Header.Get("ETag")})
	if after.StatusCode != http.StatusOK {
		t.Fatalf("after a post: %s, want 200", after.Status)
	}
	feed, err := gofeed.NewParser().ParseString(body)
	if err != nil {
		t.Fatal(err)
	}
	if res, page := get(t, feed.Items[0].Link, nil); res.StatusCode != http.StatusOK || !strings.Contains(page, "<h1>") {
		t.Errorf("the newest post's page: %s\n%s", res.Status, page)
	}
}

// mboxIDs reads all monthly files.
func mboxIDs(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "2*-*.mail"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v; want two months", files, err)
	}
	var ids []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range strings.Split("\n"+string(raw), "\n\nFrom ") {
			_, m, _ = strings.Cut(strings.TrimPrefix(m, "\nFrom "), "\n")
			p := mail.Parse([]byte(m))
			if p.ID == "" || p.Text == "" {
				t.Fatalf("%s: mail %d is not one:\n%s", file, i, m)
			}
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func TestUpstreamMbox(t *testing.T) {
	u, s := startUpstream(t)
	want := idsOf(s.List(u.MboxList))
	if diff := cmp.Diff(want, mboxIDs(t, u.MboxDir)); diff != "" {
		t.Fatal(diff)
	}
	for range 4 { // the first is a copy on the group's list, the fourth brings a reply
		if _, err := u.Advance(someDay); err != nil {
			t.Fatal(err)
		}
	}
	got := mboxIDs(t, u.MboxDir)
	if len(got) != len(want)+2 || !slices.Equal(got[:len(want)], want) {
		t.Errorf("%d mails after four steps, want %d, all old ones first", len(got), len(want)+2)
	}
}

func TestMboxEntry(t *testing.T) {
	m := Mail{From: "a@example.com", At: someDay, Raw: []byte("From: a@example.com\n\nFrom here\n>From there\n")}
	want := "From a@example.com  Sun Nov 22 00:18:00 2026\nFrom: a@example.com\n\n>From here\n>From there\n\n"
	if got := string(mboxEntry(m)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTrickleGoesOn lets more announcements out than there are records, on a
// clock of its own.
func TestTrickleGoesOn(t *testing.T) {
	u, s := startUpstream(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*5*time.Second+time.Second)
		defer cancel()
		u.Trickle(ctx, 5*time.Second)
	})
	status, err := u.user.Status(u.DraftFolder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := int(*status.NumMessages), len(s.List(DraftList))+100; got != want {
		t.Errorf("%d mails in the folder, want %d", got, want)
	}
}
