package aggregator

import (
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// idLine writes a line of all_id2.txt.
func idLine(nameRev, status, iesg, rfc, by, day, group, area, title, authors string) string {
	return strings.Join([]string{
		nameRev, "-1", status, iesg, rfc, by, day, group, area, "Ann Director", "Proposed Standard", "", ".txt", title, authors, "", "a@example.org",
	}, "\t") + "\n"
}

func allIDsOf(lines ...string) string {
	return "#\n# Index of all Internet-Drafts\n# generated: 2026-03-20 03:00:00 PST\n#\n" + strings.Join(lines, "") + "#\n# end"
}

var (
	idThing = idLine("draft-ietf-quic-thing-01", "Active", "AD Evaluation::Revised ID Needed", "", "", "2026-03-10", "quic", "wit",
		"A Thing", "Ada Writer <ada@example.org>, Ben Other")
	idOld  = idLine("draft-old-thing-07", "Replaced", "", "", "draft-ietf-quic-thing", "2025-03-10", "", "", "A Thing", "Ada Writer")
	idDone = idLine("draft-ietf-tls-done-09", "RFC", "", "9998", "", "2025-01-10", "tls", "sec", "Done", "Ada Writer")
	idLazy = idLine("draft-lazy-00", "Active", "I-D Exists", "", "", "2026-02-01", "", "", "Lazy", "")
)

func TestReadAllIDs(t *testing.T) {
	thing := draft("draft-ietf-quic-thing", "01", "quic", "quic", "A Thing", "", 10, "Ada Writer", "Ben Other")
	thing.Facts.Authors[0].Email = "ada@example.org"
	thing.Facts.Level, thing.Area = catalog.ProposedStandard, "wit"
	thing.States = map[string]string{"draft": "active", "draft-iesg": "ad-eval"}
	lazy := draft("draft-lazy", "00", "", "", "Lazy", "", 1)
	lazy.Date = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	lazy.Facts.DocDate, lazy.Facts.Level = "2026-02-01", catalog.ProposedStandard
	expired := lazy
	lazy.States = map[string]string{"draft": "active", "draft-iesg": ""}
	expired.States = map[string]string{"draft": "expired", "draft-iesg": ""}
	for _, tt := range []struct {
		name, in string
		want     []Record
		err      string
	}{
		{"two", allIDsOf(idThing, idLazy), []Record{thing, lazy}, ""},
		{"more fields", allIDsOf(strings.Replace(idThing, "\n", "\tand\tmore\n", 1)), []Record{thing}, ""},
		{"expired", allIDsOf(strings.Replace(idLazy, "Active", "Expired", 1)), []Record{expired, expired.expiry()}, ""},
		{"a short line", allIDsOf("draft-x-00\t-1\n", idThing), []Record{thing}, `line 5: "draft-x-00\t-1" has 2 fields; want 17`},
		{"a bad name", allIDsOf(strings.Replace(idLazy, "lazy-00", "lazy", 1), idThing), []Record{thing}, `"draft-lazy" is not a draft's name`},
		{"a bad date", allIDsOf(strings.Replace(idLazy, "2026-02-01", "soon", 1), idThing), []Record{thing}, `"soon" is not a date`},
		{"cut off", strings.TrimSuffix(allIDsOf(idThing), "# end"), nil, "the download was cut off"},
		{"no drafts", allIDsOf(), nil, "want all there are"},
		{"something else", "<html>", nil, "want a comment"},
	} {
		t.Run(tt.name, func(t *testing.T) { checkRead(t, readAllIDs, tt.in, tt.want, tt.err) })
	}
	if got, want := allIDsDate([]byte(allIDsOf())), time.Date(2026, 3, 20, 11, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got made at %s, want %s", got, want)
	}
}

func TestAllIDsPoll(t *testing.T) {
	s := newSite(t)
	r := newRig(t, openStore(t))
	r.use(Source{Name: "all-ids", Announcements: true, Interval: time.Hour, Upstream: AllIDs{URL: s.URL, Client: s.client(t, r), Now: r.now}})
	s.says(allIDsOf(idThing, idOld, idDone, idLazy))
	r.one(Tally{Messages: 4, Announced: 4}) // when they were replaced or expired, nobody knows
	r.expect("state:ad-eval", "draft-ietf-quic-thing-01")
	r.expect("name:draft-old-thing", "draft-ietf-quic-thing-01", "draft-old-thing-07")
	r.expect("area:sec name:rfc9998", "draft-ietf-tls-done-09")
	r.expect("replaces:draft-old-thing", "draft-ietf-quic-thing-01")

	generated := strings.NewReplacer("2026-03-20 03", "2026-03-20 09")
	s.says(generated.Replace(allIDsOf(strings.Replace(idThing, "AD Evaluation::Revised ID Needed", "In Last Call", 1),
		strings.Replace(idOld, "A Thing", "The Thing", 1), idDone, strings.Replace(idLazy, "Active", "Expired", 1))))
	r.pass(6 * time.Hour)
	r.one(Tally{Messages: 4, Announced: 1, Supporting: 3})
	r.expect("state:ad-eval")
	r.expect("state:lc", "draft-ietf-quic-thing-01")
	r.expect("event:replaced")
	got := r.find("event:expired")
	if len(got) != 1 || got[0].NameRev() != "draft-lazy-00" || got[0].Facts.Title != "Lazy" || !got[0].News ||
		!got[0].Published.Equal(time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v, want the expiry of draft-lazy-00 as of when the table was made", got)
	}
	checkAtRest(t, r.db)

	before := r.source("all-ids").Cursor
	s.says(allIDsOf(idThing))
	if res := r.one(Tally{}); res.Err == nil || r.source("all-ids").Cursor != before {
		t.Errorf("a file a quarter as large was taken: %v", res.Err)
	}
}

// TestAllIDsLatestStands holds that the later of two tables tells the state,
// whichever is taken in first.
func TestAllIDsLatestStands(t *testing.T) {
	var records []Received
	for i, states := range []string{"ad-eval", "lc", ""} {
		rec := draft("draft-x", "00", "", "", "X", "", 1)
		rec.Said = now.Add(time.Duration(i-3) * time.Hour)
		rec.States = map[string]string{"draft": "active", "draft-iesg": states}
		m, err := rec.received(now)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, m)
	}
	for _, order := range [][]int{{0, 1}, {1, 0}, {0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		db := openStore(t)
		c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
		o := ours(t, db, "all-ids", true)
		for _, i := range order {
			if _, err := c.Take(t.Context(), o, records[i:i+1]); err != nil {
				t.Fatal(err)
			}
		}
		want := "[active]"
		if len(order) == 2 {
			want = "[active lc]"
		}
		if got := catalogued(t, db); len(got) != 1 || strings.Join([]string{"[", strings.Join(got[0].States, " "), "]"}, "") != want {
			t.Errorf("order %v: got %+v, want states %s", order, got, want)
		}
	}
}

func FuzzReadAllIDs(f *testing.F) {
	f.Add(allIDsOf(idThing, idOld, idDone, idLazy))
	f.Add(allIDsOf(strings.Replace(idLazy, "Active", "Expired", 1), "draft\xff\t\n"))
	f.Fuzz(func(t *testing.T, in string) {
		_ = allIDsDate([]byte(in))
		_ = readAllIDs([]byte(in), func(r Record) { checkRecord(t, r) })
	})
}
