// This file opens the files of an import and takes their packing off, knowing
// it by their first bytes.

package aggregator

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/draftwire/draftwire/mail"
)

// Bounds of what unpacks to more than it is.
const (
	maxUnpacked = 64 << 30 // bytes of one file, all members together
	maxMembers  = 200_000  // of an archive
	maxRatio    = 200      // unpacked bytes for each packed one,
	fromBytes   = 64 << 20 // from so many unpacked bytes on
)

// packing is how a file holds its mails.
type packing int

const (
	plainMail packing = iota
	gzipped
	bzipped
	zipArchive
	tarArchive
)

// foreign are the beginnings of what is not unpacked here.
var foreign = []struct{ magic, name string }{
	{"\xfd7zXZ\x00", "xz"},
	{"\x28\xb5\x2f\xfd", "Zstandard"},
	{"7z\xbc\xaf\x27\x1c", "7-Zip"},
	{"Rar!\x1a\x07", "RAR"},
	{"\x1f\x9d", "compress"},
	{"\x1f\xa0", "compress"},
	{"!BDN", "an Outlook folder (PST)"},
	{"SQLite format 3\x00", "an SQLite database"},
}

// sniff tells the packing by the first bytes, at least 512 where there are.
func sniff(head []byte) (packing, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return gzipped, nil
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 10 && string(head[4:10]) == "\x31\x41\x59\x26\x53\x59":
		return bzipped, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipArchive, nil
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return tarArchive, nil
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return 0, fmt.Errorf("it is packed by, or is, %s, which is not read here: unpack or export it as mbox first", f.name)
		}
	}
	return plainMail, nil
}

// counted counts what is read of a file, and tells it.
type counted struct {
	*os.File
	read        int64 // or spared
	tell, spare func(int64)
}

func (c *counted) done() int64 { return c.read }

// spared counts what need not be read.
func (c *counted) spared(n int64) {
	if n > 0 {
		c.read += n
		if c.spare != nil {
			c.spare(n)
		}
	}
}

func (c *counted) note(n int) {
	c.read += int64(n)
	if c.tell != nil && n > 0 {
		c.tell(int64(n))
	}
}

// Read implements io.Reader.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.File.Read(b)
	c.note(n)
	return n, err
}

// ReadAt implements io.ReaderAt.
func (c *counted) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(b, off)
	c.note(n)
	return n, err
}

// unpacked is a stream of mails, packing taken off.
type unpacked struct {
	*bufio.Reader
	plain  *counted // the file itself, if it is not packed: reading can start anywhere
	single bool     // it is one mail, whatever stands in it
	given  bool     // and has been given
}

func newUnpacked(r io.Reader) *unpacked { return &unpacked{Reader: bufio.NewReaderSize(r, headBytes)} }

// head gives the first bytes, and does not move on.
func (u *unpacked) head() ([]byte, error) {
	head, err := u.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, err
	}
	return bytes.Clone(head), nil // a fault behind the head shows when that is read
}

// errEnd ends the messages of a file.
var errEnd = errors.New("no more messages")

// next gives the next message, as [mail.MboxReader.Next] does.
func (u *unpacked) next(box *mail.MboxReader) (raw []byte, end int64, last bool, err error) {
	if !u.single {
		raw, end, err = box.Next()
		if errors.Is(err, io.EOF) {
			err = errEnd
		}
		return raw, end, box.Last(), err
	}
	if u.given {
		return nil, 0, true, errEnd
	}
	u.given = true
	raw, err = io.ReadAll(io.LimitReader(u, mail.DefaultMaxMessage+1))
	if len(raw) > mail.DefaultMaxMessage {
		err = mail.ErrTooLarge
	}
	if err == nil && len(raw) == 0 {
		err = errEnd
	}
	return raw, int64(len(raw)), true, err
}

// isSingle reports whether a file is one mail, in which nothing is a separator:
// it lies in a Maildir, or its name says so, and no separator stands first.
func isSingle(name string, head []byte) bool {
	if bytes.HasPrefix(head, []byte("From ")) || bytes.HasPrefix(head, []byte("\x01\x01\x01\x01")) {
		return false
	}
	dir := path.Base(path.Dir(filepath.ToSlash(name)))
	return dir == "cur" || dir == "new" || path.Ext(name) == ".eml"
}

// bounded gives an error when a packed stream unpacks to too much.
type bounded struct {
	io.Reader
	packed func() int64 // bytes read so far as they lie there
	out    int64
	format string
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.out += int64(n)
	switch {
	case b.out > maxUnpacked:
		return n, fmt.Errorf("it unpacks to more than %d GiB: read no further", maxUnpacked>>30)
	case b.out > fromBytes && b.out/maxRatio > b.packed():
		return n, fmt.Errorf("it unpacks to more than %d times its size: read no further", maxRatio)
	case err != nil && !errors.Is(err, io.EOF):
		return n, fmt.Errorf("%s: %w", b.format, err)
	}
	return n, err
}

// unpack takes gzip or bzip2 off, and tells what is below it.
func unpack(kind packing, h held) (*unpacked, packing, error) {
	b := &bounded{packed: h.in, format: "bzip2"}
	if kind == gzipped {
		z, err := gzip.NewReader(h.r)
		if err != nil {
			return nil, 0, fmt.Errorf("gzip: %w", err)
		}
		b.Reader, b.format = z, "gzip"
	} else {
		b.Reader = bzip2.NewReader(h.r)
	}
	u := newUnpacked(b)
	head, err := u.head()
	if err != nil {
		return nil, 0, err
	}
	kind, err = sniff(head)
	return u, kind, err
}

// leftOut reports members that are no mail by their place: what hidden files
// and macOS leave in archives.
func leftOut(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "__MACOSX" || strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}

// memberLabel names a member in places and faults, one of several of a name by
// its number. The name may be anything: nothing is opened or written by it.
func memberLabel(name string, seen map[string]int) string {
	name = strings.ToValidUTF8(name[:min(len(name), 1000)], "\ufffd")
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '\ufffd'
		}
		return r
	}, name)
	if seen[name]++; seen[name] > 1 {
		name = fmt.Sprintf("%s#%d", name, seen[name])
	}
	return "!" + name
}

// zipWords says what is wrong with a ZIP archive.
func zipWords(err error) error {
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return errors.New("zip: it is packed by a method that is not known here: unpack it first")
	case errors.Is(err, zip.ErrFormat):
		return errors.New("zip: the archive is cut off or damaged")
	}
	return fmt.Errorf("zip: %w", err)
}
