// This file polls public-inbox archives, as lore.kernel.org is one.

package aggregator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// PublicInbox is the inbox at URL, such as https://lore.kernel.org/quic/. Its
// Atom feed, which can be asked for what was received from some time on, tells
// which messages are there; those not yet taken are asked for one by one, raw.
// Four times a day that time is Overlap before the newest, since mirrors and
// moderators are late.
//
// The first poll takes what was received since Archive.Since, or what the feed
// shows if that is zero. Archive.Files bounds the messages asked for in one
// poll; 0 is 200.
type PublicInbox struct {
	Archive
	URL   string
	Whole bool // the first poll begins with all.mbox.gz, where the host offers it
}

const sweepEvery = 6 * time.Hour

// inboxCursor is how far an inbox has been read.
type inboxCursor struct {
	Mark  time.Time `json:"mark,omitzero"`  // what was received before is taken, but for what is late
	Swept time.Time `json:"swept,omitzero"` // when late messages were looked for
	Seen  seenIDs   `json:"seen,omitempty"` // taken, near Mark
	Whole bool      `json:"whole,omitempty"`
}

// Address implements [Movable].
func (m PublicInbox) Address() string { return m.URL }

// At implements [Movable].
func (m PublicInbox) At(address string, tell func(fetch.Outcome)) Upstream {
	m.URL, m.Client = address, m.Client.Telling(tell)
	return m
}

// Poll implements [Upstream].
func (m PublicInbox) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	p := inboxPoll{PublicInbox: m, now: m.Now().UTC(), left: cmp.Or(m.Files, 200)}
	p.URL = strings.TrimSuffix(m.URL, "/") + "/"
	if json.Unmarshal([]byte(cursor), &p.at) != nil {
		p.at = inboxCursor{} // reading all again loses nothing
	}
	p.at.Mark = earlier(p.at.Mark, p.now)
	if p.at.Seen == nil {
		p.at.Seen = seenIDs{}
	}
	p.out = handover{take: take, cursor: p.cursor}
	if m.Whole && !p.at.Whole {
		if err := p.whole(ctx, take); err != nil {
			return 0, err
		}
	}
	err := p.walk(ctx)
	if ctx.Err() != nil || errors.Is(err, errTake) {
		return 0, err
	}
	if flushed := p.out.flush(ctx); err != nil || flushed != nil {
		return 0, errors.Join(afterFaults(p.faults, err), flushed)
	}
	return 0, partly(p.faults)
}

// inboxPoll is one poll.
type inboxPoll struct {
	PublicInbox
	now    time.Time
	at     inboxCursor
	left   int // messages that may still be asked for
	row    int // failures one after the other
	out    handover
	faults []error
}

func (p *inboxPoll) cursor() ([]byte, error) {
	p.at.Seen.forget(p.at.Mark.Add(-2 * p.overlap()))
	return json.Marshal(p.at)
}

func (p *inboxPoll) overlap() time.Duration { return cmp.Or(p.Overlap, lateBy) }

// whole takes the archive as one file.
func (p *inboxPoll) whole(ctx context.Context, take Taker) error {
	file := p.URL + "all.mbox.gz"
	a := p.Archive.begin("")
	a.out = handover{take: take, cursor: p.cursor}
	if err := a.readVolume(ctx, volume{name: file, url: func(volumePlace) string { return file }}); err != nil {
		return errors.Join(err, a.out.flush(ctx))
	}
	p.faults = a.faults
	p.at.Whole, p.at.Mark = true, p.now.Add(-p.overlap())
	return a.out.flush(ctx)
}

