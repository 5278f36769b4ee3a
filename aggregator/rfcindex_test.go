package aggregator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// rfcIndexOf writes an index of entries.
func rfcIndexOf(entries ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<rfc-index xmlns="https://www.rfc-editor.org/rfc-index" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<bcp-entry><doc-id>BCP0001</doc-id><is-also><doc-id>RFC0010</doc-id></is-also></bcp-entry>
` + strings.Join(entries, "\n") + `
<rfc-not-issued-entry><doc-id>RFC0026</doc-id></rfc-not-issued-entry>
</rfc-index>
`
}

const entry9999 = `<rfc-entry><doc-id>RFC9999</doc-id><title>A  Thing &amp; Its Uses</title>
<author><name>A. Writer</name><title>Editor</title></author><author><name>Ö. Zwei</name></author>
<date><month>March</month><year>2026</year></date><format><file-format>HTML</file-format></format><page-count>20</page-count>
<keywords><kw>thing</kw></keywords><abstract><p>It tells
of a thing.</p><p>And another.</p></abstract><draft>draft-ietf-quic-thing-01</draft>
<obsoletes><doc-id>RFC0009</doc-id></obsoletes><updates><doc-id>RFC8446</doc-id><doc-id>BCP0014</doc-id></updates>
<current-status>PROPOSED STANDARD</current-status><publication-status>PROPOSED STANDARD</publication-status>
<stream>IETF</stream><area>wit</area><wg_acronym>quic</wg_acronym><doi>10.17487/RFC9999</doi></rfc-entry>`

const entry1 = `<rfc-entry><doc-id>RFC0001</doc-id><title>Host Software</title><author><name>S. Crocker</name></author>
<date><month>April</month><year>1969</year></date><current-status>UNKNOWN</current-status>
<publication-status>UNKNOWN</publication-status><stream>Legacy</stream></rfc-entry>`

var record9999 = Record{
	Document: "rfc9999", Event: catalog.Published, Date: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Precision: catalog.Month, Area: "wit",
	Facts: catalog.Facts{
		Title: "A Thing & Its Uses", Abstract: "It tells of a thing.\n\nAnd another.",
		Authors: []catalog.Author{{Name: "A. Writer"}, {Name: "Ö. Zwei"}},
		Group:   "quic", Stream: catalog.IETF, Level: catalog.ProposedStandard, Pages: 20, DocDate: "2026-03",
	},
	Relations: []catalog.Relation{
		{From: "rfc9999", Type: catalog.Updates, To: "rfc8446"},
		{From: "rfc9999", Type: catalog.Obsoletes, To: "rfc9"},
		{From: "draft-ietf-quic-thing", Type: catalog.BecameRFC, To: "rfc9999"},
	},
}

func TestReadRFCIndex(t *testing.T) {
	april := strings.NewReplacer("<doc-id>RFC0001", "<doc-id>RFC2795", "<year>1969", "<day>1</day><year>2000",
		"UNKNOWN", "FOR YOUR INFORMATION", "<stream>", "<area/><wg_acronym>NON WORKING GROUP</wg_acronym><stream>").Replace(entry1)
	host := catalog.Facts{Title: "Host Software", Authors: []catalog.Author{{Name: "S. Crocker"}}, Stream: catalog.Legacy, DocDate: "1969-04"}
	joke := host
	joke.DocDate, joke.Level = "2000-04", catalog.Informational
	one := Record{Document: "rfc1", Event: catalog.Published, Date: time.Date(1969, 4, 1, 0, 0, 0, 0, time.UTC), Precision: catalog.Month, Facts: host}
	for _, tt := range []struct {
		name, in string
		want     []Record
		err      string
	}{
		{"both", rfcIndexOf(entry1, entry9999), []Record{one, record9999}, ""},
		{"the older name", strings.Replace(rfcIndexOf(entry1), `"https://www.rfc-editor`, `"http://www.rfc-editor`, 1), []Record{one}, ""},
		{"a day", rfcIndexOf(april), []Record{{
			Document: "rfc2795", Event: catalog.Published, Date: time.Date(2000, 4, 1, 0, 0, 0, 0, time.UTC), Precision: catalog.Approximate, Facts: joke,
		}}, ""},
		{
			"no number", rfcIndexOf(strings.Replace(entry1, "RFC0001", "RFCX", 1), entry9999),
			[]Record{record9999},
			`RFC index: entry 1 is called "RFCX"; want a number such as RFC9000`,
		},
		{"no closing tag", strings.TrimSuffix(rfcIndexOf(entry1), "</rfc-index>\n"), []Record{one}, "no closing </rfc-index>"},
		{"cut in an entry", rfcIndexOf(entry1)[:400], nil, "no closing </rfc-index>"},
		{"empty", "", nil, "no closing </rfc-index>"},
		{"no entries", rfcIndexOf(), nil, "want all RFCs"},
		{"something else", "<html><body>Sorry</body></html>", nil, `begins with <html> of ""; want <rfc-index>`},
		{"broken", rfcIndexOf("<rfc-entry><doc-id></rfc-entry>"), nil, "RFC index after 0 entries: XML syntax error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []Record
			err := readRFCIndex([]byte(tt.in), func(r Record) { got = append(got, r) })
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(Record{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err == nil && tt.err != "" || err != nil && (tt.err == "" || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("got error %v, want %q", err, tt.err)
			}
		})
	}
}

