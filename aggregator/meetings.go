// This file polls the Datatracker for meetings: their sessions, and what was
// brought to them.

package aggregator

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Meetings is the sessions of the IETF's meetings, as the Datatracker's
// collections (see [Datatracker]) have them. What is said of a session is given
// whenever it changed, as a whole, so that what was taken back is no longer
// there. A document is read once for each of its revisions, those that were not
// reached in the polls that follow.
//
// The fields and addresses are those that DOMAIN documents. That assignments
// and time slots tell when a session is, and how, is assumed; where they do not,
// a session has no time.
type Meetings struct {
	URL       string // empty: DefaultDatatracker
	Client    *fetch.Client
	Now       func() time.Time
	Numbers   []string // of the meetings to read, such as 124; none: those that are near
	Documents int      // read in one poll; 0 is 300
	Page      int      // objects asked for at a time; 0 is 100

	// Known tells of which documents, by name and revision, this source has
	// told, and whether with a title. nil: of none.
	Known func(ctx context.Context, asked []catalog.Presented) (map[string]bool, error)
}

// A meeting is near from before its first day until after its last.
const (
	nearBefore = 3 * 7 * 24 * time.Hour
	nearAfter  = 4 * 7 * 24 * time.Hour
)

// Bounds of what one Datatracker can make us keep.
const (
	maxMeetings    = 20     // read in one poll
	maxSessions    = 3000   // of one meeting
	maxPresented   = 50_000 // to one meeting
	maxPerSession  = 1000   // documents
	maxMeetingDays = 31
	maxAgain       = 20 // documents asked for once more in one poll
)

// meetingCursor is what has been told.
type meetingCursor struct {
	Sessions map[string]toldSession  `json:"sessions,omitempty"` // by number of meeting and of session
	Groups   map[string]meetingGroup `json:"groups,omitempty"`   // by address
	Again    int                     `json:"again,omitempty"`    // where the next poll begins with documents asked for once more
}

type toldSession struct {
	Digest  string `json:"digest"` // empty: that it is gone
	Version int    `json:"version"`
	Size    int    `json:"size,omitempty"` // documents, and one for its time
}

// meetingGroup is what a session's group is called.
type meetingGroup struct {
	Acronym string `json:"acronym"`
	Name    string `json:"name"`
	Type    string `json:"type"` // wg, rg and so on
}

// charter is the document of what happens to the group.
func (g meetingGroup) charter() string {
	if g.Type == "rg" || g.Type == "rag" {
		return "charter-irtf-" + catalog.Fold(g.Acronym)
	}
	return catalog.CharterName(g.Acronym)
}

// stream is that of the group's documents, where its type tells it.
func (g meetingGroup) stream() catalog.Stream {
	switch g.Type {
	case "wg":
		return catalog.IETF
	case "rg", "rag":
		return catalog.IRTF
	}
	return ""
}

// meetingPoll is one poll under way.
type meetingPoll struct {
	*Meetings
	collections
	take    Taker
	at      meetingCursor
	met     meetingCursor     // what of it is still of use
	wanted  []wantedMaterial  // documents of the sessions
	persons map[string]string // names, by address
	refused bool              // what was given could not be taken
}

// wantedMaterial is a document of a session.
type wantedMaterial struct {
	catalog.Presented
	session catalog.Session
	group   meetingGroup
	near    bool // whether its meeting is
}

// mayChange reports whether a document that is known may have a later revision
// that its session does not name. A recording stays what it is.
func (w wantedMaterial) mayChange() bool {
	return w.near && w.Rev == "" && w.Type() != catalog.Recording
}

// Poll implements [Upstream].
func (m *Meetings) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	p := &meetingPoll{
		Meetings: m, collections: collections{base: m.URL, client: m.Client, limit: m.Page}, take: take,
		met:     meetingCursor{Sessions: map[string]toldSession{}, Groups: map[string]meetingGroup{}},
		persons: map[string]string{},
	}
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &p.at); err != nil {
			p.at = meetingCursor{} // told once more: what is known is taken once
		}
	}
	list, err := p.meetings(ctx)
	if err != nil {
		return 0, err
	}
	failed := 0
	for _, meeting := range list {
		err := p.meeting(ctx, meeting)
		if err == nil {
			continue
		}
		err = fmt.Errorf("meeting %s: %w", meeting.Number, err)
		if failed++; failed == len(list) || p.refused || busy(err) || ctx.Err() != nil {
			return 0, err
		}
		p.fault(err)
		p.keep(meeting.Number)
	}
	p.met.Again = p.at.Again
	p.at = p.met
	if err := p.give(ctx, nil); err != nil {
		return 0, err
	}
	left, err := p.documents(ctx)
	if err != nil {
		return 0, err
	}
	if left || failed > 0 {
		return 0, partly(p.faults)
	}
	return p.fresh(list), partly(p.faults)
}

