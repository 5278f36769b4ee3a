package editions

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// hotRFC is a session of 17 talks, two of which have no slides.
type hotRFC struct {
	Meeting struct {
		Number, Date, City string
		Days               int
		Zone               string `json:"time_zone"`
	}
	Session struct {
		ID        int64
		Group     string
		GroupName string `json:"group_name"`
		Starts    time.Time
	}
	Decks []struct{ Name, Title, Speaker string }
}

var canada = Newsletter{Name: "daily", Title: "Daily", Language: "en", Topics: []string{"tls"}, Rest: true}

// session records what a source says of a session.
func (w *wire) session(s catalog.Session, known ...catalog.Material) {
	w.Helper()
	w.update(func(tx *store.Tx) error {
		content, err := json.Marshal(s)
		if err != nil {
			return err
		}
		message, _, err := tx.AddMessage(context.Background(), store.Message{
			Source: w.source, Digest: store.Digest(content), Received: at("2025-11-03 10:00"), Format: store.Record, Raw: store.Pack(content),
		})
		if err != nil {
			return err
		}
		word := store.Word{Source: w.source, Message: message, Digest: "x", Said: at("2025-11-03 10:00")}
		for _, m := range known {
			if err := tx.PutMaterial(context.Background(), word, m); err != nil {
				return err
			}
		}
		return tx.PutSession(context.Background(), word, s)
	})
}

// newConference is a database with the session of testdata/hotrfc.json, one of
// the group tls, and a side meeting.
func newConference(t testing.TB) *wire {
	t.Helper()
	text, err := os.ReadFile("testdata/hotrfc.json")
	if err != nil {
		t.Fatal(err)
	}
	var h hotRFC
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	w := newWire(t, "tls")
	w.keep(at("2025-11-01 00:00"), "daily")
	m := catalog.Meeting{Number: h.Meeting.Number, City: h.Meeting.City, Zone: h.Meeting.Zone, First: h.Meeting.Date, Days: h.Meeting.Days}
	s := catalog.Session{
		Meeting: m, ID: h.Session.ID, Group: h.Session.Group, GroupName: h.Session.GroupName,
		Starts: h.Session.Starts, Ends: h.Session.Starts.Add(2 * time.Hour),
	}
	var known []catalog.Material
	add := func(name, title, speaker string) {
		s.Materials = append(s.Materials, catalog.Presented{Name: name, Rev: "00"})
		material := catalog.Material{Name: name, Rev: "00", Title: title, URL: catalog.MaterialPage("124", name+"-00")}
		if speaker != "" {
			material.Authors = []string{speaker}
		}
		known = append(known, material)
	}
	for _, d := range slices.Backward(h.Decks) {
		add(d.Name, d.Title, d.Speaker)
	}
	add("minutes-124-hotrfc-202511021800", "Minutes", "")
	s.Materials = append(s.Materials, catalog.Presented{Name: "agenda-124-hotrfc", Rev: "01"}, catalog.Presented{Name: "draft-wing-tls-kites", Rev: "02"})
	w.session(s, known...)
	w.session(catalog.Session{
		Meeting: m, ID: 2, Group: "tls", GroupName: "Transport Layer Security", Starts: at("2025-11-03 14:30"),
		Materials: []catalog.Presented{{Name: "draft-ietf-tls-lanterns", Rev: "03"}, {Name: "draft-wing-tls-kites"}, {Name: "draft-nobody-knows"}},
	})
	w.session(catalog.Session{Meeting: m, ID: 3, Group: "hotrfc", Name: "Attestation", Side: true, Starts: at("2025-11-03 23:00")})
	w.add(
		happening{name: "draft-ietf-tls-lanterns-02", at: at("2025-09-01 10:00"), topics: []string{"tls"}},
		happening{name: "draft-ietf-tls-lanterns-03", at: at("2025-10-01 10:00"), topics: []string{"tls"}, facts: catalog.Facts{Title: "Lanterns"}},
		happening{name: "draft-wing-tls-kites-02", at: at("2025-10-02 10:00"), facts: catalog.Facts{Title: "Kites"}},
	)
	return w
}

