// This file polls mailboxes on this machine's disk.

package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// Mbox is a mailbox file, or a directory of them, plain or gzipped. A growing
// file is read on from where reading stopped; one that was rewritten is read
// whole, and what is known already is known by its content.
type Mbox struct {
	Path     string
	Whole    bool             // take a last message that may still be growing; for imports
	Now      func() time.Time // of the file system
	MaxSize  int64            // of a gzipped file, decompressed, bytes; 0 is 4 GiB
	Progress func(bytes int64)
}

const (
	batchMessages = 1000
	batchBytes    = 8 << 20
	quietFor      = 5 * time.Second // without a write: a last message is whole then
)

// Poll implements [Upstream]. It fails if no file can be read; otherwise what
// could not be read is told in a *[PartialError].
func (m Mbox) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	files, faults, err := mailboxes(m.Path)
	if err != nil {
		return 0, err
	}
	p := mboxPoll{Mbox: m, take: take, places: placesOf(cursor, files)}
	broken := 0
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		skipped, err := p.read(ctx, file)
		if errors.Is(err, errTake) {
			return 0, err
		}
		if err != nil { // the other files are read all the same
			broken++
			skipped = append(skipped, err)
		}
		for _, f := range skipped {
			faults = append(faults, fmt.Errorf("%s: %w", file.path, f))
		}
	}
	if err := p.flush(ctx); err != nil {
		return 0, err
	}
	if broken > 0 && broken == len(files) {
		return 0, errors.New(partly(faults).Error()) // not partly: it failed
	}
	return 0, partly(faults)
}

var errTake = errors.New("recording messages")

// mboxPoll is one poll. A batch may hold messages of many small files: each
// commit writes the places of all.
type mboxPoll struct {
	Mbox
	take   Taker
	places mboxCursor
	batch  []Received
	bytes  int
}

// read reads one file on from its place. skipped are messages left out.
func (p *mboxPoll) read(ctx context.Context, file mailbox) (skipped []error, err error) {
	before := p.places[file.key]
	if before.Size == file.size && before.Mtime == file.mtime.UnixNano() {
		return nil, nil
	}
	r, compressed, err := mail.OpenMbox(file.path, maxOr(p.MaxSize, 4<<30))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	in := mboxRead{mboxPoll: p, key: file.key, settled: p.Whole || compressed}
	if plain, ok := r.(*os.File); ok && !compressed {
		in.settled = in.settled || p.Now().Sub(file.mtime).Abs() >= quietFor // a clock may be wrong
		if in.at, err = resume(plain, before, file.size); err != nil {
			return nil, err
		}
		in.file = plain
	}
	whole, err := in.messages(ctx, r)
	if err == nil && whole {
		in.at.Size, in.at.Mtime = file.size, file.mtime.UnixNano()
	}
	return in.skipped, errors.Join(err, in.mark())
}

// flush hands the batch over with the places reached.
func (p *mboxPoll) flush(ctx context.Context) error {
	cursor, err := json.Marshal(p.places)
	if err != nil {
		return err
	}
	if err := p.take(ctx, p.batch, string(cursor)); err != nil {
		return fmt.Errorf("%w: %w", errTake, err)
	}
	p.batch, p.bytes = nil, 0
	return nil
}

// mboxRead is the reading of one file.
type mboxRead struct {
	*mboxPoll
	key     string
	file    *os.File // nil if it is compressed: that one is read whole each time
	settled bool     // the last message is whole
	at      mboxPlace
	skipped []error
}

// messages reads to the end. It reports false when the last message was left
// for the next poll, since it may still be growing.
func (m *mboxRead) messages(ctx context.Context, r io.Reader) (whole bool, err error) {
	begin := m.at.Offset
	box := mail.NewMbox(r)
	for {
		raw, end, err := box.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil && !errors.Is(err, mail.ErrTooLarge):
			return false, err
		case box.Last() && !m.settled:
			return false, nil
		case err != nil:
			m.skipped = append(m.skipped, fmt.Errorf("message at byte %d: %w, and is left out", m.at.Offset, mail.ErrTooLarge))
		case box.Last() && m.at.Offset == 0 && !isMail(raw):
			return false, errNoMail
		default:
			m.batch = append(m.batch, Received{Raw: raw, Format: store.RFC5322, At: m.Now()})
			m.bytes += len(raw)
		}
		if !box.Last() { // the last one may become longer: it is read again then
			m.at.Offset = begin + end
		}
		if m.Progress != nil {
			m.Progress(int64(len(raw)))
		}
		if len(m.batch) >= batchMessages || m.bytes >= batchBytes {
			if err := errors.Join(m.mark(), m.flush(ctx)); err != nil {
				return false, err
			}
		}
	}
}

// mark notes the place reached. That of a compressed file counts only when it
// was read to its end.
func (m *mboxRead) mark() error {
	place := m.at
	if m.file == nil {
		place.Offset = 0
	}
	var err error
	if place.Anchor, err = anchor(m.file, place.Offset); err != nil {
		return err
	}
	m.places[m.key] = place
	return nil
}

var errNoMail = errors.New("neither a mailbox nor a mail: no From, Date, Subject or Message-ID stands at its head")

// isMail tells a single mail from any other kind of file.
func isMail(raw []byte) bool {
	m := mail.Parse(raw)
	return m.ID != "" || m.Subject != "" || len(m.From) > 0 || !m.Date.IsZero()
}

func maxOr(n, otherwise int64) int64 {
	if n > 0 {
		return n
	}
	return otherwise
}
