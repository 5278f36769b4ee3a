// This file looks out for sources that fell silent and for polling that
// stopped, and sees to it that people hear of it.

package aggregator

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Lookout raises and ends alarms, and leaves notices of them for the operator:
// once when one begins, once a day while it lasts, and once when it is over. It
// stands beside the [Poller] and does not depend on it, since what it looks out
// for is also that the Poller stopped.
type Lookout struct {
	DB  *store.DB
	Now func() time.Time
	Log *slog.Logger

	began time.Time      // of the first look
	ears  map[int64]*ear // by source
	stuck int            // looks in a row at which nobody polled
}

// pushedWait is how long after a start a source that sends to us is not judged:
// who found us away tries again within hours.
const pushedWait = 6 * time.Hour

// lookEvery is how often the Lookout looks.
const lookEvery = time.Minute

// Run looks every minute until ctx ends.
func (l *Lookout) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := l.Look(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error("look out for silent sources", "err", err)
		}
	}
}

// stillAfter is how long sources may be due, and nobody poll, before polling is
// said to stand still.
const stillAfter = 10 * time.Minute

// Standstill gives since when nobody has polled although sources are due, or
// the zero time. It needs nothing but the database, so that every process can
// tell.
func Standstill(ctx context.Context, r *store.Reader, now time.Time) (time.Time, error) {
	beat, err := r.LastBeat(ctx)
	if err != nil || beat.IsZero() || now.Sub(beat) < stillAfter {
		return time.Time{}, err
	}
	due, err := r.NextPoll(ctx)
	if err != nil || due.IsZero() || now.Sub(due) < stillAfter {
		return time.Time{}, err
	}
	return beat, nil
}

// Look looks once.
func (l *Lookout) Look(ctx context.Context) error {
	now := l.Now().UTC()
	if l.began.IsZero() {
		l.began = now
	}
	alarms, err := l.DB.Alarms(ctx, now.AddDate(0, 0, -8))
	if err != nil {
		return err
	}
	rows, err := l.DB.Sources(ctx)
	if err != nil {
		return err
	}
	n := news{now: now, active: map[int64]bool{}}
	for _, s := range rows {
		n.active[s.ID] = s.Active
	}
	if n.sources, err = l.find(ctx, rows, alarms, now); err != nil {
		return err
	}
	n.compare(alarms)
	if n.none() {
		return nil
	}
	if err := l.DB.Update(ctx, func(tx *store.Tx) error { return n.write(ctx, tx) }); err != nil {
		return err
	}
	for _, a := range n.begun {
		l.Log.Warn("alarm", "source", a.Source, "kind", string(a.Kind), "what", a.Words)
	}
	for _, a := range n.over {
		l.Log.Info("alarm is over", "source", a.Source, "kind", string(a.Kind))
	}
	return nil
}

// find gives all that is wrong now. alarms are those there are, and those of
// the last days.
func (l *Lookout) find(ctx context.Context, rows []store.Source, alarms []store.Alarm, now time.Time) (found []store.Alarm, err error) {
	for _, s := range rows {
		if !s.Active {
			delete(l.ears, s.ID)
			continue
		}
		lasting := absencesOf(s, alarms)
		wrong := faults(s, now)
		if len(wrong) > 0 || s.Pushed && now.Sub(l.began) < pushedWait { // not heard: what was missing still is
			found = append(append(found, wrong...), lasting...)
			continue
		}
		missing, err := l.hear(ctx, s, lasting, wasSilent(s, alarms), now)
		if err != nil {
			return nil, err
		}
		found = append(found, missing...)
	}
	still, err := Standstill(ctx, &l.DB.Reader, now)
	if err != nil {
		return nil, err
	}
	if l.stuck++; still.IsZero() {
		l.stuck = 0
	}
	told := slices.ContainsFunc(alarms, func(a store.Alarm) bool { return a.Kind == store.Stopped && a.Ended.IsZero() })
	if l.stuck > 2 || l.stuck > 0 && told { // not for the moment between a wake-up of the machine and the first poll
		found = append(found, store.Alarm{
			Kind: store.Stopped, Since: still, Began: now,
			Words: fmt.Sprintf("Nothing has been polled since %s, although sources are due. Please look at the log, and restart Draftwire.", still.Format(sayTime)),
		})
	}
	return found, nil
}

// absencesOf gives the alarms of silence and drop that there are of a source,
// but for a silence that has ended.
func absencesOf(s store.Source, alarms []store.Alarm) (list []store.Alarm) {
	for _, a := range alarms {
		if a.SourceID == s.ID && a.Ended.IsZero() && (a.Kind == store.Drop || a.Kind == store.Silence && !s.Newest.After(a.Since)) {
			list = append(list, a)
		}
	}
	return list
}

// wasSilent reports whether a silence of a source is over, but not for long.
func wasSilent(s store.Source, alarms []store.Alarm) bool {
	return slices.ContainsFunc(alarms, func(a store.Alarm) bool {
		return a.SourceID == s.ID && a.Kind == store.Silence && (!a.Ended.IsZero() || s.Newest.After(a.Since))
	})
}

// hear gives what is missing from a source. lasting is what was missing before.
func (l *Lookout) hear(ctx context.Context, s store.Source, lasting []store.Alarm, silenced bool, now time.Time) ([]store.Alarm, error) {
	if l.ears == nil {
		l.ears = make(map[int64]*ear)
	}
	e := l.ears[s.ID]
	if e == nil {
		e = &ear{}
		l.ears[s.ID] = e
	}
	if err := e.listen(ctx, l.DB, s, now); err != nil {
		return nil, err
	}
	live := make(map[store.AlarmKind]bool)
	for _, a := range lasting {
		live[a.Kind] = true
	}
	return e.absences(s, live, silenced, now), nil
}
