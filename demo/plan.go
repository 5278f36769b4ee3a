package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// days is the length of the sample.
const days = 30

// plan says which record is announced on which day.
type plan struct {
	today, busy, quiet time.Time
	dice               *rand.Rand
	tracks             []*track
	rfcs               []occurrence
}

// track is a record with the days on which it is announced, ascending.
type track struct {
	record
	anchor time.Time // the day whose revision the data file gives; zero: the first
	days   []time.Time
	before int // announcements allowed before the anchor
	after  int // and after it
}

// occurrence is a record's publication as an RFC.
type occurrence struct {
	*track
	day time.Time
}

func newPlan(today time.Time) *plan {
	p := &plan{today: today, dice: dice("plan", today.Format(time.DateOnly))}
	p.quiet = p.recent(time.Sunday, time.Saturday)
	p.busy = p.recent(time.Monday, time.Tuesday)
	p.addTracks()
	p.placeRFCs()
	for d := days; d > 1; d-- {
		p.fill(p.day(d), p.target(d))
	}
	return p
}

// day gives the day that is d days before today.
func (p *plan) day(d int) time.Time { return p.today.AddDate(0, 0, -d) }

// recent finds a day of the last seven, but not yesterday, by its weekday;
// if that is yesterday's, by the other one.
func (p *plan) recent(wanted, otherwise time.Weekday) time.Time {
	if p.day(1).Weekday() == wanted {
		wanted = otherwise
	}
	d := 2
	for p.day(d).Weekday() != wanted {
		d++
	}
	return p.day(d)
}

func (p *plan) addTracks() {
	anchored := func(rs []record, day time.Time, after int) {
		for _, r := range rs {
			p.tracks = append(p.tracks, &track{
				record: r, anchor: day, days: []time.Time{day}, before: min(1, r.rev), after: after,
			})
		}
	}
	anchored(data().burst, p.busy, 1)
	anchored(data().yesterday, p.day(1), 0)
	for _, r := range data().month {
		p.tracks = append(p.tracks, &track{record: r, after: 4})
	}
}

// placeRFCs announces the drafts that become RFCs in the first days, and the
// RFCs every few working days from the fourth week back until yesterday.
func (p *plan) placeRFCs() {
	d, first := 22, 30
	for _, t := range p.tracks {
		if t.rfc == nil {
			continue
		}
		t.after = 0
		t.days = []time.Time{p.workday(first)}
		first = max(first-1, 27)
		p.rfcs = append(p.rfcs, occurrence{t, p.workday(d)})
		d = max(d-4, 1)
	}
	p.rfcs[len(p.rfcs)-1].day = p.day(1)
}

// workday gives the day d days before today, or the working day before it.
func (p *plan) workday(d int) time.Time {
	for d < days && (weekend(p.day(d)) || p.day(d).Equal(p.quiet)) {
		d++
	}
	return p.day(d)
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// target says how many drafts a day before yesterday has; the busy day has its own.
func (p *plan) target(d int) int {
	day := p.day(d)
	switch {
	case day.Equal(p.quiet) || day.Equal(p.busy):
		return 0
	case weekend(day) && d <= 7:
		return 1 + p.dice.IntN(3)
	case weekend(day):
		return p.dice.IntN(3)
	}
	return 6 + p.dice.IntN(4)
}

// fill announces n drafts on a day, those first that had the fewest turns.
func (p *plan) fill(day time.Time, n int) {
	free := slices.DeleteFunc(slices.Clone(p.tracks), func(t *track) bool { return !t.fits(day) })
	p.dice.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	slices.SortStableFunc(free, func(a, b *track) int { return a.turns(day) - b.turns(day) })
	for _, t := range free[:min(n, len(free))] {
		t.days = append(t.days, day)
		slices.SortFunc(t.days, time.Time.Compare)
	}
}

// fits reports whether a revision on that day would be believable: not within
// three days before or a day after another one, and within what the track allows.
func (t *track) fits(day time.Time) bool {
	before, after := 0, 0
	for _, d := range t.days {
		if gap := day.Sub(d); gap > -4*24*time.Hour && gap < 2*24*time.Hour {
			return false
		}
		if t.anchor.IsZero() || d.After(t.anchor) {
			after++
		} else if d.Before(t.anchor) {
			before++
		}
	}
	if day.Before(t.anchor) {
		return before < t.before
	}
	return after < t.after
}

// turns orders tracks: a second revision right after the busy day is rare.
func (t *track) turns(day time.Time) int {
	if !t.anchor.IsZero() && day.After(t.anchor) {
		return len(t.days) + 2
	}
	if !t.anchor.IsZero() {
		return len(t.days) - 1
	}
	return len(t.days)
}

// revOn gives the revision announced on the i-th day of the track.
func (t *track) revOn(i int) int {
	anchor := max(slices.IndexFunc(t.days, t.anchor.Equal), 0)
	return t.rev + i - anchor
}

// announcements turns the plan into announcements, ascending by time.
func (p *plan) announcements() []Announcement {
	var out []Announcement
	for _, t := range p.tracks {
		for i, day := range t.days {
			out = append(out, t.announce(t.revOn(i), p.timeOn(day, t.name)))
		}
	}
	for _, o := range p.rfcs {
		out = append(out, o.publish(fmt.Sprintf("%02d", o.rev), p.timeOn(o.day, "rfc")))
	}
	slices.SortFunc(out, byTime)
	return out
}

// timeOn draws a time of the day; on the busy day nothing comes before the
// hour at which submission opens again.
func (p *plan) timeOn(day time.Time, name string) time.Time {
	from := 5 * time.Minute
	if day.Equal(p.busy) {
		from = 4 * time.Hour
	}
	span := 23*time.Hour + 45*time.Minute - from
	d := dice(name, day.Format(time.DateOnly), "time")
	return day.Add(from + time.Duration(d.Int64N(int64(span)))).Truncate(10 * time.Millisecond)
}
