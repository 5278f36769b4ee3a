// This file polls IMAP folders, the best way to read the IETF's lists.

package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// IMAP is a folder on an IMAP server, read without marking anything.
type IMAP struct {
	Config mail.IMAPConfig
	Batch  int              // messages fetched at a time; 0 is 200
	Now    func() time.Time // for messages whose server date is missing
}

// imapCursor is the last UID taken, which means something only together with
// the folder's UIDVALIDITY (RFC 9051, section 2.3.1.1).
type imapCursor struct {
	Validity uint32 `json:"uidvalidity"`
	UID      uint32 `json:"uid"`
}

// Poll implements [Upstream].
func (m IMAP) Poll(ctx context.Context, cursor string, take Taker) (_ time.Duration, err error) {
	var at imapCursor
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &at); err != nil {
			at = imapCursor{} // reading all again loses nothing
		}
	}
	conn, err := mail.DialIMAP(ctx, m.Config)
	if err != nil {
		return 0, err
	}
	defer conn.Close() //nolint:errcheck,contextcheck // a failed LOGOUT loses nothing, and it is tried when ctx is done too
	box, err := conn.Examine(ctx)
	if err != nil {
		return 0, err
	}
	backwards := box.UIDNext > 0 && at.UID >= box.UIDNext // as after a server's restore from a backup
	if at.Validity != box.UIDValidity || backwards {      // other UIDs: what is known already is known by its content
		at = imapCursor{Validity: box.UIDValidity}
	}
	if box.UIDNext > 0 && at.UID == box.UIDNext-1 {
		return 0, nil
	}
	batch := m.Batch
	if batch == 0 {
		batch = 200
	}
	var faults []error
	err = conn.Fetch(ctx, at.UID, batch, func(fetched []mail.Fetched) error {
		var messages []Received
		for _, f := range fetched {
			at.UID = f.UID
			if f.Err != nil {
				faults = append(faults, fmt.Errorf("%s at %s: %w", m.Config.Folder, m.Config.Addr, f.Err)) // told once
				continue
			}
			received := f.Internal
			if received.IsZero() {
				received = m.Now()
			}
			messages = append(messages, Received{Raw: f.Raw, Format: store.RFC5322, At: received})
		}
		next, err := json.Marshal(at)
		if err != nil {
			return err
		}
		return take(ctx, messages, string(next))
	})
	if err != nil {
		return 0, errors.Join(append(faults, err)...)
	}
	return 0, partly(faults)
}
