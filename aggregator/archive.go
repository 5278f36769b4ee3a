// This file polls list archives that are files by period, most often months,
// at HTTP addresses. What differs between their kinds is how the files are found.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// Archive is how the files of a list archive are read; [MboxHTTP],
// [Pipermail] and [HyperKitty] say which. A file is read on from where reading
// stopped while its period lasts and for seven days more, or Overlap if that is
// longer, and then left for good.
type Archive struct {
	Client  *fetch.Client
	Now     func() time.Time
	Since   time.Time     // the first poll begins with its month; zero: with the month before
	Overlap time.Duration // how late a mail may be archived and still be found; 0 is two days
	Files   int           // asked for in one poll; 0 is 24
	MaxFile int64         // bytes of a file as fetched, kept on disk while it is read; 0 is 1 GiB
	MaxSize int64         // bytes of a gzipped file, decompressed; 0 is 4 GiB
	Dir     string        // where files lie while they are read; "" is the system's
}

const (
	lateFor  = 7 * 24 * time.Hour // after its end, a period may still grow
	lateBy   = 2 * 24 * time.Hour // a mail may be archived that late
	giveUpAt = 5                  // failures of one file of the past while others could be read
	maxRow   = 3                  // failures one after the other end a poll: it is the host

	flushEvery = time.Minute // a crash costs no more than that
)

// volume is one file of an archive.
type volume struct {
	key   string    // starts with the day it begins, as 2026-11-01; "" for a file of all times
	name  string    // for people
	end   time.Time // the first moment that is not in it; zero: it never ends
	url   func(volumePlace) string
	quiet bool // it may be missing: no mail came
}

// volumeCursor is how far an archive has been read.
type volumeCursor struct {
	Done string                 `json:"done,omitempty"` // the last key that is left for good, or the day before the first
	Open map[string]volumePlace `json:"open,omitempty"` // by key
	Met  bool                   `json:"met,omitempty"`  // a file was read: the address is right
}

// archivePoll is one poll of an Archive.
type archivePoll struct {
	Archive
	now           time.Time
	at            volumeCursor
	reading       *volumeRead // under way
	flushed       time.Time
	out           handover
	order         []string        // keys asked for, from the first that is not left for good
	over          map[string]bool // whether a key is left for good now
	broken        []volume        // could not be read
	read, missing int             // files
	faults        []error
}

// poll reads the volumes that list gives, which may hold ones that are done.
func (a Archive) poll(ctx context.Context, cursor string, take Taker, list func(done time.Time) ([]volume, error)) error {
	p := a.begin(cursor)
	p.out = handover{take: take, cursor: p.cursor}
	volumes, err := list(day(p.at.Done))
	if err != nil {
		return err
	}
	volumes = slices.DeleteFunc(volumes, func(v volume) bool { return v.key != "" && v.key <= p.at.Done })
	slices.SortStableFunc(volumes, func(a, b volume) int { return cmp.Compare(a.key, b.key) })
	if err := p.readAll(ctx, volumes[:min(len(volumes), cmp.Or(a.Files, 24))]); err != nil {
		return err
	}
	return p.end(ctx)
}

// begin reads the cursor. One that is damaged counts as empty: reading all
// again loses nothing.
func (a Archive) begin(cursor string) *archivePoll {
	now := a.Now().UTC()
	p := &archivePoll{Archive: a, now: now, flushed: now, over: map[string]bool{}}
	if json.Unmarshal([]byte(cursor), &p.at) != nil || day(p.at.Done).IsZero() {
		first := a.Since
		if first.IsZero() {
			first = monthOf(p.now).AddDate(0, -1, 0)
		}
		p.at = volumeCursor{Done: monthOf(first).AddDate(0, 0, -1).Format(time.DateOnly)}
	}
	if p.at.Open == nil {
		p.at.Open = map[string]volumePlace{}
	}
	return p
}

// day is the one that a key starts with, or zero.
func day(key string) time.Time {
	t, _ := time.Parse(time.DateOnly, key[:min(len(key), len(time.DateOnly))])
	return t
}

