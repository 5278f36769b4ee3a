// This file reads the Datatracker's meetings and their sessions.

package aggregator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/markup"
)

// maxMeetingName bounds names of sessions, groups and places, in bytes.
const maxMeetingName = 200

// trackerMeeting is an object of meeting/meeting.
type trackerMeeting struct {
	Number   string      `json:"number"`
	Date     trackerTime `json:"date"`
	Days     int         `json:"days"`
	City     string      `json:"city"`
	Country  string      `json:"country"`
	Zone     string      `json:"time_zone"`
	Schedule string      `json:"schedule"` // address; assumed
}

// days gives the beginning of the first day, and the end of the last.
func (m trackerMeeting) days() (first, end time.Time) {
	return m.Date.Time, m.Date.AddDate(0, 0, min(max(m.Days, 1), maxMeetingDays))
}

func (m trackerMeeting) near(now time.Time) bool {
	first, end := m.days()
	return !m.Date.IsZero() && now.After(first.Add(-nearBefore)) && now.Before(end.Add(nearAfter))
}

func (m trackerMeeting) toMeeting() catalog.Meeting {
	c := catalog.Meeting{
		Number: m.Number, City: name(m.City), Country: name(m.Country), Days: min(max(m.Days, 0), maxMeetingDays),
	}
	if _, err := time.LoadLocation(m.Zone); err == nil && m.Zone != "Local" {
		c.Zone = m.Zone
	}
	if !m.Date.IsZero() {
		c.First = m.Date.Format(time.DateOnly)
	}
	return c
}

// name is a short text from outside as one harmless line.
func name(s string) string { return oneLine(markup.Clean(clip(s, maxBody)), maxMeetingName) }

