// Sessions of meetings: a report of one, composed from what was brought to it.

package editions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// Session is what an edition has that reports on a session of a meeting, or on
// a whole meeting. Such an edition is only ever composed; the items of a
// session's are its talks, those of a meeting's the drafts on its agendas.
type Session struct {
	Meeting string    `json:"meeting"`           // 124, or the name of an interim meeting
	Group   string    `json:"group,omitempty"`   // acronym; empty for a whole meeting
	Slot    string    `json:"slot,omitempty"`    // sessa, which tells it from others of its group
	Name    string    `json:"name,omitempty"`    // the group's or the session's in full
	Timed   bool      `json:"timed,omitempty"`   // whether From and To of the edition are known to the minute
	Said    time.Time `json:"said"`              // when what this is made of was last told
	Last    int       `json:"last,omitempty"`    // the highest number of a talk; 0 if the slides are not numbered
	Missing []int     `json:"missing,omitempty"` // numbers below that no slides have
	Papers  []Paper   `json:"papers,omitempty"`  // agenda, minutes, recordings
	Drafts  []Paper   `json:"drafts,omitempty"`  // on the agenda
	Others  []Sitting `json:"others,omitempty"`  // other sessions of the group, and those beside the agenda
	Count   int       `json:"count,omitempty"`   // of a whole meeting: drafts on its agendas, shown or not
	Held    int       `json:"held,omitempty"`    // of a whole meeting: sessions that had drafts
}

// Paper is a document of a session beside the talks.
type Paper struct {
	Type  catalog.MaterialType `json:"type"`
	Title string               `json:"title,omitempty"`
	URL   string               `json:"url,omitempty"`
}

// Sitting is a session, as others name it.
type Sitting struct {
	Title string `json:"title"`
	Day   string `json:"day,omitempty"`   // YYYY-MM-DD at the meeting's place
	Clock string `json:"clock,omitempty"` // 14:00, likewise
	Side  bool   `json:"side,omitempty"`  // beside the agenda
	URL   string `json:"url"`
}

// Talk is what an item of a session's report has.
type Talk struct {
	Number  *int   `json:"number,omitempty"`  // as the slides have it; nil without
	Speaker string `json:"speaker,omitempty"` // by an editor
	Absent  bool   `json:"absent,omitempty"`  // likewise
}

// SessionRef names a session.
type SessionRef struct{ Meeting, Group, Slot string }

var sessionRef = regexp.MustCompile(`^([0-9]{1,4}|interim-[a-z0-9-]{1,60})/([a-z0-9-]{1,32})(?:/(sess[a-z]{1,2}))?$`)

// ParseSession reads 124/hotrfc, or 124/tls/sessb where the group has several.
func ParseSession(s string) (SessionRef, error) {
	m := sessionRef.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return SessionRef{}, fmt.Errorf("%q names no session: want meeting and group such as 124/hotrfc, or 124/tls/sessb where the group has several", s)
	}
	return SessionRef{m[1], m[2], m[3]}, nil
}

// String is the session as ParseSession reads it.
func (s SessionRef) String() string {
	return strings.TrimSuffix(s.Meeting+"/"+s.Group+"/"+s.Slot, "/")
}

// ErrSeveral says that a name fits several sessions of a group.
var ErrSeveral = errors.New("has several sessions")

// unknown is an error that says what is not known. It is a [store.ErrNotFound].
type unknown string

func (u unknown) Error() string { return string(u) }

// Is implements the interface of package errors.
func (unknown) Is(target error) bool { return target == store.ErrNotFound }

func unknownMeeting(meeting string) error {
	return unknown(fmt.Sprintf("nothing is known of meeting %s: want one that a source of kind meeting has read", meeting))
}

// sitting is a session with its slot.
type sitting struct {
	catalog.Session
	slot string
}

func (s sitting) ref() SessionRef { return SessionRef{s.Meeting.Number, s.Group, s.slot} }

// sittings gives the sessions of a meeting, each with a slot of its own: the
// one its documents name, else the first letter that is left.
func sittings(ctx context.Context, r *store.Reader, meeting string) (list []sitting, said time.Time, err error) {
	sessions, said, err := r.Sessions(ctx, meeting)
	if err != nil {
		return nil, said, err
	}
	taken := make(map[SessionRef]bool)
	for _, s := range sessions {
		one := sitting{s, s.Slot()}
		if taken[one.ref()] {
			one.slot = ""
		}
		taken[one.ref()] = true
		list = append(list, one)
	}
	for i := range list {
		for letter := 'a'; list[i].slot == ""; letter++ {
			one := sitting{list[i].Session, "sess" + string(min(letter, 'z'))}
			if letter > 'z' {
				one.slot = "sessz" + string('a'+(letter-'z'-1)%26)
			}
			if !taken[one.ref()] || letter > 'z'+26 {
				taken[one.ref()] = true
				list[i] = one
			}
		}
	}
	return list, said, nil
}