func (w *wire) report(n Newsletter, session string) *Edition {
	w.Helper()
	ref, err := ParseSession(session)
	if err != nil {
		w.Fatal(err)
	}
	e, err := ComposeSession(context.Background(), &w.db.Reader, n, ref)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

func (w *wire) touch(session string, a Action, item, value string) error {
	w.Helper()
	ref, err := ParseSession(session)
	if err != nil {
		w.Fatal(err)
	}
	_, _, err = EditSession(context.Background(), w.db, canada, ref, "Ann", a, item, value, at("2025-11-03 12:00"))
	return err
}

func numbersOf(e *Edition) (list []string) {
	for _, s := range e.Sections {
		for _, item := range s.Items {
			line := item.label()
			if item.Talk.Absent {
				line += "absent"
			}
			list = append(list, line)
		}
	}
	return list
}

// TestSessionReport holds that a report has the 17 numbers of the session, two
// of them missing, and two speakers absent by an editor's word, in every form.
func TestSessionReport(t *testing.T) {
	w := newConference(t)
	for _, edit := range []struct {
		a           Action
		item, value string
	}{
		{Absent, "2", ""},
		{Absent, "slides-124-hotrfc-sessa-06-sirp-00", ""},
		{Speaker, "8", "Michael (UK NCSC)"},
		{Speaker, "16", "Roland"},
		{Intro, "", "Four *minutes* each."},
		{Closing, "", "Until Shenzhen."},
		{Note, "1", "See also the **side meeting**."},
		{Drop, "5", ""},
		{Restore, "slides-124-hotrfc-sessa-05-totp-secure-enrollment-00", ""},
	} {
		session := "124/hotrfc/sessa"
		if err := w.touch(session, edit.a, edit.item, edit.value); err != nil {
			t.Fatalf("%s %s: %v", edit.a, edit.item, err)
		}
	}
	for _, language := range []string{"en", "ja"} {
		n := canada
		n.Language = language
		e := w.report(n, "124/hotrfc/sessa")
		want := strings.Fields("1. 2.absent 4. 5. 6.absent 7. 8. 9. 10. 11. 12. 13. 15. 16. 17.")
		equal(t, "numbers", numbersOf(e), want)
		if e.Session.Last != 17 || !slices.Equal(e.Session.Missing, []int{3, 14}) {
			t.Errorf("got numbers to %d without %v", e.Session.Last, e.Session.Missing)
		}
		for _, item := range e.Sections[0].Items {
			if want := "https://datatracker.ietf.org/meeting/124/materials/" + item.Name; item.Links.Page != want {
				t.Errorf("got link %s, want %s", item.Links.Page, want)
			}
		}
		mail, complete := e.MailHTML(site, 0)
		if !complete {
			t.Error("the mail is not complete")
		}
		golden(t, "session."+language+".text", e.Text(site, 0))
		golden(t, "session."+language+".markdown", e.Markdown(site))
		golden(t, "session."+language+".html", string(e.HTML(site, 0)))
		golden(t, "session."+language+".mail", string(mail))
		golden(t, "session."+language+".lines", e.Subject()+"\n\n"+e.Summary(site)+"\n")
		wellFormed(t, e.HTML(site, 0))
		for line := range strings.SplitSeq(e.Text(site, 0), "\n") {
			if columns(line) > textColumns && !strings.Contains(line, "https://") {
				t.Errorf("%d columns: %s", columns(line), line)
			}
		}
		atom, err := e.Atom(site, "tag:wire.example.org,2025:x")
		if err != nil || xml.Unmarshal(atom, new(entry)) != nil || !strings.Contains(string(atom), site.Base+"/meetings/124/hotrfc/sessa") {
			t.Errorf("%v: %s", err, atom)
		}
	}
	model, err := json.MarshalIndent(w.report(canada, "124/hotrfc/sessa"), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "session.json", string(model)+"\n")
	var again Edition
	if err := json.Unmarshal(model, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.report(canada, "124/hotrfc/sessa"), &again); diff != "" {
		t.Errorf("read again: %s", diff)
	}
}

// TestMeetingReport holds that the drafts on agendas stand under their topics
// with all their sessions.
func TestMeetingReport(t *testing.T) {
	w := newConference(t)
	for _, language := range []string{"en", "ja"} {
		n := canada
		n.Language = language
		e, err := ComposeMeeting(t.Context(), &w.db.Reader, n, "124")
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "sections", outline(e), []string{"tls: draft-ietf-tls-lanterns-03", ": draft-wing-tls-kites-02 draft-nobody-knows"})
		if kites := e.Sections[1].Items[0]; len(kites.Sittings) != 2 || kites.Sittings[0].Day != "2025-11-02" || kites.Sittings[0].Clock != "18:00" {
			t.Errorf("got %+v", kites.Sittings)
		}
		mail, _ := e.MailHTML(site, 0)
		golden(t, "meeting."+language+".text", e.Text(site, 0))
		golden(t, "meeting."+language+".markdown", e.Markdown(site))
		golden(t, "meeting."+language+".html", string(e.HTML(site, 0)))
		golden(t, "meeting."+language+".mail", string(mail))
		wellFormed(t, e.HTML(site, 0))
	}
	narrow := canada
	narrow.Rest = false
	e, err := ComposeMeeting(t.Context(), &w.db.Reader, narrow, "124")
	if err != nil || e.Len() != 1 || e.Session.Count != 3 {
		t.Errorf("got %d of %d drafts, %v", e.Len(), e.Session.Count, err)
	}
	if _, err := ComposeMeeting(t.Context(), &w.db.Reader, canada, "125"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v of an unknown meeting", err)
	}
}

