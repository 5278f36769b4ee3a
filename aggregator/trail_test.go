package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

func TestTrail(t *testing.T) {
	gone := &fetch.StatusError{Status: http.StatusGone}
	missing := &fetch.StatusError{Status: http.StatusNotFound}
	type step = fetch.Outcome
	for _, tt := range []struct {
		name, base string
		steps      []step
		to         string
		known      bool
		gone       bool
	}{
		{"nothing asked", "https://a.example/x", nil, "", false, false},
		{"one address", "https://a.example/x", []step{{Asked: "https://a.example/x", Permanent: "https://b.example/y"}}, "https://b.example/y", true, false},
		{"it stays", "https://a.example/x", []step{{Asked: "https://a.example/x"}}, "", true, false},
		{"to what would be a pattern", "https://a.example/x", []step{{Asked: "https://a.example/x", Permanent: "https://b.example/?{MM}"}}, "", true, false},
		{
			"an index decides, not its files", "http://a.example/tls/",
			[]step{{Asked: "http://a.example/tls/", Permanent: "http://a.example/tls/index"}, {Asked: "http://a.example/tls/2026-March.txt"}},
			"http://a.example/tls/index", true, false,
		},
		{
			"files alone", "http://a.example/tls/", []step{
				{Asked: "http://a.example/tls/1.txt", Permanent: "https://b.example/archives/tls/1.txt"},
				{Asked: "http://a.example/tls/2.txt?q=1", Permanent: "https://b.example/archives/tls/2.txt?q=1"},
			}, "https://b.example/archives/tls/", true, false,
		},
		{
			"one of them", "http://a.example/tls/", []step{
				{Asked: "http://a.example/tls/1.txt", Permanent: "https://b.example/tls/1.txt"}, {Asked: "http://a.example/tls/2.txt"},
			}, "", true, false,
		},
		{
			"each elsewhere", "http://a.example/tls", []step{
				{Asked: "http://a.example/tls/1.txt", Permanent: "https://b.example/tls/1.txt"},
				{Asked: "http://a.example/tls/2.txt", Permanent: "https://c.example/tls/2.txt"},
			}, "", true, false,
		},
		{"without the query", "http://a.example/l", []step{{Asked: "http://a.example/l/new.atom?t=1", Permanent: "http://b.example/l/new.atom"}}, "", true, false},
		{"all to one page", "http://a.example/l", []step{{Asked: "http://a.example/l/new.atom", Permanent: "http://b.example/sorry"}}, "", true, false},
		{"another list", "http://a.example/tls", []step{{Asked: "http://a.example/tls-interim/x", Permanent: "http://b.example/tls-interim/x"}}, "", false, false},
		{
			"months", "http://u:p@a.example/tls/{YYYY}-{MM}.mail", []step{
				{Asked: "http://u:p@a.example/tls/2026-02.mail", Permanent: "https://a.example/text/tls/2026-02.mail"},
				{Asked: "http://u:p@a.example/tls/2026-03.mail", Permanent: "https://a.example/text/tls/2026-03.mail"},
			}, "https://a.example/text/tls/{YYYY}-{MM}.mail", true, false,
		},
		{
			"months in other folders", "http://a.example/{YYYY}-{MM}.mail",
			[]step{{Asked: "http://a.example/2026-03.mail", Permanent: "http://a.example/2026/2026-03.mail"}},
			"", true, false,
		},
		{
			"a port like a year", "http://a.example/{YYYY}-{MM}.mail",
			[]step{{Asked: "http://a.example/2026-03.mail", Permanent: "http://a.example:2026/2026-03.mail"}},
			"http://a.example:2026/{YYYY}-{MM}.mail", true, false,
		},
		{
			"a year that was there", "http://a.example/since-2026/{YYYY}.mail",
			[]step{{Asked: "http://a.example/since-2026/2026.mail", Permanent: "http://b.example/since-2026/2026.mail"}},
			"http://b.example/since-2026/{YYYY}.mail", true, false,
		},
		{
			"months named otherwise", "http://a.example/{YYYY}-{MM}.mail",
			[]step{{Asked: "http://a.example/2026-03.mail", Permanent: "http://a.example/2026-March.mbox"}},
			"", true, false,
		},
		{
			"missing ones say nothing", "http://a.example/{YYYY}-{MM}.mail", []step{
				{Asked: "http://a.example/2026-02.mail", Err: missing},
				{Asked: "http://a.example/2026-03.mail", Permanent: "http://b.example/2026-03.mail"},
			}, "http://b.example/{YYYY}-{MM}.mail", true, false,
		},
		{"gone", "http://a.example/x", []step{{Asked: "http://a.example/x", Err: gone}}, "", false, true},
		{
			"one month is gone", "http://a.example/{YYYY}-{MM}.mail",
			[]step{{Asked: "http://a.example/2026-02.mail", Err: gone}, {Asked: "http://a.example/2026-03.mail", Err: missing}},
			"", false, false,
		},
	} {
		led := trail{base: tt.base}
		var err error
		for _, s := range tt.steps {
			led.step(s)
			err = cmp.Or(err, s.Err)
		}
		if to, known := led.end(); to != tt.to || known != tt.known || led.gone(err) != tt.gone {
			t.Errorf("%s: leads to %q, known %t, gone %t; want %q, %t, %t", tt.name, to, known, led.gone(err), tt.to, tt.known, tt.gone)
		}
	}
}

