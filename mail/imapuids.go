package mail

// This file asks an IMAP server which messages there are, and what their ids are.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// maxUIDs bounds one search: no list is that long.
const maxUIDs = 5_000_000

// Above gives the UIDs above after, ascending.
func (c *IMAP) Above(ctx context.Context, after uint32) ([]uint32, error) {
	if after == math.MaxUint32 {
		return nil, nil
	}
	uids, err := c.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: imap.UID(after) + 1, Stop: 0}}}})
	// Servers answer n:* with their last message even when n is beyond it.
	from, _ := slices.BinarySearch(uids, after+1)
	return uids[from:], err
}

// Since gives the UIDs up to upTo of messages that the server received on the
// day of since or later, ascending. Days are those of the server's own zone.
func (c *IMAP) Since(ctx context.Context, since time.Time, upTo uint32) ([]uint32, error) {
	if upTo == 0 {
		return nil, nil
	}
	uids, err := c.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 1, Stop: imap.UID(upTo)}}}, Since: since})
	end, _ := slices.BinarySearch(uids, upTo)
	if end < len(uids) && uids[end] == upTo {
		end++
	}
	return uids[:end], err
}

// MessageIDs gives the Message-IDs, without angle brackets, of those of uids
// that have one.
func (c *IMAP) MessageIDs(ctx context.Context, uids []uint32) (map[uint32]string, error) {
	ids := make(map[uint32]string, len(uids))
	opts := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{
		Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true,
	}}}
	err := c.fetch(ctx, uids, opts, func(f Fetched) {
		if id := Parse(f.Raw).ID; id != "" {
			ids[f.UID] = id
		}
	})
	return ids, err
}

// search gives the UIDs that the criteria find, ascending, each once.
func (c *IMAP) search(ctx context.Context, criteria *imap.SearchCriteria) ([]uint32, error) {
	if c.box.UIDValidity == 0 {
		return nil, c.explain("UID SEARCH", errors.New("no folder is open: call Examine first"))
	}
	var found imap.UIDSet
	err := c.do(ctx, "UID SEARCH", func() error {
		data, err := c.client.UIDSearch(criteria, nil).Wait()
		if err != nil {
			return err
		}
		found, _ = data.All.(imap.UIDSet)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var uids []uint32
	for _, r := range found {
		if r.Start == 0 || r.Stop < r.Start || int(r.Stop-r.Start) >= maxUIDs-len(uids) {
			return nil, c.explain("UID SEARCH", fmt.Errorf("the answer lists UIDs %d to %d: too many, or none at all", r.Start, r.Stop))
		}
		for u := uint64(r.Start); u <= uint64(r.Stop); u++ {
			uids = append(uids, uint32(u))
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids), nil
}
