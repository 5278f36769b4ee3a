package aggregator

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// now is when these tests happen.
var now = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

// TestMain gives random tests a quarter of their tries, all with DRAFTWIRE_FULL=1
// or where -rapid.checks says otherwise.
func TestMain(m *testing.M) {
	if os.Getenv("DRAFTWIRE_FULL") != "1" {
		_ = flag.Set("rapid.checks", "25") // before the command line is read
	}
	os.Exit(m.Run())
}

// openStore opens a database of its own: a copy of one that is empty, since
// making one takes longer than most tests.
func openStore(t testing.TB) *store.DB {
	t.Helper()
	empty, err := emptyStore()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "draftwire.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		t.Fatal(err)
	}
	return openAt(t, path, store.Options{})
}

func openAt(t testing.TB, path string, opt store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// emptyStore is the file of a database in which nothing is yet.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "draftwire-empty")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "draftwire.db")
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// ours is a source row for tests.
func ours(t testing.TB, db *store.DB, name string, announcements bool) Origin {
	t.Helper()
	o := Origin{Name: name, Announcements: announcements}
	err := db.Update(context.Background(), func(tx *store.Tx) (err error) {
		o.Source, err = tx.SourceID(context.Background(), name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// idAction writes an announcement as the Datatracker has since 2023.
func idAction(name, rev, title, group string, date time.Time, more ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From: internet-drafts@ietf.org\nTo: i-d-announce@ietf.org\nSubject: I-D Action: %s-%s.txt\n", name, rev)
	fmt.Fprintf(&b, "Date: %s\nMessage-ID: <%s-%s@dt>\n", date.Format(time.RFC1123Z), name, rev)
	for _, h := range more {
		b.WriteString(h + "\n")
	}
	fmt.Fprintf(&b, "\nInternet-Draft %s-%s.txt is now available.", name, rev)
	if group != "" {
		fmt.Fprintf(&b, " It is a work\nitem of the Some Name (%s) WG of the IETF.", strings.ToUpper(group))
	}
	fmt.Fprintf(&b, "\n\n   Title:   %s\n   Author:  Ada Writer\n   Name:    %s-%s.txt\n   Pages:   12\n   Dates:   %s\n\n",
		title, name, rev, date.Format(time.DateOnly))
	fmt.Fprintf(&b, "Abstract:\n\n   This document is about %s.\n\nThe IETF datatracker status page for this Internet-Draft is:\n", title)
	fmt.Fprintf(&b, "https://datatracker.ietf.org/doc/%s/\n", name)
	return b.String()
}

// anRFC writes an RFC announcement.
func anRFC(number int, title, tag string, date time.Time) string {
	return fmt.Sprintf(`From: rfc-editor@rfc-editor.org
To: ietf-announce@ietf.org
Subject: RFC %d on %s
Date: %s
Message-ID: <rfc%d@rfcpa>

A new Request for Comments is now available in online RFC libraries.

        RFC %d

        Title:      %s
        Author:     A. Writer
        Status:     Standards Track
        Stream:     IETF
        Date:       %s
        Mailbox:    ada@example.org
        Pages:      20
        Updates:    RFC 8446

        I-D Tag:    %s.txt

        URL:        https://www.rfc-editor.org/info/rfc%d

        DOI:        10.17487/RFC%d

It tells of %s.

This is now a Proposed Standard.
`, number, title, date.Format(time.RFC1123Z), number, number, title, date.Format("January 2006"), tag, number, number, title)
}

// notice writes an announcement of a desk, with a body of few words.
func notice(from, subject, id string, date time.Time, body string) string {
	return fmt.Sprintf("From: %s\nTo: IETF-Announce <ietf-announce@ietf.org>\nSubject: %s\nDate: %s\nMessage-ID: <%s>\n\n%s",
		from, subject, date.Format(time.RFC1123Z), id, body)
}

// calledDraft is the bullet of a draft in a Last Call, and its file.
func calledDraft(name, title string) string {
	return fmt.Sprintf("- '%s'\n  <%s.txt> as Proposed Standard\n", title, name)
}

// aCall writes a Last Call as the IESG has since 2021; a draft is its bullet.
func aCall(subject string, date time.Time, ends string, drafts ...string) string {
	return notice("The IESG <iesg-secretary@ietf.org>", "Last Call: "+subject+" to Proposed Standard", "call-"+ends+"@dt", date,
		"The IESG has received a request from the Some Name WG (quic) to consider the\nfollowing document:\n"+strings.Join(drafts, "")+
			"\nThe IESG plans to make a decision in the next few weeks. Please send\nsubstantive comments to the last-call@ietf.org mailing lists by "+ends+".\n\n"+
			"Abstract\n\n  As the call says it.\n\nThe file can be obtained via\nhttps://datatracker.ietf.org/doc/draft-ietf-quic-thing/\n")
}

// told is a message with the source that gives it.
type told struct {
	source int // 0 announces, 1 and 2 are other lists
	raw    string
}

// tales are messages about a few documents, told by several sources in ways
// that overlap and contradict each other.
func tales() []told {
	day := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	quic0 := idAction("draft-ietf-quic-thing", "00", "A Thing", "quic", day(10, 8))
	quic1 := idAction("draft-ietf-quic-thing", "01", "A Better Thing", "quic", day(12, 8))
	old := idAction("draft-Writer-Thing-2.5", "03", "Old Names", "", day(11, 9))
	return append(append(decisions(), entries()...), []told{
		{0, quic0},
		{0, quic1},
		{1, quic1 + "\n_____\nQuic mailing list\n"},       // the group's copy
		{2, strings.Replace(quic1, "Better", "Worse", 2)}, // a forged copy
		{1, old},
		{0, old},
		{0, strings.ReplaceAll(old, "draft-Writer-Thing", "draft-writer-thing")}, // another spelling
		{0, anRFC(9999, "A Thing Done", "draft-ietf-quic-thing-01", day(15, 10))},
		{2, idAction("draft-never-announced", "00", "Only a Copy", "", day(13, 9))},
		{1, "From: Ann <ann@example.org>\nSubject: [Quic] Hello\nMessage-ID: <hello@x>\nDate: " + day(14, 7).Format(time.RFC1123Z) + "\n\nHow are you?\n"},
		{2, "From: Ann <ann@example.org>\nSubject: Hello\nMessage-ID: <hello@x>\nDate: " + day(14, 6).Format(time.RFC1123Z) + "\n\nHow are you all?\n"},
		{0, "Subject: no date at all\nMessage-ID: <nodate@x>\n\nText.\n"},
		{1, idAction("draft-hidden", "00", "Hidden", "", day(13, 9), "X-No-Archive: yes")},
	}...)
}

// decisions are messages about what happened to documents since: some of them
// nobody announced, some mails tell of two, and copies come before and after.
func decisions() []told {
	day := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	const iesg, chair = "The IESG <iesg-secretary@ietf.org>", "Ada Chair via Datatracker <noreply@ietf.org>"
	called := aCall("<draft-ietf-quic-thing-01.txt> (A Better Thing)", day(13, 10), "2026-03-27", calledDraft("draft-ietf-quic-thing-01", "A Better Thing"))
	both := aCall("<draft-ietf-quic-rope-05.txt> (Rope)", day(13, 11), "2026-03-28",
		calledDraft("draft-ietf-quic-rope-05", "Rope"), calledDraft("draft-Writer-Knot-02", "Knot"))
	review := notice(iesg, "WG Review: Some Name (quic)", "review@dt", day(9, 9), "Proposed.\n\nCharter:\n\nFly.\n\nMilestones:\n")
	interim := notice(iesg, "Some Name (quic) WG Virtual Meeting: 2026-04-02", "interim@dt", day(11, 12), "It will meet.\n")
	adopt := notice(chair, "Call for adoption: draft-writer-knot-01 (Ends 2026-03-25)", "adopt@dt", day(11, 15), "Abstract:\nTie.\n")
	return []told{
		{0, called},
		{1, called + "\n_____\nQuic mailing list\n"},
		{2, strings.Replace(called, "from the Some", "from the Other (x) Some", 1)}, // a copy with another word
		{0, aCall("(A Better Thing)", day(14, 10), "2026-03-27")},                   // without the draft's file: no revision
		{0, both},
		{2, both},
		{0, notice(iesg, "Protocol Action: 'A Better Thing' to Proposed Standard (draft-ietf-quic-thing-01.txt)", "act@dt", day(14, 11), "Done.\n")},
		{0, review},
		{0, notice(iesg, "WG Action: Formed Some Name (quic)", "action@dt", day(12, 9), "Formed.\n\nCharter:\n\nFly high.\n\nMilestones:\n")},
		{0, interim},
		{2, strings.Replace(interim, "04-02", "04-03", 1)}, // a forged copy with the same Message-ID
		{0, strings.NewReplacer("interim@dt", "changed@dt", "04-02\n", "04-02 CHANGED\n", "will meet", "meets later").Replace(interim)},
		{0, notice("I-D Expiring System <ietf-secretariat-reply@ietf.org>", "I-D was expired <draft-WRITER-Thing-2.5-03.txt>", "gone@dt", day(18, 9), "Gone.\n")},
		{0, adopt},
		{0, strings.Replace(adopt, "knot-01", "knot-00", 1)}, // the same id, another revision
		{0, notice("rfc-editor@rfc-editor.org", "[Technical Errata Reported] RFC9999 (1234)", "eid@rfcpa", day(16, 9),
			"The following errata report has been submitted for RFC9999,\n\"A Thing Misprinted\".\n")},
		{0, notice("ietf-ipr@ietf.org", "IPR Disclosure Rope Works' Statement about IPR related to draft-ietf-quic-thing and draft-none", "ipr@dt", day(16, 10), "Dear all:\n")},
	}
}

// entries are feed entries, as JSON: some change, some only in their bytes, and
// two sources tell of the same in their own ways.
func entries() (list []told) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	tell := func(source int, e Entry) {
		raw, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		list = append(list, told{source, string(raw)})
	}
	post := Entry{ID: "urn:post", Title: "On Rope", Summary: "It holds.", Published: day(10), Authors: []Person{{Name: "Ida"}}}
	for i := range 6 { // the same, over and over
		e := post
		e.Summary = fmt.Sprintf("<p>It holds. <i>%d comments</i></p>", i)
		e.Updated = day(10 + i)
		e.Link = fmt.Sprintf("https://example.org/rope?utm=%d", i)
		tell(1, e)
	}
	tell(2, Entry{ID: "urn:post", Title: "On Rope", Summary: "It", Published: day(10), Updated: day(11), Language: "en"}) // shortened
	tell(2, Entry{ID: "urn:post", Title: "On Rope", Summary: "It does not", Published: day(10), Updated: day(18)})
	changed := post
	changed.Summary, changed.Updated = "It does not hold.", day(16)
	tell(1, changed)
	changed.Link, changed.Updated = "https://example.org/rope", day(17)
	tell(1, changed)
	tell(2, changed)
	changed.Title = "On Rope, once more"
	tell(1, changed) // without another date
	undated := Entry{ID: "urn:undated", Title: "Undated", Published: day(12)}
	tell(1, undated)
	undated.Title = "Undated still"
	tell(1, undated)
	rfc := Entry{ID: "https://www.rfc-editor.org/info/rfc9999", Link: "https://www.rfc-editor.org/info/rfc9999", Title: "RFC 9999: A Thing Done", Published: day(15)}
	for i := range 5 {
		rfc.Summary = fmt.Sprintf("As a feed has it, %d.", i)
		tell(2, rfc)
	}
	rfc.ID, rfc.Link, rfc.Title = "https://www.rfc-editor.org/info/rfc9998", "https://www.rfc-editor.org/info/rfc9998", "RFC 9998: Not Announced"
	tell(2, rfc)
	rfc.Updated = day(18)
	tell(2, rfc)
	rfc.Summary = "Changed."
	tell(2, rfc)
	return list
}

// catalogued is what a catalogue holds, without what may depend on when it
// was learned.
func catalogued(t testing.TB, db *store.DB) []catalog.Event {
	t.Helper()
	q, err := filters.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	events, err := db.Search(context.Background(), q, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		events[i].Recorded, events[i].News = time.Time{}, false
	}
	return events
}

// checkAtRest holds that each topic's live selections are what its query finds.
func checkAtRest(t testing.TB, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	rows, err := db.Topics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		var want []int64
		if row.Gone.IsZero() {
			q, err := filters.Parse(row.Query)
			if err != nil {
				t.Fatal(err)
			}
			if want, err = db.FindIDs(ctx, q, store.Page{}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.SelectedIDs(ctx, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("topic %s: selections are not what %q finds (-want +got):\n%s", row.Name, row.Query, diff)
		}
	}
}

func someTopics(t testing.TB) []topics.Topic {
	t.Helper()
	var list []topics.Topic
	for name, query := range map[string]string{
		"quic": "group:quic", "things": "title:thing -kind:rfc", "lineage": "name:draft-ietf-quic-thing",
		"posts": "kind:post", "told-twice": "source:src1", "rest": "NOT group:quic",
	} {
		q, err := filters.Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, topics.Topic{Name: name, Title: name, Query: q})
	}
	return list
}

// take takes tales in, in an order and in batches.
func take(t testing.TB, db *store.DB, order []int, batch int) {
	t.Helper()
	c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
	origins := []Origin{ours(t, db, "src0", true), ours(t, db, "src1", false), ours(t, db, "src2", false)}
	all := tales()
	for len(order) > 0 {
		n := 1
		for n < min(batch, len(order)) && all[order[n]].source == all[order[0]].source {
			n++
		}
		var messages []Received
		for _, i := range order[:n] {
			m := Received{Raw: []byte(all[i].raw), At: now}
			if strings.HasPrefix(all[i].raw, "{") {
				m.Format = store.FeedEntry
			}
			messages = append(messages, m)
		}
		if _, err := c.Take(context.Background(), origins[all[order[0]].source], messages); err != nil {
			t.Fatal(err)
		}
		order = order[n:]
	}
}

// TestAnyOrder holds that the same messages give the same catalogue, and the
// same selections, in whatever order and batches they are taken in.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	order := make([]int, len(tales()))
	for i := range order {
		order[i] = i
	}
	first := openStore(t)
	take(t, first, order, 1)
	want := catalogued(t, first)
	if len(want) != 29 {
		t.Fatalf("got %d events, want 29: %v", len(want), keysOf(want))
	}
	rapid.Check(t, func(rt *rapid.T) {
		db := openStore(t)
		set := someTopics(t)
		syncAt := rapid.IntRange(0, 2).Draw(rt, "topics before, halfway or after")
		mixed := rapid.Permutation(order).Draw(rt, "order")
		half := len(mixed) / 2
		batch := rapid.IntRange(1, 5).Draw(rt, "batch")
		for i, part := range [][]int{mixed[:half], mixed[half:], nil} {
			if i == syncAt {
				if _, err := topics.Sync(ctx, db, set, now); err != nil {
					rt.Fatal(err)
				}
			}
			take(t, db, part, batch)
		}
		if diff := cmp.Diff(want, catalogued(t, db)); diff != "" {
			rt.Fatalf("order %v gives another catalogue (-want +got):\n%s", mixed, diff)
		}
		checkAtRest(t, db)
		take(t, db, mixed, 4) // again: nothing is new
		if diff := cmp.Diff(want, catalogued(t, db)); diff != "" {
			rt.Fatalf("taken in twice, another catalogue (-want +got):\n%s", diff)
		}
		if _, err := topics.Sync(ctx, db, set[:3], now); err != nil {
			rt.Fatal(err)
		}
		checkAtRest(t, db)
	})
}

func keysOf(events []catalog.Event) (keys []string) {
	for _, e := range events {
		keys = append(keys, e.Key)
	}
	return keys
}

// TestTrustLater holds that what came from a source before it was trusted, or
// was imported as untrusted by mistake, becomes what it is when it comes again.
func TestTrustLater(t *testing.T) {
	ctx := context.Background()
	date := now.Add(-24 * time.Hour)
	action := idAction("draft-ietf-quic-thing", "00", "A Thing", "quic", date)
	copied := idAction("draft-ietf-quic-other", "00", "Other", "quic", date)
	for _, tt := range []struct {
		name string
		told []told // source 3 is not trusted the first time
	}{
		{"as a post", []told{{3, action}, {0, copied}}},
		{"as a copy", []told{{0, strings.Replace(action, "To:", "Cc:", 1)}, {3, action}, {0, copied}}},
	} {
		db := openStore(t)
		c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
		give := func(o Origin, raw string) {
			if _, err := c.Take(ctx, o, []Received{{Raw: []byte(raw), At: now}}); err != nil {
				t.Fatal(err)
			}
		}
		late := ours(t, db, "src3", false)
		for _, m := range tt.told {
			if o := late; m.source == 3 {
				give(o, m.raw)
			} else {
				give(ours(t, db, "src0", true), m.raw)
			}
		}
		late.Announcements = true
		give(late, action)
		give(late, action)
		got := catalogued(t, db)
		if len(got) != 2 || got[0].Kind != catalog.Draft || got[1].Kind != catalog.Draft {
			t.Errorf("%s: %v", tt.name, keysOf(got))
		}
		checkAtRest(t, db)
	}
}
