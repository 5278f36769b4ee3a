// The state of the sources.

package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

type sourceLine struct {
	Name     string
	State    string // good, waiting, failing or resting
	Words    string
	Messages string // how many it gave
	Success  time.Time
	Next     time.Time     // zero when it is not polled
	Error    string        // class of what went wrong in the last try, or with a part of what it gave
	Alarms   []string      // what is wrong for longer
	Days     template.HTML // drawn, with words; empty if nothing ever came
	Moved    string        // where it is polled instead of its configured address, or empty
}

// sourcesPage is the state of all.
type sourcesPage struct {
	Stopped time.Time // since when nobody has polled although sources are due, or zero
	Drawn   int       // days of each
	Lines   []sourceLine
}

func (w *Web) sources(r *http.Request) (*page, error) {
	list, err := w.cfg.DB.Sources(r.Context())
	if err != nil {
		return nil, err
	}
	alarms, err := w.cfg.DB.Alarms(r.Context(), time.Time{})
	if err != nil {
		return nil, err
	}
	days, err := w.sourceDays(r.Context())
	if err != nil {
		return nil, err
	}
	body, m := sourcesPage{Drawn: drawnDays}, wordsFor(r, "")
	if body.Stopped, err = aggregator.Standstill(r.Context(), &w.cfg.DB.Reader, w.cfg.Now()); err != nil {
		return nil, err
	}
	for _, s := range list {
		line := describeSource(s, w.cfg.Now(), m)
		if s.Messages > 0 {
			line.draw(days[s.Name], m)
		}
		for _, a := range alarms {
			if a.SourceID == s.ID {
				line.alarm(a, m)
			}
		}
		body.Lines = append(body.Lines, line)
	}
	return &page{Title: m.Sources, Template: "sources", Body: body, Words: m}, nil
}

// drawnDays is how many days are drawn, today included.
const drawnDays = 30

// sourceDays gives the new messages by source and day, today last, of the days
// that are drawn.
func (w *Web) sourceDays(ctx context.Context) (map[string][]int, error) {
	first := w.cfg.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-drawnDays)
	counts, err := w.cfg.DB.SourceDays(ctx, first)
	days := map[string][]int{}
	for _, c := range counts {
		if days[c.Source] == nil {
			days[c.Source] = make([]int, drawnDays)
		}
		if day := int(c.Day.Sub(first) / (24 * time.Hour)); day < drawnDays { // dates may be ahead
			days[c.Source][day] += c.Messages
		}
	}
	return days, err
}

// draw draws what came by day.
func (l *sourceLine) draw(days []int, m *messages) {
	if days == nil {
		days = make([]int, drawnDays)
	}
	sum := 0
	for _, n := range days {
		sum += n
	}
	l.Days = markup.Bars(days, m.Volume(sum, drawnDays, slices.Max(days), days[drawnDays-1]))
}

// alarm adds an alarm. What nobody hears from does not merely work.
// They are told in words that everybody may read: what the operator is told may
// hold an address with a password.
func (l *sourceLine) alarm(a store.Alarm, m *messages) {
	if words := m.Alarms[a.Kind]; words != nil {
		l.Alarms = append(l.Alarms, words(a.Since))
	}
	if a.Kind == store.Silence && l.State == "good" {
		l.State, l.Words = "failing", m.Silent
	}
}

// describeSource puts the state of a source into words.
func describeSource(s store.Source, now time.Time, m *messages) sourceLine {
	line := sourceLine{
		Name: markup.Clean(s.Name), Messages: m.Messages(s.Messages), Success: s.Success, Next: s.Next, Error: m.fault(s.LastError),
	}
	if s.Move != nil && !s.Move.Adopted.IsZero() {
		line.Moved = m.MovedTo(hostOf(s.Move.To, m))
	}
	switch {
	case !s.Paused.IsZero():
		line.State, line.Words, line.Next = "resting", m.Paused, time.Time{}
	case !s.Active:
		line.State, line.Words, line.Next = "resting", m.NotPolled, time.Time{}
	case s.Pushed && s.Messages == 0:
		line.State, line.Words, line.Next = "waiting", m.FirstMail, time.Time{}
	case s.Pushed:
		line.State, line.Words, line.Next = "good", m.Pushed, time.Time{}
	case !s.Gone.IsZero():
		line.State, line.Words, line.Next = "failing", m.GoneForGood, time.Time{}
	case s.Asked.After(now):
		line.State, line.Words = "waiting", m.Wait(s.Asked)
	case s.Attempts > 0:
		line.State, line.Words = "failing", m.Failing(s.Attempts)
	case s.LeaseUntil.After(now):
		line.State, line.Words = "good", m.Polling
	case s.Polls == 0:
		line.State, line.Words = "waiting", m.Unasked
	case s.LastError != "":
		line.State, line.Words = "good", m.Partly
	default:
		line.State, line.Words = "good", m.Working
	}
	return line
}

// hostOf is the host of an address, all of it that needs to be public.
func hostOf(address string, m *messages) string {
	u, err := url.Parse(address)
	if err != nil {
		return m.Elsewhere
	}
	return u.Host
}