// TestMeetingReportRevision holds that a draft stands under the topics that
// found any of its revisions, as the one that was brought to the meeting, or
// else the newest before its end.
func TestMeetingReportRevision(t *testing.T) {
	for _, tt := range []struct{ brought, want string }{
		{"01", "draft-ietf-tls-lanterns-01"},
		{"", "draft-ietf-tls-lanterns-02"},
		{"09", "draft-ietf-tls-lanterns-02"},
	} {
		w := newWire(t, "fresh", "late")
		w.keep(at("2025-11-01 00:00"), "daily")
		w.session(catalog.Session{
			Meeting: catalog.Meeting{Number: "124", Zone: "UTC", First: "2025-11-01", Days: 7}, ID: 2, Group: "tls", Starts: at("2025-11-03 14:30"),
			Materials: []catalog.Presented{{Name: "draft-ietf-tls-lanterns", Rev: tt.brought}},
		})
		w.add(
			happening{name: "draft-ietf-tls-lanterns-03", at: at("2025-11-20 10:00"), topics: []string{"late"}},
			happening{name: "draft-ietf-tls-lanterns-00", at: at("2025-09-20 10:00"), topics: []string{"fresh"}},
			happening{name: "draft-ietf-tls-lanterns-01", at: at("2025-10-10 10:00")},
			happening{name: "draft-ietf-tls-lanterns-02", at: at("2025-10-30 10:00")},
		)
		n := canada
		n.Topics, n.Rest = []string{"late", "fresh"}, false
		e, err := ComposeMeeting(t.Context(), &w.db.Reader, n, "124")
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "sections with "+tt.brought, outline(e), []string{"fresh: " + tt.want})
		if item := e.Sections[0].Items[0]; item.ReasonRev != "00" || len(item.Older) > 0 {
			t.Errorf("got found as %q, for %v", item.ReasonRev, item.Older)
		}
	}
}

