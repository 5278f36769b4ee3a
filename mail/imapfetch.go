package mail

// This file fetches messages from an IMAP folder, and believes the server little.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Fetched is one message of a folder. Err is set when it is too large to be
// taken (it wraps ErrTooLarge) or the server has lost its body; Raw is nil then.
type Fetched struct {
	UID      uint32
	Internal time.Time // when the server got it, in UTC; zero if it did not say
	Raw      []byte
	Err      error
}

const batchBytes = 16 << 20 // of message bodies asked for at a time

// Fetch hands the messages of uids, which must ascend, to yield in that order,
// at most batch of them at a time. What is no longer there is left out. It ends
// when yield gives an error. A server that lists a message and then does not
// give it is an error, after the messages before it have been yielded.
func (c *IMAP) Fetch(ctx context.Context, uids []uint32, batch int, yield func([]Fetched) error) error {
	for chunk := range slices.Chunk(uids, max(batch, 1)) {
		sizes, err := c.sizes(ctx, chunk)
		if err != nil {
			return err
		}
		for _, part := range bySize(chunk, sizes, c.cfg.MaxMessage) {
			msgs, missing := c.bodies(ctx, part, sizes)
			if len(msgs) > 0 {
				if err := yield(msgs); err != nil {
					return err
				}
			}
			if missing != nil {
				return missing
			}
		}
	}
	return nil
}

// sizes asks for sizes and internal dates. A UID without an answer has none.
func (c *IMAP) sizes(ctx context.Context, uids []uint32) (map[uint32]Fetched, error) {
	found := make(map[uint32]Fetched, len(uids))
	opts := &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}
	err := c.fetch(ctx, uids, opts, func(f Fetched) { found[f.UID] = f })
	return found, err
}

// bySize cuts uids into runs whose bodies stay below batchBytes together.
func bySize(uids []uint32, sizes map[uint32]Fetched, limit int64) [][]uint32 {
	var parts [][]uint32
	var part []uint32
	var sum int64
	for _, u := range uids {
		size := sizes[u].size()
		if size > limit {
			size = 0 // will not be fetched
		}
		if len(part) > 0 && sum+size > batchBytes {
			parts, part, sum = append(parts, part), nil, 0
		}
		part, sum = append(part, u), sum+size
	}
	if len(part) > 0 {
		parts = append(parts, part)
	}
	return parts
}

// size gives the announced size, which the answer to sizes keeps in a sizeNote.
func (f Fetched) size() int64 {
	if note, ok := errors.AsType[sizeNote](f.Err); ok {
		return int64(note)
	}
	return 0
}

// sizeNote is the size of a message whose body was not asked for, or is too large.
type sizeNote int64

func (n sizeNote) Error() string { return fmt.Sprintf("message of %d bytes", int64(n)) }
func (n sizeNote) Unwrap() error { return ErrTooLarge }

// bodies fetches the messages of one part, in order. missing is set when one
// is not there although the server says it is; those before it are given.
func (c *IMAP) bodies(ctx context.Context, uids []uint32, sizes map[uint32]Fetched) (msgs []Fetched, missing error) {
	got := make(map[uint32]Fetched, len(uids))
	var want []uint32
	for _, u := range uids {
		if f, ok := sizes[u]; ok && f.size() > c.cfg.MaxMessage {
			f.Err = fmt.Errorf("UID %d: %w: more than %d", u, f.Err, c.cfg.MaxMessage)
			got[u] = f
			continue
		}
		want = append(want, u)
	}
	var failed error
	if len(want) > 0 {
		opts := &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}
		failed = c.fetch(ctx, want, opts, func(f Fetched) { got[f.UID] = f })
	}
	if failed == nil {
		failed = c.confirmGone(ctx, want, got)
	}
	for _, u := range uids {
		f, ok := got[u]
		if !ok && failed != nil {
			return msgs, failed
		}
		if ok {
			msgs = append(msgs, f)
		}
	}
	return msgs, failed
}

// confirmGone asks again for what was not given: a message may have been
// expunged since the search, but must not be passed over if it is still there.
func (c *IMAP) confirmGone(ctx context.Context, want []uint32, got map[uint32]Fetched) error {
	var set imap.UIDSet
	for _, u := range want {
		if _, ok := got[u]; !ok {
			set.AddNum(imap.UID(u))
		}
	}
	if len(set) == 0 {
		return nil
	}
	still, err := c.search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{set}})
	if err != nil {
		return err
	}
	for _, u := range still {
		if set.Contains(imap.UID(u)) {
			return c.explain("UID FETCH", fmt.Errorf("the server lists UID %d and does not give it", u))
		}
	}
	return nil
}

// fetch runs one UID FETCH and hands each answer to take. Answers to UIDs that
// were not asked for, and second answers, are dropped by go-imap and here.
func (c *IMAP) fetch(ctx context.Context, uids []uint32, opts *imap.FetchOptions, take func(Fetched)) error {
	var set imap.UIDSet
	for _, u := range uids {
		set.AddNum(imap.UID(u))
	}
	body := len(opts.BodySection) > 0
	var answers []Fetched
	budget := 2*batchBytes + c.cfg.MaxMessage // sizes may have been lies
	err := c.do(ctx, "UID FETCH", func() error {
		cmd := c.client.Fetch(set, opts)
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			f, complete, err := c.collect(data, body)
			if err != nil {
				// Not cmd.Close: it would read the broken literal again, in a
				// race with go-imap's own reader.
				c.conn.Close()
				return err
			}
			if budget -= int64(len(f.Raw)); budget < 0 {
				c.conn.Close()
				return errors.New("the server sends far more than the sizes it gave")
			}
			if complete && set.Contains(imap.UID(f.UID)) {
				answers = append(answers, f)
			}
		}
		return cmd.Close()
	})
	if err == nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		for _, f := range answers { // whole, even if a later one broke off
			take(f)
		}
	}
	return err
}

// collect reads the items of one answer. It is complete when it holds what was asked for.
func (c *IMAP) collect(data *imapclient.FetchMessageData, body bool) (f Fetched, complete bool, err error) {
	sized, read := false, false
	for item := data.Next(); item != nil; item = data.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			f.UID = uint32(item.UID)
		case imapclient.FetchItemDataInternalDate:
			f.Internal = item.Time.UTC()
		case imapclient.FetchItemDataRFC822Size:
			sized = true
			if !body {
				f.Err = sizeNote(item.Size)
			}
		case imapclient.FetchItemDataBodySection:
			if read {
				continue
			}
			read = true
			if item.Literal == nil { // NIL: the server has lost it
				f.Err = fmt.Errorf("UID %d: the server has no body for it", f.UID)
				continue
			}
			if n := item.Literal.Size(); n > c.cfg.MaxMessage {
				f.Err = fmt.Errorf("UID %d: %w: more than %d", f.UID, sizeNote(n), c.cfg.MaxMessage)
				continue // go-imap reads it away
			}
			if f.Raw, err = io.ReadAll(item.Literal); err == nil && int64(len(f.Raw)) < item.Literal.Size() {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return f, false, fmt.Errorf("UID %d: message broken off: %w", f.UID, err)
			}
		}
	}
	if body {
		return f, read, nil
	}
	return f, sized, nil
}
