package aggregator

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// about tells what the catalogue holds: events by kind and title, oldest first.
func about(t *testing.T, db *store.DB) (list []string) {
	t.Helper()
	for _, e := range catalogued(t, db) {
		list = append([]string{string(e.Event) + " " + e.Facts.Title}, list...)
	}
	return list
}

// kept counts the messages that are evidence for an entry.
func kept(t *testing.T, db *store.DB, id string) (n int) {
	t.Helper()
	ctx := context.Background()
	err := db.Update(ctx, func(tx *store.Tx) error {
		told, err := tx.Accounts(ctx, catalog.EntryName(id))
		n = len(told)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEntryChanges holds that an entry gets a revision when its meaning
// changes, and is left in peace as long as only its bytes do.
func TestEntryChanges(t *testing.T) {
	ctx := context.Background()
	r, s := feedRig(t, fetch.Options{}, false)
	if _, err := topics.Sync(ctx, r.db, someTopics(t), now); err != nil {
		t.Fatal(err)
	}
	say := func(title string, n int) {
		s.says(rssOf(fmt.Sprintf(`<item><guid>urn:1</guid><title>%s</title><description>&lt;p&gt;It is so. %d comments&lt;/p&gt;</description>
			<link>https://example.org/1?utm_source=%d</link><pubDate>Thu, 19 Mar 2026 08:00:00 +0000</pubDate></item>`, title, n, n)))
		r.pass(time.Hour)
	}
	say("A thing", 0)
	r.one(Tally{Messages: 1, Posts: 1})
	for n := range 20 {
		say("A thing", n+1)
		r.one(Tally{Messages: 1, Known: 1})
	}
	if row, n := r.source("news"), kept(t, r.db, "urn:1"); row.Messages != 1 || n != 1+keptNewest {
		t.Errorf("%d messages are counted and %d kept of one that repeats itself", row.Messages, n)
	}
	before := r.now()
	say("Another thing", 30)
	r.one(Tally{Messages: 1, Posts: 1})
	say("<b>Another</b> thing", 31)
	r.one(Tally{Messages: 1, Known: 1})
	if diff := cmp.Diff([]string{"post A thing", "revision Another thing"}, about(t, r.db)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	changed := catalogued(t, r.db)[0]
	if !changed.Published.Equal(before.Add(time.Hour)) || changed.Precision != catalog.Approximate || changed.NameRev() != catalog.EntryName("urn:1") {
		t.Errorf("changed on %s (%v) as %s", changed.Published, changed.Precision, changed.NameRev())
	}
	checkAtRest(t, r.db)
	for n := range 50 { // it never rests
		say(fmt.Sprintf("Thing number %d", n), 0)
		r.poll()
	}
	if n := len(catalogued(t, r.db)); n != maxVersions {
		t.Errorf("%d events of an entry that never rests", n)
	}
	if n := kept(t, r.db, "urn:1"); n > 3*maxVersions {
		t.Errorf("%d messages are kept of it", n)
	}
	if got := about(t, r.db); got[len(got)-1] != "revision Thing number 49" {
		t.Errorf("the last says %s", got[len(got)-1])
	}
	checkAtRest(t, r.db)
}

// TestEntriesSwapped holds that entries that come in another order are the
// same, and that what is told twice in one document is told once.
func TestEntriesSwapped(t *testing.T) {
	r, s := feedRig(t, fetch.Options{}, false)
	item := func(id, title string) string {
		return "<item><guid>urn:" + id + "</guid><title>" + title + "</title></item>"
	}
	s.says(rssOf(item("1", "One") + item("2", "Two") + item("1", "One")))
	r.one(Tally{Messages: 3, Known: 1, Posts: 2})
	s.says(rssOf(item("2", "Two") + item("1", "One")))
	r.one(Tally{})
	r.pass(time.Hour)
	s.says(rssOf(item("1", "Two") + item("2", "One"))) // their ids are swapped
	r.one(Tally{Messages: 2, Posts: 2})
	if got := about(t, r.db); len(got) != 4 {
		t.Errorf("%q", got)
	}
}

// TestManyEntries holds that a feed of ten thousand entries is taken in, and
// that a changed one among them is found.
func TestManyEntries(t *testing.T) {
	t.Parallel()
	r, s := feedRig(t, fetch.Options{}, false)
	items := make([]string, maxEntries)
	for i := range items {
		items[i] = fmt.Sprintf("<item><guid>urn:%d</guid><title>Item %d</title></item>", i, i)
	}
	s.says(rssOf(strings.Join(items, "")))
	r.one(Tally{Messages: maxEntries, Posts: maxEntries})
	items[5000] = strings.Replace(items[5000], "Item", "Other", 1)
	s.does(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(rssOf(strings.Join(items, "")))) })
	r.pass(time.Hour)
	r.one(Tally{Messages: maxEntries - mostSeen, Known: maxEntries - mostSeen - 1, Posts: 1})
}

// TestEntryOfOldName holds that an entry which stands under the name it got at
// first is the same entry, whoever tells of it again.
func TestEntryOfOldName(t *testing.T) {
	ctx := context.Background()
	r, s := feedRig(t, fetch.Options{}, false)
	item := func(id, title string, n int) string {
		return fmt.Sprintf(`<item><guid>%s</guid><title>%s</title><description>It is so. %d comments</description>
			<pubDate>Thu, 19 Mar 2026 08:00:00 +0000</pubDate></item>`, id, title, n)
	}
	s.says(rssOf(item("urn:a:1", "A thing", 0)))
	r.one(Tally{Messages: 1, Posts: 1})

	path := filepath.Join(t.TempDir(), "old.db")
	if err := r.db.Backup(ctx, path); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	first := catalog.FirstEntryName("urn:a:1")
	for _, text := range []string{
		`UPDATE documents SET name = $1, folded = $1`, `UPDATE events SET key = $1`, `INSERT INTO settings VALUES ('entry_names', substr('first' || $1, 1, 5))`,
	} {
		if _, err := raw.ExecContext(ctx, text, first); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	db := openAt(t, path, store.Options{})
	r = newRig(t, db)
	r.use(Source{Name: "news", Interval: 10 * time.Minute, Upstream: s.feed(t, r, fetch.Options{})},
		Source{Name: "other", Interval: 10 * time.Minute, Upstream: s.feed(t, r, fetch.Options{})})
	says := func(items string, news, other Tally) {
		t.Helper()
		s.says(rssOf(items))
		r.pass(time.Hour)
		got := r.poll("news")["news"].Tally
		if diff := cmp.Diff([]Tally{news, other}, []Tally{got, r.poll("other")["other"].Tally}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	says(item("urn:a:1", "A thing", 1), Tally{Messages: 1, Known: 1}, Tally{Messages: 1, Supporting: 1})
	says(item("urn:a:1", "Another thing", 2), Tally{Messages: 1, Posts: 1}, Tally{Messages: 1, Supporting: 1})
	says(item("urn:a:2", "New", 0), Tally{Messages: 1, Posts: 1}, Tally{Messages: 1, Supporting: 1})
	var names []string
	for _, e := range catalogued(t, db) {
		names = append(names, e.Document)
	}
	slices.Sort(names)
	want := []string{catalog.EntryName("urn:a:2"), first, first}
	if slices.Sort(want); !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