// TestTalkOrder holds which numbers talks have.
func TestTalkOrder(t *testing.T) {
	for _, tt := range []struct {
		name    string
		decks   []string // name behind the group, order, title
		want    string   // label and name of each
		missing []int
	}{
		{"numbers before order", []string{"sessa-02-b 1 B", "sessa-01-a 2 A"}, "1.a 2.b", nil},
		{"without a session's letter", []string{"03-c 1 C", "01-a 2 A"}, "1.a 3.c", []int{2}},
		{"one without a number is last", []string{"sessa-x 1 X", "sessa-02-b 2 B", "sessa-01-a 3 A"}, "1.a 2.b –x", nil},
		{"order where there are none", []string{"sessa-b 2 A", "sessa-a 1 B"}, "1.a 2.b", nil},
		{"title where there is no order", []string{"sessa-b 0 A", "sessa-a 0 B"}, "1.b 2.a", nil},
		{"name where there is no title", []string{"sessa-b 0 ", "sessa-a 0 "}, "1.a 2.b", nil},
		{"a figure that is none", []string{"sessa-chairs 1 C", "sessa-100-gigabit 2 G", "sessa-x 3 X"}, "1.chairs 2.100-gigabit 3.x", nil},
		{"a figure too high", []string{"sessa-464-xlat 1 C"}, "1.464-xlat", nil},
		{"a number twice", []string{"sessa-01-b 2 B", "sessa-01-a 1 A", "sessa-02-c 3 C"}, "1.a 1.b 2.c", nil},
		{"from nought", []string{"sessa-01-a 2 A", "sessa-00-chairs 1 C", "sessa-x 3 X"}, "0.chairs 1.a –x", nil},
		{"gaps in a row", []string{"sessa-05-e 0 E", "sessa-06-f 0 F"}, "5.e 6.f", []int{1, 2, 3, 4}},
	} {
		w := newWire(t)
		s := catalog.Session{Meeting: catalog.Meeting{Number: "124", First: "2025-11-01", Days: 7}, ID: 1, Group: "a-b"}
		var known []catalog.Material
		for _, d := range tt.decks {
			parts := strings.SplitN(d, " ", 3)
			p := catalog.Presented{Name: "slides-124-a-b-" + parts[0], Rev: "00"}
			_, _ = fmt.Sscan(parts[1], &p.Order)
			s.Materials = append(s.Materials, p)
			known = append(known, catalog.Material{Name: p.Name, Rev: p.Rev, Title: parts[2]})
		}
		w.session(s, known...)
		e := w.report(canada, "124/a-b")
		var got []string
		for _, item := range e.Sections[0].Items {
			name := strings.TrimPrefix(strings.TrimPrefix(item.Key, "slides-124-a-b-"), "sessa-")
			if item.Talk.Number != nil && e.Session.Last > 0 {
				_, name, _ = strings.Cut(name, "-")
			}
			got = append(got, item.label()+name)
		}
		if strings.Join(got, " ") != tt.want || !slices.Equal(e.Session.Missing, tt.missing) {
			t.Errorf("%s: got %q without %v, want %q without %v", tt.name, got, e.Session.Missing, tt.want, tt.missing)
		}
	}
}

// TestSessionRefs holds which session is meant.
func TestSessionRefs(t *testing.T) {
	w := newConference(t)
	for session, want := range map[string]string{
		"124/tls": "124/tls/sessa", "124/TLS/sessa": "124/tls/sessa", "124/hotrfc/sessb": "124/hotrfc/sessb",
		"124/hotrfc": "has several sessions: want one of 124/hotrfc/sessa, 124/hotrfc/sessb",
		"124/quic":   "there is no session 124/quic: want one of 124/hotrfc, 124/tls",
		"125/tls":    "nothing is known of meeting 125",
	} {
		ref, err := ParseSession(session)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ComposeSession(t.Context(), &w.db.Reader, canada, ref)
		if err != nil && !strings.Contains(err.Error(), want) || err == nil && e.Label != want {
			t.Errorf("%s: got %v, want %s", session, err, want)
		}
	}
	for _, session := range []string{"", "124", "124/", "124/tls/a", "../tls", "124/tls/sessa/x", "124/tls\n"} {
		if _, err := ParseSession(session); err == nil {
			t.Errorf("%q is taken for a session", session)
		}
	}
}

