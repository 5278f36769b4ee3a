package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// gathering is a Datatracker with a meeting. Objects are found by the fields
// that a query names; those of the tests have them beside the documented ones.
type gathering struct {
	*tracker
	odd map[string]func(http.ResponseWriter) bool // by path, or path and offset: what is answered instead
}

func newGathering(t *testing.T) *gathering {
	g := &gathering{tracker: newTracker(t), odd: map[string]func(http.ResponseWriter) bool{}}
	g.does(g.answer)
	g.add("meeting/meeting", "number", "124", "date", "2026-03-21", "days", 7, "city", "Montreal", "country", "CA",
		"time_zone", "America/Toronto", "type", "/api/v1/name/meetingtypename/ietf/", "schedule", "/api/v1/meeting/schedule/9/")
	g.add("meeting/meeting", "number", "interim-2026-quic-01", "date", "2026-03-20", "days", 1, "time_zone", "UTC", "type", "/api/v1/name/meetingtypename/interim/")
	g.add("meeting/meeting", "number", "120", "date", "2024-07-20", "days", 7, "time_zone", "America/Vancouver", "type", "/api/v1/name/meetingtypename/ietf/")
	g.add("meeting/schedule", "id", 9, "base", "/api/v1/meeting/schedule/8/")
	g.add("group/group", "resource_uri", groupURI(4), "acronym", "hotrfc", "name", "Request for Conversation (HotRFC)", "type", "/api/v1/name/grouptypename/team/")
	g.add("group/group", "resource_uri", groupURI(5), "acronym", "maprg", "name", "Measurement", "type", "/api/v1/name/grouptypename/rg/")
	g.add("person/person", "resource_uri", "/api/v1/person/person/7/", "name", "Ada Writer")
	return g
}

// gatheringOfKites has one session with five decks.
func gatheringOfKites(t *testing.T) *gathering {
	t.Helper()
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	for i := range 5 {
		g.deck(31, i, fmt.Sprintf("slides-124-hotrfc-sessa-%02d-kite", i+1), fmt.Sprintf("Kite %d", i+1))
	}
	return g
}

// session adds one with its time.
func (g *gathering) session(id, group int, title, starts string) {
	uri := fmt.Sprintf("/api/v1/meeting/session/%d/", id)
	g.add("meeting/session", "id", id, "resource_uri", uri, "meeting", "/api/v1/meeting/meeting/1/", "group", groupURI(group), "name", title,
		"type", "/api/v1/name/timeslottypename/regular/", "on_agenda", true, "meeting__number", "124")
	if starts != "" {
		slot := fmt.Sprintf("/api/v1/meeting/timeslot/%d/", id)
		g.add("meeting/timeslot", "resource_uri", slot, "time", starts, "duration", "2:00:00", "meeting__number", "124")
		g.add("meeting/schedtimesessassignment", "session", uri, "timeslot", slot, "schedule", "8")
	}
}

// brings adds a document to a session.
func (g *gathering) brings(session int, document string, rev, order any) map[string]any {
	return g.add("meeting/sessionpresentation", "session", fmt.Sprintf("/api/v1/meeting/session/%d/", session),
		"document", "/api/v1/doc/document/"+document+"/", "rev", rev, "order", order, "session__meeting__number", "124")
}

// deck adds a document and its author.
func (g *gathering) deck(session, order int, document, title string) map[string]any {
	p := g.brings(session, document, "00", order)
	g.add("doc/document", "name", document, "resource_uri", "/api/v1/doc/document/"+document+"/", "title", title, "rev", "00", "time", "2026-03-20T10:00:00Z",
		"type", "/api/v1/name/doctypename/slides/")
	g.add("doc/documentauthor", "document", "/api/v1/doc/document/"+document+"/", "person", "/api/v1/person/person/7/", "order", 0, "document__name", document)
	return p
}

