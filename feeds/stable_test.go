package feeds

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// A thousand polls of an unchanged catalogue give the same bytes, in another
// process and after the same mails have been read again. A new mail changes
// the feeds that show it, and no archive.
func TestStable(t *testing.T) {
	n := 600
	if os.Getenv("DRAFTWIRE_FULL") == "1" {
		n = 10_000
	}
	s := newShipped(t)
	mails, later := bulk(n)
	s.take("bulk", mails)
	s.archive()
	want := s.bodies()
	paths := s.addresses()
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range 1000 {
		switch i {
		case 300:
			s.reopen()
		case 600:
			s.again("bulk")
			if n := s.archive(); n > 0 {
				t.Fatalf("%d archives of mails known before", n)
			}
		case 900:
			s.reopen()
		}
		path := paths[dice.IntN(len(paths))]
		if got := s.body(path); got != want[path] {
			t.Fatalf("poll %d: %s has changed\n%s", i, path, difference(want[path], got))
		}
	}

	for i, mail := range later {
		if s.testNews(paths, fmt.Sprintf("later%d", i), mail) > 0 {
			return // at most a few are of no topic
		}
	}
	t.Fatal("no topic finds any of the later mails")
}

// testNews takes a mail in, and gives how many topics find it. Their feeds and
// that of everything change, and no other topic's, and no archive.
func (s *shipped) testNews(paths []string, name string, mail []byte) int {
	s.t.Helper()
	tags := make(map[string]string)
	for _, path := range paths {
		tags[path] = s.ask("GET", path).Header.Get("ETag")
	}
	s.take(name, slices.Values([][]byte{mail}))
	s.archive()
	selecting := s.selecting(mail)
	for _, path := range paths {
		shows := true
		if topic, is := strings.CutPrefix(path, "/topics/"); is {
			topic, rest, _ := strings.Cut(topic, "/")
			shows = slices.Contains(selecting, topic) && !strings.HasPrefix(rest, "archive")
		} else if !strings.HasPrefix(path, "/feed.") || strings.Contains(path, "?") {
			continue // it may, or may not
		}
		status := s.ask("GET", path, "If-None-Match", tags[path]).StatusCode
		if changed := status == http.StatusOK; changed != shows {
			s.t.Errorf("%s: %d after a new mail that %v find", path, status, selecting)
		}
	}
	return len(selecting)
}

// selecting lists the topics that find the newest event, which a mail told of.
func (s *shipped) selecting(mail []byte) (names []string) {
	s.t.Helper()
	newest := s.read("/feed.atom").all("entry")[0]
	if name := strings.TrimPrefix(newest.text("id"), "tag:example.org,2025:"); !strings.Contains(strings.ToLower(string(mail)), name) {
		s.t.Fatalf("the newest event, %s, is not of the mail\n%s", name, mail)
	}
	for _, c := range newest.all("category") {
		if c.attr("scheme") == "tag:example.org,2025:topics" {
			names = append(names, c.attr("term"))
		}
	}
	return names
}

// difference shows the first line that differs.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: %s\nwas     %s", i+1, b[i], a[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(b), len(a))
}