// meetings gives the meetings to read, the earliest first.
func (p *meetingPoll) meetings(ctx context.Context) (list []trackerMeeting, err error) {
	now := p.Now().UTC()
	addresses := []string{p.address("meeting/meeting", "type", "ietf",
		"date__gte", now.Add(-nearAfter).AddDate(0, 0, -maxMeetingDays).Format(time.DateOnly),
		"date__lte", now.Add(nearBefore).Format(time.DateOnly))}
	if len(p.Numbers) > 0 {
		addresses = nil
		for _, number := range p.Numbers {
			addresses = append(addresses, p.address("meeting/meeting", "number", number))
		}
	}
	for _, address := range addresses {
		err := p.walk(ctx, address, func(objects []json.RawMessage, _ string) error {
			for _, object := range objects {
				var m trackerMeeting
				if err := json.Unmarshal(object, &m); err != nil {
					p.fault(fmt.Errorf("meeting/meeting: %w", err))
					continue
				}
				known := slices.ContainsFunc(list, func(o trackerMeeting) bool { return o.Number == m.Number })
				if p.wants(m, now) && !known && len(list) < maxMeetings {
					list = append(list, m)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, number := range p.Numbers {
		if !slices.ContainsFunc(list, func(m trackerMeeting) bool { return m.Number == number }) {
			p.fault(fmt.Errorf("there is no meeting %s", number))
		}
	}
	slices.SortStableFunc(list, func(a, b trackerMeeting) int { return a.Date.Compare(b.Date.Time) })
	return list, nil
}

// wants reports whether a meeting is one to read, whatever the server filtered.
func (p *meetingPoll) wants(m trackerMeeting, now time.Time) bool {
	if !catalog.IsMeetingNumber(m.Number) {
		return false
	}
	if len(p.Numbers) > 0 {
		return slices.Contains(p.Numbers, m.Number)
	}
	return m.near(now) && !strings.HasPrefix(m.Number, "interim-")
}

// trackerSession is an object of meeting/session.
type trackerSession struct {
	ID       int64  `json:"id"`
	Meeting  string `json:"meeting"` // addresses
	Group    string `json:"group"`   //
	Name     string `json:"name"`
	Type     string `json:"type"`    //
	Purpose  string `json:"purpose"` //
	OnAgenda *bool  `json:"on_agenda"`
	Address  string `json:"resource_uri"`
}

// wantedSession is a session with its group.
type wantedSession struct {
	catalog.Session
	group meetingGroup
}

// meeting reads one meeting. What of it breaks off is not told: half a session
// would look as if the rest had been taken back.
func (p *meetingPoll) meeting(ctx context.Context, m trackerMeeting) error {
	var sessions []trackerSession
	lost := p.lost
	err := p.collect(ctx, "meeting/session", maxSessions, func(object json.RawMessage) error {
		var s trackerSession
		err := json.Unmarshal(object, &s)
		if err == nil && s.ID <= 0 {
			s.ID, err = strconv.ParseInt(slug(s.Address), 10, 64)
		}
		if err == nil && s.ID > 0 {
			sessions = append(sessions, s)
		} else {
			p.lost++ // whichever it is
		}
		return err
	}, "meeting__number", m.Number)
	if err != nil {
		return err
	}
	brought, err := p.presented(ctx, m.Number)
	if err != nil {
		return err
	}
	times, err := p.times(ctx, m)
	if err != nil {
		return err
	}
	var list []wantedSession
	told := map[int64]bool{}
	for _, s := range sessions {
		materials := brought[s.ID]
		if told[s.ID] || s.OnAgenda != nil && !*s.OnAgenda && len(materials) == 0 {
			continue
		}
		told[s.ID] = true
		group, err := p.group(ctx, s.Group, m.Number, materials)
		if err != nil {
			return err
		}
		if group.Acronym == "" {
			p.fault(fmt.Errorf("session %d of meeting %s: its group %.80q cannot be read", s.ID, m.Number, s.Group))
			if key := sessionKey(m.Number, s.ID); p.at.Sessions[key].Version > 0 {
				p.met.Sessions[key] = p.at.Sessions[key] // it is there all the same
			}
			continue
		}
		c := catalog.Session{
			Meeting: m.toMeeting(), ID: s.ID, Group: group.Acronym, GroupName: group.Name, Name: name(s.Name),
			Starts: times[s.ID].starts, Ends: times[s.ID].ends, Materials: materials,
		}
		beside := strings.ToLower(slug(s.Type) + " " + slug(s.Purpose) + " " + c.Name)
		c.Side = slices.Contains(strings.Fields(beside), "side")
		list = append(list, wantedSession{c, group})
	}
	return p.tell(ctx, m, list, p.lost == lost)
}

// collect reads a whole collection, of at most so many objects. What an object
// lacks is a fault.
func (p *meetingPoll) collect(ctx context.Context, collection string, most int, each func(json.RawMessage) error, filters ...string) error {
	n := 0
	return p.walk(ctx, p.address(collection, filters...), func(objects []json.RawMessage, _ string) error {
		if n += len(objects); n > most {
			return fmt.Errorf("%s: more than %d objects; want those of one meeting", collection, most)
		}
		for _, object := range objects {
			if err := each(object); err != nil {
				p.fault(fmt.Errorf("%s: %w", collection, err))
			}
		}
		return nil
	})
}

// presented reads what was brought to the sessions of a meeting, by session.
func (p *meetingPoll) presented(ctx context.Context, number string) (map[int64][]catalog.Presented, error) {
	brought := map[int64][]catalog.Presented{}
	err := p.collect(ctx, "meeting/sessionpresentation", maxPresented, func(object json.RawMessage) error {
		session, m, err := readPresented(object)
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(brought[session], func(o catalog.Presented) bool { return o.NameRev() == m.NameRev() })
		if !known && len(brought[session]) < maxPerSession {
			brought[session] = append(brought[session], m)
		}
		return nil
	}, "session__meeting__number", number)
	for _, list := range brought { // in one order, however the pages were cut
		slices.SortFunc(list, func(a, b catalog.Presented) int {
			return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Rev, b.Rev))
		})
	}
	return brought, err
}

var materialRev = regexp.MustCompile(`^[0-9]{1,3}$`)

// readPresented reads an object of meeting/sessionpresentation. Order and
// revision may be missing.
func readPresented(object json.RawMessage) (session int64, m catalog.Presented, err error) {
	var o struct {
		Session  string      `json:"session"`  // addresses
		Document string      `json:"document"` //
		Rev      string      `json:"rev"`
		Order    json.Number `json:"order"`
	}
	if err := json.Unmarshal(object, &o); err != nil {
		return 0, m, err
	}
	if session, err = strconv.ParseInt(slug(o.Session), 10, 64); err != nil || session <= 0 {
		return 0, m, fmt.Errorf("%.80q is no session", o.Session)
	}
	m = catalog.Presented{Name: slug(o.Document), Rev: o.Rev}
	if !catalog.IsMaterialName(m.Name) {
		return 0, m, fmt.Errorf("%.80q is no document of a session", o.Document)
	}
	if o.Rev != "" && !materialRev.MatchString(o.Rev) {
		return 0, m, fmt.Errorf("%s: %.20q is no revision; want figures such as 00", m.Name, o.Rev)
	}
	if n, err := strconv.Atoi(o.Order.String()); err == nil && n > 0 && n < 1_000_000 {
		m.Order = n
	}
	return session, m, nil
}

// group learns what a session's group is called: from its address, or where
// that is not there, from the names of what was brought to the session.
func (p *meetingPoll) group(ctx context.Context, address, number string, materials []catalog.Presented) (meetingGroup, error) {
	if g, known := p.met.Groups[address]; known {
		return g, nil
	}
	g, known := p.at.Groups[address]
	if !known {
		var o struct {
			trackerGroup
			Name string `json:"name"`
		}
		found, err := p.object(ctx, address, &o)
		if err != nil {
			return g, err
		}
		g = meetingGroup{acronym(o.Acronym), name(o.Name), slug(o.Type)}
		if !found || g.Acronym == "" {
			return groupOf(number, materials), nil // not kept: it may be there later
		}
	}
	if p.at.Groups == nil {
		p.at.Groups = map[string]meetingGroup{}
	}
	p.at.Groups[address], p.met.Groups[address] = g, g
	return g, nil
}

var interimOf = regexp.MustCompile(`^interim-[0-9]{4}-(.+)-[0-9]+$`)

// groupOf guesses a group from the name of its interim meeting, or from those of
// what was brought to its session, slides-124-tls-sessa-...
func groupOf(number string, materials []catalog.Presented) meetingGroup {
	if m := interimOf.FindStringSubmatch(number); m != nil {
		return meetingGroup{Acronym: acronym(m[1])}
	}
	for _, m := range materials {
		if rest, ok := strings.CutPrefix(m.Name, string(m.Type())+"-"+number+"-"); ok && m.Type() != catalog.DraftOnAgenda {
			group, _, _ := strings.Cut(rest, "-")
			return meetingGroup{Acronym: acronym(group)}
		}
	}
	return meetingGroup{}
}

// object reads one object at its address, relative or not. found is false if
// there is none that can be read.
func (p *meetingPoll) object(ctx context.Context, address string, o any) (found bool, err error) {
	at, err := url.Parse(cmp.Or(p.base, DefaultDatatracker))
	if err != nil {
		return false, err
	}
	u, err := at.Parse(address)
	if err != nil || address == "" || u.Host != at.Host || path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") {
		return false, nil
	}
	u.Scheme, u.User = at.Scheme, at.User
	if strings.HasPrefix(u.Path, "/api/v1/") {
		u.RawQuery = "format=json"
	}
	var resp *fetch.Response
	err = patiently(ctx, func() (err error) {
		resp, err = p.client.Get(ctx, fetch.Request{URL: u.String(), Accept: "application/json"})
		return err
	})
	switch {
	case itsOwn(err):
		return false, nil
	case err != nil:
		return false, err
	}
	if err := json.NewDecoder(bytes.NewReader(resp.Body)).Decode(o); err != nil {
		p.fault(fmt.Errorf("%s: %w", u.Path, err))
		return false, nil
	}
	return true, nil
}
