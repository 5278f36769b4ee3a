// This file recognises files that an import has met before, and reads mailboxes
// on from where reading stopped.

package aggregator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// headBytes of a file, with its path and size, tell it from others.
const headBytes = 4 << 10

// known gives what is recorded of a file, and whether it was met before: it
// begins as it did then, and is as long, or longer and can be read on.
func (p *filesImport) known(ctx context.Context, h held, head []byte) (store.ImportedFile, bool, error) {
	fresh := store.ImportedFile{Source: p.in.origin.Source, Path: h.key, Size: h.size, Head: store.Digest(head)}
	if p.Again {
		return fresh, false, nil
	}
	row, ok, err := p.c.DB.ImportedFile(ctx, fresh.Source, fresh.Path)
	if err != nil {
		return fresh, false, fmt.Errorf("%w: %w", errStop, err)
	}
	same := ok && h.size >= row.Size && bytes.Equal(row.Head, store.Digest(head[:min(int64(len(head)), row.Size)]))
	if !same || h.size > row.Size && h.r.plain == nil {
		return fresh, false, nil
	}
	fresh.Place, fresh.Anchor, fresh.Whole = row.Place, row.Anchor, row.Whole && row.Size == h.size
	return fresh, true, nil
}

// read takes in a mailbox from its place on. It reports whether all of it
// could be taken.
func (p *filesImport) read(ctx context.Context, h held, place store.ImportedFile) (bool, error) {
	ok, err := h.r.resume(place)
	if err != nil {
		return false, err
	}
	if !ok {
		place.Place = 0
	}
	whole, err := p.messages(ctx, h, place)
	if whole && err == nil {
		p.sum.Whole++
	}
	return whole, err
}

// messages reads a mailbox to its end, and notes the places reached.
func (p *filesImport) messages(ctx context.Context, h held, place store.ImportedFile) (bool, error) {
	begin := place.Place
	box := mail.NewMbox(h.r)
	for {
		if ctx.Err() != nil {
			return false, fmt.Errorf("%w: %w", errStop, ctx.Err())
		}
		raw, end, last, err := h.r.next(box)
		switch {
		case errors.Is(err, errEnd):
			place.Whole = true
			return true, p.mark(ctx, h.r, place)
		case errors.Is(err, mail.ErrTooLarge): // told once: the next import begins behind it
			p.sum.Faults = append(p.sum.Faults, fmt.Errorf("%s: message at byte %d: %w, and is left out", h.name, place.Place, mail.ErrTooLarge))
		case err != nil:
			return false, errors.Join(err, p.mark(ctx, h.r, place))
		case last && place.Place == 0 && !isMail(raw):
			return false, errNoMail
		default:
			p.batch = append(p.batch, Received{Raw: raw, Format: store.RFC5322, At: p.c.Now()})
			p.bytes += len(raw)
		}
		if !last { // the last one may become longer: it is read again then
			place.Place = begin + end
		}
		if len(p.batch) >= batchMessages || p.bytes >= batchBytes {
			if err := errors.Join(p.mark(ctx, h.r, place), p.flush(ctx)); err != nil {
				return false, err
			}
		}
	}
}

// mark notes the place reached in a file, for the next batch.
func (p *filesImport) mark(ctx context.Context, r *unpacked, place store.ImportedFile) (err error) {
	if place.Anchor, err = r.anchor(place.Place); err != nil {
		return err
	}
	p.places[place.Path] = place
	if len(p.places) >= batchMessages {
		return p.flush(ctx)
	}
	return nil
}

// resume goes to a place, or reports false, at the beginning, if something
// else stands before it than did.
func (u *unpacked) resume(at store.ImportedFile) (bool, error) {
	if u.plain == nil {
		_, err := io.CopyN(io.Discard, u, at.Place)
		return true, err
	}
	now, err := u.anchor(at.Place)
	if err != nil || !bytes.Equal(now, at.Anchor) {
		return false, err
	}
	if at.Place > 0 {
		_, err = u.plain.Seek(at.Place, io.SeekStart)
		u.plain.spared(at.Place - u.plain.read)
		u.Reset(u.plain)
	}
	return true, err
}

// anchor digests up to 1 KiB before a place of a plain file.
func (u *unpacked) anchor(place int64) ([]byte, error) {
	if u.plain == nil || place == 0 {
		return nil, nil
	}
	b := make([]byte, min(place, anchorBytes))
	if _, err := u.plain.File.ReadAt(b, place-int64(len(b))); err != nil {
		return nil, err
	}
	return store.Digest(b), nil
}