func (p *archivePoll) cursor() ([]byte, error) {
	if p.reading != nil {
		if err := p.reading.mark(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(p.at)
}

// readAll reads volumes until one meets a fault that the next would meet too.
func (p *archivePoll) readAll(ctx context.Context, volumes []volume) error {
	row := 0
	for _, v := range volumes {
		p.order = append(p.order, v.key)
		err := p.readVolume(ctx, v)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errTake):
			return err
		case err == nil:
			p.read++
			p.at.Met, p.over[v.key] = true, p.closed(v)
		case v.quiet && isMissing(err):
			p.miss(v, err)
		case isHostFault(err):
			return p.fail(ctx, fmt.Errorf("%s: %w", v.name, err))
		default:
			p.faults = append(p.faults, fmt.Errorf("%s: %w", v.name, err))
			p.broken = append(p.broken, v)
			if row++; row == maxRow {
				return p.fail(ctx, fmt.Errorf("no more was asked for after %d failures: %w", row, err))
			}
			continue
		}
		row = 0
		p.settle()
		if now := p.Now(); now.Sub(p.flushed) >= flushEvery {
			p.flushed = now
			if err := p.out.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// closed reports whether no more is expected of a volume.
func (p *archivePoll) closed(v volume) bool {
	return !v.end.IsZero() && p.now.Sub(v.end) >= max(lateFor, p.Overlap)
}

// miss notes a month without a file: no mail, as is common in its first days.
func (p *archivePoll) miss(v volume, err error) {
	if p.now.Sub(day(v.key)) < lateFor {
		return
	}
	p.missing++
	p.over[v.key] = p.closed(v)
	p.faults = append(p.faults, fmt.Errorf("%s: taken for a month without mail: %w", v.name, err))
}

// settle leaves volumes for good as long as none before them is still read.
func (p *archivePoll) settle() {
	for len(p.order) > 0 && p.over[p.order[0]] {
		p.at.Done = p.order[0]
		delete(p.at.Open, p.at.Done)
		p.order = p.order[1:]
	}
}

// end gives up files of the past that fail again and again though others can
// be read, so that they do not hold up what follows, and hands over the rest.
func (p *archivePoll) end(ctx context.Context) error {
	for _, v := range p.broken {
		place := p.at.Open[v.key]
		if p.read > 0 {
			place.Tries++
		}
		p.at.Open[v.key] = place
		if place.Tries >= giveUpAt && p.closed(v) {
			p.over[v.key] = true
			p.faults = append(p.faults, fmt.Errorf("%s: given up after %d tries; import it by hand", v.name, giveUpAt))
		}
	}
	p.settle()
	if n := len(p.faults); n > 0 && p.read == 0 && (len(p.broken) > 0 || !p.at.Met) {
		err := p.faults[n-1]
		p.faults = p.faults[:n-1]
		return p.fail(ctx, err)
	}
	if err := p.out.flush(ctx); err != nil {
		return err
	}
	return partly(p.faults)
}

// fail hands over what was read before the poll failed.
func (p *archivePoll) fail(ctx context.Context, err error) error {
	return errors.Join(afterFaults(p.faults, err), p.out.flush(ctx))
}

// afterFaults tells an error together with the faults before it.
func afterFaults(faults []error, err error) error {
	if err == nil || len(faults) == 0 {
		return err
	}
	return fmt.Errorf("%w; before that: %s", err, (&PartialError{faults}).Error())
}

func isMissing(err error) bool {
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && (status.Status == http.StatusNotFound || status.Gone())
}

// isHostFault reports an error that says nothing of the one file: the host
// wants to be left alone, or must not be asked.
func isHostFault(err error) bool {
	if status, ok := errors.AsType[*fetch.StatusError](err); ok {
		return status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable
	}
	_, busy := errors.AsType[*fetch.BusyError](err)
	_, blocked := errors.AsType[*fetch.BlockedError](err)
	return busy || blocked
}

// monthOf is the beginning of t's month in UTC.
func monthOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// handover gathers messages into batches.
type handover struct {
	take   Taker
	cursor func() ([]byte, error) // as it stands with all messages added
	batch  []Received
	bytes  int
}

// add takes one message in; the cursor must know of it already.
func (h *handover) add(ctx context.Context, r Received) error {
	h.batch = append(h.batch, r)
	if h.bytes += len(r.Raw); len(h.batch) < batchMessages && h.bytes < batchBytes {
		return nil
	}
	return h.flush(ctx)
}

// flush hands over what there is, and the cursor in any case.
func (h *handover) flush(ctx context.Context) error {
	cursor, err := h.cursor()
	if err != nil {
		return err
	}
	if err := h.take(ctx, h.batch, string(cursor)); err != nil {
		return fmt.Errorf("%w: %w", errTake, err)
	}
	h.batch, h.bytes = nil, 0
	return nil
}
