// This file polls sources that are one file which is read whole and compared
// with what it was the last time.

package aggregator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// snapshot is such a file and how it is read.
type snapshot struct {
	url    string
	accept string
	client *fetch.Client
	now    func() time.Time

	// read gives the records of a file, in its order. An error means that the
	// file is damaged or cut off, and then nothing is taken of it; a
	// *PartialError only that some of its items are.
	read func(body []byte, emit func(Record)) error

	// dated tells when the file was made, or the zero time.
	dated func(body []byte) time.Time
}

// snapshotCursor is what the file was the last time. Seen makes what is
// unchanged cost little: 8 characters an entry, against a message.
type snapshotCursor struct {
	feedCursor
	Size int64 `json:"size,omitempty"`
	Seen marks `json:"seen,omitempty"`
}

const recordBatch = 500

// poll reads what changed. Nothing is noted as seen before all is recorded, so
// a poll that breaks off is repeated whole, and what it took in is known then
// by its content.
func (s snapshot) poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	var at snapshotCursor
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &at); err != nil {
			at = snapshotCursor{} // read as if for the first time, nothing is lost
		}
	}
	resp, err := s.client.Get(ctx, fetch.Request{URL: s.url, ETag: at.ETag, LastModified: at.LastModified, Accept: s.accept})
	if err != nil {
		return 0, err
	}
	next := snapshotCursor{
		feedCursor: feedCursor{ETag: resp.ETag, LastModified: resp.LastModified, Digest: at.Digest}, Size: at.Size, Seen: at.Seen,
	}
	if resp.NotModified {
		next.ETag, next.LastModified = cmp.Or(resp.ETag, at.ETag), cmp.Or(resp.LastModified, at.LastModified)
	} else {
		next.Digest = digestText(resp.Body)
	}
	if next.Digest == at.Digest {
		return resp.Fresh, takeWith(ctx, take, nil, next)
	}
	if resp.Size < at.Size/4*3 {
		return resp.Fresh, fmt.Errorf("%s: the file has %d bytes and had %d the last time: "+
			"want at least three quarters of that, else the download counts as cut off; nothing was taken", resp.FinalURL, resp.Size, at.Size)
	}
	next.Size = resp.Size
	var partial *PartialError
	next.Seen, err = s.survey(resp.Body)
	if err != nil && !errors.As(err, &partial) {
		return resp.Fresh, fmt.Errorf("%s: %w", resp.FinalURL, err)
	}
	if err := s.changes(ctx, resp, at, cursor, next, take); err != nil {
		return resp.Fresh, err
	}
	if partial != nil {
		return resp.Fresh, fmt.Errorf("%s: %w", resp.FinalURL, partial)
	}
	return resp.Fresh, nil
}

func takeWith(ctx context.Context, take Taker, batch []Received, cursor any) error {
	text, err := json.Marshal(cursor)
	if err != nil {
		return err
	}
	return take(ctx, batch, string(text))
}

// survey reads the file to its end, so that nothing is taken of one that is
// damaged, and gives the marks of what is in it.
func (s snapshot) survey(body []byte) (seen marks, err error) {
	err = s.read(body, func(rec Record) { seen = append(seen, markOf(rec)) })
	seen.sort()
	return seen, err
}

// changes hands over what the file says now and did not say the last time. It
// reads it again, which costs less than holding all records.
func (s snapshot) changes(ctx context.Context, resp *fetch.Response, at snapshotCursor, cursor string, next snapshotCursor, take Taker) error {
	now := s.now()
	said := s.said(resp, now)
	var batch []Received
	var failed error
	_ = s.read(resp.Body, func(rec Record) { // as it was read a moment ago
		if failed != nil || at.Seen.has(markOf(rec)) || rec.turn && len(at.Seen) == 0 {
			return // the first time, nobody knows since when it says so
		}
		rec.Said = said
		if rec.turn {
			rec.Date, rec.Precision = said, catalog.Approximate
		}
		if len(batch) == recordBatch {
			if failed = take(ctx, batch, cursor); failed != nil {
				return
			}
			batch = nil
		}
		var message Received
		message, failed = rec.received(now)
		batch = append(batch, message)
	})
	if failed != nil {
		return failed
	}
	return takeWith(ctx, take, batch, next)
}

// said is when the file was made: as it says, as the server says, or now.
func (s snapshot) said(resp *fetch.Response, now time.Time) time.Time {
	if s.dated != nil {
		if t := s.dated(resp.Body); isPlausible(t, now) {
			return settled(t)
		}
	}
	if t, err := http.ParseTime(resp.LastModified); err == nil && isPlausible(t, now) {
		return settled(t)
	}
	return settled(now)
}

// mark stands for the content of one record: 48 bits, so that among 50,000
// records a change goes unseen once in five thousand million.
type mark [6]byte

func markOf(rec Record) mark {
	if rec.turn { // what else is told of it does not make it happen again
		rec = Record{Document: rec.Document, Event: rec.Event, Rev: rec.Rev}
	}
	raw, err := json.Marshal(rec)
	if err != nil {
		return mark{} // received fails on it too, and says so
	}
	sum := sha256.Sum256(raw)
	return mark(sum[:6])
}

// marks is a set of marks, sorted; as text the bytes in base64.
type marks []mark

func (m *marks) sort() {
	slices.SortFunc(*m, compareMarks)
	*m = slices.Compact(*m)
}

func compareMarks(a, b mark) int { return slices.Compare(a[:], b[:]) }

func (m marks) has(x mark) bool {
	_, found := slices.BinarySearchFunc(m, x, compareMarks)
	return found
}

// MarshalText implements encoding.TextMarshaler.
func (m marks) MarshalText() ([]byte, error) {
	raw := make([]byte, 0, len(m)*len(mark{}))
	for _, x := range m {
		raw = append(raw, x[:]...)
	}
	return base64.RawURLEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *marks) UnmarshalText(text []byte) error {
	raw, err := base64.RawURLEncoding.AppendDecode(nil, text)
	if err != nil || len(raw)%len(mark{}) != 0 {
		return errors.New("damaged list of what was seen")
	}
	for x := range slices.Chunk(raw, len(mark{})) {
		*m = append(*m, mark(x))
	}
	m.sort()
	return nil
}
