// The view of reports on sessions and meetings: what is said otherwise there
// than in editions of days.

package editions

import (
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// block is a list of links below the items.
type block struct {
	Anchor string
	Title  string
	Rows   []row
}

// local is the time zone of the meeting.
func (e *Edition) local() *time.Location {
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// sessionView puts what a view has of a report into its words.
func (e *Edition) sessionView(v *view) {
	w, s := v.messages.session(), e.Session
	v.Missing = nil
	v.Notice = w.Said(v.Zone(w.At(v.Day(s.Said), s.Said.Format("15:04"), ""), "UTC"))
	v.Empty = ""
	switch {
	case e.Len() > 0:
	case s.Group != "":
		v.Empty = w.None
	default:
		v.Empty = w.NoDrafts
	}
	if s.Group != "" && (v.Part == 0 || v.Part == e.Parts()) {
		v.Blocks = e.blocks()
	}
}

// sessionWhen is when the session is, or the days of the meeting.
func (e *Edition) sessionWhen() string {
	m := messagesIn(e.Language)
	when := m.Days(parseDay(e.FirstDay), parseDay(e.LastDay))
	if e.Session.Timed {
		from, to := e.From.In(e.local()), ""
		if e.To.Sub(e.From) > time.Minute {
			to = e.To.In(e.local()).Format("15:04")
		}
		first := parseDay(e.FirstDay)
		when = m.session().At(m.Days(first, first), from.Format("15:04"), to)
	}
	return m.Zone(when, e.Zone)
}

// sessionCounts are the figures of a report, and what is to be known of them.
func (e *Edition) sessionCounts() (words []string) {
	w, s := messagesIn(e.Language).session(), e.Session
	if s.Group == "" {
		return []string{w.OnAgenda(s.Count, s.Held)}
	}
	if s.Name != "" && !strings.EqualFold(s.Name, s.Group) {
		words = append(words, s.Name)
	}
	words = append(words, w.Count(e.Len(), s.Last))
	if len(s.Missing) > 0 {
		words = append(words, w.Missing(s.Missing))
	}
	absent := 0
	for _, section := range e.Sections {
		for _, item := range section.Items {
			if item.Talk != nil && item.Talk.Absent {
				absent++
			}
		}
	}
	if absent > 0 {
		words = append(words, w.Absents(absent))
	}
	return words
}

// blocks are what the session has beside its talks.
func (e *Edition) blocks() (list []block) {
	m, w := messagesIn(e.Language), messagesIn(e.Language).session()
	var papers, drafts, others []row
	several := make(map[catalog.MaterialType]int)
	for _, p := range e.Session.Papers {
		several[p.Type]++
	}
	for _, p := range e.Session.Papers {
		title := w.Papered[p.Type]
		if several[p.Type] > 1 && p.Title != "" {
			title = m.Tell(title, p.Title)
		}
		papers = append(papers, row{"", []mark{{Text: title, Address: p.URL}}})
	}
	for _, p := range e.Session.Drafts {
		drafts = append(drafts, row{"", []mark{{Text: p.Title, Address: p.URL}}})
	}
	for _, o := range e.Session.Others {
		when := m.when(o)
		if o.Side {
			when = strings.Trim(when+m.List+w.Side, m.List)
		}
		others = append(others, row{when, []mark{{Text: o.Title, Address: o.URL}}})
	}
	for _, b := range []block{{"papers", w.Papers, papers}, {"drafts", w.Drafts, drafts}, {"others", w.Others, others}} {
		if len(b.Rows) > 0 {
			list = append(list, b)
		}
	}
	return list
}

// when is the time of a session in words; empty when it is not known.
func (m *messages) when(s Sitting) string {
	if s.Day == "" {
		return ""
	}
	day := parseDay(s.Day)
	return m.session().At(m.Days(day, day), s.Clock, "")
}

// sat are the agendas that a draft was on.
func (m *messages) sat(sittings []Sitting) row {
	var marks []mark
	for i, s := range sittings {
		if i > 0 {
			marks = append(marks, mark{Text: m.List})
		}
		marks = append(marks, mark{Text: s.Title, Address: s.URL})
		if when := m.when(s); when != "" {
			marks = append(marks, mark{Text: m.Bracketed(when)})
		}
	}
	return row{m.session().Agenda, marks}
}

// label is what stands before an item: its number, or for a talk the one that
// its slides have, if any.
func (item Item) label() string {
	switch {
	case item.Talk == nil:
		return fmt.Sprintf("%d.", item.Number)
	case item.Talk.Number != nil:
		return fmt.Sprintf("%d.", *item.Talk.Number)
	}
	return "–"
}

// talkView shows an item that is a talk.
func (v *itemView) talkView(m *messages) {
	w, t := m.session(), v.Talk
	v.Facts = nil
	if v.Rev != "" && strings.Trim(v.Rev, "0") != "" {
		v.Facts = append(v.Facts, w.Revision(v.Rev))
	}
	switch {
	case t.Speaker != "":
		v.Persons = w.Speaker(t.Speaker)
	case len(v.Authors) > 0:
		v.Persons = w.By(v.Persons)
	}
	if t.Absent {
		v.Late = w.Absent
	}
	v.Links = existing(labelled{w.Slides, v.Item.Links.Page})
	v.Main = v.Links
}

// sessionSubject is the title of a report in one line.
func (e *Edition) sessionSubject() string {
	w := messagesIn(e.Language).session()
	if e.Session.Group == "" {
		return w.Meeting(brief(e.Title), e.Session.Count)
	}
	return w.Subject(brief(e.Title), e.Len())
}

// Meeting is the address of the list of a meeting's sessions.
func (l Links) Meeting(number string) string { return l.to("meetings", number) }

// Agendas is the address of the report on what drafts were on a meeting's agendas.
func (l Links) Agendas(number string) string { return l.to("meetings", number, "drafts") }

// Session is the address of the report on a session.
func (l Links) Session(s SessionRef) string {
	return l.to(append([]string{"meetings"}, strings.Split(s.String(), "/")...)...)
}

// report is the address of a report's page.
func (l Links) report(s *Session, label string) string {
	if s.Group == "" {
		return l.Agendas(s.Meeting)
	}
	return l.to(append([]string{"meetings"}, strings.Split(label, "/")...)...)
}

// page is the address of the edition's page; empty when it has none.
func (e *Edition) page(l Links) string {
	switch {
	case e.Session != nil:
		return l.report(e.Session, e.Label)
	case e.Before:
		return ""
	}
	return l.Edition(e, 0)
}