func (g *gathering) answer(w http.ResponseWriter, r *http.Request) {
	at := r.URL.Path
	if offset := r.URL.Query().Get("offset"); offset != "" {
		at += "?" + offset
	}
	if odd := g.odd[at]; odd != nil && odd(w) {
		return
	}
	rest := strings.Trim(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	if strings.Count(rest, "/") == 2 { // one object
		g.asked = append(g.asked, r.URL.RequestURI())
		list := g.collections[path.Dir(rest)]
		i := slices.IndexFunc(list, func(o map[string]any) bool {
			return o["resource_uri"] == "/api/v1/"+rest+"/" || fmt.Sprint(o["id"]) == path.Base(rest)
		})
		if i < 0 {
			http.NotFound(w, r)
			return
		}
		_ = json.NewEncoder(w).Encode(list[i])
		return
	}
	all := g.collections[rest]
	defer func() { g.collections[rest] = all }()
	g.collections[rest] = slices.DeleteFunc(slices.Clone(all), func(o map[string]any) bool {
		for _, key := range []string{"meeting__number", "session__meeting__number", "document__name", "schedule", "number"} {
			if q := r.URL.Query(); q.Has(key) && o[key] != nil && o[key] != q.Get(key) {
				return true
			}
		}
		return false
	})
	g.serve(w, r)
}

func (g *gathering) rig(announcements bool, numbers ...string) *rig {
	r := newRig(g.t, openStore(g.t))
	up := &Meetings{URL: g.URL, Client: g.client(g.t, r), Now: r.now, Numbers: numbers, Page: 3}
	up.Known = func(ctx context.Context, asked []catalog.Presented) (map[string]bool, error) {
		return r.db.KnownMaterials(ctx, "meetings", asked)
	}
	r.use(Source{Name: "meetings", Announcements: announcements, Interval: time.Hour, Upstream: up})
	return r
}

// told gives a session as the store has it.
func (r *rig) told(id int64) catalog.Session {
	r.t.Helper()
	list, _, err := r.db.Sessions(r.t.Context(), "124")
	if err != nil {
		r.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(s catalog.Session) bool { return s.ID == id })
	if i < 0 {
		r.t.Fatalf("there is no session %d among %d", id, len(list))
	}
	return list[i]
}

func names(s catalog.Session) (list []string) {
	for _, m := range s.Materials {
		list = append(list, m.NameRev())
	}
	return list
}

func TestMeetingsPoll(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	g.session(32, 2, "", "2026-03-23T14:00:00Z")
	g.session(33, 5, "", "")
	g.deck(31, 2, "slides-124-hotrfc-sessa-02-ropes", "Ropes")
	first := g.deck(31, 1, "slides-124-hotrfc-sessa-01-kites", "Kites")
	g.deck(33, 1, "slides-124-maprg-sessa-winds", "Winds")
	g.deck(31, 3, "minutes-124-hotrfc-202603212200", "Minutes HotRFC")
	g.brings(31, "agenda-124-hotrfc-00", "00", nil)
	g.brings(32, "draft-ietf-quic-thing", "03", 1)
	g.brings(32, "recording-124-quic-1", nil, nil)
	g.add("doc/document", "resource_uri", "/api/v1/doc/document/recording-124-quic-1/", "title", "Video", "time", "2026-03-20T11:00:00Z", "external_url", "https://video.example/quic")

	r := g.rig(true)
	// Three sessions, three decks, minutes, a recording, an agenda that has no document.
	res := r.one(Tally{Messages: 9, Announced: 3, Posts: 2})
	if res.Err == nil || !strings.Contains(res.Err.Error(), "agenda-124-hotrfc-00 cannot be read") || res.failed() {
		t.Errorf("got %v, want a fault of the agenda alone", res.Err)
	}
	deck := r.find("event:slides group:hotrfc title:kites")
	if len(deck) != 1 || deck[0].Document != "charter-ietf-hotrfc" || deck[0].Part != "slides-124-hotrfc-sessa-01-kites-00" ||
		deck[0].Facts.URL != "https://datatracker.ietf.org/meeting/124/materials/slides-124-hotrfc-sessa-01-kites-00" ||
		deck[0].Facts.AuthorNames()[0] != "Ada Writer" || deck[0].Facts.Title != "Kites" {
		t.Errorf("got %+v", deck)
	}
	if winds := r.find("event:slides group:maprg"); len(winds) != 1 || winds[0].Document != "charter-irtf-maprg" || winds[0].Facts.Stream != catalog.IRTF {
		t.Errorf("got %+v, want the slides of a research group", winds)
	}
	if got := r.find("kind:post group:hotrfc"); len(got) != 1 || got[0].Facts.Title != "Minutes, HotRFC, IETF 124" {
		t.Errorf("got %+v, want the minutes", got)
	}
	if got := r.find("kind:post group:quic"); len(got) != 1 || got[0].Facts.Title != "Recording, QUIC, IETF 124" || got[0].Facts.URL != "https://video.example/quic" {
		t.Errorf("got %+v, want the recording", got)
	}
	s := r.told(31)
	if s.Group != "hotrfc" || s.Called() != "HotRFC" || s.Slot() != "sessa" || !s.Starts.Equal(time.Date(2026, 3, 21, 22, 0, 0, 0, time.UTC)) ||
		s.Ends.Sub(s.Starts) != 2*time.Hour || s.Meeting != (catalog.Meeting{Number: "124", City: "Montreal", Country: "CA", Zone: "America/Toronto", First: "2026-03-21", Days: 7}) {
		t.Errorf("got %+v", s)
	}
	if !r.told(33).Starts.IsZero() || len(r.told(32).Materials) != 2 {
		t.Errorf("got %+v and %+v", r.told(33), r.told(32))
	}

	// What could not be read is asked for once more.
	g.add("doc/document", "resource_uri", "/api/v1/doc/document/agenda-124-hotrfc-00/", "title", "Agenda", "time", "2026-03-20T11:00:00Z")
	r.pass(time.Hour)
	r.one(Tally{Messages: 1})

	// Nothing new costs no document, a new revision one, and what is gone is gone.
	r.pass(time.Hour)
	asked := len(g.asked)
	r.one(Tally{})
	for _, address := range g.asked[asked:] {
		if strings.Contains(address, "/doc/") || strings.Contains(address, "/group/") {
			t.Errorf("asked anew: %s", address)
		}
	}
	first["rev"] = "01"
	r.pass(time.Hour)
	r.one(Tally{Messages: 2, Announced: 1})
	if got := r.find("event:slides title:kites"); len(got) != 2 || !got[0].News {
		t.Errorf("got %+v, want the new revision, too, as news", got)
	}
	all := g.collections["meeting/sessionpresentation"]
	g.collections["meeting/sessionpresentation"] = all[1:]
	for _, want := range []int{3, 4, 3, 4} { // back and forth: what is said last counts each time
		r.pass(time.Hour)
		r.one(Tally{Messages: 1})
		if got := r.told(31).Materials; len(got) != want {
			t.Errorf("got %d documents, want %d", len(got), want)
		}
		if g.collections["meeting/sessionpresentation"] = all; want == 4 {
			g.collections["meeting/sessionpresentation"] = all[1:]
		}
	}
	checkAtRest(t, r.db)
}

// TestMeetingsSupports holds that slides of a source that may not announce are
// no events, but known all the same.
func TestMeetingsSupports(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	g.deck(31, 1, "slides-124-hotrfc-sessa-01-kites", "Kites")
	g.deck(31, 2, "minutes-124-hotrfc-00", "Minutes")
	r := g.rig(false)
	r.one(Tally{Messages: 3, Posts: 1})
	known, err := r.db.Materials(t.Context(), r.told(31).Materials)
	if m := known["slides-124-hotrfc-sessa-01-kites-00"]; err != nil || m.Title != "Kites" || len(m.Authors) != 1 {
		t.Errorf("got %+v, %v", known, err)
	}
}

// TestMeetingsNamed holds that named meetings are read however long ago they
// were, and others not; and that one that is not there is told.
func TestMeetingsNamed(t *testing.T) {
	g := newGathering(t)
	g.add("meeting/session", "id", 40, "group", groupURI(2), "meeting__number", "interim-2026-quic-01")
	g.add("meeting/sessionpresentation", "session", "/api/v1/meeting/session/40/", "document", "/api/v1/doc/document/slides-interim-2026-quic-01-sessa-kites/",
		"rev", "00", "order", 1, "session__meeting__number", "interim-2026-quic-01")
	r := g.rig(true, "interim-2026-quic-01", "99")
	for _, res := range r.poll() {
		if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), "there is no meeting 99") {
			t.Errorf("got %v", res.Err)
		}
	}
	got := r.find("event:slides group:quic")
	if len(got) != 1 || got[0].Facts.URL != "https://datatracker.ietf.org/meeting/interim-2026-quic-01/materials/slides-interim-2026-quic-01-sessa-kites-00" {
		t.Errorf("got %+v", got)
	}
	if numbers, err := r.db.MeetingNumbers(t.Context()); err != nil || len(numbers) != 1 {
		t.Errorf("got %q, %v", numbers, err)
	}
}

