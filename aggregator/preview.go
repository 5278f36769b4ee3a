// This file looks at what an upstream would bring, without recording anything.

package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// Preview is what an upstream would bring with its first poll.
type Preview struct {
	Messages int            // different ones
	Copied   int            // of them, those that look like announcements, of a source that is not trusted to make any
	More     bool           // there are more, which were not looked at
	Tally    map[string]int // events by kind and event, such as "draft new", or "post" where they are one
	Newest   []Previewed    // the newest first
	Lists    []string       // List-Ids of the mails
}

// Previewed is one event that would come in.
type Previewed struct {
	Event catalog.Event
	Item  *filters.Item // to try queries on
}

var errSeen = errors.New("enough was seen")

// LookAhead polls an upstream into memory, up to limit messages and as long as
// ctx lasts, and keeps the newest events. With announcements, they are those of
// a trusted source.
func LookAhead(ctx context.Context, up Upstream, announcements bool, limit, keep int, now time.Time) (Preview, error) {
	p := Preview{Tally: map[string]int{}}
	seen := map[string]bool{}
	o := Origin{Name: "preview", Announcements: announcements, History: true}
	cursor, err := recent(ctx, up, limit)
	if err != nil {
		return p, err
	}
	_, err = ask(ctx, up, cursor, func(_ context.Context, batch []Received, _ string) error {
		for _, r := range batch {
			if digest := string(store.Digest(r.Raw)); !seen[digest] && p.Messages < limit {
				seen[digest] = true
				p.add(prepare(o, r, now), keep)
			}
		}
		if len(seen) >= limit {
			return errSeen
		}
		return nil
	})
	_, partial := errors.AsType[*PartialError](err)
	if errors.Is(err, errSeen) || partial || ctx.Err() != nil && p.Messages > 0 {
		p.More, err = !partial, nil
	}
	return p, err
}

// recent gives the cursor from which an upstream gives its last messages, where
// it would begin with its first: in folders of many years.
func recent(ctx context.Context, up Upstream, limit int) (string, error) {
	m, ok := up.(*IMAP)
	if !ok {
		return "", nil
	}
	conn, err := mail.DialIMAP(ctx, m.Config)
	if err != nil {
		return "", err
	}
	defer conn.Close() //nolint:errcheck,contextcheck // nothing is lost by a failed LOGOUT
	box, err := conn.Examine(ctx, m.Folder)
	if err != nil || int64(box.UIDNext) <= int64(limit) {
		return "", err
	}
	cursor, err := json.Marshal(imapCursor{Validity: box.UIDValidity, UID: box.UIDNext - 1 - uint32(limit)}) //nolint:gosec // it is small
	return string(cursor), err
}

func (p *Preview) add(in intake, keep int) {
	p.Messages++
	if list := in.message.List; list != "" && !slices.Contains(p.Lists, list) && len(p.Lists) < keep {
		p.Lists = append(p.Lists, list)
	}
	if in.copied != nil {
		p.Copied++
	}
	for _, t := range in.tidings {
		what := string(t.event.Kind)
		if event := string(t.event.Event); event != what {
			what += " " + event
		}
		p.Tally[what]++
		p.Newest = append(p.Newest, Previewed{t.event, t.item})
	}
	slices.SortStableFunc(p.Newest, func(a, b Previewed) int { return b.Event.Published.Compare(a.Event.Published) })
	p.Newest = p.Newest[:min(len(p.Newest), keep)]
}
