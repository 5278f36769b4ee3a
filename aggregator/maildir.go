// This file polls Maildirs, which a mail server on this machine delivers to.

package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// Maildir is a directory with one file a message, below new and cur. Nothing
// in it is changed. While the times of the two say that nothing came, a poll
// looks at nothing else.
//
// What was taken is known by sums over the names, in 1,024 groups: so neither
// the size of the cursor nor what is found depends on how many files there
// are, on the clock that stamped them, or on their order. In a group that has
// changed, only files newer than all taken before are read, or all of it if
// older ones came or went; what is known is then known by its content.
type Maildir struct {
	Path string
	Now  func() time.Time // of the file system
}

// Poll implements [Upstream]. It fails if the directories cannot be read; a
// file that cannot is told in a *[PartialError].
func (m Maildir) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	p := maildirPoll{Maildir: m}
	if json.Unmarshal([]byte(cursor), &p.at) != nil || len(p.at.Sums) != maildirGroups {
		p.at = maildirCursor{Sums: make(sums, maildirGroups)} // reading all again loses nothing
	}
	p.out = handover{take: take, cursor: func() ([]byte, error) { return json.Marshal(p.at) }}
	times, err := p.times()
	if err != nil || times == p.at.Times && times != [2]int64{} {
		return 0, err
	}
	groups, err := p.list()
	if err != nil {
		return 0, err
	}
	newest, whole := p.at.Newest, true
	for i, files := range groups {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		ok, err := p.read(ctx, i, files)
		if err != nil {
			return 0, err
		}
		whole = whole && ok
		for _, f := range files {
			newest = max(newest, f.mtime)
		}
	}
	p.at.Newest, p.at.Times = newest, [2]int64{}
	if whole {
		p.at.Times = times
	}
	if err := p.out.flush(ctx); err != nil {
		return 0, err
	}
	return 0, partly(p.faults)
}

// maildirPoll is one poll.
type maildirPoll struct {
	Maildir
	at     maildirCursor
	out    handover
	faults []error
}

// times gives the times of new and cur, 0 for one that has just changed: the
// next change may bear the same time.
func (p *maildirPoll) times() (at [2]int64, err error) {
	missing := 0
	for i, sub := range maildirParts {
		info, err := os.Stat(filepath.Join(p.Path, sub))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if missing++; missing == len(maildirParts) {
				return at, fmt.Errorf("%s: no Maildir: want the directories new and cur", p.Path)
			}
			at[i] = 1
		case err != nil:
			return at, err
		case p.Now().Sub(info.ModTime()).Abs() >= quietFor:
			at[i] = info.ModTime().UnixNano()
		}
	}
	if at[0] == 0 || at[1] == 0 {
		return [2]int64{}, nil
	}
	return at, nil
}

// read takes what is new in a group. It reports false if a file must be looked
// at again.
func (p *maildirPoll) read(ctx context.Context, group int, files []maildirFile) (whole bool, err error) {
	var all, old uint32
	for _, f := range files {
		all += f.sum
		if f.mtime <= p.at.Newest {
			old += f.sum
		}
	}
	if all == p.at.Sums[group] {
		return true, nil
	}
	grown, whole := old == p.at.Sums[group], true
	for _, f := range files {
		if grown && f.mtime <= p.at.Newest {
			continue
		}
		raw, err := readMaildirFile(f.path)
		switch {
		case err == nil && len(raw) == 0: // not yet written; its sum will differ then
			continue
		case errors.Is(err, fs.ErrNotExist): // moved from new to cur, or away
			all, whole = all-f.sum, false
			continue
		case errors.Is(err, mail.ErrTooLarge):
			p.faults = append(p.faults, fmt.Errorf("%w, and is left out", err))
			continue
		case err != nil:
			p.faults = append(p.faults, err)
			all, whole = all-f.sum, false
			continue
		}
		at := time.Unix(0, f.mtime)
		if now := p.Now(); at.After(now) {
			at = now
		}
		if err := p.out.add(ctx, Received{Raw: raw, Format: store.RFC5322, At: at.UTC()}); err != nil {
			return false, err
		}
	}
	p.at.Sums[group] = all
	return whole, nil
}

// readMaildirFile reads a message of bounded size.
func readMaildirFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mail.DefaultMaxMessage+1))
	if len(raw) > mail.DefaultMaxMessage {
		err = mail.ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return raw, nil
}
