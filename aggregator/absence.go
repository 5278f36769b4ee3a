// This file judges what is wrong with a source: silence, a drop, failures that
// last, the end of its address.

package aggregator

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/store"
)

// A source fails for long after so many tries in a row, or after a day.
const (
	longFailing = 24 * time.Hour
	manyTries   = 4
)

// faults gives what is wrong with a source that its row tells: it fails, it is
// gone, or a poll of it does not end.
func faults(s store.Source, now time.Time) (list []store.Alarm) {
	add := func(kind store.AlarmKind, since time.Time, words string) {
		list = append(list, store.Alarm{
			Source: s.Name, SourceID: s.ID, Kind: kind, Since: since, Began: now, Words: s.Name + " " + words,
		})
	}
	const renewed = 2 * leaseFor // a poll that goes on renews its lease
	switch {
	case !s.Gone.IsZero():
		add(store.Gone, s.Gone, fmt.Sprintf("is gone for good, its host says (410), and has not been polled since %s. "+
			"\"draftwire poll %s\" tries again.", s.Gone.Format(sayTime), s.Name))
	case s.Attempts >= manyTries, s.Attempts > 0 && now.Sub(s.Failing) >= longFailing:
		add(store.Failing, s.Failing, fmt.Sprintf("has been failing since %s, %d tries in a row; the last: %s",
			s.Failing.Format(sayTime), s.Attempts, strings.TrimPrefix(s.LastError, "source "+s.Name+": ")))
	case !s.LeaseUntil.IsZero() && now.Sub(s.LeaseUntil) >= renewed:
		add(store.Failing, s.Tried, fmt.Sprintf("is stuck: a poll that began at %s has not ended.", s.Tried.Format(sayTime)))
	}
	return list
}

// ear is what has been learnt of a source, for a day.
type ear struct {
	day     int64     // on which it was learnt
	newest  time.Time // up to where
	known   bool
	usual   usual
	settled bool  // whether there was history enough a week before
	before  usual // a week before, to judge the last seven days by
	week    int   // messages in the last seven whole days
}

// heard is when a source was last known to have nothing more: what was not
// asked cannot be said to be silent.
func heard(s store.Source, now time.Time) time.Time {
	if s.Pushed {
		return now
	}
	return s.Success
}

// listen learns what is usual for a source, once a day on which it was heard,
// and anew when something came after a silence of days.
func (e *ear) listen(ctx context.Context, db *store.DB, s store.Source, now time.Time) error {
	today := heard(s, now).UTC().Truncate(oneDay)
	if day := today.Unix(); e.day == day && s.Newest.Sub(e.newest) < oneDay {
		return nil
	}
	start := today.AddDate(0, 0, -longAgo)
	counts, err := db.CountsOf(ctx, s.ID, start, today)
	if err != nil {
		return err
	}
	*e = ear{day: today.Unix(), newest: s.Newest}
	last := int(s.Newest.Sub(start)/oneDay) + 1
	if s.Newest.IsZero() || last < 1 || last > len(counts) {
		return nil
	}
	e.usual, e.known = learn(counts[:last], s.Newest)
	whole := counts[:len(counts)-1]
	for _, n := range whole[len(whole)-7:] {
		e.week += n
	}
	e.before, e.settled = learn(whole[:len(whole)-7], today.AddDate(0, 0, -8))
	return nil
}

// absences gives what is missing from a source that is read without faults.
// live tells which alarms of it there are: a drop lasts until half of the usual
// comes again. After a silence the days of it are no drop.
func (e *ear) absences(s store.Source, live map[store.AlarmKind]bool, silenced bool, now time.Time) (list []store.Alarm) {
	alarm := store.Alarm{Source: s.Name, SourceID: s.ID, Began: now}
	switch {
	case e.known && (live[store.Silence] || e.usual.silent(s.Newest, heard(s, now))):
		alarm.Kind, alarm.Since = store.Silence, s.Newest
		alarm.Words = fmt.Sprintf("%s has been silent since %s; %s are usual.", s.Name, s.Newest.Format(sayTime), amount(e.usual.week()))
	case e.settled && !silenced && (e.before.dropped(e.week) || live[store.Drop] && float64(e.week) < e.before.week()/2):
		alarm.Kind, alarm.Since = store.Drop, heard(s, now).UTC().Truncate(oneDay).AddDate(0, 0, -7)
		alarm.Words = fmt.Sprintf("%s brought only %d messages from %s to %s; %s are usual.", s.Name, e.week,
			alarm.Since.Format(time.DateOnly), alarm.Since.AddDate(0, 0, 6).Format(time.DateOnly), amount(e.before.week()))
	default:
		return nil
	}
	return append(list, alarm)
}

// amount puts a number of messages a week into words.
func amount(week float64) string {
	switch {
	case week >= 14:
		return fmt.Sprintf("about %.0f messages a day", week/7)
	case week >= 2:
		return fmt.Sprintf("about %.0f messages a week", week)
	}
	return fmt.Sprintf("about %.0f messages a year", week*52)
}