// rfcIndex is the site's index as an upstream.
func (s *site) rfcIndex(t *testing.T, r *rig) RFCIndex {
	return RFCIndex{URL: s.URL + "/rfc-index.xml", Client: s.client(t, r), Now: r.now}
}

func (s *site) client(t *testing.T, r *rig) *fetch.Client {
	client := fetch.New(fetch.Options{Allow: []string{s.Listener.Addr().String()}, Spacing: -1, Now: r.now})
	t.Cleanup(client.Close)
	return client
}

// find gives the events of a query.
func (r *rig) find(query string) []catalog.Event {
	r.t.Helper()
	q, err := filters.Parse(query)
	if err != nil {
		r.t.Fatal(err)
	}
	events, err := r.db.Search(context.Background(), q, store.Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	return events
}

// expect holds which events a query finds, newest first.
func (r *rig) expect(query string, want ...string) {
	r.t.Helper()
	if diff := cmp.Diff(want, keysOf(r.find(query))); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

func TestRFCIndexPoll(t *testing.T) {
	s := newSite(t)
	r := newRig(t, openStore(t))
	r.use(Source{Name: "rfc-index", Announcements: true, Interval: time.Hour, Upstream: s.rfcIndex(t, r)})

	s.says(rfcIndexOf(entry1, entry9999), "Etag", `"one"`)
	r.one(Tally{Messages: 2, Announced: 2})
	r.expect("", "rfc9999", "rfc1")
	r.expect("area:wit group:quic updates:rfc8446 level:ps", "rfc9999")
	r.expect("name:draft-ietf-quic-thing", "rfc9999")
	r.expect("date:1969-04", "rfc1")

	s.does(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("If-None-Match") != `"one"` {
			t.Errorf("got If-None-Match %q", req.Header.Get("If-None-Match"))
		}
		w.WriteHeader(http.StatusNotModified)
	})
	r.one(Tally{})

	whole := rfcIndexOf(entry1, strings.Replace(entry9999, "<area>wit", "<area>tsv", 1), strings.Replace(entry9999, "RFC9999", "RFC10000", 1))
	before := r.source("rfc-index").Cursor
	for name, body := range map[string]string{
		"much smaller":        rfcIndexOf(entry1),
		"without closing tag": strings.TrimSuffix(whole, "</rfc-index>\n"),
	} {
		s.says(body, "Etag", `"cut"`)
		if res := r.one(Tally{}); res.Err == nil || !strings.Contains(res.Err.Error(), "cut off") {
			t.Errorf("%s: got %v, want the download refused", name, res.Err)
		}
		if after := r.source("rfc-index").Cursor; after != before {
			t.Errorf("%s: the place moved", name)
		}
	}
	r.pass(time.Hour)
	s.says(whole, "Etag", `"two"`)
	r.one(Tally{Messages: 2, Announced: 1, Supporting: 1})
	r.expect("area:tsv", "rfc9999")
	r.expect("area:wit", "rfc10000")
	if got := r.find("area:wit"); len(got) != 1 || !got[0].News || got[0].Precision != catalog.Month {
		t.Errorf("got %+v, want news of this month", got)
	}
}

// TestRFCIndexSupports holds that an index that may not create events is
// evidence for those that others announce, whichever comes first.
func TestRFCIndexSupports(t *testing.T) {
	mailed := time.Date(2026, 3, 15, 10, 0, 0, 0, time.UTC)
	mail := Received{Raw: []byte(strings.Replace(anRFC(9999, "A Thing", "draft-ietf-quic-thing-01", mailed), "Pages:      20", "Pages:      none", 1)), At: now}
	rec := record9999
	rec.Said = now
	indexed, err := rec.received(now)
	if err != nil {
		t.Fatal(err)
	}
	var first []catalog.Event
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		db := openStore(t)
		c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
		origins := []Origin{ours(t, db, "ietf-announce", true), ours(t, db, "rfc-index", false)}
		for _, i := range order {
			if _, err := c.Take(context.Background(), origins[i], []Received{[]Received{mail, indexed}[i]}); err != nil {
				t.Fatal(err)
			}
		}
		got := catalogued(t, db)
		if len(got) != 1 || !got[0].Published.Equal(mailed) || got[0].Facts.Pages != 20 || got[0].Facts.Title != "A Thing" ||
			got[0].Area != "wit" || !cmp.Equal(got[0].Sources, []string{"ietf-announce", "rfc-index"}) ||
			!cmp.Equal(got[0].Obsoletes, []string{"rfc9"}) {
			t.Errorf("order %v: got %+v", order, got)
		}
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("another order, another catalogue (-want +got):\n%s", diff)
		}
		checkAtRest(t, db)
	}
}

