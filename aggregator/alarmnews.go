// This file tells alarms: what is new is recorded, together with the notices of
// it to the operator.

package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/store"
)

// news is what changed since the last look.
type news struct {
	now     time.Time
	active  map[int64]bool // whether a source is polled, or sends to us
	sources []store.Alarm  // all that is wrong
	begun   []store.Alarm
	lasting []store.Alarm // to be told once more
	over    []store.Alarm
}

func (n *news) none() bool { return len(n.begun)+len(n.lasting)+len(n.over) == 0 }

// compare finds what is new, and what has ended, of the alarms there were.
func (n *news) compare(alarms []store.Alarm) {
	live := slices.DeleteFunc(slices.Clone(alarms), func(a store.Alarm) bool { return !a.Ended.IsZero() })
	same := func(a store.Alarm) func(store.Alarm) bool {
		return func(b store.Alarm) bool { return a.SourceID == b.SourceID && a.Kind == b.Kind }
	}
	for _, a := range n.sources {
		at := slices.IndexFunc(live, same(a))
		switch {
		case at < 0:
			n.begun = append(n.begun, a)
		case n.now.Sub(live[at].Told) >= oneDay:
			a.ID, a.Began = live[at].ID, live[at].Began
			n.lasting = append(n.lasting, a)
		}
	}
	for _, a := range live {
		if !slices.ContainsFunc(n.sources, same(a)) {
			n.over = append(n.over, a)
		}
	}
}

// write records the changes and the notices of them in one transaction.
func (n *news) write(ctx context.Context, tx *store.Tx) (err error) {
	for i, a := range n.begun {
		if n.begun[i].ID, err = tx.Raise(ctx, a); err != nil {
			return err
		}
	}
	for _, a := range n.lasting {
		if _, err := tx.Raise(ctx, a); err != nil {
			return err
		}
	}
	for _, a := range slices.Concat(n.begun, n.lasting) {
		if err := tx.AlarmTold(ctx, a.ID, n.now); err != nil {
			return err
		}
	}
	for _, a := range n.over {
		if err := tx.EndAlarm(ctx, a.ID, n.now); err != nil {
			return err
		}
	}
	for _, notice := range []store.Notice{
		noticeOf("begun", "", n.begun, func(a store.Alarm) string { return a.Words }),
		noticeOf("lasting", "still ", n.lasting, func(a store.Alarm) string { return a.Words + " (Noticed on " + a.Began.Format(sayTime) + ".)" }),
		noticeOf("over", "over: ", n.over, n.past),
	} {
		if notice.Text == "" {
			continue
		}
		notice.Key += "/" + n.now.Format(time.DateOnly)
		if _, err := tx.AddNotice(ctx, notice, n.now); err != nil {
			return err
		}
	}
	return nil
}

// noticeOf makes one notice of several alarms, however many they are.
func noticeOf(what, before string, alarms []store.Alarm, words func(store.Alarm) string) (n store.Notice) {
	if len(alarms) == 0 {
		return n
	}
	var b strings.Builder
	for _, a := range alarms {
		b.WriteString("- " + words(a) + "\n")
	}
	first := slices.MinFunc(alarms, func(a, b store.Alarm) int { return cmp.Compare(a.ID, b.ID) })
	n.Key = fmt.Sprintf("alarm/%s/%d", what, first.ID)
	n.Subject = before + subject(first)
	if more := len(alarms) - 1; more > 0 {
		n.Subject += fmt.Sprintf(", and %d more", more)
	}
	n.Text = b.String()
	return n
}

// past tells an alarm that is over.
func (n *news) past(a store.Alarm) string {
	what := "Polling stood still"
	switch a.Kind {
	case store.Silence:
		what = a.Source + " was silent"
	case store.Drop:
		what = a.Source + " brought far less than usual"
	case store.Failing:
		what = a.Source + " could not be read"
	case store.Gone:
		what = a.Source + " was gone"
	}
	what += " from " + a.Since.Format(sayTime)
	if a.Kind != store.Stopped && !n.active[a.SourceID] {
		return what + " on. It is paused now, or was taken out of the configuration."
	}
	return what + " to " + n.now.Format(sayTime) + "."
}

// subject is an alarm in a few words.
func subject(a store.Alarm) string {
	switch a.Kind {
	case store.Silence:
		return a.Source + " is silent"
	case store.Drop:
		return a.Source + " brings far less than usual"
	case store.Failing:
		return a.Source + " cannot be read"
	case store.Gone:
		return a.Source + " is gone"
	}
	return "polling stands still"
}
