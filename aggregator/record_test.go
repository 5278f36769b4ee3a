package aggregator

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/topics"
)

// spoken are what an announcement list, an index that may create events and
// two that may not say of a few documents.
func spoken(t *testing.T) []struct {
	source int
	Received
} {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	var list []struct {
		source int
		Received
	}
	mail := func(raw string) {
		list = append(list, struct {
			source int
			Received
		}{0, Received{Raw: []byte(raw), At: now}})
	}
	say := func(source int, r Record) {
		m, err := r.received(now)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, struct {
			source int
			Received
		}{source, m})
	}
	mail(idAction("draft-ietf-quic-thing", "00", "A Thing", "quic", day(10)))
	mail(idAction("draft-ietf-quic-thing", "01", "A Better Thing", "quic", day(12)))
	mail(anRFC(9999, "A Thing Done", "draft-ietf-quic-thing-01", day(15)))
	for d, state := range []string{"adopt-wg", "wg-lc", ""} {
		r := draft("draft-ietf-quic-thing", "01", "quic", "quic", "Thing", "From the index.", 11)
		r.Supporting, r.Precision, r.Complete = true, catalog.Month, true
		r.Said, r.States = day(13+d), map[string]string{"draft": "active", "draft-stream-ietf": state}
		say(2, r)
	}
	table := draft("draft-ietf-quic-thing", "01", "", "quic", "Thing", "", 12)
	table.Said, table.Area, table.States = day(14), "tsv", map[string]string{"draft": "active", "draft-iesg": "lc"}
	say(1, table)
	other := draft("draft-other", "03", "tls", "", "Another", "", 11)
	other.Said, other.States = day(12), map[string]string{"draft": "repl"}
	say(1, other)
	corrected := other
	corrected.Facts.Title, corrected.Said = "Another, Corrected", day(14)
	say(1, corrected)
	say(1, Record{Document: "draft-ietf-quic-thing", Relations: []catalog.Relation{{From: "draft-ietf-quic-thing", Type: catalog.Replaces, To: "draft-other"}}})
	rfc := record9999
	rfc.Said = day(16)
	say(3, rfc)
	kites := catalog.Presented{Name: "slides-124-quic-sessa-01-kites", Rev: "00"}
	for source, title := range map[int]string{1: "Kites", 2: "Kites, Told Otherwise"} {
		w := wantedMaterial{kites, catalog.Session{Meeting: catalog.Meeting{Number: "124"}, ID: 1, Group: "quic"}, meetingGroup{Acronym: "quic", Type: "wg"}, false}
		deck := materialRecord(w, trackerMaterial{Title: title, Time: trackerTime{day(10 - source)}}, nil)
		say(source, deck)
		for version := range 2 {
			w.session.Name = fmt.Sprintf("Session %d", version)
			say(source, Record{Document: "charter-ietf-quic", Session: &w.session, Version: version})
		}
	}
	moved := rfc
	moved.Area, moved.Said, moved.Facts.Level = "int", day(17), catalog.InternetStandard
	say(3, moved)
	say(2, Record{Document: catalog.CharterName("tls"), Area: "sec", Said: day(1)})
	return list
}

// TestIndexAnyOrder holds that indexes and announcements give the same
// catalogue and selections in whatever order they are taken in.
func TestIndexAnyOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	said := spoken(t)
	takeIn := func(order []int, syncAt int) ([]catalog.Event, string) {
		db := openStore(t)
		c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
		origins := []Origin{ours(t, db, "i-d-announce", true), ours(t, db, "all-ids", true), ours(t, db, "datatracker", false), ours(t, db, "rfc-index", false)}
		for n, i := range order {
			if n == syncAt {
				if _, err := topics.Sync(ctx, db, standingTopics(t), now); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := c.Take(ctx, origins[said[i].source], []Received{said[i].Received}); err != nil {
				t.Fatal(err)
			}
		}
		checkAtRest(t, db)
		sessions, _, err := db.Sessions(ctx, "124")
		if err != nil {
			t.Fatal(err)
		}
		materials, err := db.Materials(ctx, []catalog.Presented{{Name: "slides-124-quic-sessa-01-kites", Rev: "00"}})
		if err != nil {
			t.Fatal(err)
		}
		return catalogued(t, db), fmt.Sprint(sessions, materials)
	}
	order := make([]int, len(said))
	for i := range order {
		order[i] = i
	}
	want, met := takeIn(order, 0)
	kitesKey := catalog.Report{
		Document: "charter-ietf-quic", Kind: catalog.Charter, Event: catalog.Slides, Part: "slides-124-quic-sessa-01-kites-00",
	}.Key()
	type summary struct{ Key, Title, Area, States string }
	var got []summary
	for _, e := range want {
		s := summary{Key: e.Key, Title: e.Facts.Title, Area: e.Area}
		for _, state := range e.States {
			s.States += state + " "
		}
		got = append(got, s)
	}
	if diff := cmp.Diff([]summary{
		{"rfc9999", "A Thing Done", "int", ""},
		{"draft-ietf-quic-thing-01", "A Better Thing", "tsv", "active "},
		{"draft-other-03", "Another, Corrected", "sec", "repl "},
		{"draft-ietf-quic-thing-00", "A Thing", "tsv", "active "},
		{kitesKey, "Kites, Told Otherwise", "", ""},
	}, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	rapid.Check(t, func(rt *rapid.T) {
		mixed := rapid.Permutation(order).Draw(rt, "order")
		got, now := takeIn(mixed, rapid.IntRange(0, len(order)-1).Draw(rt, "topics before"))
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("order %v gives another catalogue (-want +got):\n%s", mixed, diff)
		}
		if now != met {
			rt.Fatalf("order %v gives other meetings: %s, want %s", mixed, now, met)
		}
	})
}

// standingTopics ask for what indexes tell.
func standingTopics(t *testing.T) (list []topics.Topic) {
	for name, query := range map[string]string{
		"area": "area:tsv OR area:sec", "no-area": "NOT area:int", "state": "state:wg-lc OR state:lc", "active": "state:active",
		"obsoletes": "obsoletes:rfc9", "replaces": "replaces:draft-other", "lineage": "name:draft-other",
	} {
		q, err := filters.Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, topics.Topic{Name: name, Title: name, Query: q})
	}
	return list
}
