package aggregator

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

func TestSighting(t *testing.T) {
	const home = "https://a.example/feed"
	day := 24 * time.Hour
	seen := func(n int, to string, first time.Time) *store.Move {
		return &store.Move{From: home, To: to, Sightings: n, First: first, Last: now.Add(-time.Hour)}
	}
	for _, tt := range []struct {
		name       string
		was        *store.Move
		polled, to string
		sightings  int // -1: no move
		adopted    bool
		silent     bool
	}{
		{"no redirect", nil, home, "", -1, false, false},
		{"the first", nil, home, "https://b.example/feed", 1, false, false},
		{"to itself", nil, home, home, -1, false, false},
		{"many in a day", seen(400, "https://b.example/feed", now.Add(-day)), home, "https://b.example/feed", 401, false, false},
		{"few in long", seen(3, "https://b.example/feed", now.Add(-30*day)), home, "https://b.example/feed", 4, false, false},
		{"enough", seen(4, "https://b.example/feed", now.Add(-3*day)), home, "https://b.example/feed", 5, true, false},
		{"somewhere else", seen(400, "https://c.example/feed", now.Add(-30*day)), home, "https://b.example/feed", 1, false, false},
		{"it stopped", seen(400, "https://b.example/feed", now.Add(-30*day)), home, "", -1, false, false},
		{"to less security", seen(400, "http://b.example/feed", now.Add(-30*day)), home, "http://b.example/feed", 401, false, false},
		{
			"of another address", &store.Move{From: "https://old.example/", To: "https://b.example/feed", Sightings: 9, First: now.Add(-30 * day)},
			home, "https://b.example/feed", 1, false, false,
		},
		{"on from there", seen(9, "https://b.example/feed", now.Add(-30*day)), "https://b.example/feed", "https://c.example/feed", 1, false, false},
		{"nothing was asked", seen(400, "https://b.example/feed", now.Add(-30*day)), home, "", 400, false, true},
		{"back again", seen(9, "https://b.example/feed", now.Add(-30*day)), "https://b.example/feed", home, 9, false, false},
	} {
		got := sighting(tt.was, home, tt.polled, tt.to, !tt.silent, now)
		n := -1
		if got != nil {
			n = got.Sightings
		}
		if n != tt.sightings || got != nil && !got.Adopted.IsZero() != tt.adopted {
			t.Errorf("%s: %+v, want %d sightings, adopted %t", tt.name, got, tt.sightings, tt.adopted)
		}
	}
}

// A feed that has moved for good is followed, told of once, polled there, and
// given back its address when the configuration names another or the new one
// fails.
func TestMoved(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	feed := s.feed(t, r, fetch.Options{})
	use := func(address string) {
		r.use(Source{Name: "news", Interval: 10 * time.Minute, Upstream: Feed{URL: address, Client: feed.Client, Now: feed.Now}})
	}
	use(feed.URL)
	var asked []string
	broken := false
	s.does(func(w http.ResponseWriter, q *http.Request) {
		asked = append(asked, q.URL.Path)
		switch {
		case q.URL.Path == "/feed":
			http.Redirect(w, q, "/new", http.StatusMovedPermanently)
		case broken:
			w.WriteHeader(http.StatusInternalServerError)
		default:
			_, _ = w.Write([]byte(posts(2)))
		}
	})
	poll := func(want string) {
		t.Helper()
		asked = nil
		r.poll()
		if got := strings.Join(asked, " "); got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
		r.pass(18 * time.Hour)
	}
	for range 5 {
		poll("/feed /new")
	}
	poll("/new")
	poll("/new")
	row := r.source("news")
	if row.Move == nil || row.Move.Adopted.IsZero() || row.Messages != 2 {
		t.Fatalf("%+v", row)
	}
	notices, err := r.db.Notices(context.Background(), time.Time{})
	if err != nil || len(notices) != 1 || !strings.Contains(notices[0].Text, s.URL+"/new") {
		t.Errorf("told %+v, %v", notices, err)
	}
	broken = true
	for range 4 {
		poll("/new")
	}
	poll("/feed /new")
	if row := r.source("news"); row.Move != nil {
		t.Errorf("still moved: %+v", row.Move)
	}
	broken = false
	for range 5 {
		poll("/feed /new")
	}
	poll("/new")
	use(s.URL + "/other")
	poll("/other")
	if row := r.source("news"); row.Move != nil {
		t.Errorf("with another address still moved: %+v", row.Move)
	}
}