// TestMeetingsBounded holds that no poll reads more documents than it may, and
// that the next ones read the rest.
func TestMeetingsBounded(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	for i := range 500 {
		g.deck(31, i, fmt.Sprintf("slides-124-hotrfc-sessa-kite%d", i), fmt.Sprintf("Kite %d", i))
	}
	r := g.rig(true)
	r.Poller.sources["meetings"].Upstream.(*Meetings).Page = 100
	r.one(Tally{Messages: 301, Announced: 300})
	r.pass(time.Hour)
	r.one(Tally{Messages: 200, Announced: 200})
	r.pass(time.Hour)
	r.one(Tally{})
	if n := len(r.told(31).Materials); n != 500 {
		t.Errorf("got %d documents of the session, want 500", n)
	}
}

// TestMeetingsBreakOff holds that pages that break off leave what was known as
// it was, and that the next poll makes up for it.
func TestMeetingsBreakOff(t *testing.T) {
	const collection = "/api/v1/meeting/sessionpresentation/"
	for _, tt := range []struct {
		name  string
		at    string
		odd   func(http.ResponseWriter) bool
		decks int // of five, after the poll
		fails bool
	}{
		{"cut short", collection + "?3", func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Length", "900")
			_, _ = w.Write([]byte(`{"meta":{"limit":3,"ne`))
			return true
		}, 0, true},
		{"no JSON", collection + "?3", func(w http.ResponseWriter) bool { _, _ = w.Write([]byte("<p>")); return true }, 0, true},
		{"not there", collection + "?3", func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusNotFound); return true }, 4, false}, // of its rows, one by one, the first is damaged
		{"busy", collection + "?3", func(w http.ResponseWriter) bool {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}, 0, true},
		{"busy with documents", "/api/v1/doc/document/slides-124-hotrfc-sessa-03-kite/", func(w http.ResponseWriter) bool {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}, 5, true},
		{"a circle", collection, func(w http.ResponseWriter) bool {
			_, _ = w.Write([]byte(`{"meta":{"limit":3,"next":"/api/v1/meeting/sessionpresentation/?offset=0","total_count":5},"objects":[]}`))
			return true
		}, 0, true},
		{"ends early", collection, func(w http.ResponseWriter) bool {
			_, _ = w.Write([]byte(`{"meta":{"limit":3,"next":null,"total_count":5},"objects":[{"session":"/s/31/","document":"/d/slides-124-hotrfc-sessa-01-kite/","rev":"00"}]}`))
			return true
		}, 0, true},
		{"ends with nothing", collection + "?3", func(w http.ResponseWriter) bool {
			_, _ = w.Write([]byte(`{"meta":{"limit":3,"next":null,"total_count":5},"objects":[]}`))
			return true
		}, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := gatheringOfKites(t)
			g.odd[tt.at] = tt.odd
			r := g.rig(true)
			res := r.poll()["meetings"]
			if res.Err == nil || res.failed() != tt.fails {
				t.Errorf("got %v, failed %v", res.Err, res.failed())
			}
			list, _, err := r.db.Sessions(t.Context(), "124")
			switch {
			case err != nil:
				t.Error(err)
			case tt.decks == 0 && len(list) > 0:
				t.Errorf("half a session is told: %+v", list)
			case tt.decks > 0 && len(r.told(31).Materials) != tt.decks:
				t.Errorf("got %q, want %d", names(r.told(31)), tt.decks)
			}
			clear(g.odd)
			r.pass(24 * time.Hour)
			if res := r.poll()["meetings"]; res.Err != nil {
				t.Errorf("then %v", res.Err)
			}
			if got := r.find("event:slides"); len(got) != 5 || len(r.told(31).Materials) != 5 {
				t.Errorf("got %d events and %q", len(got), names(r.told(31)))
			}
			checkAtRest(t, r.db)
		})
	}
}