func FuzzRebase(f *testing.F) {
	f.Add("http://a.example/tls/", "http://a.example/tls/1.txt", "https://b.example/tls/1.txt")
	f.Add("http://a.example/{YYYY}-{MM}.mail", "http://a.example/2026-03.mail", "http://b.example/2026-03.mail")
	f.Add("{", "", "}")
	f.Fuzz(func(t *testing.T, base, asked, permanent string) {
		to, derived, plain := rebase(base, fetch.Outcome{Asked: asked, Permanent: permanent})
		if to == "" {
			return
		}
		if !derived || !plain || strings.Count(to, "{") != strings.Count(base, "{") {
			t.Errorf("%q, %q leading to %q: %q, derived %t, plain %t", base, asked, permanent, to, derived, plain)
		}
	})
}

func TestUsualAddresses(t *testing.T) {
	for _, tt := range []struct {
		up   Movable
		want string
	}{
		{RFCIndex{}, DefaultRFCIndex},
		{Abstracts{}, DefaultAbstracts},
		{AllIDs{}, DefaultAllIDs},
		{&Datatracker{}, DefaultDatatracker},
		{RFCIndex{URL: "https://mirror.example/i.xml"}, "https://mirror.example/i.xml"},
	} {
		if got := (Source{Upstream: tt.up}).home(); got != tt.want {
			t.Errorf("%T is polled at %q, want %q", tt.up, got, tt.want)
		}
	}
}

func TestPolledAt(t *testing.T) {
	for _, tt := range []struct{ home, to, want string }{
		{"https://a.example/x", "https://b.example/y", "https://b.example/y"},
		{"https://u:p%40@a.example/x", "https://a.example/y", "https://u:p%40@a.example/y"},
		{"https://u:p@a.example/x", "https://b.example/y", "https://b.example/y"},
		{"http://u:p@a.example/{YYYY}", "http://a.example/y/{YYYY}", "http://u:p@a.example/y/{YYYY}"},
	} {
		m := &store.Move{From: tt.home, To: tt.to, Adopted: now}
		if got := (Source{Upstream: MboxHTTP{URL: tt.home}}).polledAt(m); got != tt.want {
			t.Errorf("%s moved to %s: polled at %s, want %s", tt.home, tt.to, got, tt.want)
		}
	}
}

