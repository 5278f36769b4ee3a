package topics_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// months is a database of 100 days: a draft of dnsop a day, one of quic every
// third day, and three of it on one day.
func months(t testing.TB) *store.DB {
	db := open(t)
	for day := range 100 {
		put(t, db, fmt.Sprintf("draft-ietf-dnsop-day%d-00", day), "Names", day)
		if day%3 == 0 {
			put(t, db, fmt.Sprintf("draft-ietf-quic-day%d-00", day), "Paths", day)
		}
	}
	for i := range 3 {
		put(t, db, fmt.Sprintf("draft-ietf-quic-burst%d-00", i), "Paths", 7)
	}
	return db
}

func TestPreview(t *testing.T) {
	db := months(t)
	type short struct {
		Count, Total, Most int
		Busiest            string
		Examples           int
		Warning            string
	}
	for _, tt := range []struct {
		query string
		days  int
		want  short
	}{
		{"group:quic", 30, short{13, 43, 3, "03-13", 5, ""}},
		{"group:quic", 90, short{33, 123, 3, "03-13", 5, ""}},
		{"group:quic within:10d", 90, short{7, 123, 3, "03-13", 5, ""}},
		{"lantern", 30, short{0, 43, 0, "", 0, "it finds nothing in the last 30 days"}},
		{"name:draft-ietf-quic-burst0", 30, short{1, 43, 1, "03-13", 1, ""}},
		{"kind:draft", 30, short{43, 43, 4, "03-13", 5, "it finds almost everything: 43 of 43 events in the last 30 days"}},
		{"group:dnsop", 1, short{1, 2, 1, "03-20", 1, "it finds almost everything: 1 of 2 events today"}},
	} {
		p, err := topics.NewPreview(ctx, &db.Reader, parse(t, tt.query), noon, tt.days)
		if err != nil {
			t.Fatal(err)
		}
		got := short{p.Count, p.Total, p.BusiestCount, "", len(p.Examples), strings.Join(p.Warnings, "; ")}
		if !p.BusiestDay.IsZero() {
			got.Busiest = p.BusiestDay.Format("01-02")
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s in %d days: %s", tt.query, tt.days, d)
		}
		sum := 0
		for _, n := range p.PerDay {
			sum += n
		}
		if len(p.PerDay) != tt.days || sum != p.Count {
			t.Errorf("%s: %v has not %d days and %d events", tt.query, p.PerDay, tt.days, p.Count)
		}
	}
}

func TestPreviewEdges(t *testing.T) {
	db := open(t)
	p, err := topics.NewPreview(ctx, &db.Reader, parse(t, "x"), noon, 30)
	if err != nil || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "has nothing in the last 30 days") {
		t.Errorf("over nothing: got %+v, %v", p, err)
	}
	for _, days := range []int{0, -1, topics.MaxPreviewDays + 1} {
		if _, err := topics.NewPreview(ctx, &db.Reader, parse(t, "x"), noon, days); err == nil {
			t.Errorf("a preview of %d days was made", days)
		}
	}
	// The first moment of the first day and the last of the last, and one on
	// either side.
	for i, at := range []time.Time{
		time.Date(2026, 3, 18, 23, 59, 59, 999999e3, time.UTC), time.Date(2026, 3, 19, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 20, 23, 59, 59, 999999e3, time.UTC), time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC),
	} {
		record(t, db, catalog.Event{
			Document: fmt.Sprintf("draft-x-%d", i), Kind: catalog.Draft, Rev: "00", Event: catalog.New, Published: at,
		})
	}
	p, err = topics.NewPreview(ctx, &db.Reader, parse(t, "kind:draft"), noon, 2)
	if err != nil || p.Count != 2 || p.PerDay[0] != 1 || p.PerDay[1] != 1 {
		t.Errorf("at the edges: got %+v, %v", p, err)
	}
}