// TestMeetingsKeepsLost holds that a row that the server cannot show is not
// taken for one that was taken back.
func TestMeetingsKeepsLost(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	for i := range 5 {
		g.deck(31, i, fmt.Sprintf("slides-124-hotrfc-sessa-%02d-kite", i+1), fmt.Sprintf("Kite %d", i+1))
	}
	r := g.rig(true)
	r.one(Tally{Messages: 6, Announced: 5})
	for _, tt := range []struct {
		name, damaged string
		row           int
	}{
		{"slides", "meeting/sessionpresentation", 4},
		{"the time", "meeting/schedtimesessassignment", 3},
	} {
		if tt.name == "the time" { // pages behind the first
			for range 3 {
				g.collections[tt.damaged] = slices.Insert(g.collections[tt.damaged], 0, map[string]any{"session": "/s/77/", "schedule": "8"})
			}
		}
		g.damaged[tt.damaged] = tt.row
		r.pass(24 * time.Hour)
		if res := r.poll()["meetings"]; res.Err == nil || res.failed() || !strings.Contains(res.Err.Error(), "row") {
			t.Errorf("%s: got %v, want a fault", tt.name, res.Err)
		}
		if s := r.told(31); len(s.Materials) != 5 || s.Starts.IsZero() {
			t.Errorf("%s: got %q at %s", tt.name, names(s), s.Starts)
		}
		clear(g.damaged)
	}
	g.collections["meeting/sessionpresentation"] = g.collections["meeting/sessionpresentation"][:4]
	r.pass(24 * time.Hour)
	r.one(Tally{Messages: 1})
	if s := r.told(31); len(s.Materials) != 4 {
		t.Errorf("got %q, want what is left", names(s))
	}
}