// walk reads page after page of the feed, from what was received first.
func (p *inboxPoll) walk(ctx context.Context) error {
	from, met := p.at.Mark, true // met: what was received at from is known
	late := p.now.Sub(p.at.Swept).Abs() >= sweepEvery
	switch {
	case from.IsZero():
		from, met, p.at.Swept = p.Since, false, p.now
	case late:
		from, met = later(from.Add(-p.overlap()), p.Since), false
	}
	for {
		page, err := p.page(ctx, from)
		if err != nil {
			return err
		}
		if met && len(page) > 0 && page[0].at.After(from) {
			p.faults = append(p.faults, fmt.Errorf("%s: messages may be missing that were received from %s to %s: the feed does not reach back",
				p.URL, from.Format(time.RFC3339), page[0].at.Format(time.RFC3339)))
		}
		for _, e := range page {
			if known := e.at.Before(from) && !e.at.IsZero(); known {
				continue
			}
			if err := p.take(ctx, e); err != nil || p.left == 0 {
				return err
			}
		}
		if err := p.out.flush(ctx); err != nil {
			return err
		}
		if from, met = p.onward(page, from); from.IsZero() {
			if late {
				p.at.Swept = p.now
			}
			return nil
		}
	}
}

// onward tells from when the next page is asked for, and whether something of
// that time is known; zero if this page was the last. The newest page, which
// comes where there is less than a page to give, begins earlier than asked.
func (p *inboxPoll) onward(page []inboxed, from time.Time) (next time.Time, met bool) {
	if len(page) == 0 || from.IsZero() || page[0].at.Before(from) {
		return time.Time{}, false
	}
	if next = furthest(page, p.now); next.After(from) {
		return next, true
	}
	if next.Equal(from) && page[len(page)-1].at.Equal(from) && len(page) > 1 { // all of one second: there may be more
		return from.Add(time.Second), false
	}
	return time.Time{}, false
}

// page asks for a page of the feed: what was received from after on, the first
// before the last, or the newest if there is not a page of that.
func (p *inboxPoll) page(ctx context.Context, after time.Time) ([]inboxed, error) {
	address := p.URL + "new.atom"
	if !after.IsZero() {
		address += "?t=" + after.UTC().Format("20060102150405") + "-"
	}
	resp, err := p.Client.Get(ctx, fetch.Request{URL: address, Accept: "application/atom+xml, */*;q=0.5"})
	if err != nil {
		return nil, err
	}
	page, err := inboxPage(resp)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return page, nil
}

// take asks for a message unless it has been taken. An error ends the poll.
func (p *inboxPoll) take(ctx context.Context, e inboxed) error {
	if p.at.Seen.has(e.id) {
		return nil
	}
	p.left--
	raws, err := p.raw(ctx, e.id)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
	case isHostFault(err):
		return err
	case isMissing(err) || isTooLarge(err): // asking again would not help
		p.faults = append(p.faults, fmt.Errorf("message <%s> is left out: %w", e.id, err))
	default: // the next look for late messages asks again
		if p.row++; p.row >= maxRow {
			return fmt.Errorf("message <%s>: no more was asked for after %d failures: %w", e.id, p.row, err)
		}
		p.faults = append(p.faults, fmt.Errorf("message <%s>: %w", e.id, err))
		return nil
	}
	p.row = 0
	p.at.Seen.add(e.id, earlier(e.at, p.now))
	if !e.at.After(p.now) && e.at.After(p.at.Mark) { // a wrong clock would hide all that follows
		p.at.Mark = e.at
	}
	for _, raw := range raws {
		if err := p.out.add(ctx, Received{Raw: raw, Format: store.RFC5322, At: receivedAt(e.at, p.now)}); err != nil {
			return err
		}
	}
	return nil
}

// raw asks for the messages of an id. There may be more than one.
func (p *inboxPoll) raw(ctx context.Context, id string) (list [][]byte, err error) {
	resp, err := p.Client.Get(ctx, fetch.Request{URL: p.URL + url.PathEscape(id) + "/raw", Accept: "text/plain, */*;q=0.5"})
	if err != nil {
		return nil, err
	}
	for box := mail.NewMbox(bytes.NewReader(resp.Body)); ; {
		raw, _, err := box.Next()
		switch {
		case errors.Is(err, io.EOF) && len(list) > 0:
			return list, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%s: %w", resp.FinalURL, errNoMail)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", resp.FinalURL, err)
		case !isMail(raw):
			return nil, fmt.Errorf("%s: %w", resp.FinalURL, errNoMail)
		}
		list = append(list, raw)
	}
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*fetch.TooLargeError](err)
	return ok || errors.Is(err, mail.ErrTooLarge)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// receivedAt is when the host says it received a message, if that can be.
func receivedAt(at, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	return earlier(at, now)
}