// TestSessionHandRefused holds what an editor cannot do to a report.
func TestSessionHandRefused(t *testing.T) {
	w := newConference(t)
	for _, tt := range []struct {
		a                 Action
		item, value, want string
	}{
		{Hold, "", "", "hold is for editions"},
		{Pin, "1", "", "pin is for editions"},
		{Absent, "3", "", `has no talk "3": want its number`},
		{Drop, "draft-x", "", "has no talk"},
		{Note, "1", strings.Repeat("x", maxText+1), "want at most 20000"},
		{Speaker, "1", "a\nb", "one line"},
	} {
		if err := w.touch("124/hotrfc/sessa", tt.a, tt.item, tt.value); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: got %v, want %s", tt.a, tt.item, err, tt.want)
		}
	}
	_, err := Edit(t.Context(), w.db, canada, canada.WindowAt(at("2025-11-02 00:00")), "Ann", Absent, "1", "", at("2025-11-02 10:00"))
	if err == nil || !strings.Contains(err.Error(), "for the talks of a session") {
		t.Errorf("got %v", err)
	}
}

// TestSessionHostile holds that a report of 500 decks with hostile titles is
// well-formed in every form, and that nobody's words are taken for markup.
func TestSessionHostile(t *testing.T) {
	w := newWire(t)
	w.keep(at("2025-11-01 00:00"), "daily")
	s := catalog.Session{
		Meeting: catalog.Meeting{Number: "124", City: "</h1><script>", Zone: "Mars/Olympus", First: "soon"},
		ID:      1, Group: "hotrfc", Name: "\u202e<b>x</b>\x00\n# y",
	}
	known := make([]catalog.Material, 0, 500)
	for i := range 500 {
		p := catalog.Presented{Name: fmt.Sprintf("slides-124-hotrfc-sessa-%d-x", i+1), Rev: "00"}
		s.Materials = append(s.Materials, p)
		known = append(known, catalog.Material{
			Name: p.Name, Rev: p.Rev, Title: "<script>alert(1)</script>\u202e \x1b[31m `code` *x* [a](http://evil.example/)\n# heading" + strings.Repeat("長", 3000),
			Authors: []string{"<i>A</i>\r\nBcc: x@example.org"}, URL: "javascript:alert(1)",
		})
	}
	w.session(s, known...)
	e := w.report(canada, "124/hotrfc")
	if e.Len() != 500 || e.Parts() != 25 || e.Session.Last != 500 {
		t.Fatalf("got %d talks in %d parts, numbered to %d", e.Len(), e.Parts(), e.Session.Last)
	}
	mail, _ := e.MailHTML(site, 0)
	for form, text := range map[string]string{
		"text": e.Text(site, 0), "part": e.Text(site, 25), "md": e.Markdown(site), "html": string(e.HTML(site, 0)), "mail": string(mail), "subject": e.Subject(),
	} {
		if strings.ContainsAny(text, "\u202e\x1b\x00\r") || strings.Contains(text, "javascript:") {
			t.Errorf("%s holds what it must not", form)
		}
		if form == "html" || form == "mail" {
			wellFormed(t, template.HTML(text)) //nolint:gosec // to look at
			if strings.Contains(text, "<script") || strings.Contains(text, "<i>") {
				t.Errorf("%s holds markup from outside", form)
			}
		}
		if form == "md" && strings.Contains(text, "a](http://evil") {
			t.Errorf("a link from outside works")
		}
	}
	atom, err := e.Atom(site, "tag:x,2025:y")
	if err != nil || xml.Unmarshal(atom, new(entry)) != nil {
		t.Errorf("atom: %v", err)
	}
}