// TestMeetingsGoOn holds that what one document answers stops no other.
func TestMeetingsGoOn(t *testing.T) {
	const kite = "/api/v1/doc/document/slides-124-hotrfc-sessa-01-kite/"
	answers := func(status int) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool { w.WriteHeader(status); return true }
	}
	for _, tt := range []struct {
		name, at string
		odd      func(http.ResponseWriter) bool
	}{
		{"forbidden", kite, answers(http.StatusForbidden)},
		{"gone", kite, answers(http.StatusGone)},
		{"bad gateway", kite, answers(http.StatusBadGateway)},
		{"too large", kite, func(w http.ResponseWriter) bool { _, _ = w.Write(make([]byte, 33<<20)); return true }},
		{"authors", "/api/v1/doc/documentauthor/", answers(http.StatusForbidden)},
		{"no authors", "/api/v1/doc/documentauthor/", func(w http.ResponseWriter) bool { _, _ = w.Write([]byte("<p>")); return true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := gatheringOfKites(t)
			g.odd[tt.at] = tt.odd
			r := g.rig(true)
			if res := r.poll()["meetings"]; res.failed() || res.Err == nil {
				t.Errorf("got %v, want a fault", res.Err)
			}
			if got := r.find("event:slides"); len(got) != 5 {
				t.Errorf("got %d of 5 slides", len(got))
			}
		})
	}
}

