// This file polls mailboxes on this machine's disk.

package aggregator

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	anchorBytes   = 1 << 10
	quietFor      = 5 * time.Second
)

// mboxCursor is where reading of each file goes on.
type mboxCursor map[string]mboxPlace

type mboxPlace struct {
	Offset int64  `json:"offset"`           // of the first byte not yet taken
	Anchor string `json:"anchor,omitempty"` // digest of the bytes before it: another digest, another file
	Size   int64  `json:"size"`             // of the file when it was read to the end
	Mtime  int64  `json:"mtime"`            // Unix ns, likewise
}

// Poll implements [Upstream].
func (m Mbox) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	places := mboxCursor{}
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &places); err != nil {
			places = mboxCursor{} // reading all again loses nothing
		}
	}
	files, err := mailboxes(m.Path)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		read := mboxRead{Mbox: m, file: file, key: m.key(file), places: places, take: take}
		if err := read.run(ctx); err != nil {
			if errors.Is(err, errTake) {
				return 0, err
			}
			faults = append(faults, fmt.Errorf("%s: %w", file, err)) // the other files are read all the same
		}
	}
	return 0, errors.Join(faults...)
}

// key names a file in the cursor, so that a moved directory keeps its places.
func (m Mbox) key(file string) string {
	if rel, err := filepath.Rel(m.Path, file); err == nil && rel != "." {
		return rel
	}
	return filepath.Base(file)
}

// mailboxes lists the files below a path in the order of their names, which
// for monthly archives is the order of time.
func mailboxes(path string) (files []string, err error) {
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(filepath.Base(name), ".") && name != path
		switch {
		case err != nil:
			return err
		case hidden && d.IsDir():
			return filepath.SkipDir
		case d.IsDir() || hidden:
			return nil
		}
		info, err := os.Stat(name) // follows a link
		if err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}

var errTake = errors.New("recording messages")

// mboxRead is the reading of one file.
type mboxRead struct {
	Mbox
	file   string
	key    string
	places mboxCursor
	take   Taker

	at    mboxPlace
	batch []Received
	bytes int
}

func (m *mboxRead) run(ctx context.Context) error {
	info, err := os.Stat(m.file)
	if err != nil {
		return err
	}
	before := m.places[m.key]
	if before.Size == info.Size() && before.Mtime == info.ModTime().UnixNano() {
		return nil
	}
	r, compressed, err := mail.OpenMbox(m.file, maxOr(m.MaxSize, 4<<30))
	if err != nil {
		return err
	}
	defer r.Close()
	if !compressed {
		if m.at, err = resume(m.file, before, info.Size()); err != nil {
			return err
		}
		if _, err := r.(*os.File).Seek(m.at.Offset, io.SeekStart); err != nil {
			return err
		}
	}
	settled := m.Whole || compressed || m.Now().Sub(info.ModTime()) >= quietFor
	whole, err := m.messages(ctx, r, settled)
	if err != nil {
		return errors.Join(err, m.flush(ctx)) // what was read stays
	}
	if whole {
		m.at.Size, m.at.Mtime = info.Size(), info.ModTime().UnixNano()
	}
	return m.flush(ctx)
}

func maxOr(n, otherwise int64) int64 {
	if n > 0 {
		return n
	}
	return otherwise
}

// messages reads to the end. It reports false when the last message was left
// for the next poll, since it may still be growing.
func (m *mboxRead) messages(ctx context.Context, r io.Reader, settled bool) (whole bool, err error) {
	begin := m.at.Offset
	box := mail.NewMbox(r)
	var faults []error
	for {
		raw, end, err := box.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true, errors.Join(faults...)
		case errors.Is(err, mail.ErrTooLarge):
			faults = append(faults, err)
			m.at.Offset = begin + end
			continue
		case err != nil:
			return false, errors.Join(append(faults, err)...)
		}
		if box.Last() && !settled && !bytes.HasSuffix(raw, []byte("\n\n")) {
			return false, errors.Join(faults...)
		}
		m.batch = append(m.batch, Received{Raw: raw, Format: store.RFC5322, At: m.Now()})
		m.bytes += len(raw)
		if !box.Last() { // the last one may become longer: it is read again then
			m.at.Offset = begin + end
		}
		if m.Progress != nil {
			m.Progress(int64(len(raw)))
		}
		if len(m.batch) >= batchMessages || m.bytes >= batchBytes {
			if err := m.flush(ctx); err != nil {
				return false, err
			}
		}
	}
}

// flush hands the batch over with the place reached.
func (m *mboxRead) flush(ctx context.Context) error {
	var err error
	if m.at.Anchor, err = anchor(m.file, m.at.Offset); err != nil {
		return err
	}
	m.places[m.key] = m.at
	cursor, err := json.Marshal(m.places)
	if err != nil {
		return err
	}
	if err := m.take(ctx, m.batch, string(cursor)); err != nil {
		return fmt.Errorf("%w: %w", errTake, err)
	}
	m.batch, m.bytes = nil, 0
	return nil
}

// resume gives the place to read on from: the one before if the file still has
// there what it had, else the beginning.
func resume(file string, before mboxPlace, size int64) (mboxPlace, error) {
	if before.Offset == 0 || before.Offset > size {
		return mboxPlace{}, nil
	}
	now, err := anchor(file, before.Offset)
	if err != nil || now != before.Anchor {
		return mboxPlace{}, err
	}
	return mboxPlace{Offset: before.Offset, Anchor: now}, nil
}

// anchor digests up to 1 KiB before an offset.
func anchor(file string, offset int64) (string, error) {
	if offset == 0 {
		return "", nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	n := min(offset, anchorBytes)
	b := make([]byte, n)
	if _, err := f.ReadAt(b, offset-n); err != nil {
		if errors.Is(err, io.EOF) { // a gzipped file's offset counts decompressed bytes
			return "", nil
		}
		return "", err
	}
	return hex.EncodeToString(store.Digest(b)), nil
}
