// This file lists Maildirs, and remembers in little space what was there.

package aggregator

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	maildirGroups = 1024
	maxMaildir    = 4 << 20 // files; a directory with more is not listed
	listAtOnce    = 4096
)

// maildirParts are listed in this order: a file that is moved from new to cur
// meanwhile is then seen twice rather than not at all. What is in tmp is not
// yet delivered.
var maildirParts = [2]string{"new", "cur"}

// maildirCursor is what has been taken from a Maildir.
type maildirCursor struct {
	Sums   sums     `json:"sums"`            // by group, of the files taken
	Newest int64    `json:"newest"`          // mtime of the newest of them, Unix ns
	Times  [2]int64 `json:"times,omitempty"` // mtimes of new and cur when all in them was taken, Unix ns
}

// sums are written as base64.
type sums []uint32

// MarshalText implements encoding.TextMarshaler.
func (s sums) MarshalText() ([]byte, error) {
	raw := make([]byte, 0, 4*len(s))
	for _, n := range s {
		raw = binary.BigEndian.AppendUint32(raw, n)
	}
	return base64.RawStdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *sums) UnmarshalText(text []byte) error {
	raw, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	*s = nil
	for ; len(raw) >= 4; raw = raw[4:] {
		*s = append(*s, binary.BigEndian.Uint32(raw))
	}
	return nil
}

// maildirFile is one message.
type maildirFile struct {
	path  string
	mtime int64  // Unix ns
	sum   uint32 // of its name without flags, and its size: one that grows is another
}

// list gives the files by group.
func (m Maildir) list() (groups [][]maildirFile, err error) {
	groups = make([][]maildirFile, maildirGroups)
	seen := map[uint64]bool{}
	for _, sub := range maildirParts {
		dir, err := os.Open(filepath.Join(m.Path, sub))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		err = listMaildir(dir, seen, groups)
		dir.Close()
		if err != nil {
			return nil, err
		}
	}
	return groups, nil
}

func listMaildir(dir *os.File, seen map[uint64]bool, groups [][]maildirFile) error {
	for {
		entries, err := dir.ReadDir(listAtOnce)
		for _, e := range entries {
			if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			info, err := e.Info()
			if err != nil {
				continue // gone already; if to cur, it is seen there or changes that directory's time
			}
			key := nameSum(e.Name(), info.Size())
			if seen[key] {
				continue
			}
			if seen[key] = true; len(seen) > maxMaildir {
				return fmt.Errorf("%s holds more than %d messages: split it up", dir.Name(), maxMaildir)
			}
			group := key % maildirGroups
			groups[group] = append(groups[group], maildirFile{
				filepath.Join(dir.Name(), e.Name()), info.ModTime().UnixNano(), uint32(key >> 32), //nolint:gosec // half of it is meant
			})
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// nameSum digests a name without its flags, which change, and a size.
func nameSum(name string, size int64) uint64 {
	unique, _, _ := strings.Cut(name, ":")
	h := fnv.New64a()
	h.Write([]byte(unique + "\x00" + strconv.FormatInt(size, 10)))
	return h.Sum64()
}