// TestMeetingsOthers holds that a meeting that cannot be read stops no other,
// and that what was told of it is not told anew.
func TestMeetingsOthers(t *testing.T) {
	g := newGathering(t)
	g.add("meeting/session", "id", 40, "group", groupURI(2), "meeting__number", "120")
	g.add("meeting/sessionpresentation", "session", "/s/40/", "document", "/d/slides-120-quic-sessa-ropes/", "rev", "00", "session__meeting__number", "120")
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	r := g.rig(true, "120", "124")
	r.one(Tally{Messages: 3, Announced: 1})
	g.deck(31, 1, "slides-124-hotrfc-sessa-01-kites", "Kites")
	fails := true
	g.does(func(w http.ResponseWriter, req *http.Request) {
		if fails && strings.HasSuffix(req.URL.Path, "/meeting/session/") && req.URL.Query().Get("meeting__number") == "120" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		g.answer(w, req)
	})
	r.pass(24 * time.Hour)
	res := r.poll()["meetings"]
	if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), "meeting 120") || res.Tally.Announced != 1 {
		t.Errorf("got %+v, %v", res.Tally, res.Err)
	}
	asked := len(g.asked)
	fails = false
	r.pass(24 * time.Hour)
	r.poll()
	for _, address := range g.asked[asked:] {
		if strings.Contains(address, "/group/") {
			t.Errorf("asked anew: %s", address)
		}
	}
	if list, said, err := r.db.Sessions(t.Context(), "120"); err != nil || len(list) != 1 || !said.Equal(now) {
		t.Errorf("got %+v told at %s, %v, want it as it was", list, said, err)
	}
}

// TestMeetingsWithdrawn holds that a session that is made anew, or taken off the
// agenda with all it had, is gone, and that it can come back.
func TestMeetingsWithdrawn(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	g.session(32, 2, "", "2026-03-21T22:00:00Z")
	g.deck(31, 1, "slides-124-hotrfc-sessa-01-kite", "Kite")
	r := g.rig(true)
	ids := func() (list []int64) {
		sessions, _, err := r.db.Sessions(t.Context(), "124")
		if err != nil {
			t.Error(err)
		}
		for _, s := range sessions {
			list = append(list, s.ID)
		}
		return list
	}
	told := func(what string, messages int, want ...int64) {
		t.Helper()
		r.one(Tally{Messages: messages})
		if got := ids(); !slices.Equal(got, want) {
			t.Errorf("%s: got %d, want %d", what, got, want)
		}
		r.pass(24 * time.Hour)
	}
	r.poll()
	r.pass(24 * time.Hour)
	before := maps.Clone(g.collections)
	g.collections["meeting/session"], g.collections["meeting/sessionpresentation"] = slices.Clone(before["meeting/session"][1:]), nil
	g.session(41, 4, "", "2026-03-22T22:00:00Z")
	g.brings(41, "slides-124-hotrfc-sessa-01-kite", "00", 1)
	told("made anew", 2, 32, 41)
	told("as before", 0, 32, 41)
	maps.Copy(g.collections, before)
	told("back again", 2, 31, 32)
	before["meeting/session"][0]["on_agenda"] = false
	told("off the agenda, with slides", 0, 31, 32)
	g.collections["meeting/sessionpresentation"] = nil
	told("off the agenda, with nothing", 1, 32)

	g.odd["/api/v1/group/group/2/"] = func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusInternalServerError); return true }
	before["meeting/session"][1]["group"] = "/api/v1/group/group/2"
	r.poll()
	before["meeting/session"][1]["id"] = "x"
	r.pass(24 * time.Hour)
	r.poll()
	if got := ids(); !slices.Equal(got, []int64{32}) {
		t.Errorf("what cannot be read: got %d, want it as it was", got)
	}
}

// TestMeetingsAgain holds that each of many documents that could not be read is
// asked for once more in its turn, and one of no revision while it may change.
func TestMeetingsAgain(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	for i := range 50 {
		g.brings(31, fmt.Sprintf("slides-124-hotrfc-sessa-kite%02d", i), "00", i)
	}
	r := g.rig(true)
	r.Poller.sources["meetings"].Upstream.(*Meetings).Page = 100
	r.poll()
	asked := len(g.asked)
	for range 3 {
		r.pass(24 * time.Hour)
		r.poll()
	}
	for i := range 50 {
		if !slices.ContainsFunc(g.asked[asked:], func(a string) bool { return strings.Contains(a, fmt.Sprintf("kite%02d/", i)) }) {
			t.Errorf("number %d is not asked for again", i)
		}
	}

	g = newGathering(t)
	g.session(31, 4, "", "2026-03-21T22:00:00Z")
	g.deck(31, 1, "slides-124-hotrfc-sessa-01-kites", "Kites")["rev"] = nil
	r = g.rig(true)
	r.one(Tally{Messages: 2, Announced: 1})
	r.pass(24 * time.Hour)
	g.collections["doc/document"][0]["title"] = "Kites that fly"
	r.poll()
	if m, err := r.db.Materials(t.Context(), r.told(31).Materials); err != nil || m["slides-124-hotrfc-sessa-01-kites"].Title != "Kites that fly" {
		t.Errorf("got %+v, %v, want what is there now", m, err)
	}
}

