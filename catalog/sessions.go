package catalog

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Meeting is a meeting of the IETF, or an interim meeting of one group.
type Meeting struct {
	Number  string `json:"number"` // 124, or interim-2026-tls-01
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty"`
	Zone    string `json:"zone,omitempty"`  // of its place, a name of the time zone database
	First   string `json:"first,omitempty"` // its first day, YYYY-MM-DD
	Days    int    `json:"days,omitempty"`
}

// Session is a session of a meeting, as its host last told it.
type Session struct {
	Meeting   Meeting     `json:"meeting"`
	ID        int64       `json:"id"`
	Group     string      `json:"group"`                // acronym, lower case
	GroupName string      `json:"group_name,omitempty"` //
	Name      string      `json:"name,omitempty"`       // of the session, where it has one of its own
	Side      bool        `json:"side,omitempty"`       // beside the agenda
	Starts    time.Time   `json:"starts,omitzero"`      // UTC; zero when unknown
	Ends      time.Time   `json:"ends,omitzero"`        // likewise
	Materials []Presented `json:"materials,omitempty"`
	Gone      bool        `json:"gone,omitempty"` // no longer there; of the rest only meeting and ID are told
}

// Presented is a document that was brought to a session.
type Presented struct {
	Name  string `json:"name"`
	Rev   string `json:"rev,omitempty"`
	Order int    `json:"order,omitempty"`
}

// Material is what is known of a document of a meeting beside its name.
type Material struct {
	Name    string   `json:"name"`
	Rev     string   `json:"rev,omitempty"`
	Title   string   `json:"title,omitempty"`
	Authors []string `json:"authors,omitempty"`
	URL     string   `json:"url,omitempty"`
}

// NameRev is the material with its revision.
func (p Presented) NameRev() string {
	if p.Rev == "" {
		return p.Name
	}
	return p.Name + "-" + p.Rev
}

// MaterialType is the Datatracker's word for what sort of document something at
// a meeting is: slides, agenda, minutes and so on.
type MaterialType string

// The types that mean something here; there are others.
const (
	SlideDeck        MaterialType = "slides"
	Agenda           MaterialType = "agenda"
	Minutes          MaterialType = "minutes"
	NarrativeMinutes MaterialType = "narrativeminutes"
	ChatLog          MaterialType = "chatlog"
	Polls            MaterialType = "polls"
	Recording        MaterialType = "recording"
	Transcript       MaterialType = "transcript"
	DraftOnAgenda    MaterialType = "draft"
)

// Type is told by how the name begins.
func (p Presented) Type() MaterialType {
	word, _, _ := strings.Cut(Fold(p.Name), "-")
	return MaterialType(word)
}

// TellsOfSession reports whether a document of this type says what happened in
// a session, so that it is a post of it.
func (t MaterialType) TellsOfSession() bool {
	return slices.Contains([]MaterialType{Minutes, NarrativeMinutes, ChatLog, Polls, Recording, Transcript}, t)
}

// materialName is what a name is made of (see [Presented.Number]); it becomes a
// part of addresses.
var materialName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9._]+)+$`)

// IsMaterialName reports whether s can be the name of a document of a meeting.
func IsMaterialName(s string) bool {
	return len(s) <= 240 && materialName.MatchString(s) && !strings.Contains(s, "..")
}

// MaterialPage is the page of a document of a meeting at the Datatracker.
func MaterialPage(meeting, nameRev string) string {
	return "https://datatracker.ietf.org/meeting/" + url.PathEscape(meeting) + "/materials/" + url.PathEscape(nameRev)
}

// SessionPage is the page of a group's sessions at a meeting.
func SessionPage(meeting, group string) string {
	return "https://datatracker.ietf.org/meeting/" + url.PathEscape(meeting) + "/session/" + url.PathEscape(group)
}

var deckName = regexp.MustCompile(`^(?:(sess[a-z]{1,2})-)?(?:(\d{1,3})-)?`)

// Slot is the part of the name that tells the sessions of a group apart, such
// as sessa, and Number the talk's, as in
// slides-{meeting}-{group}-{slot}-{number}-{title}. Either may be missing: ""
// and -1, since 00 is a number. The group's acronym has to be told, since it may hold hyphens.
func (p Presented) Slot(meeting, group string) string { return p.parts(meeting, group)[1] }

// Number is documented with Slot.
func (p Presented) Number(meeting, group string) int {
	n, err := strconv.Atoi(p.parts(meeting, group)[2])
	if err != nil {
		return -1
	}
	return n
}

func (p Presented) parts(meeting, group string) []string {
	before := string(p.Type()) + "-" + Fold(meeting) + "-"
	if !strings.HasPrefix(meeting, "interim-") { // which names the group already
		before += Fold(group) + "-"
	}
	rest, found := strings.CutPrefix(Fold(p.Name), before)
	if !found {
		return make([]string, 3)
	}
	return deckName.FindStringSubmatch(rest)
}

// Slot tells the session from others of its group at the meeting, by the names
// of what was brought to it; empty when they do not agree or tell none.
func (s Session) Slot() (slot string) {
	for _, p := range s.Materials {
		if p.Type() == DraftOnAgenda {
			continue
		}
		switch named := p.Slot(s.Meeting.Number, s.Group); {
		case named == "":
		case slot != "" && slot != named:
			return ""
		default:
			slot = named
		}
	}
	return slot
}

// Called is what people call the group: a word of its name, or of the
// session's, that is the acronym in other letters (HotRFC), else the acronym in
// capitals.
func (s Session) Called() string {
	for _, name := range []string{s.Name, s.GroupName} {
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune(" ()[],:;/", r) }) {
			if Fold(word) == Fold(s.Group) && word != Fold(word) {
				return word
			}
		}
	}
	return strings.ToUpper(s.Group)
}

var meetingNumber = regexp.MustCompile(`^[0-9]{1,4}$|^interim-[0-9]{4}-[a-z0-9-]{1,40}-[0-9]{1,3}$`)

// IsMeetingNumber reports whether s can name a meeting: 124, interim-2026-tls-01.
func IsMeetingNumber(s string) bool { return meetingNumber.MatchString(s) }

// Title is what people call the meeting: IETF 124, or its name if it has no number.
func (m Meeting) Title() string {
	if _, err := strconv.Atoi(m.Number); err == nil {
		return "IETF " + m.Number
	}
	return m.Number
}

// Compare orders sessions as they were held; those of an unknown time are last.
func (s Session) Compare(o Session) int {
	unknown := func(t time.Time) int {
		if t.IsZero() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(unknown(s.Starts), unknown(o.Starts)), s.Starts.Compare(o.Starts),
		cmp.Compare(s.Group, o.Group), cmp.Compare(s.ID, o.ID))
}
