package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// vocabulary is small, so that words of queries and of texts meet often.
var vocabulary = []string{
	"quic", "path", "paths", "post-quantum", "post quantum", "postquantum", "key", "TLS", "1.3", "Élan", "elan",
	"標準", "標準化", "化", "policy", "policies", "a", "draft", "rfc", "co-op", "2.5g3g", "Key\n  Path",
}

var (
	groups    = []string{"quic", "tls", "dnsop", ""}
	people    = []string{"Ada Writer", "Élan Müller", "山田 太郎", "Bob van der Key"}
	sources   = []string{"i-d-announce", "quic", "rfc"}
	related   = []string{"rfc8446", "rfc9000", "draft-old-thing"}
	languages = []string{"", "", "ja", "pt-BR", "en"}
)

// maker makes events and queries at random. Equal seeds make equal ones.
type maker struct{ *rand.Rand }

func pick[T any](m maker, list []T) T { return list[m.IntN(len(list))] }

func (m maker) text(most int) string {
	words := make([]string, m.IntN(most+1))
	for i := range words {
		words[i] = pick(m, vocabulary)
	}
	return strings.Join(words, " ")
}

func (m maker) some(list []string, most int) []string {
	list = slices.Clone(list)
	m.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:m.IntN(most+1)]
}

func (m maker) event(i int) catalog.Event {
	rev := fmt.Sprintf("%02d", m.IntN(5))
	e := catalog.Event{
		Document: fmt.Sprintf("draft-%s-%d", pick(m, []string{"ietf-quic-paths", "ada-key", "Old-2.5g3g"}), i),
		Kind:     catalog.Draft, Rev: rev, Event: catalog.EventOfRevision(rev),
	}
	switch m.IntN(5) {
	case 0:
		e = catalog.Event{Document: fmt.Sprintf("rfc%d", 9000+i), Kind: catalog.RFC, Event: catalog.Published}
	case 1:
		e = catalog.Event{Document: catalog.PostName(fmt.Sprint(i)), Kind: catalog.Post, Event: catalog.Posted}
	}
	e.Published = noon.Add(-time.Duration(m.IntN(1000)) * time.Hour)
	if m.IntN(20) == 0 {
		e.Published = time.Date(1969, time.April, 7, 0, 0, 0, 0, time.UTC)
	}
	e.Recorded = noon
	e.Facts = catalog.Facts{
		Title: m.text(4), Abstract: m.text(8), Group: pick(m, groups),
		Stream: pick(m, []catalog.Stream{catalog.IETF, catalog.IRTF, ""}),
		Level:  pick(m, []catalog.Level{catalog.ProposedStandard, catalog.Informational, ""}),
		Pages:  m.IntN(31), Language: pick(m, languages),
	}
	for _, name := range m.some(people, 2) {
		e.Facts.Authors = append(e.Facts.Authors, catalog.Author{Name: name})
	}
	return e
}