// findSession gives the session meant among those of its meeting.
func findSession(list []sitting, ref SessionRef) (sitting, error) {
	var of []sitting
	for _, s := range list {
		if s.Group == ref.Group && (ref.Slot == "" || ref.Slot == s.slot) {
			of = append(of, s)
		}
	}
	switch {
	case len(list) == 0:
		return sitting{}, unknownMeeting(ref.Meeting)
	case len(of) == 0:
		return sitting{}, unknown(fmt.Sprintf("there is no session %s: want one of %s", ref, groupsOf(list)))
	case len(of) > 1:
		var refs []string
		for _, s := range of {
			refs = append(refs, s.ref().String())
		}
		return sitting{}, fmt.Errorf("%s %w: want one of %s", ref, ErrSeveral, strings.Join(refs, ", "))
	}
	return of[0], nil
}

// groupsOf lists a few groups that met, for an error.
func groupsOf(list []sitting) string {
	var groups []string
	for _, s := range list {
		groups = append(groups, s.Meeting.Number+"/"+s.Group)
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	const most = 12
	if len(groups) > most {
		return strings.Join(groups[:most], ", ") + fmt.Sprintf(" and %d more", len(groups)-most)
	}
	return strings.Join(groups, ", ")
}

// ComposeSession makes the report of a session from what is known now, with what
// an editor did to it. It is told in the newsletter's language; for one
// unchanging picture, call it within [store.DB.View].
func ComposeSession(ctx context.Context, r *store.Reader, n Newsletter, ref SessionRef) (*Edition, error) {
	e, err := n.untouched(ctx, r, ref)
	if err != nil {
		return nil, err
	}
	edits, err := r.Edits(ctx, n.Name, e.Label)
	if err != nil {
		return nil, err
	}
	e.retouch(handOf(edits, nil))
	return e, nil
}

// untouched is the report of a session without what an editor did to it.
func (n Newsletter) untouched(ctx context.Context, r *store.Reader, ref SessionRef) (*Edition, error) {
	list, said, err := sittings(ctx, r, ref.Meeting)
	if err != nil {
		return nil, err
	}
	s, err := findSession(list, ref)
	if err != nil {
		return nil, err
	}
	known, err := r.Materials(ctx, s.Materials)
	if err != nil {
		return nil, err
	}
	e := n.report(s.Session, said)
	e.Label = s.ref().String()
	e.Session.Group, e.Session.Slot, e.Session.Name = s.Group, s.slot, clean(cmp.Or(s.Name, s.GroupName))
	words := messagesIn(n.Language).session()
	e.Title = clean(words.Title(s.Called(), s.Meeting.Title(), s.Meeting.City))
	e.Session.Others = others(list, s)
	e.papers(s.Session, known)
	if e.Session.Drafts, err = agenda(ctx, r, s.Session); err != nil {
		return nil, err
	}
	if talks := e.talks(s.Session, known); len(talks) > 0 {
		e.Sections = []Section{{Title: words.Talks, Items: talks}}
	}
	return e, nil
}

// SessionLine is a session in the list of a meeting's.
type SessionLine struct {
	Sitting
	When   string // in words; empty when it is not known
	Ref    SessionRef
	Slides int // decks
	Drafts int // on its agenda
	Papers int // minutes, recordings and so on
}

// Meeting is a meeting with the sessions to which something was brought, in the
// order in which they were held.
type Meeting struct {
	Title    string
	When     string // its days in words
	Sessions []SessionLine
}

// LoadMeeting reads a meeting, and tells its times in a language.
func LoadMeeting(ctx context.Context, r *store.Reader, language, meeting string) (Meeting, error) {
	list, _, err := sittings(ctx, r, meeting)
	if err != nil {
		return Meeting{}, err
	}
	if len(list) == 0 {
		return Meeting{}, unknownMeeting(meeting)
	}
	e := Newsletter{Language: language}.report(catalog.Session{Meeting: list[0].Meeting}, time.Time{})
	m := Meeting{Title: clean(inCity(list[0].Meeting.Title(), list[0].Meeting.City)), When: e.sessionWhen()}
	for _, s := range list {
		line := SessionLine{Sitting: s.named(), Ref: s.ref()}
		line.When = messagesIn(language).when(line.Sitting)
		for _, p := range s.Materials {
			switch kind := p.Type(); {
			case kind == catalog.SlideDeck:
				line.Slides++
			case kind == catalog.DraftOnAgenda:
				line.Drafts++
			case kind.TellsOfSession():
				line.Papers++
			}
		}
		if line.Slides+line.Drafts+line.Papers > 0 {
			m.Sessions = append(m.Sessions, line)
		}
	}
	return m, nil
}

// report is a report without items, of the time of a session, or of its whole
// meeting where that is not known.
func (n Newsletter) report(s catalog.Session, said time.Time) *Edition {
	zone, err := time.LoadLocation(cmp.Or(s.Meeting.Zone, "UTC"))
	if err != nil {
		zone = time.UTC
	}
	n.Zone, n.Cadence = zone, AnyDays
	from, to := s.Starts, s.Ends
	if from.IsZero() {
		first, _ := time.ParseInLocation(time.DateOnly, s.Meeting.First, zone)
		from, to = first, first.AddDate(0, 0, max(s.Meeting.Days, 1))
	}
	if !to.After(from) {
		to = from.Add(time.Minute)
	}
	e := n.blank(Window{From: from, To: to})
	e.Before, e.Note = true, ""
	e.Session = &Session{Meeting: s.Meeting.Number, Timed: !s.Starts.IsZero(), Said: said.UTC()}
	return e
}

// others are the other sessions of the group, and those beside the agenda.
func others(list []sitting, s sitting) (beside []Sitting) {
	const most = 50
	for _, o := range list {
		if o.ID != s.ID && (o.Group == s.Group || o.Side) && len(beside) < most {
			beside = append(beside, o.named())
		}
	}
	return beside
}

// named is the session as others name it.
func (s sitting) named() Sitting {
	title := s.Called()
	if s.Name != "" && !strings.EqualFold(s.Name, title) {
		title += ": " + s.Name
	}
	out := Sitting{Title: clean(title), Side: s.Side, URL: address(catalog.SessionPage(s.Meeting.Number, s.Group))}
	if zone, err := time.LoadLocation(cmp.Or(s.Meeting.Zone, "UTC")); err == nil && !s.Starts.IsZero() {
		out.Day, out.Clock = s.Starts.In(zone).Format(time.DateOnly), s.Starts.In(zone).Format("15:04")
	}
	return out
}

// paperOrder is the order of what is told of a session beside its talks.
var paperOrder = []catalog.MaterialType{
	catalog.Agenda, catalog.Minutes, catalog.NarrativeMinutes, catalog.ChatLog, catalog.Polls, catalog.Transcript, catalog.Recording,
}

// papers adds what the session has beside talks and drafts.
func (e *Edition) papers(s catalog.Session, known map[string]catalog.Material) {
	for _, kind := range paperOrder {
		for _, p := range s.Materials {
			if p.Type() != kind {
				continue
			}
			m := known[p.NameRev()]
			e.Session.Papers = append(e.Session.Papers, Paper{
				Type: kind, Title: clean(m.Title),
				URL: address(cmp.Or(m.URL, catalog.MaterialPage(s.Meeting.Number, p.NameRev()))),
			})
		}
	}
}

// agenda gives the drafts on the session's agenda, with the titles that the
// catalogue knows.
func agenda(ctx context.Context, r *store.Reader, s catalog.Session) (list []Paper, err error) {
	var names []string
	for _, p := range s.Materials {
		if p.Type() == catalog.DraftOnAgenda {
			names = append(names, catalog.Fold(p.Name))
		}
	}
	posted, err := postings(ctx, r, names)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		p := Paper{
			Type: catalog.DraftOnAgenda, Title: clean(name),
			URL: address(catalog.LinksTo(catalog.Event{Document: name, Kind: catalog.Draft}).Page),
		}
		if list := posted[name]; len(list) > 0 {
			if title := clean(list[len(list)-1].Facts.Title); title != "" {
				p.Title = title + " (" + name + ")"
			}
		}
		list = append(list, p)
	}
	return list, nil
}