// fresh is for how long asking again would be pointless: little changes but
// while people meet.
func (p *meetingPoll) fresh(list []trackerMeeting) time.Duration {
	fresh := 6 * time.Hour
	for _, meeting := range list {
		first, last := meeting.days()
		switch now := p.Now(); {
		case now.After(first.Add(-48*time.Hour)) && now.Before(last.Add(72*time.Hour)):
			return 0
		case meeting.near(now):
			fresh = time.Hour
		}
	}
	return fresh
}

// give hands records over, together with what has been told so far. What was
// told of sessions not met yet in this poll is kept.
func (p *meetingPoll) give(ctx context.Context, records []Record) error {
	err := takeWith(ctx, p.take, p.received(records, p.Now()), p.at)
	p.refused = p.refused || err != nil
	return err
}

// keep carries over what was told of a meeting that cannot be read now, or not
// as a whole.
func (p *meetingPoll) keep(number string) {
	for key, told := range p.at.Sessions {
		if strings.HasPrefix(key, number+"/") {
			p.met.Sessions[key] = told // as it is already where it was met
		}
	}
	maps.Copy(p.met.Groups, p.at.Groups) // whose they are is not known
}

// tell gives the sessions of a meeting that are not as they were last told. Where
// not all of the meeting could be read, one that has less than it had stays as
// it was: what is missing was not taken back.
func (p *meetingPoll) tell(ctx context.Context, m trackerMeeting, sessions []wantedSession, whole bool) error {
	var records []Record
	for _, s := range sessions {
		content, err := json.Marshal(s.Session)
		if err != nil {
			return err
		}
		key := sessionKey(s.Meeting.Number, s.ID)
		digest := hex.EncodeToString(store.Digest(content)[:8])
		told := p.at.Sessions[key]
		size := len(s.Materials)
		if !s.Starts.IsZero() {
			size++
		}
		if told.Digest != digest && (whole || size >= told.Size) {
			told = toldSession{digest, told.Version + 1, size}
			records = append(records, Record{Document: s.group.charter(), Session: &s.Session, Version: told.Version})
		}
		if p.at.Sessions == nil {
			p.at.Sessions = map[string]toldSession{}
		}
		p.at.Sessions[key], p.met.Sessions[key] = told, told
		for _, d := range s.Materials {
			if d.Type() != catalog.DraftOnAgenda {
				p.wanted = append(p.wanted, wantedMaterial{d, s.Session, s.group, m.near(p.Now())})
			}
		}
	}
	if !whole {
		p.keep(m.Number)
	}
	return p.give(ctx, append(records, p.withdraw(m.toMeeting())...))
}

// withdraw tells of the sessions of a meeting that were not met that they are
// gone. How often one was told is kept: it may come back.
func (p *meetingPoll) withdraw(m catalog.Meeting) (records []Record) {
	for _, key := range slices.Sorted(maps.Keys(p.at.Sessions)) {
		number, id, _ := strings.Cut(key, "/")
		session, err := strconv.ParseInt(id, 10, 64)
		if _, met := p.met.Sessions[key]; met || number != m.Number || err != nil {
			continue
		}
		told := p.at.Sessions[key]
		if told.Digest != "" {
			told = toldSession{Version: told.Version + 1}
			records = append(records, Record{Session: &catalog.Session{Meeting: m, ID: session, Gone: true}, Version: told.Version})
		}
		p.at.Sessions[key], p.met.Sessions[key] = told, told
	}
	return records
}

func sessionKey(number string, id int64) string { return fmt.Sprintf("%s/%d", number, id) }

// documents reads the documents that are not known yet, those of the newest
// sessions first, and then some of those that could not be read before or may
// have changed, in every poll others. left reports whether some are left for the
// next poll.
func (p *meetingPoll) documents(ctx context.Context) (left bool, err error) {
	var asked, again []wantedMaterial
	seen := map[string]bool{}
	for some := range slices.Chunk(p.wanted, 500) {
		known := map[string]bool{}
		if p.Known != nil {
			var list []catalog.Presented
			for _, w := range some {
				list = append(list, w.Presented)
			}
			if known, err = p.Known(ctx, list); err != nil {
				return false, err
			}
		}
		for _, w := range some {
			id := w.NameRev()
			titled, told := known[id]
			switch {
			case seen[id] || titled && !w.mayChange():
			case told:
				again = append(again, w)
			default:
				asked = append(asked, w)
			}
			seen[id] = true
		}
	}
	slices.SortStableFunc(asked, func(a, b wantedMaterial) int { return b.session.Starts.Compare(a.session.Starts) })
	most := cmp.Or(p.Documents, 300)
	left = len(asked) > most
	if len(again) > maxAgain {
		at := p.at.Again % len(again)
		p.at.Again = (at + maxAgain) % len(again)
		again = slices.Concat(again[at:], again[:at])[:maxAgain]
	}
	for some := range slices.Chunk(append(asked[:min(len(asked), most)], again...), 10) {
		var records []Record
		for _, w := range some {
			r, err := p.material(ctx, w)
			if err != nil {
				return false, cmp.Or(p.give(ctx, records), err)
			}
			records = append(records, r)
		}
		if err := p.give(ctx, records); err != nil {
			return false, err
		}
	}
	return left, nil
}
