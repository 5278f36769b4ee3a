package aggregator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestMboxHTTPMonths holds which months are asked for as time goes on: now is
// 20 March 2026.
func TestMboxHTTPMonths(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	r.archive(MboxHTTP{s.archive(r), s.URL + "/{YYYY}/{YYYY}-{MM}.mail"})
	old := now.Add(-time.Hour)
	s.put("/2026/2026-02.mail", letters(1, 2), old)
	s.put("/2026/2026-03.mail", letters(3, 4), old)
	r.one(Tally{Messages: 4, Posts: 4})
	s.expect("first", "/2026/2026-02.mail", "/2026/2026-03.mail")
	r.one(Tally{})
	s.expect("February is over for good", "/2026/2026-03.mail")

	r.pass(12*24*time.Hour + 13*time.Hour) // 2 April: nobody has written yet
	if res := r.one(Tally{}); res.Err != nil {
		t.Errorf("the month without a file: %v", res.Err)
	}
	s.expect("2 April", "/2026/2026-03.mail", "/2026/2026-04.mail")
	s.put("/2026/2026-03.mail", letters(3, 5), now.Add(time.Hour)) // late
	r.one(Tally{Messages: 2, Known: 1, Posts: 1})
	s.requests()

	r.pass(7 * 24 * time.Hour) // 9 April
	res := r.one(Tally{})
	if res.Err == nil || res.failed() || !strings.Contains(res.Err.Error(), "2026-04.mail: taken for a month without mail") {
		t.Errorf("still no file: %v", res.Err)
	}
	s.expect("9 April, March a last time", "/2026/2026-03.mail", "/2026/2026-04.mail")
	s.put("/2026/2026-04.mail", letters(6, 6), now.Add(time.Hour))
	if res := r.one(Tally{Messages: 1, Posts: 1}); res.Err != nil {
		t.Error(res.Err)
	}
	s.expect("April alone", "/2026/2026-04.mail")
	if cursor := r.source("list").Cursor; len(cursor) > 300 {
		t.Errorf("the cursor has grown to %d bytes: %s", len(cursor), cursor)
	}
}

// TestMboxHTTPBackfill holds that a long past is read in order, some months a
// poll, over months without mail; and that a file broken for good holds up
// nothing for ever.
func TestMboxHTTPBackfill(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	a := s.archive(r)
	a.Since, a.Files = time.Date(2025, 1, 31, 0, 0, 0, 0, time.UTC), 5
	r.archive(MboxHTTP{a, s.URL + "/{YYYY}-{MM}"})
	for n := 1; n <= 15; n++ {
		at := time.Date(2025, time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if n != 4 {
			s.put(at.Format("/2006-01"), letter(n), at.AddDate(0, 1, 0))
		}
	}
	s.put("/2025-02", "\x1f\x8bbroken", now.Add(-time.Hour))
	for polls := 0; len(r.subjects()) < 13; polls++ {
		res := r.poll()["list"]
		if polls > 8 || res.failed() {
			t.Fatalf("%d letters after %d polls: %v", len(r.subjects()), polls, res.Err)
		}
		if polls == 0 && (!strings.Contains(res.Err.Error(), "2025-02: ") || !strings.Contains(res.Err.Error(), "2025-04: taken for")) {
			t.Errorf("first poll: %v", res.Err)
		}
		if asked := s.requests(); len(asked) > 5 {
			t.Errorf("poll %d asked for %q", polls, asked)
		}
	}
	r.poll()
	s.requests()
	r.poll()
	s.expect("in the end", "/2026-03")
}

// TestMboxHTTPNothing holds that an address that gives nothing at all fails
// loudly, and that a busy host is left alone at once.
func TestMboxHTTPNothing(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	r.archive(MboxHTTP{s.archive(r), s.URL + "/{YYYY}-{MM}"})
	if res := r.poll()["list"]; !res.failed() || !strings.Contains(res.Err.Error(), "404") {
		t.Errorf("no month at all: %v", res.Err)
	}
	s, r = newShelf(t), newRig(t, openStore(t))
	a := s.archive(r)
	a.Since = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	r.archive(MboxHTTP{a, s.URL + "/{YYYY}-{MM}"})
	s.put("/2025-01", letters(1, 2), now.Add(-time.Hour))
	s.answer("/2025-02", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	res := r.one(Tally{Messages: 2, Posts: 2})
	if next := r.source("list").Next; !res.failed() || next.Sub(now) < 2*time.Hour {
		t.Errorf("%v, next at %s", res.Err, next)
	}
	s.expect("a busy host", "/2025-01", "/2025-02")

	s, r = newShelf(t), newRig(t, openStore(t))
	a = s.archive(r)
	a.Since = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	r.archive(MboxHTTP{a, s.URL + "/{YYYY}-{MM}"})
	for n := 1; n <= 15; n++ {
		s.answer(fmt.Sprintf("/%d-%02d", 2025+(n-1)/12, (n-1)%12+1), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	}
	if res := r.poll()["list"]; !res.failed() || !strings.Contains(res.Err.Error(), "no more was asked for after 3 failures") {
		t.Error(res.Err)
	}
	s.expect("a broken host", "/2025-01", "/2025-02", "/2025-03")
}
