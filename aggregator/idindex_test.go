package aggregator

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
)

const someAbstracts = `              Current Internet-Drafts

   This summary sheet provides a short synopsis of each Internet-Draft
available. Generated 2026-03-20.


QUIC (quic)
-----------

  "A Thing for "Quick" Uses, and for a Title that is So Long that it Has to
  Go On", Ada Writer, Ben Other, 2026-03-10, <draft-ietf-quic-thing-01.txt,.pdf>

      It tells of a thing
   in an abstract.

      "Quoted", said no one.

Individual Submissions (none)
-----------------------------

  "Alone", 2026-03-11, <draft-Writer-alone-2.5-00.txt>

`

func draft(name, rev, group, hint, title, abstract string, day int, authors ...string) Record {
	r := Record{
		Document: name, Event: catalog.EventOfRevision(rev), Rev: rev,
		Date: time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC), Precision: catalog.Approximate,
		Facts: catalog.Facts{
			Title: title, Abstract: abstract, Group: group, GroupHint: hint,
			DocDate: time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), Stream: catalog.StreamOfDraft(name),
		},
	}
	for _, a := range authors {
		r.Facts.Authors = append(r.Facts.Authors, catalog.Author{Name: a})
	}
	return r
}

func TestReadAbstracts(t *testing.T) {
	thing := draft("draft-ietf-quic-thing", "01", "quic", "quic",
		`A Thing for "Quick" Uses, and for a Title that is So Long that it Has to Go On`,
		"It tells of a thing in an abstract.\n\n\"Quoted\", said no one.", 10, "Ada Writer", "Ben Other")
	alone := draft("draft-Writer-alone-2.5", "00", "", "", "Alone", "", 11)
	dimmed := alone
	dimmed.Facts.Title = "Älone"
	for _, tt := range []struct {
		name, in string
		want     []Record
		err      string
	}{
		{"both", someAbstracts, []Record{thing, alone}, ""},
		{"CRLF", strings.ReplaceAll(someAbstracts, "\n", "\r\n"), []Record{thing, alone}, ""},
		{"UTF-8", strings.Replace(someAbstracts, "Alone", "Älone", 1), []Record{thing, dimmed}, ""},
		{"Latin-1", strings.Replace(someAbstracts, "Alone", "\xc4lone", 1), []Record{thing, dimmed}, ""},
		{
			"a damaged entry", strings.Replace(someAbstracts, "2026-03-11", "2026-03-32", 1),
			[]Record{thing},
			`line 21: "\"Alone\", 2026-03-32, <draft-Writer-alone-2.5-00.txt>" is no entry`,
		},
		{"cut off", strings.TrimRight(someAbstracts, "\n"), nil, "the download was cut off"},
		{"something else", "<html>\n", nil, "want the heading"},
		{"no entry that is whole", "Current Internet-Drafts\n\n  \"Thing\n\n", nil, "want all current ones"},
		{"no drafts", "Current Internet-Drafts\n", nil, "want all current ones"},
	} {
		t.Run(tt.name, func(t *testing.T) { checkRead(t, readAbstracts, tt.in, tt.want, tt.err) })
	}
}

func checkRead(t *testing.T, read func([]byte, func(Record)) error, in string, want []Record, wantErr string) {
	t.Helper()
	var got []Record
	err := read([]byte(in), func(r Record) { got = append(got, r) })
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Record{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err == nil && wantErr != "" || err != nil && (wantErr == "" || !strings.Contains(err.Error(), wantErr)) {
		t.Errorf("got error %v, want %q", err, wantErr)
	}
}

func TestAbstractsPoll(t *testing.T) {
	s := newSite(t)
	r := newRig(t, openStore(t))
	r.use(Source{Name: "abstracts", Announcements: true, Interval: time.Hour, Upstream: Abstracts{URL: s.URL, Client: s.client(t, r), Now: r.now}})
	s.says(someAbstracts)
	r.one(Tally{Messages: 2, Announced: 2})
	r.one(Tally{})
	s.says(strings.NewReplacer("draft-Writer-alone-2.5-00", "draft-Writer-alone-2.5-01", "03-11", "03-12").Replace(someAbstracts))
	r.one(Tally{Messages: 1, Announced: 1})
	r.expect("title:alone", "draft-writer-alone-2.5-01", "draft-writer-alone-2.5-00")
	r.expect(`abstract:quoted group:quic author:"Ben Other"`, "draft-ietf-quic-thing-01")
}

func FuzzReadAbstracts(f *testing.F) {
	f.Add(someAbstracts)
	f.Add(strings.Replace(someAbstracts, "Alone", "\xc4lone", 1))
	f.Add("Current Internet-Drafts\n  \"\", 2026-01-01, <draft-x-00>\n")
	f.Fuzz(func(t *testing.T, in string) {
		_ = readAbstracts([]byte(in), func(r Record) { checkRecord(t, r) })
	})
}