// TestRFCIndexCorpus makes an index of the corpus's records of real RFCs.
func TestRFCIndexCorpus(t *testing.T) {
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	text, err := os.ReadFile(filepath.Join(dir, "ietf-meta/rfc-editor/rfc-jsons.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Snapshots [][2]json.RawMessage `json:"snapshots"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, pair := range file.Snapshots {
		var j struct {
			ID       string   `json:"doc_id"`
			Title    string   `json:"title"`
			Authors  []string `json:"authors"`
			Pages    string   `json:"page_count"`
			Status   string   `json:"status"`
			Abstract string   `json:"abstract"`
			Date     string   `json:"pub_date"`
			Draft    string   `json:"draft"`
			Updates  []string `json:"updates"`
		}
		if err := json.Unmarshal(pair[1], &j); err != nil {
			t.Fatalf("%s: %v", pair[0], err)
		}
		month, year, _ := strings.Cut(strings.TrimSpace(j.Date), " ")
		e := rfcEntry{
			ID: j.ID, Title: j.Title, Pages: j.Pages, Status: j.Status, Abstract: []string{j.Abstract},
			Month: month, Year: year, Draft: j.Draft, Updates: j.Updates,
		}
		rec, ok := e.record()
		if strings.TrimSpace(j.Title) == "Not Issued" { // the XML has an element of its own for these
			continue
		}
		if !ok || rec.Facts.Title == "" || rec.Facts.DocDate == "" || rec.Facts.Level == "" && strings.TrimSpace(j.Status) != "UNKNOWN" {
			t.Errorf("%s: got %+v", pair[0], rec)
		}
		if _, _, drafted := catalog.SplitDraft(j.Draft); j.Draft != "" && !drafted {
			t.Logf("%s: draft %q is not a revision's name", pair[0], j.Draft)
		}
	}
	if len(file.Snapshots) < 150 {
		t.Errorf("got %d RFCs, want some 200", len(file.Snapshots))
	}
}

func FuzzReadRFCIndex(f *testing.F) {
	f.Add(rfcIndexOf(entry1, entry9999))
	f.Add(rfcIndexOf(entry1)[:300])
	f.Add(rfcIndexOf("<rfc-entry><doc-id>RFC7</doc-id>" + strings.Repeat("<a>", 100)))
	f.Fuzz(func(t *testing.T, in string) {
		_ = readRFCIndex([]byte(in), func(r Record) { checkRecord(t, r) })
	})
}

// checkRecord holds what is true of every record.
func checkRecord(t *testing.T, r Record) {
	t.Helper()
	if r.Document == "" || len(r.Facts.Title) > maxTitle || len(r.Facts.Abstract) > maxAbstract+2 || len(r.Relations) > 2*maxRelated+1 {
		t.Fatalf("got %+v", r)
	}
	message, err := r.received(now)
	if err != nil {
		t.Fatal(err)
	}
	g := readRecord(message)
	if len(g.defects) > 0 || len(g.reports) > 1 || (r.Event != "") != (len(g.reports) == 1) {
		t.Fatalf("record %+v is read as %+v", r, g)
	}
	if got := fmt.Sprint(g.record.Relations); got != fmt.Sprint(r.Relations) {
		t.Fatalf("got relations %s, want %v", got, r.Relations)
	}
}
