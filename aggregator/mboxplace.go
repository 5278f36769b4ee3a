// This file remembers how far mailbox files have been read.

package aggregator

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/store"
)

// mboxCursor is where reading of each file goes on, by [mailbox.key].
type mboxCursor map[string]mboxPlace

type mboxPlace struct {
	Offset int64  `json:"offset,omitempty"` // of the first byte not yet taken
	Anchor string `json:"anchor,omitempty"` // digest of the bytes before it: another digest, another file
	Size   int64  `json:"size,omitempty"`   // of the file when it was read to the end
	Mtime  int64  `json:"mtime,omitempty"`  // Unix ns, likewise
}

// placesOf reads a cursor, and forgets the files that are gone. One that is
// damaged counts as empty: reading all again loses nothing.
func placesOf(cursor string, files []mailbox) mboxCursor {
	before := mboxCursor{}
	if json.Unmarshal([]byte(cursor), &before) != nil {
		before = nil
	}
	places := make(mboxCursor, len(files))
	for _, f := range files {
		if p, ok := before[f.key]; ok {
			places[f.key] = p
		}
	}
	return places
}

// mailbox is a file to read.
type mailbox struct {
	path  string
	key   string // its path below the source's: a moved directory keeps its places
	size  int64
	mtime time.Time
}

// mailboxes lists the files at or below a path in the order of their names,
// which for monthly archives is the order of time. Hidden ones are left out;
// faults tell what could not be looked at.
func mailboxes(path string) (files []mailbox, faults []error, err error) {
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, nil, err
	}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if name == root {
				return err
			}
			faults = append(faults, err)
			return nil
		}
		if name != root && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := os.Stat(name) // follows a link
		switch {
		case err != nil:
			faults = append(faults, err)
		case info.Mode().IsRegular():
			files = append(files, mailbox{name, keyOf(root, name), info.Size(), info.ModTime()})
		case name == root:
			return fmt.Errorf("%s: neither a file nor a directory", path)
		}
		return nil
	})
	slices.SortFunc(files, func(a, b mailbox) int { return strings.Compare(a.path, b.path) })
	return files, faults, err
}

func keyOf(root, name string) string {
	if rel, err := filepath.Rel(root, name); err == nil && rel != "." {
		return rel
	}
	return filepath.Base(name)
}

// resume gives the place to read on from, and goes there: the one before if
// the file still has there what it had, else the beginning.
func resume(f *os.File, before mboxPlace, size int64) (mboxPlace, error) {
	if before.Offset <= 0 || before.Offset > size {
		return mboxPlace{}, nil
	}
	now, err := anchor(f, before.Offset)
	if err != nil || now != before.Anchor {
		return mboxPlace{}, err
	}
	_, err = f.Seek(before.Offset, 0)
	return mboxPlace{Offset: before.Offset, Anchor: now}, err
}

const anchorBytes = 1 << 10

// anchor digests up to 1 KiB before an offset.
func anchor(f *os.File, offset int64) (string, error) {
	if offset == 0 {
		return "", nil
	}
	b := make([]byte, min(offset, anchorBytes))
	if _, err := f.ReadAt(b, offset-int64(len(b))); err != nil {
		return "", err
	}
	return hex.EncodeToString(store.Digest(b)[:8]), nil
}