// leaf writes a term of one field and names its kind. No source fills area and
// state yet, so they cannot match here; the tests of the matcher have them.
func (m maker) leaf() (kind, text string) {
	word := pick(m, vocabulary)
	quoted := `"` + word + `"`
	first := strings.Fields(word)[0]
	day := func() string { return noon.AddDate(0, 0, -m.IntN(45)).Format(time.DateOnly) }
	op := pick(m, []string{"<", "<=", ">", ">="})
	expression := pick(m, []string{
		"/quic/", "/QUIC|Tls/i", "/Key Path/", "/^(post|path)/i", "/標準/", "/p[ao]/", "/ÉLAN/i", `/\d/`, "/s$/", "/(a+)+$/", "/K/i", "/a /",
	})
	kinds := []struct{ kind, text string }{
		{"word", first},
		{"phrase", quoted},
		{"prefix", pick(m, []string{"po*", "quantum*", `"post q"*`, "標*", "pol*", "d*"})},
		{"text", "text:" + quoted},
		{"title", "title:" + quoted},
		{"abstract", "abstract:" + quoted},
		{"name", "name:" + pick(m, []string{quoted, "ietf-quic", "rfc*", "draft-ada-key", "2.5g3g"})},
		{"author", "author:" + pick(m, []string{"ada", "müller", "muller", "太郎", `"ada writer"`})},
		{"expression", expression},
		{"title expression", "title:" + expression},
		{"abstract expression", "abstract:" + expression},
		{"name expression", "name:" + pick(m, []string{"/^draft/", "/OLD/i", "/-0[0-6]$/", `/2\.5g/`, "/^(rfc|msg)/"})},
		{"author expression", "author:" + pick(m, []string{"/^Ada/", "/É/i", "/r$/", "/太/", "/van der/"})},
		{"glob", "name:" + pick(m, []string{"draft-*-key-*", "DRAFT-*", "rfc????", "draft-*-*-??", "*-0?", "draft-old-*", "*-quic-*"})},
		{"group", "group:" + pick(m, []string{"quic", "TLS", "dnsop"})},
		{"kind", "kind:" + pick(m, []string{"draft", "rfc", "post"})},
		{"event", "event:" + pick(m, []string{"new", "revision", "rfc", "post"})},
		{"stream", "stream:" + pick(m, []string{"ietf", "irtf"})},
		{"level", "level:" + pick(m, []string{"ps", "informational"})},
		{"lang", "lang:" + pick(m, []string{"ja", "pt", "pt-br", "en"})},
		{"source", "source:" + pick(m, sources)},
		{"list", "list:" + pick(m, sources)},
		{"rev", fmt.Sprintf("rev:%02d", m.IntN(5))},
		{"rev compared", fmt.Sprintf("rev:%s%d", op, m.IntN(6))},
		{"pages", fmt.Sprintf("pages:%s%d", pick(m, []string{"", "<", ">=", "1.."}), 1+m.IntN(30))},
		{"after", "after:" + pick(m, []string{day(), "2026-03", "1969"})},
		{"before", "before:" + pick(m, []string{day(), "2026-03", "1970"})},
		{"date", "date:" + pick(m, []string{day(), "2026-03", "2026", "2026-02-20.." + noon.Format(time.DateOnly), op + day(), "1969"})},
		{"within", "within:" + pick(m, []string{"30d", "300h", "2w", "1m", "1y"})},
		{"updates", "updates:" + pick(m, related)},
		{"obsoletes", "obsoletes:" + pick(m, related)},
		{"replaces", "replaces:" + pick(m, related)},
		{"topic", "topic:" + pick(m, topicNames)},
		{"body", "body:" + pick(m, []string{quoted, "po*", "標準", `"key tls"`})},
		{"changed", "changed:" + string(pick(m, catalog.Marks()))},
	}
	k := pick(m, kinds)
	return k.kind, k.text
}

// query writes a query with up to depth nestings, and lists its leaves by kind.
func (m maker) query(depth int, leaves map[string]string) string {
	if depth > 0 {
		switch m.IntN(6) {
		case 0:
			return "(" + m.query(depth-1, leaves) + " AND " + m.query(depth-1, leaves) + ")"
		case 1, 2:
			return "(" + m.query(depth-1, leaves) + " OR " + m.query(depth-1, leaves) + ")"
		case 3:
			return "NOT (" + m.query(depth-1, leaves) + ")"
		}
	}
	kind, text := m.leaf()
	leaves[kind] = text
	return text
}

// The topics that queries refer to.
var (
	topicTexts = map[string]string{
		"pq": "post-quantum OR title:key", "recent": "within:20d -kind:post", "both": "topic:pq topic:recent",
		"names": "name:draft-*-key-* OR name:/^rfc/",
	}
	topicNames = []string{"pq", "recent", "both", "names"}
)

