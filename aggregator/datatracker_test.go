package aggregator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// tracker is a Datatracker in small: collections of objects, paged and filtered
// as Tastypie does it.
type tracker struct {
	*site
	t           *testing.T
	collections map[string][]map[string]any
	damaged     map[string]int // collection: row that cannot be shown
	absolute    bool           // next is an absolute address
	asked       []string
}

func newTracker(t *testing.T) *tracker {
	k := &tracker{site: newSite(t), t: t, collections: map[string][]map[string]any{}, damaged: map[string]int{}}
	for i, state := range []string{"draft active", "draft expired", "draft repl", "draft-iesg lc", "draft-stream-ietf wg-lc"} {
		kind, slug, _ := strings.Cut(state, " ")
		k.add("doc/state", "resource_uri", fmt.Sprintf("/api/v1/doc/state/%d/", i+1), "type", "/api/v1/doc/statetype/"+kind+"/", "slug", slug)
	}
	for i, group := range []string{"wit area 0", "quic wg 1", "none individ 0"} {
		var acronym, kind string
		var parent int
		_, _ = fmt.Sscan(group, &acronym, &kind, &parent)
		k.add("group/group", "resource_uri", groupURI(i+1), "acronym", acronym, "type", "/api/v1/name/grouptypename/"+kind+"/",
			"parent", groupURI(parent), "time", "2026-01-01T00:00:00")
	}
	k.does(k.serve)
	return k
}

func groupURI(i int) any {
	if i == 0 {
		return nil
	}
	return fmt.Sprintf("/api/v1/group/group/%d/", i)
}

func (k *tracker) add(collection string, pairs ...any) map[string]any {
	object := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		object[pairs[i].(string)] = pairs[i+1]
	}
	k.collections[collection] = append(k.collections[collection], object)
	return object
}

// draft adds a document in states, which are numbers of the list above.
func (k *tracker) draft(name, rev, changed string, group int, states ...int) map[string]any {
	var uris []string
	for _, s := range states {
		uris = append(uris, fmt.Sprintf("/api/v1/doc/state/%d/", s))
	}
	return k.add("doc/document", "name", name, "rev", rev, "time", changed, "title", "About "+name, "abstract", "It is\nabout.\n\nMore.",
		"pages", 12, "type", "/api/v1/name/doctypename/draft/", "group", groupURI(group), "stream", "/api/v1/name/streamname/ietf/",
		"intended_std_level", "/api/v1/name/intendedstdlevelname/ps/", "std_level", nil, "states", uris, "expires", "2026-03-15T00:00:00Z")
}

func (k *tracker) posted(name, rev, when string) {
	k.add("doc/newrevisiondocevent", "doc", "/api/v1/doc/document/"+name+"/", "rev", rev, "time", when)
}

func (k *tracker) relate(id int, kind, from, to string) {
	k.add("doc/relateddocument", "id", id, "relationship", kind, "source", "/api/v1/doc/document/"+from+"/", "target", "/api/v1/doc/document/"+to+"/")
}