// TestMeetingsHostile holds that odd objects cost themselves and nothing else,
// and that what comes from outside is clean.
func TestMeetingsHostile(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "Hot\u202eRFC\x00 <b>talks</b>\n", "2026-03-21T22:00:00Z")
	g.session(34, 99, "of no group", "")
	g.add("meeting/session", "id", "31", "name", 7)
	g.add("meeting/session", "id", -4)
	g.add("meeting/session", "id", 35, "group", "http://192.0.2.1/api/v1/group/group/1/")
	g.add("meeting/timeslot", "resource_uri", "/x/", "time", "tomorrow", "duration", "-1:00:00")
	g.collections["meeting/sessionpresentation"] = append(g.collections["meeting/sessionpresentation"], []map[string]any{
		{"session": 31, "document": "slides-x"},
		{"session": "/s/31/", "document": "/api/v1/doc/document/../../etc/"},
		{"session": "/s/31/", "document": "/d/slides-124-hotrfc-%0d%0aX/"},
		{"session": "/s/31/", "document": "/d/slides-124-a/", "rev": "0\n0"},
		{"session": "/s/x/", "document": "/d/slides-124-a/", "rev": "00"},
		{"session": nil, "document": nil},
	}...)
	g.deck(31, -5, "slides-124-hotrfc-sessa-01-kites", "\u202eKites\u2066 \x1b[31m\x00<script>alert(1)</script>\r\nBcc: x@example.org")
	g.deck(31, 1<<40, "slides-124-hotrfc-sessa-02-ropes", strings.Repeat("rope ", 5000))
	g.brings(31, "slides-124-hotrfc-sessa-untitled", "00", nil)
	g.add("doc/document", "resource_uri", "/api/v1/doc/document/slides-124-hotrfc-sessa-untitled/", "title", 7, "time", []int{1})
	r := g.rig(true)
	res := r.poll()["meetings"]
	if res.failed() || res.Err == nil || res.Tally.Announced != 3 {
		t.Errorf("got %+v, %v", res.Tally, res.Err)
	}
	partial, _ := errors.AsType[*PartialError](res.Err)
	told := fmt.Sprint(partial.Faults)
	for _, want := range []string{"is no document of a session", "is no revision", "is no session", "its group", "slides-124-hotrfc-sessa-untitled"} {
		if !strings.Contains(told, want) {
			t.Errorf("the faults do not tell of %q: %s", want, told)
		}
	}
	for _, e := range r.find("event:slides") {
		if strings.ContainsAny(e.Facts.Title, "\u202e\u2066\x1b\x00\r\n") || len(e.Facts.Title) > maxTitle {
			t.Errorf("got title %q", e.Facts.Title)
		}
	}
	if s := r.told(31); strings.ContainsAny(s.Name, "\u202e\x00\n") || len(s.Materials) != 3 {
		t.Errorf("got %+v", s)
	}
}

// TestMeetingsByName holds that the summary of a document stands in where the
// collection does not show it.
func TestMeetingsByName(t *testing.T) {
	g := newGathering(t)
	g.session(31, 4, "", "")
	g.brings(31, "slides-124-hotrfc-sessa-01-kites", "00", 1)
	g.odd["/doc/slides-124-hotrfc-sessa-01-kites/doc.json"] = func(w http.ResponseWriter) bool {
		_, _ = w.Write([]byte(`{"name":"slides-124-hotrfc-sessa-01-kites","rev":"00","title":"Kites","time":"2026-03-20 10:00:00","authors":[{"name":"Ada Writer"}]}`))
		return true
	}
	r := g.rig(true)
	r.one(Tally{Messages: 2, Announced: 1})
	if got := r.find("event:slides"); len(got) != 1 || got[0].Facts.Title != "Kites" || got[0].Facts.Authors[0].Name != "Ada Writer" {
		t.Errorf("got %+v", got)
	}
}

