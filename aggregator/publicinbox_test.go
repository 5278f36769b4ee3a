package aggregator

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// inbox is a public-inbox on a shelf: its feed gives up to ten messages, from
// t on the first before the last, or the newest if there are not ten.
type inbox struct {
	*shelf
	held []inboxed
	deaf bool // does not know t
}

func newInbox(t *testing.T) (*inbox, *rig, PublicInbox) {
	t.Helper()
	i, r := &inbox{shelf: newShelf(t)}, newRig(t, openStore(t))
	i.answer("/l/new.atom", i.feed)
	return i, r, PublicInbox{Archive: i.archive(r), URL: i.URL + "/l"}
}

// hold adds letters, received so long ago.
func (i *inbox) hold(from, to int, ago func(n int) time.Duration) {
	for n := from; n <= to; n++ {
		id := fmt.Sprintf("%d@example.org", n)
		if n%5 == 0 {
			id = fmt.Sprintf("%d/+odd?x=%%#@example.org", n)
		}
		i.put("/l/"+url.PathEscape(id)+"/raw", "From mboxrd@z Thu Jan  1 00:00:00 1970\n"+letter(n)[strings.Index(letter(n), "\n")+1:], time.Time{})
		i.mu.Lock()
		i.held = append(i.held, inboxed{id, now.Add(-ago(n)).Truncate(time.Second)})
		i.mu.Unlock()
	}
}

func (i *inbox) feed(w http.ResponseWriter, r *http.Request) {
	const size = 10
	i.mu.Lock()
	defer i.mu.Unlock()
	after, err := time.Parse("20060102150405-", r.URL.Query().Get("t"))
	page := slices.SortedStableFunc(slices.Values(i.held), func(a, b inboxed) int { return a.at.Compare(b.at) })
	if err == nil && !i.deaf {
		page = slices.DeleteFunc(page, func(e inboxed) bool { return e.at.Before(after) })
	}
	if len(page) >= size && err == nil && !i.deaf {
		page = page[:size]
	} else {
		page = slices.SortedStableFunc(slices.Values(i.held), func(a, b inboxed) int { return cmp.Or(b.at.Compare(a.at), 1) })
		page = page[:min(size, len(page))]
	}
	fmt.Fprint(w, `<?xml version="1.0" encoding="us-ascii"?><feed xmlns="http://www.w3.org/2005/Atom"><title>l</title>`+
		`<link rel="alternate" type="text/html" href="https://public.example.org/l/"/><id>mailto:l@example.org</id>`)
	for _, e := range page {
		fmt.Fprintf(w, `<entry><author><name>A</name><email>a@example.org</email></author><title>T</title><updated>%s</updated>`+
			`<link href="https://public.example.org/l/%s/"/><id>urn:uuid:%d</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><pre>x</pre></div></content></entry>`,
			e.at.Format(time.RFC3339), html.EscapeString(url.PathEscape(e.id)), len(e.id))
	}
	fmt.Fprint(w, "</feed>")
}

func hours(n int) time.Duration { return time.Duration(100-n) * time.Hour }

// TestPublicInbox holds that each message is asked for once.
func TestPublicInbox(t *testing.T) {
	i, r, up := newInbox(t)
	r.archive(up)
	i.hold(3, 12, hours)
	if res := r.one(Tally{Messages: 10, Posts: 10}); res.Err != nil {
		t.Fatal(res.Err)
	}
	if got := i.requests(); len(got) != 11 || got[0] != "/l/new.atom" || got[1] != "/l/3@example.org/raw" || got[3] != "/l/5%2F+odd%3Fx=%25%23@example.org/raw" {
		t.Errorf("first: %q", got)
	}
	mark := "/l/new.atom?t=" + now.Add(-hours(12)).Format("20060102150405") + "-"
	r.one(Tally{})
	i.expect("nothing new", mark)
	i.hold(13, 14, hours)
	r.one(Tally{Messages: 2, Posts: 2})
	i.expect("two", mark, "/l/13@example.org/raw", "/l/14@example.org/raw")
	i.hold(15, 45, hours) // more than a page
	r.one(Tally{Messages: 31, Posts: 31})
	i.requests()

	i.hold(46, 46, func(int) time.Duration { return hours(20) }) // late: not seen at once
	r.one(Tally{})
	r.pass(sweepEvery)
	r.one(Tally{Messages: 1, Posts: 1})
	i.requests()
	r.one(Tally{})
	i.expect("swept", "/l/new.atom?t="+now.Add(-hours(45)).Format("20060102150405")+"-")

	i.hold(47, 47, func(int) time.Duration { return -1000 * time.Hour }) // a clock gone wrong
	r.one(Tally{Messages: 1, Posts: 1})
	i.hold(48, 60, func(int) time.Duration { return hours(50) }) // more than a page of one second
	if res := r.poll()["list"]; res.Err != nil || res.Tally.New() < 10 {
		t.Errorf("one second: %+v", res)
	}
	i.hold(61, 61, hours)
	r.one(Tally{Messages: 1, Posts: 1})
}