// ready parses a query and makes it ready to be asked.
func ready(t *testing.T, text string) *filters.Query {
	t.Helper()
	q, err := filters.Resolve(parse(t, text), func(name string) (*filters.Query, bool) {
		text, ok := topicTexts[name]
		return parse(t, text), ok
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q.At(noon)
}

// population is a catalogue of random events, with the relations of some.
func population(t *testing.T, m maker, n int) (*store.DB, []catalog.Event) {
	t.Helper()
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for i := range n {
			e := m.event(i)
			for _, kind := range []catalog.RelationType{catalog.Updates, catalog.Obsoletes, catalog.Replaces} {
				for _, to := range m.some(related, 1) {
					if _, err := tx.Relate(ctx, catalog.Relation{From: e.Document, Type: kind, To: to}); err != nil {
						return err
					}
				}
			}
			if _, err := put(tx, e, m.some(sources, 2)...); err != nil {
				return err
			}
			if err := m.putText(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	// Later relations changed the lineage of earlier events: index all as they are now.
	all, err := db.Search(ctx, parse(t, ""), store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *store.Tx) error {
		for i := range all {
			item := itemOf(t, db, &all[i])
			tx.PutWords(all[i].ID, item)
			if err := tx.KeepBody(ctx, all[i].ID, item); err != nil {
				return err
			}
		}
		return nil
	})
	return db, all
}

// putText gives most drafts a text, and those a change.
func (m maker) putText(tx *store.Tx, e catalog.Event) error {
	if e.Kind != catalog.Draft || m.IntN(4) == 0 {
		return nil
	}
	if err := tx.PutText(ctx, e.Document, e.Rev, []byte(m.text(30)), noon); err != nil {
		return err
	}
	marks := catalog.Marks()
	m.Shuffle(len(marks), func(i, j int) { marks[i], marks[j] = marks[j], marks[i] })
	return tx.PutTextChange(ctx, e.Document, e.Rev, []byte(`{}`), marks[:m.IntN(6)])
}

// itemOf is an event with its text, which stands here as it came.
func itemOf(t *testing.T, db *store.DB, e *catalog.Event) *filters.Item {
	t.Helper()
	item := filters.NewItem(e)
	text, err := db.Text(ctx, e.Document, e.Rev)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return item
	case err != nil:
		t.Fatal(err)
	}
	return item.WithBody(func() string { return string(text) })
}

// TestMatcherAndSQLAgree holds that a query finds over SQL exactly the events
// that the matcher says it matches, whichever way it is asked: there is one
// meaning.
func TestMatcherAndSQLAgree(t *testing.T) {
	const perCatalogue, events = 62, 40
	catalogues, enough := 3, 0
	if os.Getenv("DRAFTWIRE_FULL") != "" {
		catalogues, enough = 81, 1000
	}
	pairs, matching, kinds := 0, 0, map[string]int{}
	for seed := range catalogues {
		m := maker{rand.New(rand.NewPCG(uint64(seed), 1))}
		db, all := population(t, m, events)
		items := make([]*filters.Item, len(all))
		for i := range all {
			items[i] = itemOf(t, db, &all[i])
		}
		for range perCatalogue {
			leaves := map[string]string{}
			text := m.query(3, leaves)
			q := ready(t, text)
			var want []int64
			for i, item := range items {
				if pairs++; !q.Match(item) {
					continue
				}
				matching++
				want = append(want, all[i].ID)
				for kind, leaf := range leaves {
					if ready(t, leaf).Match(item) {
						kinds[kind]++
					}
				}
			}
			asked(t, db, fmt.Sprintf("seed %d: %s", seed, text), q, want)
		}
	}
	t.Logf("%d pairs, %d matching, leaves in matching pairs: %v", pairs, matching, kinds)
	if pairs < 5000 || matching*5 < pairs {
		t.Errorf("only %d of %d pairs match; the test says little", matching, pairs)
	}
	for kind, n := range kinds {
		if n < enough {
			t.Errorf("%s matched in %d matching pairs, want %d", kind, n, enough)
		}
	}
	if len(kinds) != 35 {
		t.Errorf("%d kinds of leaves matched, want 35", len(kinds))
	}
}

// asked compares every way of asking with what the matcher found.
func asked(t *testing.T, db *store.DB, about string, q *filters.Query, want []int64) {
	t.Helper()
	whole, err := db.FindIDs(ctx, q, store.Page{})
	if err != nil {
		t.Fatalf("%s: %v", about, err)
	}
	if diff := cmp.Diff(want, whole); diff != "" {
		t.Fatalf("%s (-matcher +SQL):\n%s", about, diff)
	}
	newest, err := db.FindIDs(ctx, q, store.Page{Limit: 7})
	if err != nil {
		t.Fatalf("%s: %v", about, err)
	}
	if diff := cmp.Diff(want[:min(7, len(want))], newest); diff != "" {
		t.Fatalf("%s, newest 7 (-matcher +SQL):\n%s", about, diff)
	}
	n, err := db.Count(ctx, q, store.Page{})
	if err != nil || n != len(want) {
		t.Fatalf("%s counts %d (error %v), want %d", about, n, err, len(want))
	}
}
