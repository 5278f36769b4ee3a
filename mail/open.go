package mail

// This file opens mailbox files, compressed or not.

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// OpenMbox opens a mailbox file and takes gzip off, which it knows by its
// first bytes. More than limit bytes of decompressed content end in an error
// that wraps ErrTooLarge (zero: no limit). Plain files are not limited, and
// are given as the *os.File, so that reading can start at an offset.
func OpenMbox(path string, limit int64) (r io.ReadCloser, compressed bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	var magic [2]byte
	if n, _ := f.ReadAt(magic[:], 0); n < 2 || magic != [2]byte{0x1f, 0x8b} {
		return f, false, nil
	}
	br := bufio.NewReaderSize(f, 64<<10)
	z, err := gzip.NewReader(br)
	if err != nil {
		f.Close()
		return nil, true, fmt.Errorf("%s: gzip header: %w", path, err)
	}
	if limit <= 0 {
		limit = 1<<63 - 1
	}
	return &unzipped{z: z, f: f, left: limit, limit: limit, path: path}, true, nil
}

// unzipped reads decompressed bytes up to a limit.
type unzipped struct {
	z           *gzip.Reader
	f           *os.File
	left, limit int64
	path        string
}

func (u *unzipped) Read(p []byte) (int, error) {
	if u.left <= 0 {
		var one [1]byte
		if n, err := u.z.Read(one[:]); n == 0 && err != nil {
			return 0, u.wrap(err)
		}
		return 0, fmt.Errorf("%s: decompresses to more than %d bytes, the limit", u.path, u.limit)
	}
	if int64(len(p)) > u.left {
		p = p[:u.left]
	}
	n, err := u.z.Read(p)
	u.left -= int64(n)
	return n, u.wrap(err)
}

func (u *unzipped) wrap(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return fmt.Errorf("%s: gzip: %w", u.path, err)
}

// Close closes the file.
func (u *unzipped) Close() error {
	u.z.Close()
	return u.f.Close()
}
