// This file finds mail that came late to an IMAP folder, and keeps what is
// known from being fetched again.

package aggregator

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// askAtOnce is how many Message-IDs are asked for at a time; a command stays
// below 8,192 octets then (RFC 7162, section 4).
const askAtOnce = 500

// late reports whether mail may have come to stand below what was taken,
// fresh messages having come above. A count that is not what it should be
// shows it; a message that was taken away meanwhile can hide it, so now and
// then it is assumed.
func (p *imapPoll) late(fresh int) bool {
	if p.at.UID == 0 || p.at.Match { // all is looked at anyway
		return false
	}
	since := p.Now().Sub(time.Unix(p.at.Swept, 0)).Abs()
	return int(p.at.Exists)+fresh != int(p.box.Messages) || since >= sweepEvery
}

// sweep takes what stands up to a UID, came within the overlap, and is unknown.
func (p *imapPoll) sweep(ctx context.Context, upTo uint32) error {
	const zones = 24 * time.Hour // the server counts in days of its own
	uids, err := p.conn.Since(ctx, p.Now().Add(-cmp.Or(p.Overlap, lateBy)-zones), upTo)
	if err != nil {
		return err
	}
	return p.unknown(ctx, uids, func(_, unknown []uint32) error { return p.fetch(ctx, unknown, false) })
}

// unknown hands uids over some at a time, with those of them that the source
// has not given by their Message-ID. Those without one count as unknown.
func (p *imapPoll) unknown(ctx context.Context, uids []uint32, each func(some, unknown []uint32) error) error {
	for some := range slices.Chunk(uids, askAtOnce) {
		ids, err := p.conn.MessageIDs(ctx, some)
		if err != nil {
			return err
		}
		known, err := p.known(ctx, ids)
		if err != nil {
			return err
		}
		unknown := slices.DeleteFunc(slices.Clone(some), func(u uint32) bool { return known[ids[u]] })
		if err := each(some, unknown); err != nil {
			return err
		}
	}
	return nil
}

// known tells which of these Message-IDs belong to mails that were taken.
func (p *imapPoll) known(ctx context.Context, ids map[uint32]string) (map[string]bool, error) {
	if p.Known == nil || len(ids) == 0 {
		return nil, nil
	}
	list := make([]string, 0, len(ids))
	for _, id := range ids {
		list = append(list, id)
	}
	return p.Known(ctx, list)
}
