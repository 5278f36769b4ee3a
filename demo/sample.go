package demo

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Announcement is what one announcement mail says.
type Announcement struct {
	Kind      catalog.Kind // Draft or RFC
	Name      string       // draft-x, or rfcN
	Rev       string       // two digits; empty for RFCs
	Title     string
	Authors   []Person
	Group     Group // zero for individual drafts
	Abstract  []string
	Pages     int
	At        time.Time     // when it was sent, UTC
	MessageID string        // without angle brackets
	Tag       string        // RFC: the draft it was, draft-x-NN
	Level     catalog.Level // RFC
	BCP       int           // RFC: number in the BCP series, or 0
	Updates   []int         // RFC
	Obsoletes []int         // RFC
}

// Mail is one mail as a list gave it out.
type Mail struct {
	List      string // local part of the list's address, such as i-d-announce
	MessageID string // without angle brackets; copies on several lists share it
	From      string // address of the sender
	At        time.Time
	Raw       []byte // RFC 5322 with LF line ends
}

// Lists on which announcements come out.
const (
	DraftList = "i-d-announce"
	RFCList   = "ietf-announce"
)

// DiscussionList is the group's list that has discussions beside its copies.
const DiscussionList = "tls"

// Sample is thirty days of announcements.
type Sample struct {
	Yesterday time.Time // last day of the sample, 00:00 UTC
	Busy      time.Time // the day of 88 drafts
	Quiet     time.Time // a day of the last seven without any announcement

	Announcements []Announcement // ascending by At
	Mails         []Mail         // announcements, copies and discussion, ascending by At
}

// Generate makes the sample for the thirty days (UTC) that end the day before
// now. It depends on the date of now only.
func Generate(now time.Time) *Sample {
	today := now.UTC().Truncate(24 * time.Hour)
	plan := newPlan(today)
	s := &Sample{Yesterday: today.AddDate(0, 0, -1), Busy: plan.busy, Quiet: plan.quiet}
	s.Announcements = plan.announcements()
	for _, a := range s.Announcements {
		s.Mails = append(s.Mails, a.Mails()...)
	}
	s.Mails = append(s.Mails, discussion(s, today)...)
	slices.SortStableFunc(s.Mails, func(a, b Mail) int { return a.At.Compare(b.At) })
	return s
}

// On gives the announcements of one kind on a day (UTC).
func (s *Sample) On(day time.Time, kind catalog.Kind) []Announcement {
	var out []Announcement
	for _, a := range s.Announcements {
		if a.Kind == kind && a.At.Truncate(24*time.Hour).Equal(day) {
			out = append(out, a)
		}
	}
	return out
}

// List gives the mails of one list, ascending by date.
func (s *Sample) List(name string) []Mail {
	return slices.DeleteFunc(slices.Clone(s.Mails), func(m Mail) bool { return m.List != name })
}

// dice is a source of chance that depends on the words only.
func dice(words ...string) *rand.Rand {
	h := fnv.New64a()
	for _, w := range words {
		_, _ = h.Write([]byte(w + "\x00"))
	}
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

// announce makes the announcement of one revision.
func (r record) announce(rev int, at time.Time) Announcement {
	a := Announcement{
		Kind: catalog.Draft, Name: r.name, Rev: fmt.Sprintf("%02d", rev), Title: r.title,
		Authors: r.authors(), Group: r.group(), Abstract: r.abstract, Pages: r.pages(rev), At: at,
	}
	a.MessageID = draftMessageID(a.Name+"-"+a.Rev, at)
	return a
}

// publish makes the announcement of the RFC that a draft became.
func (r record) publish(rev string, at time.Time) Announcement {
	a := r.announce(0, at)
	a.Kind, a.Name, a.Rev = catalog.RFC, fmt.Sprintf("rfc%d", r.rfc.number), ""
	a.Tag = r.name + "-" + rev
	a.Level, a.BCP, a.Updates, a.Obsoletes = r.rfc.level, r.rfc.bcp, r.rfc.updates, r.rfc.obsoletes
	a.MessageID = rfcMessageID(a.Name, at)
	return a
}

func (r record) group() Group { return data().groups[catalog.GroupOfDraft(r.name)] }

func (r record) pages(rev int) int { return 6 + dice(r.name, "pages").IntN(52) + rev/3 }

// authors draws one to four people; who has a draft named for them is first.
func (r record) authors() []Person {
	people, d := data().people, dice(r.name, "authors")
	var out []Person
	for _, p := range people {
		if strings.HasPrefix(r.name, "draft-"+p.Key+"-") {
			out = append(out, p)
		}
	}
	for n := 1 + d.IntN(4); len(out) < n; {
		if p := people[d.IntN(len(people))]; !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func byTime(a, b Announcement) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name))
}