// TestPublicInboxSince holds that a long past is taken in bounded polls, each
// message once.
func TestPublicInboxSince(t *testing.T) {
	i, r, up := newInbox(t)
	up.Since, up.Files = now.Add(-hours(31)), 20
	r.archive(up)
	i.hold(1, 90, hours)
	for polls := 1; len(r.subjects()) < 60; polls++ {
		res := r.poll()["list"]
		if res.Err != nil || polls > 3 || res.Tally.New() != 20 {
			t.Fatalf("poll %d: %+v", polls, res)
		}
	}
	if r.subjects()[0] != "Letter 31" {
		t.Errorf("began with %s", r.subjects()[0])
	}
	raw := 0
	for _, asked := range i.requests() {
		if strings.HasSuffix(asked, "/raw") {
			raw++
		}
	}
	if raw != 60 || len(r.source("list").Cursor) > 3000 {
		t.Errorf("%d messages asked for; cursor of %d bytes", raw, len(r.source("list").Cursor))
	}
}

func TestPublicInboxFaults(t *testing.T) {
	i, r, up := newInbox(t)
	r.archive(up)
	i.hold(1, 6, hours)
	i.drop("/l/2@example.org/raw")
	i.answer("/l/3@example.org/raw", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	i.put("/l/4@example.org/raw", "<html>no</html>", time.Time{})
	res := r.one(Tally{Messages: 3, Posts: 3})
	for _, want := range []string{"<2@example.org> is left out: ", "<3@example.org>: ", "500", "<4@example.org>: ", "neither a mailbox nor a mail"} {
		if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), want) {
			t.Errorf("%v, want %q", res.Err, want)
		}
	}
	i.hold(3, 4, hours) // mended, and listed twice
	r.pass(sweepEvery)
	if res := r.one(Tally{Messages: 2, Posts: 2}); res.Err != nil {
		t.Error(res.Err)
	}

	i.deaf = true
	i.hold(11, 30, hours)
	if res := r.poll()["list"]; res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), "messages may be missing") {
		t.Errorf("a gap: %v", res.Err)
	}
	for n := 31; n <= 40; n++ {
		i.hold(n, n, hours)
		i.answer(fmt.Sprintf("/l/%s/raw", url.PathEscape(i.held[len(i.held)-1].id)), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusServiceUnavailable)
		})
	}
	i.requests()
	if res := r.poll()["list"]; !res.failed() || len(i.requests()) != 2 {
		t.Errorf("a busy host: %v", res.Err)
	}
	r.pass(time.Hour)
	i.answer("/l/new.atom", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>no") })
	if res := r.poll()["list"]; !res.failed() || !strings.Contains(res.Err.Error(), "/l/new.atom?t=") {
		t.Errorf("no feed: %v", res.Err)
	}
}

func TestPublicInboxWhole(t *testing.T) {
	i, r, up := newInbox(t)
	up.Whole = true
	r.archive(up)
	if res := r.poll()["list"]; !res.failed() || !strings.Contains(res.Err.Error(), "/l/all.mbox.gz") {
		t.Errorf("not offered: %v", res.Err)
	}
	i.hold(1, 99, hours)
	i.put("/l/all.mbox.gz", zipped(t, letters(1, 98)), time.Time{})
	i.requests()
	res := r.poll()["list"]
	if got := len(r.subjects()); res.Err != nil || got != 99 {
		t.Errorf("%d letters: %v", got, res.Err)
	}
	i.requests()
	r.one(Tally{})
	if asked := i.requests(); slices.Contains(asked, "/l/all.mbox.gz") {
		t.Errorf("asked for all again: %q", asked)
	}
}

func TestInboxID(t *testing.T) {
	for link, want := range map[string]string{
		"https://example.org/l/a@b/":                      "a@b",
		"https://example.org/l/a%2Fb@c":                   "a/b@c",
		"https://example.org/l/a%3Fb%23+%25@c/":           "a?b#+%@c",
		"https://example.org/l/%C3%A4@b/":                 "ä@b",
		"https://example.org/l/../":                       "",
		"https://example.org/l/%2E%2E/":                   "",
		"https://example.org/l/..%2F../":                  "",
		"https://example.org/l/a%0D%0Ab/":                 "",
		"https://example.org/l/a%20b/":                    "",
		"https://example.org/l/%FF/":                      "",
		"https://example.org":                             "",
		"":                                                "",
		"://":                                             "",
		"https://e.org/" + strings.Repeat("a", 999) + "/": "",
	} {
		if got, ok := inboxID(link); got != want && ok || ok != (want != "") {
			t.Errorf("%.60s: got %q, %v, want %q", link, got, ok, want)
		}
	}
}

func FuzzInboxPage(f *testing.F) {
	for _, s := range []string{
		"", "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='https://e.org/l/a%2Fb@c/'/><updated>2026-03-20T10:00:00Z</updated></entry></feed>",
		"<feed><entry><link href='../../'/>", "<rss><channel><item><link>https://e.org/%00/</link></item>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		page, _ := inboxPage(&fetch.Response{Body: body, FinalURL: "https://example.org/l/new.atom"})
		for _, e := range page {
			u, err := url.Parse("https://example.org/l/" + url.PathEscape(e.id) + "/raw")
			if err != nil || !strings.HasPrefix(u.JoinPath().EscapedPath(), "/l/") || u.RawQuery != "" || u.Path != "/l/"+e.id+"/raw" {
				t.Errorf("%q: %v, %v", e.id, u, err)
			}
		}
	})
}