// postings gives the revisions of drafts, the oldest first, by folded name.
func postings(ctx context.Context, r *store.Reader, names []string) (map[string][]found, error) {
	ids, err := r.Postings(ctx, names)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	events, err := r.Events(ctx, ids)
	of := make(map[string][]found)
	for _, e := range slices.Backward(events) { // which come by falling id
		name := catalog.Fold(e.Document)
		of[name] = append(of[name], found{Event: e})
	}
	for _, list := range of {
		slices.SortStableFunc(list, found.compareRevs)
	}
	return of, err
}

// specimenReport is a report that has all there is.
func (n Newsletter) specimenReport() *Edition {
	starts := time.Date(2025, time.November, 2, 23, 0, 0, 0, time.UTC)
	e := n.report(catalog.Session{Meeting: catalog.Meeting{Number: "124"}, Starts: starts, Ends: starts.Add(time.Hour)}, starts)
	e.Label, e.Title, e.Intro, e.Closing = "124/x/sessa", "X, IETF 124", "An *introduction*.", "The end."
	side := Sitting{Title: "X", Day: "2025-11-03", Clock: "14:00", Side: true, URL: "https://example.org/x"}
	s := e.Session
	s.Group, s.Slot, s.Name, s.Last, s.Missing, s.Others = "x", "sessa", "Xs", 4, []int{1, 3}, []Sitting{side}
	s.Papers = []Paper{{catalog.Minutes, "Minutes", "https://example.org/m"}, {catalog.Recording, "", "https://example.org/r"}}
	s.Drafts = []Paper{{catalog.DraftOnAgenda, "draft-x", "https://example.org/d"}}
	e.Sections = []Section{{Title: "Talks", Items: []Item{
		{Number: 1, Key: "a", Name: "slides-a-00", Title: "A", Authors: []string{"Ada Wing"}, Talk: &Talk{Number: new(2), Absent: true}},
		{Number: 2, Key: "b", Name: "slides-b-01", Rev: "01", Title: "B", Note: "A **note**.", Talk: &Talk{Speaker: "Bo"}},
	}}}
	return e
}
