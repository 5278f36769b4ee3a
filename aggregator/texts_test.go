package aggregator

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// aText writes a draft's text; sections are pairs of a title and what it says.
func aText(nameRev string, sections ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n\nNetwork Working Group                                           A. Writer\nInternet-Draft                                             12 March 2026\n"+
		"Intended status: Informational\nExpires: 13 September 2026\n\n\n                             A Thing\n                  %s\n\nAbstract\n\n   It tells of a thing.\n\n", nameRev)
	for i := 0; i < len(sections); i += 2 {
		fmt.Fprintf(&b, "%d.  %s\n\n   %s\n\n", 1+i/2, sections[i], sections[i+1])
	}
	return b.String()
}

// fetching is a fetcher of texts over a shelf, in a catalogue of announcements.
type fetching struct {
	*rig
	*Texts
	shelf *shelf
	told  int // announcements so far, a minute apart
}

func newFetching(t *testing.T, db *store.DB) *fetching {
	t.Helper()
	f := &fetching{rig: newRig(t, db), shelf: newShelf(t)}
	client := fetch.New(fetch.Options{Allow: []string{f.shelf.Listener.Addr().String()}, Spacing: -1, Now: f.now, MaxBytes: 3 << 20})
	t.Cleanup(client.Close)
	f.Texts = NewTexts(f.rig.Catalogue, client, f.rig.Log)
	f.URL = f.shelf.URL + "/id/{name}-{rev}.txt"
	return f
}

