// The state of the sources.

package web

import (
	"context"
	"fmt"
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
	body := sourcesPage{Drawn: drawnDays}
	if body.Stopped, err = aggregator.Standstill(r.Context(), &w.cfg.DB.Reader, w.cfg.Now()); err != nil {
		return nil, err
	}
	for _, s := range list {
		line := describeSource(s, w.cfg.Now())
		if s.Messages > 0 {
			line.draw(days[s.Name])
		}
		for _, a := range alarms {
			if a.SourceID == s.ID {
				line.alarm(a)
			}
		}
		body.Lines = append(body.Lines, line)
	}
	return &page{Title: "Sources", Template: "sources", Body: body}, nil
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
func (l *sourceLine) draw(days []int) {
	if days == nil {
		days = make([]int, drawnDays)
	}
	sum := 0
	for _, n := range days {
		sum += n
	}
	l.Days = markup.Bars(days, fmt.Sprintf("%s in the last %d days, at most %d in one, %d today",
		counted(sum, "message", "messages"), drawnDays, slices.Max(days), days[drawnDays-1]))
}

// alarm adds an alarm. What nobody hears from does not merely work.
func (l *sourceLine) alarm(a store.Alarm) {
	l.Alarms = append(l.Alarms, alarmWords(a))
	if a.Kind == store.Silence && l.State == "good" {
		l.State, l.Words = "failing", "silent"
	}
}

// alarmWords is an alarm as everybody may read it: what the operator is told
// may hold an address with a password.
func alarmWords(a store.Alarm) string {
	since := a.Since.Format("2006-01-02 15:04 UTC")
	switch a.Kind {
	case store.Silence:
		return "Silent since " + since + ", longer than is usual."
	case store.Drop:
		return "Since " + since + " far less came than is usual."
	case store.Failing:
		return "It has been unreadable since " + since + "."
	}
	return "It has been gone since " + since + "."
}

// describeSource puts the state of a source into words.
func describeSource(s store.Source, now time.Time) sourceLine {
	line := sourceLine{
		Name: markup.Clean(s.Name), Messages: counted(s.Messages, "message", "messages"), Success: s.Success, Next: s.Next, Error: faultWords(s.LastError),
	}
	if s.Move != nil && !s.Move.Adopted.IsZero() {
		line.Moved = hostOf(s.Move.To)
	}
	switch {
	case !s.Paused.IsZero():
		line.State, line.Words, line.Next = "resting", "paused by the operator", time.Time{}
	case !s.Active:
		line.State, line.Words, line.Next = "resting", "not polled: an import, or no longer configured", time.Time{}
	case s.Pushed && s.Messages == 0:
		line.State, line.Words, line.Next = "waiting", "waiting for its first mail", time.Time{}
	case s.Pushed:
		line.State, line.Words, line.Next = "good", "working: its mail is sent to us", time.Time{}
	case !s.Gone.IsZero():
		line.State, line.Words, line.Next = "failing", "gone for good, says its host; not polled any more", time.Time{}
	case s.Asked.After(now):
		line.State, line.Words = "waiting", "waiting: the host asks us to wait until "+s.Asked.Format("2006-01-02 15:04 UTC")
	case s.Attempts > 0:
		line.State, line.Words = "failing", fmt.Sprintf("failing, %s in a row", counted(s.Attempts, "try", "tries"))
	case s.LeaseUntil.After(now):
		line.State, line.Words = "good", "being polled"
	case s.Polls == 0:
		line.State, line.Words = "waiting", "not polled yet"
	case s.LastError != "":
		line.State, line.Words = "good", "working, but not all could be taken in"
	default:
		line.State, line.Words = "good", "working"
	}
	return line
}

// hostOf is the host of an address, all of it that needs to be public.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "another address"
	}
	return u.Host
}

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
