// This file reads one file of a list archive on from where reading stopped.

package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// volumePlace is how far one file has been read.
type volumePlace struct {
	Offset   int64     `json:"offset,omitempty"` // of the first byte not yet taken; 0 in compressed files
	Anchor   string    `json:"anchor,omitempty"` // digest of up to 4 KiB before it
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"`
	Digest   string    `json:"digest,omitempty"`  // of what came last
	Pending  bool      `json:"pending,omitempty"` // the last message was left: it may still be growing
	Read     time.Time `json:"read,omitzero"`     // when it was last read to its end
	Tries    int       `json:"tries,omitempty"`   // failures while other files could be read
}

// overlap is how much of what was read is asked for again, to see that the
// file is still the same: some hosts rebuild theirs daily.
const overlap = 4 << 10

// readVolume reads a volume and notes its place. Messages that cannot be taken
// are among p.faults.
func (p *archivePoll) readVolume(ctx context.Context, v volume) error {
	before := p.at.Open[v.key]
	f, err := os.CreateTemp(p.Dir, "draftwire-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	d := delivery{file: f, digest: sha256.New()}
	if err := d.fetch(ctx, p.Archive, v.url(before), before); err != nil {
		return err
	}
	after := before
	after.Tries = 0
	if d.resp.NotModified {
		p.at.Open[v.key] = after
		return nil
	}
	after.ETag, after.Modified, after.Digest = d.resp.ETag, d.resp.LastModified, hex.EncodeToString(d.digest.Sum(nil)[:12])
	same := after.Digest == before.Digest
	if same && !before.Pending {
		p.at.Open[v.key] = after
		return nil
	}
	in := &volumeRead{archivePoll: p, volume: v, delivery: &d, at: d.offset}
	in.settled = same || p.closed(v) || isQuiet(after.Modified, p.now)
	p.reading = in
	after.Pending, err = in.messages(ctx)
	p.reading = nil
	if err := errors.Join(err, in.mark()); err != nil {
		return err
	}
	after.Read, after.Offset, after.Anchor = p.now, p.at.Open[v.key].Offset, p.at.Open[v.key].Anchor
	p.at.Open[v.key] = after
	return nil
}

// isQuiet reports whether a file was last written a while ago.
func isQuiet(modified string, now time.Time) bool {
	at, err := http.ParseTime(modified)
	return err == nil && now.Sub(at) >= quietFor
}

// delivery is what came of a volume.
type delivery struct {
	file   *os.File
	digest hash.Hash
	resp   *fetch.Response
	offset int64 // where in the volume the messages not yet taken begin
}

// fetch asks for what follows a place, and for all if the file is not the one
// it was.
func (d *delivery) fetch(ctx context.Context, a Archive, url string, at volumePlace) error {
	req := fetch.Request{URL: url, From: max(0, at.Offset-overlap)}
	if !at.Pending { // else the end of a file that has not changed is still wanted
		req.ETag, req.LastModified = at.ETag, at.Modified
	}
	err := d.get(ctx, a, req)
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && status.Unsatisfied() {
		return d.get(ctx, a, fetch.Request{URL: url})
	}
	if err != nil || d.resp.NotModified {
		return err
	}
	if at.Offset > 0 {
		now, err := d.anchor(at.Offset)
		switch {
		case err == nil && now == at.Anchor:
			d.offset = at.Offset
		case d.resp.From > 0:
			return d.get(ctx, a, fetch.Request{URL: url})
		}
	}
	return nil
}

func (d *delivery) get(ctx context.Context, a Archive, req fetch.Request) (err error) {
	if err := d.file.Truncate(0); err != nil {
		return err
	}
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	d.digest.Reset()
	d.resp, err = a.Client.GetTo(ctx, req, io.MultiWriter(d.file, d.digest), maxOr(a.MaxFile, 1<<30))
	return err
}

// anchor digests up to 4 KiB before an offset of the volume.
func (d *delivery) anchor(offset int64) (string, error) {
	b := make([]byte, min(offset, overlap))
	if _, err := d.file.ReadAt(b, offset-int64(len(b))-d.resp.From); err != nil {
		return "", err
	}
	return hex.EncodeToString(store.Digest(b)[:8]), nil
}

// open gives the messages not yet taken as a stream.
func (d *delivery) open(limit int64) (r io.ReadCloser, compressed bool, err error) {
	if d.offset == 0 {
		return mail.OpenMbox(d.file.Name(), limit)
	}
	_, err = d.file.Seek(d.offset-d.resp.From, io.SeekStart)
	return io.NopCloser(d.file), false, err
}

// volumeRead is the reading of one volume.
type volumeRead struct {
	*archivePoll
	volume
	*delivery
	at         int64 // offset in the volume of the first byte not yet taken
	compressed bool
	settled    bool // the last message is whole
}

// messages reads to the end. It reports true when the last message was left,
// since it may still be growing.
func (m *volumeRead) messages(ctx context.Context) (pending bool, err error) {
	r, compressed, err := m.open(maxOr(m.MaxSize, 4<<30))
	if err != nil {
		return false, err
	}
	defer r.Close()
	m.compressed = compressed
	begin := m.at
	box := mail.NewMbox(r)
	for {
		raw, end, err := box.Next()
		from := m.at
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil && !errors.Is(err, mail.ErrTooLarge):
			return false, err
		case !box.Last(): // else it may become longer, and is read again then
			m.at = begin + end
		case from == 0 && err == nil && !isMail(raw):
			return false, errNoMail
		case !m.settled && !compressed:
			return true, nil
		}
		if err != nil {
			m.faults = append(m.faults, fmt.Errorf("%s: message at byte %d: %w, and is left out", m.name, from, mail.ErrTooLarge))
			continue
		}
		if err := m.out.add(ctx, Received{Raw: raw, Format: store.RFC5322, At: m.now}); err != nil {
			return false, err
		}
	}
}

// mark notes the place reached. In a compressed file there is none but its end.
func (m *volumeRead) mark() (err error) {
	place := m.archivePoll.at.Open[m.key]
	place.Offset, place.Anchor = 0, ""
	if !m.compressed && m.at > 0 {
		place.Offset = m.at
		if place.Anchor, err = m.anchor(m.at); err != nil {
			return err
		}
	}
	m.archivePoll.at.Open[m.key] = place
	return nil
}
