package feeds

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// read parses a feed that a path or address leads to.
func (w *wire) read(address string) node {
	w.t.Helper()
	var n node
	body := w.body(strings.TrimPrefix(address, base))
	if err := xml.Unmarshal([]byte(body), &n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (n node) linkTo(rel string) string {
	for _, l := range n.all("link") {
		if l.attr("rel") == rel {
			return l.attr("href")
		}
	}
	return ""
}

func (n node) ids() (ids []string) {
	for _, e := range n.all("entry") {
		ids = append(ids, e.text("id"))
	}
	return ids
}

// everything follows the links of a kind from a feed, and counts how often each
// entry stands in all the documents.
func (w *wire) everything(path, rel string) map[string]int {
	w.t.Helper()
	seen := make(map[string]int)
	for steps := 0; path != ""; steps++ {
		if steps > 100 {
			w.t.Fatal("the links go round in a circle")
		}
		doc := w.read(path)
		for _, id := range doc.ids() {
			seen[id]++
		}
		path = doc.linkTo(rel)
	}
	return seen
}

func (w *wire) archive() int {
	w.t.Helper()
	n, err := w.feeds.Archive(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// fillDays adds drafts of the days [from, to), one a day.
func (w *wire) fillDays(from, to int) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *store.Tx) error {
		for i := from; i < to; i++ {
			e := draft(i)
			e.Published = noon.AddDate(0, 0, i)
			e.Recorded = e.Published
			id, err := put(ctx, tx, e)
			if err != nil {
				return err
			}
			if err := tx.Select(ctx, w.topic, id, "group:quic", true, e.Recorded); err != nil {
				return err
			}
		}
		return nil
	})
}

// Another process gets its turn while many archives are cut.
func TestArchivesLetOthersWrite(t *testing.T) {
	w := newWire(t)
	w.fillDays(0, 4000)
	other, err := store.Open(t.Context(), w.path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := w.feeds.Archive(context.Background())
		ended <- err
	}()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for turns := 0; ; turns++ {
		select {
		case err := <-ended:
			if err != nil || turns < 40 {
				t.Errorf("%d turns while 40 archives were cut, %v", turns, err)
			}
			return
		case <-tick.C:
		}
		if err := other.Update(t.Context(), func(tx *store.Tx) error { return tx.AskReload(t.Context(), noon) }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestArchives(t *testing.T) {
	w := newWire(t)
	w.fillDays(0, 99)
	if n := w.archive(); n != 0 || w.read(quic).linkTo("prev-archive") != "" {
		t.Fatalf("%d archives of 99 selections", n)
	}
	w.fillDays(99, 330)
	if n := w.archive(); n != 3 {
		t.Fatalf("%d archives", n)
	}
	if n := w.archive(); n != 0 {
		t.Fatalf("%d archives more", n)
	}
	checkAtom(t, w.body(quic))
	bodies := map[string]string{}
	for number := 1; number <= 3; number++ {
		for _, format := range formats {
			path := fmt.Sprintf("/topics/quic/archive/%d/feed.%s", number, format.ending)
			bodies[path] = w.body(path)
			checks[format](t, bodies[path])
		}
		doc := w.read(fmt.Sprintf("/topics/quic/archive/%d/feed.atom", number))
		if len(doc.ids()) != perArchive || doc.linkTo("current") != base+quic || doc.text("id") != "tag:example.org,2025:topics/quic" {
			t.Errorf("archive %d has %d entries, current %s, id %s", number, len(doc.ids()), doc.linkTo("current"), doc.text("id"))
		}
		archives := 0
		for _, c := range doc.Nodes {
			if c.XMLName == (xml.Name{Space: historyNamespace, Local: "archive"}) {
				archives++
			}
		}
		if archives != 1 || doc.linkTo("next-archive") != "" {
			t.Errorf("archive %d: %d marks, next %q", number, archives, doc.linkTo("next-archive"))
		}
	}
	header := w.ask("GET", "/topics/quic/archive/1/feed.atom").Header
	if !strings.Contains(header.Get("Cache-Control"), "immutable") {
		t.Errorf("Cache-Control of an archive: %s", header.Get("Cache-Control"))
	}

	// Late finds, withdrawals, corrections and new titles change no archive, and
	// whatever was selected stands somewhere.
	late := draft(5)
	late.Document, late.Published, late.Recorded = "draft-ietf-quic-late", noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)
	w.add(late)
	w.update(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Selected(ctx, w.topic, 400)
		if err != nil {
			return err
		}
		// The latest 20 are in no archive; of these one comes back.
		for _, i := range []int{0, 1, 200} {
			if err := tx.Withdraw(ctx, w.topic, list[i].Event.ID, noon); err != nil {
				return err
			}
		}
		if _, err := tx.Redate(ctx, list[250].Event.ID, list[250].Event.Key, noon.AddDate(0, 0, -30), catalog.Exact); err != nil {
			return err
		}
		if _, err := tx.PutTopic(ctx, store.Topic{Name: "quic", Query: "group:quic", Title: "Another title"}); err != nil {
			return err
		}
		return tx.Select(ctx, w.topic, list[1].Event.ID, "group:quic", true, noon)
	})
	w.fillDays(330, 398)
	if n := w.archive(); n != 0 {
		t.Fatalf("%d archives: of 99 one is withdrawn", n)
	}
	for path, want := range bodies {
		if got := w.body(path); got != want {
			t.Errorf("%s has changed", path)
		}
	}
	all := w.everything(quic, "prev-archive")
	if len(all) != 398 { // with the late one, without one withdrawn before it was archived
		t.Errorf("%d entries in all", len(all))
	}
	if got := w.read(quic).ids(); !strings.Contains(strings.Join(got, " "), "draft-ietf-quic-late-05") {
		t.Error("who subscribed never hears of what was found late")
	}
	next := readJSON(t, w.body("/topics/quic/feed.json"))["next_url"]
	if next != base+"/topics/quic/archive/3/feed.json" {
		t.Errorf("next_url is %v", next)
	}
	for _, path := range []string{"4", "0", "03", "x", "-1", "99999999999999999999"} {
		if status := w.ask("GET", "/topics/quic/archive/"+path+"/feed.atom").StatusCode; status != 404 {
			t.Errorf("archive %s: %d", path, status)
		}
	}
}

// Run archives what comes, without being told more than that something came.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.fillDays(0, 100)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.feeds.Run(ctx) }()
		time.Sleep(2 * calm)
		synctest.Wait()
		if w.read(quic).linkTo("prev-archive") == "" {
			t.Error("nothing was archived at the start")
		}
		w.fillDays(100, 200)
		w.feeds.Wake()
		w.feeds.Wake()
		time.Sleep(2 * calm)
		synctest.Wait()
		if got := w.read(quic).linkTo("prev-archive"); got != base+"/topics/quic/archive/2/feed.atom" {
			t.Errorf("after a change the newest archive is %s", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