func TestExplain(t *testing.T) {
	db := sample(t)
	put(t, db, "draft-ietf-quic-lanterns-00", "Lamps", 40)
	put(t, db, "draft-ada-lights-03", "Lights", 60)
	record(t, db, catalog.Event{
		Document: "rfc9999", Kind: catalog.RFC, Event: catalog.Published, Published: noon,
		Facts: catalog.Facts{Title: "Keys"},
	}, catalog.Relation{From: "draft-ietf-tls-keys", Type: catalog.BecameRFC, To: "rfc9999"},
		catalog.Relation{From: "draft-ietf-quic-lanterns", Type: catalog.Replaces, To: "draft-ada-lights"})
	for _, tt := range []struct {
		query, document string
		event           string // what is explained
		matched         bool
		sentence        string
		matches, events int
	}{
		{"group:quic", "draft-ietf-quic-lanterns", "draft-ietf-quic-lanterns-01", true, "It matches: group:quic.", 2, 3},
		{"group:quic title:lamps", "draft-ietf-quic-lanterns", "draft-ietf-quic-lanterns-01", false, "title does not say lamp", 1, 3},
		{"group:quic title:lamps", "draft-ietf-quic-lanterns-00", "draft-ietf-quic-lanterns-00", true, `title "Lamps"`, 1, 3},
		{"group:quic", "DRAFT-IETF-QUIC-LANTERNS-00.txt", "draft-ietf-quic-lanterns-00", true, "It matches", 2, 3},
		{"group:quic", "https://datatracker.ietf.org/doc/draft-ietf-quic-lanterns/", "draft-ietf-quic-lanterns-01", true, "It matches", 2, 3},
		{"group:quic", "draft-ada-lights", "draft-ada-lights-03", false, "group is unknown", 2, 3},
		{"title:keys", "RFC 9999", "rfc9999", true, `title "Keys"`, 2, 2},
		{"kind:rfc", "draft-ietf-tls-keys-00", "draft-ietf-tls-keys-00", false, "kind is draft, not rfc", 1, 2},
	} {
		e, err := topics.Explain(ctx, &db.Reader, parse(t, tt.query), tt.document)
		if err != nil {
			t.Errorf("%s, %s: %v", tt.query, tt.document, err)
			continue
		}
		if e.Event.NameRev() != tt.event || e.Tree.Matched != tt.matched || !strings.Contains(e.Sentence(), tt.sentence) ||
			e.Matches() != tt.matches || len(e.History) != tt.events {
			t.Errorf("%s, %s: got %s, %v, %q, %d of %d\nwant %+v", tt.query, tt.document,
				e.Event.NameRev(), e.Tree.Matched, e.Sentence(), e.Matches(), len(e.History), tt)
		}
	}
}

func TestExplainUnknown(t *testing.T) {
	db := sample(t)
	for _, tt := range []struct{ document, want string }{
		{"draft-ietf-quic-lantern", "did you mean draft-ietf-quic-lanterns?"},
		{"draft-ietf-quic-nothing", "did you mean draft-ietf-quic-lanterns, draft-ietf-quic-paths?"},
		{"draft-ietf-quic-lanterns-07", "did you mean draft-ietf-quic-lanterns-01?"},
		{"lanterns", "did you mean draft-ietf-quic-lanterns?"},
		{"draft-nobody-knows", `the catalogue has no document "draft-nobody-knows"`},
		{"rfc12345", `the catalogue has no document "rfc12345"`},
		{`"; DROP`, "the catalogue has no document"},
		{"", "the catalogue has no document"},
		{strings.Repeat("x-", 500) + "x", "the catalogue has no document"},
		{"draft-" + strings.Repeat("x-", 500) + "x", "the catalogue has no document"},
	} {
		_, err := topics.Explain(ctx, &db.Reader, parse(t, "x"), tt.document)
		var unknown *topics.UnknownDocument
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60s: got %v, want %s", tt.document, err, tt.want)
		}
	}
}

func BenchmarkPreview(b *testing.B) {
	const events, years = 40_000, 10
	db := open(b)
	words := strings.Fields("path loss recovery names resolver transport key exchange signature encrypted multipath yang model routing segment")
	for first := 0; first < events; first += 1000 {
		update(b, db, func(tx *store.Tx) error {
			for i := first; i < first+1000; i++ {
				name := fmt.Sprintf("draft-ietf-%s-sample%d", []string{"quic", "tls", "dnsop", "lsr", "6man"}[i%5], i)
				e := catalog.Event{
					Document: name, Kind: catalog.Draft, Rev: "00", Event: catalog.New, Key: name + "-00", Recorded: noon,
					Published: noon.Add(-time.Duration(events-i) * (years * 8760 * time.Hour / events)),
				}
				e.Facts = catalog.Facts{Group: catalog.GroupOfDraft(name), Title: words[i%13] + " for " + words[i%11]}
				for j := range 120 {
					e.Facts.Abstract += words[(i*7+j*j)%len(words)] + " "
				}
				doc, _, err := tx.Document(ctx, e.Document, e.Kind)
				if err != nil {
					return err
				}
				revision, _, err := tx.Revision(ctx, doc.ID, e.Rev, e.Facts)
				if err != nil {
					return err
				}
				id, err := tx.AddEvent(ctx, revision, e)
				if err != nil {
					return err
				}
				e.Lineage = []string{name}
				tx.PutWords(id, filters.NewItem(&e))
			}
			return nil
		})
	}
	for _, text := range []string{"group:quic", "kind:draft", "title:multipath", `abstract:"loss recovery" OR title:/key.*sig/`} {
		q := parse(b, text)
		b.Run(strings.Map(func(r rune) rune {
			if r == '/' || r == ' ' {
				return '_'
			}
			return r
		}, text), func(b *testing.B) {
			found := 0
			for b.Loop() {
				p, err := topics.NewPreview(ctx, &db.Reader, q, noon, 30)
				if err != nil {
					b.Fatal(err)
				}
				found = p.Count
			}
			b.ReportMetric(float64(found), "found")
		})
	}
}
