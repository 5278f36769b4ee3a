// This file polls IMAP folders, the best way to read the IETF's lists.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// IMAP is a folder on an IMAP server, read without marking anything. It is
// used by pointer.
type IMAP struct {
	Config  mail.IMAPConfig
	Folder  string
	Batch   int              // messages fetched at a time; 0 is 200
	Overlap time.Duration    // how late a mail may come in below others and still be found; 0 is two days
	Now     func() time.Time // for messages whose server date is missing, and for Overlap
	Hosts   *IMAPHosts       // shared by all; nil: connections are neither bounded nor reused
	Idle    bool             // may keep a connection to be told by; at most IMAPKept of one server may

	// Known tells which of these Message-IDs, without angle brackets, the
	// source has given. It is asked before messages are fetched that may be
	// known under other UIDs. nil: none is.
	Known func(ctx context.Context, ids []string) (map[string]bool, error)

	once  sync.Once
	turn  chan struct{} // holds one while somebody uses kept and watching
	leave chan struct{} // asks who idles on kept for the turn

	kept     imapLine
	watching bool // a Watch is under way: kept stays open
}

// imapCursor is how far a folder has been read. UIDs mean something only
// together with the folder's UIDVALIDITY (RFC 9051, section 2.3.1.1).
type imapCursor struct {
	Place    string `json:"place,omitempty"` // server and folder
	Validity uint32 `json:"uidvalidity"`
	UID      uint32 `json:"uid"`             // the last taken
	Next     uint32 `json:"uidnext"`         // as it was when all had been taken,
	Exists   uint32 `json:"exists"`          // likewise: nothing has come while both are the same
	Swept    int64  `json:"swept"`           // when late mail was looked for, Unix seconds
	Match    bool   `json:"match,omitempty"` // what lies above UID may be known under another
}

// imapPoll is one poll under way.
type imapPoll struct {
	*IMAP
	conn   *mail.IMAP
	box    mail.Mailbox
	at     imapCursor
	take   Taker
	faults []error
}

// Poll implements [Upstream].
func (m *IMAP) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	line, done, err := m.line(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	box, err := line.examine(ctx, m)
	if err != nil {
		return 0, err
	}
	p := imapPoll{IMAP: m, conn: line.conn, box: box, take: take}
	p.begin(cursor)
	if err := p.read(ctx); err != nil {
		line.hangUp()
		return 0, errors.Join(append(p.faults, err)...)
	}
	return 0, partly(p.faults)
}

// begin reads the cursor. Where UIDs mean something else than they did, all
// counts as new, and is told by its Message-ID from what is known.
func (p *imapPoll) begin(cursor string) {
	place := p.Config.Addr + "/" + p.Folder
	err := json.Unmarshal([]byte(cursor), &p.at)
	elsewhere := p.at.Place != "" && p.at.Place != place
	backwards := p.box.UIDNext > 0 && p.at.UID >= p.box.UIDNext // as after a server's restore from a backup
	if err != nil || elsewhere || backwards || p.at.Validity != p.box.UIDValidity {
		p.at = imapCursor{Validity: p.box.UIDValidity, Match: cursor != "", Swept: p.Now().Unix()}
	}
	p.at.Place = place
}

// read takes what is new, and what is late.
func (p *imapPoll) read(ctx context.Context) error {
	if p.box.UIDNext > 0 && p.at.Next == p.box.UIDNext && p.at.Exists == p.box.Messages {
		return nil
	}
	uids, err := p.conn.Above(ctx, p.at.UID)
	if err != nil {
		return err
	}
	before, late := p.at.UID, p.late(len(uids))
	if err := p.above(ctx, uids); err != nil {
		return err
	}
	if late {
		if err := p.sweep(ctx, before); err != nil {
			return err
		}
		p.at.Swept = p.Now().Unix()
	}
	p.at.Next, p.at.Exists, p.at.Match = p.box.UIDNext, p.box.Messages, false
	return takeWith(ctx, p.take, nil, p.at)
}

// above takes messages that have come to stand behind all that was taken.
func (p *imapPoll) above(ctx context.Context, uids []uint32) error {
	if !p.at.Match {
		return p.fetch(ctx, uids, true)
	}
	return p.unknown(ctx, uids, func(some, unknown []uint32) error {
		if err := p.fetch(ctx, unknown, true); err != nil {
			return err
		}
		p.at.UID = some[len(some)-1]
		return takeWith(ctx, p.take, nil, p.at)
	})
}

// fetch takes messages. Faults of ones that are new are told, this one time.
func (p *imapPoll) fetch(ctx context.Context, uids []uint32, fresh bool) error {
	return p.conn.Fetch(ctx, uids, cmp.Or(p.Batch, 200), func(fetched []mail.Fetched) error {
		var messages []Received
		for _, f := range fetched {
			if fresh {
				p.at.UID = f.UID
			}
			switch {
			case f.Err == nil:
				messages = append(messages, Received{Raw: f.Raw, Format: store.RFC5322, At: received(f, p.Now)})
			case fresh && len(p.faults) < maxFaults:
				p.faults = append(p.faults, fmt.Errorf("%s at %s: %w", p.Folder, p.Config.Addr, f.Err))
			}
		}
		return takeWith(ctx, p.take, messages, p.at)
	})
}

// received is when the server received a message.
func received(f mail.Fetched, now func() time.Time) time.Time {
	if f.Internal.IsZero() {
		return now()
	}
	return f.Internal
}
