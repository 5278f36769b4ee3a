// This file tells from the Datatracker when a meeting's sessions are.

package aggregator

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// slotTime is when a session is.
type slotTime struct{ starts, ends time.Time }

// times gives when the sessions of a meeting are, by session. Of the schedules
// there are it takes the meeting's own and the one that builds on; a session has
// its earliest time there.
func (p *meetingPoll) times(ctx context.Context, m trackerMeeting) (map[int64]slotTime, error) {
	slots := map[string]slotTime{}
	err := p.collect(ctx, "meeting/timeslot", maxPresented, func(object json.RawMessage) error {
		address, slot, err := readSlot(object)
		if err == nil {
			slots[address] = slot
		}
		return err
	}, "meeting__number", m.Number)
	if err != nil || len(slots) == 0 {
		return nil, unlessGone(err)
	}
	times := map[int64]slotTime{}
	assign := func(object json.RawMessage) error {
		var o struct {
			Session string `json:"session"` // addresses
			Slot    string `json:"timeslot"`
		}
		if err := json.Unmarshal(object, &o); err != nil {
			return err
		}
		slot, known := slots[o.Slot]
		session, err := strconv.ParseInt(slug(o.Session), 10, 64)
		if !known || err != nil { // a slot that is not used
			return nil
		}
		if t, known := times[session]; !known || slot.starts.Before(t.starts) {
			times[session] = slot
		}
		return nil
	}
	const assignments = "meeting/schedtimesessassignment"
	if m.Schedule == "" {
		return times, unlessGone(p.collect(ctx, assignments, maxPresented, assign, "session__meeting__number", m.Number))
	}
	var schedule struct {
		Base string `json:"base"` // address
	}
	if _, err := p.object(ctx, m.Schedule, &schedule); err != nil {
		return nil, err
	}
	for _, address := range []string{m.Schedule, schedule.Base} {
		if address == "" {
			continue
		}
		if err := p.collect(ctx, assignments, maxPresented, assign, "schedule", slug(address)); err != nil {
			return times, unlessGone(err)
		}
	}
	return times, nil
}

// unlessGone lets a collection pass that a Datatracker does not have.
func unlessGone(err error) error {
	if gone(err) {
		return nil
	}
	return err
}

// readSlot reads an object of meeting/timeslot.
func readSlot(object json.RawMessage) (address string, slot slotTime, err error) {
	var o struct {
		Address  string          `json:"resource_uri"`
		Time     trackerTime     `json:"time"`
		Duration json.RawMessage `json:"duration"`
	}
	if err := json.Unmarshal(object, &o); err != nil {
		return "", slot, err
	}
	if y := o.Time.Year(); y < firstRFC || y > 9999 {
		return "", slot, nil
	}
	slot.starts = o.Time.Time
	if d := readDuration(strings.Trim(string(o.Duration), `"`)); d > 0 {
		slot.ends = slot.starts.Add(d)
	}
	return o.Address, slot, nil
}

// readDuration reads 7200, 7200.0 or 2:00:00; anything else, or what is longer
// than a day, is 0.
func readDuration(s string) time.Duration {
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil {
		seconds = 0
		parts := strings.Split(s, ":")
		if len(parts) != 3 {
			return 0
		}
		for _, part := range parts {
			n, err := strconv.ParseFloat(part, 64)
			if err != nil || !(n >= 0) {
				return 0
			}
			seconds = 60*seconds + n
		}
	}
	if !(seconds > 0 && seconds <= 24*60*60) {
		return 0
	}
	return time.Duration(seconds * float64(time.Second)).Truncate(time.Second)
}