func TestMeetingsFresh(t *testing.T) {
	p := &meetingPoll{Meetings: &Meetings{Now: func() time.Time { return now }}}
	on := func(days int) trackerMeeting {
		return trackerMeeting{Number: "124", Days: 7, Date: trackerTime{now.AddDate(0, 0, days).Truncate(24 * time.Hour)}}
	}
	for _, tt := range []struct {
		list []trackerMeeting
		want time.Duration
	}{
		{nil, 6 * time.Hour},
		{[]trackerMeeting{on(-3)}, 0},
		{[]trackerMeeting{on(1)}, 0},
		{[]trackerMeeting{on(15)}, time.Hour},
		{[]trackerMeeting{on(-30)}, time.Hour},
		{[]trackerMeeting{on(-300)}, 6 * time.Hour},
	} {
		if got := p.fresh(tt.list); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.list, got, tt.want)
		}
	}
}

func TestReadDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"7200": 2 * time.Hour, "5400.0": 90 * time.Minute, "1:30:00": 90 * time.Minute, "": 0, "null": 0, "-60": 0, "1e300": 0, "NaN": 0,
		"1:-3:00": 0, "99999:00:00": 0, "NaN:00:00": 0, "1:30": 0, "+Inf": 0,
	} {
		if got := readDuration(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func FuzzMeetings(f *testing.F) {
	f.Add(`{"session":"/api/v1/meeting/session/31/","document":"/api/v1/doc/document/slides-124-hotrfc-sessa-01-kites/","rev":"00","order":1}`)
	f.Add(`{"session":"/s/1/","document":"/d/minutes-124-tls-00/","rev":null,"order":"7"}`)
	f.Add(`{"title":"Kites","time":"2026-03-20 10:00:00","external_url":"https://x.example/","authors":[{"name":"A"}]}`)
	f.Add(`{"resource_uri":"/t/1/","time":"2026-03-20T10:00:00Z","duration":"2:00:00"}`)
	f.Add(`{"number":"124","date":"2026-03-21","days":7,"time_zone":"Asia/Tokyo","city":"T"}`)
	f.Fuzz(func(t *testing.T, in string) {
		_, slot, _ := readSlot(json.RawMessage(in))
		if slot.ends.Sub(slot.starts) > 24*time.Hour && !slot.ends.IsZero() {
			t.Fatalf("got %v", slot)
		}
		var m trackerMeeting
		if json.Unmarshal([]byte(in), &m) == nil {
			if c := m.toMeeting(); len(c.City) > maxMeetingName || c.Days > maxMeetingDays {
				t.Fatalf("got %+v", c)
			}
			m.near(now)
		}
		id, presented, err := readPresented(json.RawMessage(in))
		if err != nil {
			return
		}
		if id <= 0 || !catalog.IsMaterialName(presented.Name) {
			t.Fatalf("got %d, %+v", id, presented)
		}
		var doc trackerMaterial
		_ = json.Unmarshal([]byte(in), &doc)
		w := wantedMaterial{
			presented,
			catalog.Session{Meeting: catalog.Meeting{Number: "124"}, ID: id, Group: "hotrfc", Materials: []catalog.Presented{presented}},
			meetingGroup{Acronym: "hotrfc"},
			true,
		}
		r := materialRecord(w, doc, []string{doc.Title, strconv.Quote(in)})
		checkRecord(t, r)
		g := readRecord(Received{Raw: must(r.received(now)).Raw, At: now})
		if fmt.Sprint(*g.record.Material) != fmt.Sprint(*r.Material) {
			t.Fatalf("got %+v, want %+v", g.record.Material, r.Material)
		}
		w.session.Slot()
		presented.Number("124", "hotrfc")
	})
}

func must(r Received, err error) Received {
	if err != nil {
		panic(err)
	}
	return r
}
