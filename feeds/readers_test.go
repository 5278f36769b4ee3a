//go:build full

package feeds

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/store"
)

// TestReaders gives the feeds of all shipped topics to readers that others
// made, and compares what they find with the catalogue: Debian's feedparser and
// newsboat for Atom and RSS, gofeed and feedsmith, from npm, for all three
// formats. `make check-full` installs the readers; see tools/servers.sh.
func TestReaders(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mails iter.Seq[[]byte]
	}{
		{"demo", func(yield func([]byte) bool) {
			for _, m := range demo.Generate(noon).Mails {
				if !yield(m.Raw) {
					return
				}
			}
		}},
		{"50000 messages", demo.Bulk(9, 50_000, noon.AddDate(-5, 0, 0), noon)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newShipped(t)
			s.take("all", tt.mails)
			s.archive()
			s.testGofeed()
			s.testFeedparser()
			s.testNewsboat()
			s.testFeedsmith()
		})
	}
}

// item is an entry as a reader may find it.
type item struct {
	ID, Title, Link    string
	Published, Updated string   // RFC 3339, UTC
	Authors            []string // nil where the reader cannot tell
}

// expected gives what a topic's feed shows, from the catalogue.
func (s *shipped) expected(name string) (items []item) {
	s.t.Helper()
	err := s.db.View(context.Background(), func(r *store.Reader) error {
		topic, err := r.Topic(s.t.Context(), name)
		if err != nil {
			return err
		}
		list, err := r.Selected(s.t.Context(), topic.ID, maxEntries)
		if err != nil {
			return err
		}
		more, err := r.Unarchived(s.t.Context(), topic.ID, perArchive)
		for _, s := range append(list, more...) {
			e := s.Event
			i := item{
				ID: authority.Tag(e.Key), Title: headline(e), Published: e.Published.Truncate(time.Second).Format(time.RFC3339),
				Authors: authors(e),
			}
			i.Updated = i.Published
			for _, l := range eventLinks(e) {
				if l.Rel == "alternate" {
					i.Link = l.Href
				}
			}
			items = append(items, i)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return sorted(items)
}

// sorted brings items into an order that both sides share, each once.
func sorted(items []item) []item {
	slices.SortFunc(items, func(a, b item) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(items, func(a, b item) bool { return a.ID == b.ID })
}

// compare reports what a reader found otherwise.
func (s *shipped) compare(reader, path string, got []item) {
	s.t.Helper()
	want := s.expected(nameIn(path))
	if got = sorted(got); len(got) != len(want) {
		s.t.Errorf("%s finds %d entries in %s, not %d", reader, len(got), path, len(want))
		return
	}
	for i, g := range got {
		w := want[i]
		if g.Authors == nil {
			g.Authors = w.Authors
		}
		if g.Updated == "" {
			g.Updated = w.Updated
		}
		if !slices.Equal(g.Authors, w.Authors) || g.ID != w.ID || g.Title != w.Title || g.Link != w.Link ||
			g.Published != w.Published || g.Updated != w.Updated {
			s.t.Errorf("%s reads in %s\n%+v\nnot\n%+v", reader, path, g, w)
			return
		}
	}
}

// nameIn gives the topic that an address is of.
func nameIn(path string) string { return strings.Split(path, "/")[2] }

func (s *shipped) topicPaths(of ...*format) (paths []string) {
	for _, name := range s.topics {
		for _, format := range of {
			paths = append(paths, "/topics/"+name+"/feed."+format.ending)
		}
	}
	return paths
}

func (s *shipped) testGofeed() {
	for _, path := range s.topicPaths(formats...) {
		feed, err := gofeed.NewParser().ParseString(s.body(path))
		if err != nil {
			s.t.Errorf("%s: %v", path, err)
			continue
		}
		var items []item
		for _, i := range feed.Items {
			one := item{ID: i.GUID, Title: i.Title, Link: i.Link, Published: i.PublishedParsed.UTC().Format(time.RFC3339), Authors: []string{}}
			if i.UpdatedParsed != nil {
				one.Updated = i.UpdatedParsed.UTC().Format(time.RFC3339)
			}
			for _, a := range i.Authors {
				one.Authors = append(one.Authors, a.Name)
			}
			if i.DublinCoreExt != nil {
				one.Authors = i.DublinCoreExt.Creator
			}
			items = append(items, one)
		}
		s.compare("gofeed", path, items)
	}
}

// python reads files with feedparser. It does not guess: a feed that is not
// well-formed is one it calls bozo.
const python = `
import feedparser, json, sys, time
for path in sys.argv[1:]:
    feed = feedparser.parse(path)
    stamp = lambda t: time.strftime("%Y-%m-%dT%H:%M:%SZ", t) if t else ""
    print(json.dumps({"Bozo": str(feed.get("bozo_exception", "")), "Version": feed.version, "Items": [{
        "ID": e.id, "Title": e.title, "Link": e.get("link", ""),
        "Published": stamp(e.get("published_parsed")), "Updated": stamp(e.get("updated_parsed")) if "updated" in e else "",
        "Authors": [a["name"] for a in e.get("authors", []) if "name" in a] if feed.version == "atom10" else None,
    } for e in feed.entries]}))
`

func (s *shipped) testFeedparser() {
	const interpreter = "/usr/bin/python3" // Debian's, which has Debian's modules
	if exec.Command(interpreter, "-c", "import feedparser").Run() != nil {
		missing(s.t, "python3-feedparser")
		return
	}
	paths := s.topicPaths(atomFormat, rssFormat)
	args := append([]string{"-c", python}, s.files(paths)...)
	out, err := exec.CommandContext(s.t.Context(), interpreter, args...).Output() //nolint:gosec // our own files
	if err != nil {
		s.t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(out))
	for _, path := range paths {
		var feed struct {
			Bozo, Version string
			Items         []item
		}
		if err := d.Decode(&feed); err != nil {
			s.t.Fatal(err)
		}
		if feed.Bozo != "" || feed.Version != "atom10" && feed.Version != "rss20" {
			s.t.Errorf("feedparser calls %s %q: %s", path, feed.Version, feed.Bozo)
		}
		s.compare("feedparser", path, feed.Items)
	}
}

// testNewsboat lets newsboat fetch the feeds, and reads its database: one for
// as many feeds as share no entry, since newsboat keeps an entry of several once.
func (s *shipped) testNewsboat() {
	if _, err := exec.LookPath("newsboat"); err != nil {
		missing(s.t, "newsboat")
		return
	}
	server := httptest.NewServer(s.feeds.Handler())
	defer server.Close()
	for _, paths := range s.disjoint(s.topicPaths(atomFormat, rssFormat)) {
		s.newsboat(server.URL, paths)
	}
}

// disjoint parts feeds into sets of which no two share an entry.
func (s *shipped) disjoint(paths []string) (sets [][]string) {
	var taken []map[string]bool // ids, by set
	for _, path := range paths {
		items := s.expected(nameIn(path))
		set := slices.IndexFunc(taken, func(ids map[string]bool) bool {
			return !slices.ContainsFunc(items, func(i item) bool { return ids[i.ID] })
		})
		if set < 0 {
			set, sets, taken = len(sets), append(sets, nil), append(taken, make(map[string]bool))
		}
		sets[set] = append(sets[set], path)
		for _, i := range items {
			taken[set][i.ID] = true
		}
	}
	return sets
}

func (s *shipped) newsboat(server string, paths []string) {
	s.t.Helper()
	dir := s.t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
		return path
	}
	urls := server + strings.Join(paths, "\n"+server) + "\n"
	cache := filepath.Join(dir, "newsboat.db")
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "newsboat", "-q", "-u", file("urls", urls), "-C", file("config", "use-proxy no\n"), "-c", cache, "-x", "reload") //nolint:gosec // our own files
	c.Env = append(os.Environ(), "HOME="+dir, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "LC_ALL=C.UTF-8")
	if out, err := c.CombinedOutput(); err != nil {
		s.t.Fatalf("newsboat: %v\n%s", err, out)
	}
	db, err := sql.Open("sqlite", cache)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	for _, path := range paths {
		s.compare("newsboat", path, s.newsboatItems(db, server+path))
	}
}

func (s *shipped) newsboatItems(db *sql.DB, url string) (items []item) {
	s.t.Helper()
	rows, err := db.QueryContext(s.t.Context(), `SELECT guid, title, url, pubDate FROM rss_item WHERE feedurl = ?`, url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var i item
		var published int64
		if err := rows.Scan(&i.ID, &i.Title, &i.Link, &published); err != nil {
			s.t.Fatal(err)
		}
		i.Published = time.Unix(published, 0).UTC().Format(time.RFC3339)
		items = append(items, i)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return items
}

// javascript reads files with feedsmith.
const javascript = `
import { parseFeed } from "feedsmith"
import { readFileSync } from "node:fs"
const stamp = (t) => t ? new Date(t).toISOString().replace(".000Z", "Z") : ""
for (const path of process.argv.slice(1)) {
	const { format, feed } = parseFeed(readFileSync(path, "utf8"))
	const text = (t) => typeof t === "object" ? t.value : t
	const items = (feed.items ?? feed.entries ?? []).map((e) => ({
		ID: e.id ?? e.guid.value, Title: text(e.title),
		Link: e.url ?? e.link ?? e.links?.find((l) => l.rel === "alternate")?.href ?? "",
		Published: stamp(e.date_published ?? e.published ?? e.pubDate), Updated: stamp(e.date_modified ?? e.updated),
		Authors: e.dc?.creators ?? (e.authors ?? []).map((a) => a.name),
	}))
	console.log(JSON.stringify({ Format: format, Items: items }))
}
`

// testFeedsmith asks a reader written in JavaScript, where there is npm.
func (s *shipped) testFeedsmith() {
	const home = "../tools/readers"
	if _, err := exec.LookPath("npm"); err != nil {
		s.t.Log("npm is not installed: feedsmith is not asked")
		return
	}
	if _, err := os.Stat(filepath.Join(home, "node_modules", "feedsmith")); err != nil {
		missing(s.t, "feedsmith")
		return
	}
	paths := s.topicPaths(formats...)
	c := exec.CommandContext(s.t.Context(), "node", append([]string{"--input-type=module", "--eval", javascript, "--"}, s.files(paths)...)...) //nolint:gosec // our own files
	var faults bytes.Buffer
	c.Dir, c.Stderr = home, &faults
	out, err := c.Output()
	if err != nil {
		s.t.Fatalf("feedsmith: %v\n%.2000s", err, &faults)
	}
	d := json.NewDecoder(bytes.NewReader(out))
	for _, path := range paths {
		var feed struct {
			Format string
			Items  []item
		}
		if err := d.Decode(&feed); err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasSuffix(path, "."+feed.Format) {
			s.t.Errorf("feedsmith calls %s %q", path, feed.Format)
		}
		s.compare("feedsmith", path, feed.Items)
	}
}

// files saves feeds, each as a file.
func (s *shipped) files(paths []string) (files []string) {
	s.t.Helper()
	for i, path := range paths {
		file := filepath.Join(s.dir, fmt.Sprintf("feed%d", i))
		if err := os.WriteFile(file, []byte(s.body(path)), 0o600); err != nil {
			s.t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// missing skips what needs a reader that is not here, or fails.
func missing(t testing.TB, reader string) {
	t.Helper()
	if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
		t.Fatalf("%s is not installed, and DRAFTWIRE_REQUIRE=1 asks for it; see tools/servers.sh", reader)
	}
	t.Logf("%s is not installed: not asked", reader)
}