func (k *tracker) serve(w http.ResponseWriter, r *http.Request) {
	k.asked = append(k.asked, r.URL.RequestURI())
	collection := strings.Trim(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	q := r.URL.Query()
	var found []map[string]any
	for _, o := range k.collections[collection] {
		id, _ := o["id"].(int)
		above, _ := strconv.Atoi(q.Get("id__gt"))
		since := q.Get("time__gte")
		changed, _ := o["time"].(string)
		if id < above || id != 0 && id == above || q.Has("relationship") && q.Get("relationship") != o["relationship"] || since != "" && changed < since {
			continue
		}
		found = append(found, o)
	}
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	end := min(offset+limit, len(found))
	if row, ok := k.damaged[collection]; ok && offset <= row && row < end {
		http.NotFound(w, r)
		return
	}
	page := map[string]any{"objects": append([]map[string]any{}, found[min(offset, end):end]...)}
	var next any
	if end < len(found) {
		q.Set("offset", strconv.Itoa(end))
		address := r.URL.Path + "?" + q.Encode()
		if next = address; k.absolute {
			next = k.URL + address
		}
	}
	page["meta"] = map[string]any{"limit": limit, "next": next, "offset": offset, "previous": nil, "total_count": len(found)}
	if err := json.NewEncoder(w).Encode(page); err != nil {
		k.t.Error(err)
	}
}

func (k *tracker) upstream(r *rig) *Datatracker {
	return &Datatracker{URL: k.URL, Client: k.client(k.t, r), Now: r.now, Page: 2}
}

func (k *tracker) rig(announcements bool) *rig {
	r := newRig(k.t, openStore(k.t))
	r.use(Source{Name: "datatracker", Announcements: announcements, Interval: time.Hour, Upstream: k.upstream(r)})
	return r
}

func TestDatatrackerPoll(t *testing.T) {
	for _, absolute := range []bool{false, true} {
		t.Run(fmt.Sprintf("absolute next %v", absolute), func(t *testing.T) {
			k := newTracker(t)
			k.absolute = absolute
			thing := k.draft("draft-ietf-quic-thing", "01", "2026-03-19T10:00:00", 2, 1, 5)
			old := k.draft("draft-old-thing", "07", "2025-03-19T10:00:00+00:00", 3, 1)
			k.draft("draft-lazy", "00", "2026-03-15T01:00:00", 3, 2)
			k.posted("draft-ietf-quic-thing", "00", "2026-03-10T08:00:00")
			k.posted("draft-ietf-quic-thing", "01", "2026-03-12T08:00:00.123456Z")
			k.posted("charter-ietf-quic", "01", "2026-03-12T09:00:00Z")
			k.relate(1, "became_rfc", "draft-ietf-quic-older", "rfc9998")
			r := k.rig(true)
			// An area, three documents, an expiry, two revisions, a relation.
			r.one(Tally{Messages: 8, Announced: 3})
			r.expect("event:new OR event:revision", "draft-ietf-quic-thing-01", "draft-ietf-quic-thing-00")
			r.expect("state:wg-lc area:wit rev:01", "draft-ietf-quic-thing-01")
			r.expect("event:expired title:lazy", r.find("event:expired")[0].Key)
			e := r.find("rev:01")[0]
			if want := time.Date(2026, 3, 12, 8, 0, 0, 123456000, time.UTC); !e.Published.Equal(want) || e.Precision != catalog.Exact {
				t.Errorf("got published %s (%d), want %s as the revision's event says", e.Published, e.Precision, want)
			}
			if f := e.Facts; f.Abstract != "It is about.\n\nMore." || f.Pages != 12 || f.Group != "quic" || f.Stream != catalog.IETF || f.Level != catalog.ProposedStandard {
				t.Errorf("got facts %+v", f)
			}

			// It moves on, and replaces another.
			r.pass(time.Hour)
			thing["time"], thing["states"] = "2026-03-20T12:30:00", []string{"/api/v1/doc/state/1/", "/api/v1/doc/state/4/"}
			old["time"], old["states"] = "2026-03-20T12:31:00", []string{"/api/v1/doc/state/3/"}
			k.relate(7, "replaces", "draft-ietf-quic-thing", "draft-old-thing")
			before := len(k.asked)
			r.one(Tally{Messages: 5, Known: 1, Announced: 1, Supporting: 1}) // known is the revision in the overlap
			for _, address := range k.asked[before:] {
				if strings.Contains(address, "/state/") || strings.Contains(address, "group") {
					t.Errorf("states and groups are read again within a day: %s", address)
				}
			}
			r.expect("state:wg-lc")
			r.expect("state:lc", "draft-ietf-quic-thing-01", "draft-ietf-quic-thing-00")
			got := r.find("event:replaced")
			if len(got) != 1 || got[0].NameRev() != "draft-old-thing-07" || !got[0].News || len(got[0].Lineage) != 2 {
				t.Errorf("got %+v, want the replacement of draft-old-thing in one lineage", got)
			}
			r.one(Tally{Messages: 3, Known: 3}) // the overlap
			checkAtRest(t, r.db)
		})
	}
}

// TestDatatrackerSupports holds that a Datatracker that may not create events
// adds to those that others announce, whichever comes first.
func TestDatatrackerSupports(t *testing.T) {
	mail := Received{Raw: []byte(idAction("draft-ietf-quic-thing", "01", "A Thing", "", now.Add(-time.Hour))), At: now}
	for _, first := range []bool{true, false} {
		k := newTracker(t)
		k.draft("draft-ietf-quic-thing", "01", "2026-03-20T10:00:00", 2, 1, 4)
		k.posted("draft-ietf-quic-thing", "01", "2026-03-20T09:00:00")
		r := k.rig(false)
		announce := func() {
			if _, err := r.Catalogue.Take(t.Context(), ours(t, r.db, "i-d-announce", true), []Received{mail}); err != nil {
				t.Fatal(err)
			}
		}
		if first {
			announce()
		}
		for _, res := range r.poll() {
			if res.Err != nil || res.Tally.Announced != 0 {
				t.Errorf("got %+v, want no events of its own", res)
			}
		}
		if !first {
			r.expect("")
			announce()
		}
		got := r.find("area:wit state:lc group:quic level:ps source:datatracker source:i-d-announce")
		if len(got) != 1 || got[0].Facts.Title != "A Thing" || !got[0].Published.Equal(now.Add(-time.Hour)) {
			t.Errorf("announced first %v: got %+v", first, got)
		}
		checkAtRest(t, r.db)
	}
}

func TestDatatrackerDamagedRow(t *testing.T) {
	k := newTracker(t)
	for i := range 7 {
		k.draft(fmt.Sprintf("draft-x%d", i), "00", "2026-03-19T10:00:00", 3, 1)
		k.posted(fmt.Sprintf("draft-x%d", i), "00", "2026-03-19T09:00:00")
	}
	k.damaged["doc/document"] = 3
	r := k.rig(true)
	res := r.poll()["datatracker"]
	if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), "row 3 of /api/v1/doc/document/") || res.Tally.Messages != 1+6+7 {
		t.Errorf("got %+v, want all but row 3", res)
	}
}

