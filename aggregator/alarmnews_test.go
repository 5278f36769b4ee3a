package aggregator

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// lastNotice is the text of the newest notice.
func (r *rig) lastNotice() string {
	r.t.Helper()
	list, err := r.db.Notices(context.Background(), time.Time{})
	if err != nil || len(list) == 0 {
		r.t.Fatalf("%d notices, %v", len(list), err)
	}
	newest := list[0]
	for _, n := range list {
		if n.Made.After(newest.Made) {
			newest = n
		}
	}
	return newest.Text
}

// The operator reads of an alarm that is over what was, until when, and why.
func TestAlarmOver(t *testing.T) {
	r, l, s := lookoutRig(t)
	s.fails(errors.New("broken"))
	for range manyTries {
		r.poll()
	}
	l.look(t, r)
	if got := r.lastNotice(); strings.Contains(got, "source tls:") || !strings.Contains(got, "the last: broken") {
		t.Errorf("while it fails: %q", got)
	}
	began := r.now().Format(sayTime)
	r.pass(time.Hour)
	s.do = nil
	r.poll()
	l.look(t, r)
	if got, want := r.lastNotice(), "- tls could not be read from "+began+" to "+r.now().Format(sayTime)+".\n"; got != want {
		t.Errorf("when it is over: %q, want %q", got, want)
	}

	r.pass(3 * 24 * time.Hour)
	r.poll()
	if alarms, _ := l.look(t, r); alarms != "silence" {
		t.Fatalf("after three days: %q", alarms)
	}
	r.use()
	if err := r.takeUp(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Hour)
	l.look(t, r)
	if got := r.lastNotice(); !strings.HasPrefix(got, "- tls was silent from ") || !strings.HasSuffix(got, " on. It is paused now, or was taken out of the configuration.\n") {
		t.Errorf("when it was taken out: %q", got)
	}
}
