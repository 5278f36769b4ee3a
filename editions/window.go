// Windows: how a newsletter cuts time into days or weeks.

package editions

import (
	"fmt"
	"time"
)

// Window is the half-open span of time [From, To) that an edition tells of, as
// instants in UTC.
type Window struct {
	From, To time.Time
}

// middle is an instant that no shift of zone by some hours moves out of the window.
func (w Window) middle() time.Time { return w.From.Add(w.To.Sub(w.From) / 2) }

// WindowAt gives the window that holds t: the day, the ISO week or the month of
// the newsletter's zone. A day has 23 or 25 hours where clocks change.
func (n Newsletter) WindowAt(t time.Time) Window {
	day := noon(t.In(n.zone()))
	end := day.Add(24 * time.Hour) // elapsed, so that it lies in the next day that exists
	back := (int(day.Weekday()) + 6) % 7
	switch n.cadence() {
	case Weekdays:
		if ahead := (8 - int(day.Weekday())) % 7; ahead <= 2 { // Saturday, Sunday, Monday
			end = day.AddDate(0, 0, ahead+1)
			day = end.AddDate(0, 0, -3)
		}
	case Weekly:
		day = day.AddDate(0, 0, -back)
		end = day.AddDate(0, 0, 7)
	case Monthly:
		day = day.AddDate(0, 0, 1-day.Day())
		end = day.AddDate(0, 1, 0)
	}
	return Window{From: dayStart(day).UTC(), To: dayStart(end).UTC()}
}

// Days gives the window from the beginning of one day to the end of another,
// for [AnyDays].
func (n Newsletter) Days(first, last time.Time) Window {
	n.Cadence = Daily
	return Window{From: n.WindowAt(first).From, To: n.WindowAt(last).To}
}

// Next gives the window after w. After a change of zone, which moves the
// borders, it still begins where w ends; a rest of less than half a window
// joins the one after it.
func (n Newsletter) Next(w Window) Window {
	next := n.WindowAt(w.To)
	if next.To.Sub(w.To) < next.To.Sub(next.From)/2 {
		next = n.WindowAt(next.To)
	}
	next.From = w.To.UTC()
	return next
}

// noon is the middle of t's day, which clocks do not jump over.
func noon(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, t.Location())
}

// dayStart gives the first instant of t's day. That is midnight, unless clocks
// go forward over it, and the first midnight where there are two.
func dayStart(t time.Time) time.Time {
	day := noon(t)
	midnight := day.Add(-12 * time.Hour)
	changed, _ := day.ZoneBounds()
	if changed.IsZero() || midnight.After(changed) {
		return midnight
	}
	before := changed.Add(-1)
	if before.YearDay() != day.YearDay() {
		return changed
	}
	h, m, s := before.Clock()
	return before.Truncate(time.Second).
		Add(-time.Duration(h)*time.Hour - time.Duration(m)*time.Minute - time.Duration(s)*time.Second)
}

// Label names a window in addresses: 2025-12-07, 2025-W49 for a week, 2025-12
// for a month. A window that a change of zone made longer, or that has a
// weekend, has the name of its end.
func (n Newsletter) Label(w Window) string {
	last := w.To.Add(-1).In(n.zone())
	switch n.cadence() {
	case Weekly:
		year, week := last.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Monthly:
		return last.Format(monthForm)
	case AnyDays:
		return w.From.In(n.zone()).Format(time.DateOnly) + ".." + last.Format(time.DateOnly)
	}
	return last.Format(time.DateOnly)
}

const monthForm = "2006-01"

// Labels outside these years are nobody's edition, and far outside them times
// cannot be stored.
const firstYear, lastYear = 1971, 9998

// ParseLabel gives the window that a label names.
func (n Newsletter) ParseLabel(s string) (Window, error) {
	day, err := n.parseDay(s)
	if err == nil && (day.Year() < firstYear || day.Year() > lastYear) {
		err = fmt.Errorf("its year is not between %d and %d", firstYear, lastYear)
	}
	if err != nil {
		return Window{}, fmt.Errorf("edition %.40q: %w", s, err)
	}
	w := n.WindowAt(day)
	if n.Label(w) != s {
		return Window{}, fmt.Errorf("edition %.40q: the calendar of %s has no such %s", s, n.zone(), n.unit())
	}
	return w, nil
}

// unit is what an edition of the newsletter has the length of.
func (n Newsletter) unit() string {
	switch n.cadence() {
	case Weekdays:
		return "working day"
	case Weekly:
		return "week"
	case Monthly:
		return "month"
	}
	return "day"
}

// parseDay gives noon of the day, of the month's first, or of the week's
// Thursday, which is always in the week's own year (ISO 8601).
func (n Newsletter) parseDay(s string) (time.Time, error) {
	switch n.cadence() {
	case Weekly:
		return n.parseWeek(s)
	case Monthly:
		d, err := time.ParseInLocation(monthForm, s, n.zone())
		if err != nil {
			return d, fmt.Errorf("a monthly one is named by its month, such as 2025-12")
		}
		return noon(d.Add(12 * time.Hour)), nil
	}
	d, err := time.ParseInLocation(time.DateOnly, s, n.zone())
	if err != nil {
		return d, fmt.Errorf("a daily one is named by its date, such as 2025-12-07")
	}
	return noon(d.Add(12 * time.Hour)), nil
}

func (n Newsletter) parseWeek(s string) (time.Time, error) {
	var year, week int
	if _, err := fmt.Sscanf(s, "%4d-W%2d", &year, &week); err != nil {
		return time.Time{}, fmt.Errorf("a weekly one is named by its ISO week, such as 2025-W49")
	}
	fourth := time.Date(year, time.January, 4, 12, 0, 0, 0, n.zone()) // always in week 1
	thursday := 4 - (int(fourth.Weekday())+6)%7 - 1
	return fourth.AddDate(0, 0, thursday+7*(week-1)), nil
}