// TestDatatrackerGoesOn holds that a pass that the server breaks off goes on
// at its page, and that the wait asked for is kept.
func TestDatatrackerGoesOn(t *testing.T) {
	k := newTracker(t)
	for i := range 6 {
		k.draft(fmt.Sprintf("draft-x%d", i), "00", "2026-03-19T10:00:00", 3, 1)
	}
	busy := true
	k.does(func(w http.ResponseWriter, r *http.Request) {
		if busy && strings.Contains(r.URL.Path, "document") && r.URL.Query().Get("offset") == "4" {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		k.serve(w, r)
	})
	r := k.rig(false)
	res := r.poll()["datatracker"]
	if !res.failed() || res.Tally.Messages != 1+4 || res.next.Before(r.now().Add(10*time.Minute)) {
		t.Errorf("got %+v, want four documents and a wait of ten minutes", res)
	}
	busy = false
	r.pass(time.Hour)
	asked := len(k.asked)
	r.one(Tally{Messages: 2})
	if got := k.asked[asked]; !strings.Contains(got, "offset=4") {
		t.Errorf("went on with %s, want the page that was not answered", got)
	}
}

// TestDatatrackerHostile holds that answers that are no collection end in an
// error that says where, or in a fault beside what could be read.
func TestDatatrackerHostile(t *testing.T) {
	page := func(next string, objects ...string) string {
		return fmt.Sprintf(`{"meta":{"limit":1,"next":%s,"offset":0,"total_count":%d},"objects":[%s]}`, next, len(objects), strings.Join(objects, ","))
	}
	ok := `{"name":"draft-x","rev":"00","time":"2026-03-19T10:00:00","title":"X"}`
	for _, tt := range []struct {
		name, body string // of doc/document
		messages   int
		err        string
	}{
		{"not JSON", "<html>", 0, "is no page of a collection"},
		{"no objects", `{"meta":{}}`, 0, "want meta and objects"},
		{"another type", `[1,2]`, 0, "is no page of a collection"},
		{"a circle", page(`"/api/v1/doc/document/?offset=0"`, ok), 0, "want a greater offset"},
		{"elsewhere", page(`"http://192.0.2.1/api/v1/doc/document/?offset=5"`, ok), 0, "want a greater offset"},
		{"objects of wrong types", page("null", `7`, `{"name":[]}`, `{"name":"rfc1"}`, `{"name":"draft-y","time":"soon"}`, ok), 1, `"soon" is not a time`},
		{"a state unknown", page("null", strings.Replace(ok, `"rev"`, `"states":["/api/v1/doc/state/99/"],"rev"`, 1)), 1, "which is not among the states"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newTracker(t)
			k.does(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/doc/document/") {
					_, _ = w.Write([]byte(tt.body))
					return
				}
				k.serve(w, r)
			})
			res := k.rig(false).poll()["datatracker"]
			if res.Err == nil || !strings.Contains(res.Err.Error(), tt.err) || res.Tally.Messages != 1+tt.messages {
				t.Errorf("got %+v, want %d documents and an error with %q", res, tt.messages, tt.err)
			}
			if res.failed() != (tt.messages == 0) {
				t.Errorf("got failed %v", res.failed())
			}
		})
	}
}