// TestArchivesMove lets the host of each kind of source move as a whole: the
// move is adopted as one of feeds is, and reading goes on where it was.
func TestArchivesMove(t *testing.T) {
	written := func(to int) time.Time { return now.Add(time.Duration(to-10) * time.Hour) }
	zippedLetters := func(from, to int) string { return zipped(t, letters(from, to)) }
	for name, tt := range map[string]struct {
		fill func(s *shelf, to int) // with letters up to one
		path string                 // of the source below the host
		up   func(address string, a Archive) Upstream
	}{
		"mbox": {
			fill: func(s *shelf, to int) { s.put("/new/box", letters(1, to), written(to)) },
			path: "/box", up: func(address string, a Archive) Upstream { return MboxHTTP{a, address} },
		},
		"mbox of months": {
			fill: func(s *shelf, to int) {
				s.put("/new/2026-02.mail", letters(1, 2), written(to))
				s.put("/new/2026-03.mail", letters(3, to), written(to))
			},
			path: "/{YYYY}-{MM}.mail", up: func(address string, a Archive) Upstream { return MboxHTTP{a, address} },
		},
		"pipermail": {
			fill: func(s *shelf, to int) {
				s.put("/new/tls/", rows("2026-February.txt", "2026-March.txt"), written(to))
				s.put("/new/tls/2026-February.txt", letters(1, 2), written(to))
				s.put("/new/tls/2026-March.txt", letters(3, to), written(to))
			},
			path: "/tls/", up: func(address string, a Archive) Upstream { return Pipermail{a, address} },
		},
		"hyperkitty": {
			fill: func(s *shelf, to int) {
				s.put("/new/list/tls@example.org/export/2026-02.mbox.gz", zippedLetters(1, 2), written(to))
				s.put("/new/list/tls@example.org/export/2026-03.mbox.gz", zippedLetters(3, to), written(to))
			},
			path: "/list/tls@example.org/", up: func(address string, a Archive) Upstream { return HyperKitty{a, address} },
		},
		"public-inbox": {
			fill: func(s *shelf, to int) {
				i := &inbox{shelf: s}
				i.hold(1, to, func(n int) time.Duration { return time.Duration(100-n) * time.Minute })
				s.mu.Lock()
				for path, f := range s.files {
					if strings.HasPrefix(path, "/l/") {
						s.files["/new"+path] = f
					}
				}
				s.mu.Unlock()
				s.answer("/new/l/new.atom", i.feed)
			},
			path: "/l", up: func(address string, a Archive) Upstream { return PublicInbox{Archive: a, URL: address} },
		},
		"index": {
			fill: func(s *shelf, to int) {
				var lines []string
				for n := range to {
					lines = append(lines, strings.ReplaceAll(idLazy, "draft-lazy", fmt.Sprintf("draft-lazy-%d", n)))
				}
				s.put("/new/all_id2.txt", allIDsOf(lines...), written(to))
			},
			path: "/all_id2.txt", up: func(address string, a Archive) Upstream { return AllIDs{address, a.Client, a.Now} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, r := newShelf(t), newRig(t, openStore(t))
			tt.fill(s, 4)
			s.moved(t, "/old", "/new")
			a := s.archive(r)
			r.use(Source{Name: "list", Announcements: true, Interval: time.Hour, Upstream: tt.up(s.URL+"/old"+tt.path, a)})
			for n := range enoughSightings {
				if n == enoughSightings-1 && !r.source("list").Move.Adopted.IsZero() {
					t.Fatal("adopted too soon")
				}
				if res := r.poll()["list"]; res.Err != nil {
					t.Fatal(res.Err)
				}
				r.pass(18 * time.Hour)
			}
			row := r.source("list")
			if want := s.URL + "/new" + tt.path; row.Move == nil || row.Move.Adopted.IsZero() || row.Move.To != want || row.Messages != 4 {
				t.Fatalf("%d messages, move %+v, want to %s", row.Messages, row.Move, want)
			}
			s.drop("/old") // it answers no more
			s.requests()
			tt.fill(s, 6)
			if res := r.poll()["list"]; res.Err != nil || res.Tally.New() != 2 {
				t.Errorf("where it moved to: %+v, %v", res.Tally, res.Err)
			}
			for _, path := range s.requests() {
				if strings.HasPrefix(path, "/old") {
					t.Errorf("still asked for %s", path)
				}
			}
			notices, err := r.db.Notices(context.Background(), time.Time{})
			if err != nil || len(notices) != 1 || !strings.Contains(notices[0].Text, row.Move.To) {
				t.Errorf("told %+v, %v", notices, err)
			}
		})
	}
}

// TestTrackerMoves lets the Datatracker move in the middle of a pass, which
// goes on at the new host.
func TestTrackerMoves(t *testing.T) {
	for _, absolute := range []bool{false, true} {
		k := newTracker(t)
		k.absolute = absolute
		for n := range 5 {
			k.draft(fmt.Sprintf("draft-x-%d", n), "00", "2026-03-19T10:00:00", 3, 1)
		}
		closed := false
		old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if closed {
				t.Errorf("the old host is asked for %s", r.URL)
			}
			http.Redirect(w, r, k.URL+r.URL.RequestURI(), http.StatusPermanentRedirect)
		}))
		defer old.Close()
		r := newRig(t, openStore(t))
		client := fetch.New(fetch.Options{Allow: []string{"127.0.0.1"}, Spacing: -1, Now: r.now})
		defer client.Close()
		r.use(Source{Name: "datatracker", Announcements: true, Interval: time.Hour, Upstream: &Datatracker{URL: old.URL, Client: client, Now: r.now, Page: 2}})
		for range enoughSightings {
			if res := r.poll()["datatracker"]; res.Err != nil {
				t.Fatal(res.Err)
			}
			r.pass(18 * time.Hour)
		}
		row := r.source("datatracker")
		if row.Move == nil || row.Move.To != k.URL || row.Move.Adopted.IsZero() {
			t.Fatalf("absolute %t: %+v", absolute, row.Move)
		}
		p := trackerPoll{collections: collections{base: old.URL}}
		if got := p.below(old.URL + "/api/v1/doc/document/?offset=2"); got != "/api/v1/doc/document/?offset=2" {
			t.Errorf("kept as %s, which binds it to a host", got)
		}
		closed = true
		if res := r.poll()["datatracker"]; res.Err != nil {
			t.Error(res.Err)
		}
	}
}

// TestMonthGone holds that one month of an archive that is gone for good is
// not the end of the archive.
func TestMonthGone(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	s.put("/2026-03.mail", letters(1, 2), now.Add(-time.Hour))
	s.answer("/2026-02.mail", with(http.StatusGone))
	r.archive(MboxHTTP{s.archive(r), s.URL + "/{YYYY}-{MM}.mail"})
	if res := r.poll()["list"]; res.failed() {
		t.Fatal(res.Err)
	}
	if row := r.source("list"); !row.Gone.IsZero() || row.Messages != 2 {
		t.Errorf("%+v", row)
	}
}