// announce takes announcements of revisions in, as news.
func (f *fetching) announce(names ...string) {
	f.t.Helper()
	origin := ours(f.t, f.db, "i-d-announce", true)
	for _, name := range names {
		f.told++
		document, rev, ok := catalog.SplitDraft(name)
		if !ok {
			f.t.Fatal(name)
		}
		raw := idAction(document, rev, "A Thing", "", f.now().Add(-time.Hour+time.Duration(f.told)*time.Minute))
		if _, err := f.rig.Catalogue.Take(f.t.Context(), origin, []Received{{Raw: []byte(raw), At: f.now()}}); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fetching) put(nameRev string, sections ...string) {
	f.shelf.put("/id/"+nameRev+".txt", aText(nameRev, sections...), time.Time{})
}

// drain fetches until nothing is due.
func (f *fetching) drain() {
	f.t.Helper()
	for {
		n, err := f.Pass(f.t.Context())
		if err != nil {
			f.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// found gives the names of what a query finds.
func (f *fetching) found(query string) (names []string) {
	f.t.Helper()
	q, err := filters.Parse(query)
	if err != nil {
		f.t.Fatal(err)
	}
	events, err := f.db.Search(f.t.Context(), q, store.Page{Oldest: true})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range events {
		names = append(names, e.NameRev())
	}
	return names
}

func (f *fetching) expectFound(want map[string][]string) {
	f.t.Helper()
	for query, names := range want {
		if got := f.found(query); !slices.Equal(got, names) {
			f.t.Errorf("%s finds %v, want %v", query, got, names)
		}
	}
}

// troubles gives what is wrong with texts, by name; what was given up begins with "given up".
func (f *fetching) troubles() map[string]string {
	f.t.Helper()
	list, err := f.db.TroubledTexts(f.t.Context(), 100)
	if err != nil {
		f.t.Fatal(err)
	}
	all := make(map[string]string)
	for _, q := range list {
		why := strings.ReplaceAll(q.LastError, f.shelf.URL, "")
		if !q.Refused.IsZero() {
			why = "given up: " + why
		}
		all[q.Document+"-"+q.Rev] = why
	}
	return all
}

// A revision that is news is fetched with the one before, once, and topics that
// ask for what changed select it.
func TestTextsAreFetchedAndAsked(t *testing.T) {
	f := newFetching(t, openStore(t))
	var set []topics.Topic
	for _, query := range []string{"changed:iana", `body:"second wing"`, "changed:nothing", "-body:wing"} {
		q, err := filters.Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, topics.Topic{Name: fmt.Sprintf("topic%d", len(set)), Query: q})
	}
	if _, err := topics.Sync(t.Context(), f.db, set, now); err != nil {
		t.Fatal(err)
	}
	f.put("draft-thing-04", "Introduction", "A bird has one wing.", "IANA Considerations", "None.")
	f.put("draft-thing-05", "Introduction", "A bird has a second wing.", "IANA Considerations", "A value is wanted.")
	f.put("draft-thing-06", "Introduction", "A bird has a second wing.", "IANA Considerations", "A value is wanted.")
	f.put("draft-new-00", "Introduction", "Nothing was here before.")
	f.announce("draft-thing-05", "draft-new-00")
	f.drain()
	f.shelf.expect("first", "/id/draft-new-00.txt", "/id/draft-thing-05.txt", "/id/draft-thing-04.txt")
	f.expectFound(map[string][]string{
		"changed:iana": {"draft-thing-05"}, "changed:security": nil, `body:"second wing"`: {"draft-thing-05"}, "body:bird": {"draft-thing-05"},
		"second wing": nil, "-body:bird": {"draft-new-00"}, "body:nothing OR changed:text": {"draft-thing-05", "draft-new-00"},
	})
	f.announce("draft-thing-06")
	f.drain()
	f.shelf.expect("then", "/id/draft-thing-06.txt")
	f.expectFound(map[string][]string{
		"changed:nothing": {"draft-thing-06"}, "body:bird": {"draft-thing-05", "draft-thing-06"}, "body:bird changed:iana": {"draft-thing-05"},
	})
	checkAtRest(t, f.db)
	text, err := f.db.Text(t.Context(), "draft-thing", "05")
	if want := aText("draft-thing-05", "Introduction", "A bird has a second wing.", "IANA Considerations", "A value is wanted."); err != nil || string(text) != want {
		t.Errorf("kept as %q (%v), want it as it came", text, err)
	}
	if _, err := topics.Sync(t.Context(), f.db, set[:2], now); err != nil { // over what is here
		t.Fatal(err)
	}
	checkAtRest(t, f.db)
}

// What is history is not fetched, unless it is wanted.
func TestTextsOfHistory(t *testing.T) {
	f := newFetching(t, openStore(t))
	origin := ours(t, f.db, "import", true)
	origin.History = true
	for day, name := range []string{"draft-young", "draft-old"} {
		raw := idAction(name, "00", "A Thing", "", now.AddDate(0, 0, -1-40*day))
		if _, err := f.rig.Catalogue.Take(t.Context(), origin, []Received{{Raw: []byte(raw), At: now}}); err != nil {
			t.Fatal(err)
		}
	}
	f.drain()
	f.shelf.expect("by itself")
	f.Back = 30 * 24 * time.Hour
	f.scanned = time.Time{} // as after a start
	f.drain()
	f.shelf.expect("a month back", "/id/draft-young-00.txt")
}

// What was news long ago is history by now.
func TestTextsOfOldNews(t *testing.T) {
	f := newFetching(t, openStore(t))
	f.announce("draft-old-00")
	f.pass(300 * 24 * time.Hour)
	f.announce("draft-young-00")
	f.Back = 24 * time.Hour
	f.drain()
	f.shelf.expect("a day back", "/id/draft-young-00.txt")
}

// A text whose lease nobody could end is asked for when the lease has ended.
func TestTextsAfterALease(t *testing.T) {
	f := newFetching(t, openStore(t))
	f.announce("draft-a-00")
	f.put("draft-a-00", "Introduction", "Good.")
	if err := f.want(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := f.db.Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ClaimTexts(t.Context(), f.now(), f.now().Add(leaseFor), textBatch)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.drain()
	f.shelf.expect("leased")
	f.pass(leaseFor + time.Second)
	f.drain()
	f.shelf.expect("after the lease", "/id/draft-a-00.txt")
}

// A text that can no longer be read does not keep those behind it from coming.
func TestTextsBesideADamagedOne(t *testing.T) {
	f := newFetching(t, openStore(t))
	err := f.db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutText(t.Context(), "draft-a", "00", []byte("\x00\x01\x02"), f.now())
	})
	if err != nil {
		t.Fatal(err)
	}
	f.announce("draft-a-01", "draft-b-00")
	f.put("draft-a-01", "Introduction", "Good.")
	f.put("draft-b-00", "Introduction", "Good.")
	f.drain()
	f.expectFound(map[string][]string{"body:good": {"draft-a-01", "draft-b-00"}})
}

// The catalogue does not depend on which text came first.
func TestTextsInAnyOrder(t *testing.T) {
	texts := map[string]string{
		"03": aText("draft-thing-03", "Introduction", "A bird has one wing.", "Security Considerations", "It may fall."),
		"04": aText("draft-thing-04", "Introduction", "A bird has two wings.", "Security Considerations", "It may fall."),
		"05": aText("draft-thing-05", "Introduction", "A bird has two wings.", "Security Considerations", "It may fall down."),
	}
	var want []catalog.Event
	rapid.Check(t, func(rt *rapid.T) {
		f := newFetching(t, openStore(t))
		var steps []func()
		for rev, text := range texts {
			steps = append(steps, func() {
				parsed, err := readText([]byte(text), "draft-thing", rev)
				if err != nil {
					rt.Fatal(err)
				}
				if err := f.rig.Catalogue.KeepText(context.Background(), "draft-thing", rev, []byte(text), parsed); err != nil {
					rt.Fatal(err)
				}
			}, func() { f.announce("draft-thing-" + rev) })
		}
		for _, i := range rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(rt, "order") {
			steps[i]()
		}
		got := catalogued(t, f.db)
		for i := range got { // a minute apart in the order of announcing
			got[i].Published, got[i].ID = time.Time{}, 0
		}
		slices.SortFunc(got, func(a, b catalog.Event) int { return strings.Compare(a.Key, b.Key) })
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("another catalogue (-want +got):\n%s", diff)
		}
		for query, n := range map[string]int{"changed:security": 1, "changed:text": 2, "body:two": 2, "body:wing": 3} {
			if found := f.found(query); len(found) != n {
				rt.Fatalf("%s finds %v, want %d", query, found, n)
			}
		}
	})
}

// Whatever a host gives instead of a text is recorded, and nothing else happens.
func TestTextsThatCannotBeHad(t *testing.T) {
	f := newFetching(t, openStore(t))
	good := []string{"Introduction", "Good."}
	bad := map[string]func(path string){
		"draft-html": func(p string) { f.shelf.put(p, "<!DOCTYPE html><html><body>Not here.</body></html>", time.Time{}) },
		"draft-none": func(string) {},
		"draft-gone": func(p string) {
			f.shelf.answer(p, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
		},
		"draft-big": func(p string) { f.shelf.put(p, strings.Repeat("A line of words.\n", 1<<18), time.Time{}) },
		"draft-long": func(p string) {
			f.shelf.put(p, aText("draft-long-00", "Introduction", strings.Repeat("word ", 450_000)), time.Time{})
		},
		"draft-void": func(p string) { f.shelf.put(p, " \n\n", time.Time{}) },
		"draft-rest": func(p string) { f.shelf.put(p, "We are moving house.\n\n   Come back at noon.\n", time.Time{}) },
		"draft-else": func(p string) { f.shelf.put(p, aText("draft-other-00", good...), time.Time{}) },
		"draft-junk": func(p string) { f.shelf.put(p, strings.Repeat("\x00\x01\x02", 1000), time.Time{}) },
	}
	var names []string
	for name, put := range bad {
		put("/id/" + name + "-00.txt")
		names = append(names, name+"-00")
	}
	f.put("draft-fine-00", good...)
	f.announce(append(names, "draft-fine-00")...)
	f.drain()
	want := map[string]string{
		"draft-html-00": "/id/draft-html-00.txt: this is an HTML page and not a draft's plain text: use the address that ends in .txt",
		"draft-none-00": "fetch /id/draft-none-00.txt: the server answers 404 Not Found",
		"draft-gone-00": "given up: fetch /id/draft-gone-00.txt: the server answers 410 Gone",
		"draft-big-00":  "given up: fetch /id/draft-big-00.txt: the body is larger than the limit of 3145728 bytes",
		"draft-long-00": "given up: /id/draft-long-00.txt: the text has 2250337 bytes, and at most 2097152 are read: is this the .txt of one draft?",
		"draft-void-00": "/id/draft-void-00.txt: the text is empty: nothing but white space came; fetch it again later",
		"draft-rest-00": "/id/draft-rest-00.txt: it is the text of another document, or of none: draft-rest does not stand in it",
		"draft-else-00": "/id/draft-else-00.txt: it is the text of another document: it calls itself draft-other-00, want draft-else-00",
		"draft-junk-00": "/id/draft-junk-00.txt: this is no plain text: too many of its bytes are control characters; use the address that ends in .txt",
	}
	if diff := cmp.Diff(want, f.troubles()); diff != "" {
		t.Errorf("troubles (-want +got):\n%s", diff)
	}
	if got := f.found("body:good"); !slices.Equal(got, []string{"draft-fine-00"}) {
		t.Errorf("found %v", got)
	}

	f.put("draft-none-00", good...) // it was only late
	f.shelf.requests()
	f.drain()
	f.shelf.expect("before its time")
	for range textTries { // each later than the one before
		f.pass(25 * time.Hour)
		f.drain()
	}
	if got := f.found("body:good"); len(got) != 2 {
		t.Errorf("found %v, want the late one too", got)
	}
	for name, why := range f.troubles() {
		if !strings.HasPrefix(why, "given up: ") {
			t.Errorf("%s after two weeks: %s", name, why)
		}
	}
	if asked := len(f.shelf.requests()); asked > 1+5*textTries {
		t.Errorf("asked %d times for five texts", asked)
	}
	f.announce("draft-soon-00") // not there yet
	f.drain()
	f.put("draft-soon-00", good...)
	err := f.db.Update(t.Context(), func(tx *store.Tx) error { // somebody wants them all the same, and now
		if err := tx.WantText(t.Context(), store.TextRequest{Document: "draft-soon", Rev: "00"}, f.now()); err != nil {
			return err
		}
		return tx.WantText(t.Context(), store.TextRequest{Document: "draft-else", Rev: "00"}, f.now())
	})
	if err != nil {
		t.Fatal(err)
	}
	f.put("draft-else-00", good...)
	f.drain()
	if got := f.found("body:good"); len(got) != 4 {
		t.Errorf("found %v, want those that were asked for again", got)
	}
}

// A host that wants to be left alone is, and a fetch that is cut off is as if it
// had not begun.
func TestTextsWait(t *testing.T) {
	f := newFetching(t, openStore(t))
	f.put("draft-late-00", "Introduction", "Good.")
	busy := true
	ctx, cancel := context.WithCancel(t.Context())
	f.shelf.answer("/id/draft-busy-00.txt", func(w http.ResponseWriter, _ *http.Request) {
		if busy {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		cancel()
		<-ctx.Done()
	})
	f.announce("draft-late-00", "draft-busy-00") // the newest first
	f.drain()
	f.shelf.expect("a busy host", "/id/draft-busy-00.txt")
	f.pass(30 * time.Minute)
	f.drain()
	f.shelf.expect("too early")
	busy = false
	f.pass(31 * time.Minute)
	if n, err := f.Pass(ctx); err == nil || n != 0 {
		t.Errorf("cut off: got %d, %v", n, err)
	}
	f.shelf.requests()
	f.put("draft-busy-00", "Introduction", "Good.")
	f.drain()
	f.shelf.expect("at once again", "/id/draft-busy-00.txt", "/id/draft-late-00.txt")
	if got := f.troubles(); len(got) != 0 {
		t.Errorf("troubles: %v", got)
	}
}

// A process that dies with texts in hand asks for them anew.
func TestTextsAfterADeath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire.db")
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f := newFetching(t, db)
	f.put("draft-a-00", "Introduction", "Good.")
	f.announce("draft-a-00")
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.WantText(t.Context(), store.TextRequest{Document: "draft-a", Rev: "00"}, now); err != nil {
			return err
		}
		_, err := tx.ClaimTexts(t.Context(), now, now.Add(time.Hour), 1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.drain()
	f.shelf.expect("while another has it")
	release, leads, err := db.Lead(t.Context(), now)
	if err != nil || !leads {
		t.Fatal(leads, err)
	}
	defer release()
	f.drain()
	f.shelf.expect("after it died", "/id/draft-a-00.txt")
}