func TestNextPage(t *testing.T) {
	const at = "https://dt.example/api/v1/doc/document/?limit=2&offset=2"
	for _, tt := range []struct{ next, want, err string }{
		{"", "", ""},
		{"/api/v1/doc/document/?limit=2&offset=4", "https://dt.example/api/v1/doc/document/?limit=2&offset=4", ""},
		{"http://dt.example/api/v1/doc/document/?offset=4", "https://dt.example/api/v1/doc/document/?offset=4", ""},
		{"https://elsewhere.example/api/v1/doc/document/?offset=4", "", "want a greater offset in the same collection"},
		{"/api/v1/doc/state/?offset=4", "", "want a greater offset in the same collection"},
		{"/api/v1/doc/document/?limit=2&offset=2", "", "want a greater offset in the same collection"},
		{"::", "", "next page"},
	} {
		got, err := nextPage(at, at, tt.next)
		if got != tt.want || err == nil && tt.err != "" || err != nil && (tt.err == "" || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("next %q: got %q, %v; want %q, %q", tt.next, got, err, tt.want, tt.err)
		}
	}
}

func FuzzDatatracker(f *testing.F) {
	f.Add(`{"name":"draft-x","rev":"00","time":"2026-03-01T00:00:00","pages":"7","states":["/s/1/","/s/2/"],"group":"/g/1/","title":"T","abstract":"A"}`)
	f.Add(`{"doc":"/api/v1/doc/document/draft-x/","rev":"03","time":"2026-03-01 00:00:00Z"}`)
	f.Add(`{"id":4,"source":"/d/draft-x/","target":"/d/rfc9000/"}`)
	f.Fuzz(func(t *testing.T, in string) {
		p := trackerPoll{
			Datatracker: &Datatracker{Now: func() time.Time { return now }}, met: map[string]trackerRecent{},
			trackerNames: trackerNames{
				states: map[string]trackerState{"/s/1/": {Type: "/t/draft/", Slug: "expired"}},
				groups: map[string]trackerGroup{"/g/1/": {Acronym: "quic", Type: "/t/wg/"}},
			},
		}
		records, _, err := p.document(json.RawMessage(in))
		if more, _, err := p.revision(json.RawMessage(in)); err == nil {
			records = append(records, more...)
		}
		if more, _, err := p.relation(json.RawMessage(in), catalog.Replaces, true); err == nil {
			records = append(records, more...)
		}
		for _, r := range records {
			checkRecord(t, r)
		}
		_ = err
	})
}

// TestDatatrackerEndsEarly holds that a pass over a collection that ends too
// early is not over, and goes on where it was, also in one that has shrunk.
func TestDatatrackerEndsEarly(t *testing.T) {
	k := newTracker(t)
	for i := range 3 {
		k.draft(fmt.Sprintf("draft-thing-%d", i), "00", fmt.Sprintf("2026-03-%dT10:00:00", 17+i), 3, 1)
	}
	r := k.rig(true)
	k.does(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/doc/document/") && req.URL.Query().Get("offset") == "2" {
			_, _ = w.Write([]byte(`{"meta":{"limit":2,"next":null,"total_count":3},"objects":[]}`))
			return
		}
		k.serve(w, req)
	})
	if res := r.poll()["datatracker"]; !res.failed() || !strings.Contains(res.Err.Error(), "ends after 2 of 3 objects") {
		t.Errorf("got %v", res.Err)
	}
	k.does(k.serve)
	r.pass(24 * time.Hour)
	before := len(k.asked)
	if res := r.poll()["datatracker"]; res.Err != nil || !slices.ContainsFunc(k.asked[before:], func(a string) bool {
		return strings.Contains(a, "/doc/document/") && strings.Contains(a, "offset=2")
	}) {
		t.Errorf("got %v of %q", res.Err, k.asked[before:])
	}
	p := collections{base: k.URL, client: k.client(t, r), limit: 2}
	k.collections["doc/document"] = k.collections["doc/document"][:1]
	if err := p.walk(t.Context(), p.address("doc/document", "offset", "2"), func([]json.RawMessage, string) error { return nil }); err != nil {
		t.Errorf("of a collection that has shrunk: %v", err)
	}
}
