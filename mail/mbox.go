package mail

// This file takes mailboxes apart into messages, as a stream.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// DefaultMaxMessage bounds one message of a mailbox unless MboxReader.Max says otherwise.
const DefaultMaxMessage = 32 << 20

// ErrTooLarge is wrapped by the error for a message over the size limit. The
// reader can go on after it.
var ErrTooLarge = errors.New("message too large")

// MboxReader gives the messages of a mailbox one by one. It knows mbox files
// (RFC 4155, mboxrd escapes), MMDF, LISTSERV logs, and the containers of old
// list archives whose messages start with a header line or a year after a
// blank line; the first non-blank line decides. Anything else is one message.
type MboxReader struct {
	Max int // bytes of one message; zero means DefaultMaxMessage

	r      *bufio.Reader
	format *format // nil until the first line has been seen
	pos    int64   // behind the last line taken
	buf    []byte  // the message being gathered
	err    error   // sticky
	last   bool
}

// lookahead is what a separator may look at: the header block behind it.
const lookahead = 64 << 10

// NewMbox returns a reader of the mailbox in r.
func NewMbox(r io.Reader) *MboxReader {
	return &MboxReader{r: bufio.NewReaderSize(r, 2*lookahead)} // twice, so that looking ahead at every line moves little
}

// Last reports whether the message that Next gave last ran to the end of the
// stream. In a growing file it may be a half-written one, or become longer:
// read it again from where it began, which is the end of the message before.
func (m *MboxReader) Last() bool { return m.last }

// Next gives the next message without its separator and unescaped, and the
// offset just behind it, counted from where r stood: a reader that starts
// there finds the message after it. At the end the error is io.EOF. A message
// over the limit gives a nil raw, its end, and an error that wraps
// ErrTooLarge; Next can be called again. Any other error is final; what was
// read of the message at hand is dropped, and end is where it began.
func (m *MboxReader) Next() (raw []byte, end int64, err error) {
	if m.err != nil {
		return nil, m.pos, m.err
	}
	m.last = false
	begin, err := m.open()
	if err != nil {
		m.err = err
		return nil, begin, err
	}
	size, end, err := m.gather()
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = fmt.Errorf("mailbox broken off in the message at byte %d: %w", begin, err)
		m.pos = begin
		return nil, begin, m.err
	}
	if err != nil {
		m.last, m.err = true, io.EOF
	}
	if size > m.max() {
		return nil, end, fmt.Errorf("message at byte %d has %d bytes, more than %d: %w", begin, size, m.max(), ErrTooLarge)
	}
	return bytes.Clone(m.buf), end, nil
}

func (m *MboxReader) max() int {
	if m.Max > 0 {
		return m.Max
	}
	return DefaultMaxMessage
}

// open skips to the first line of the next message, past its separator.
func (m *MboxReader) open() (begin int64, err error) {
	begin = m.pos
	blank := false
	for {
		line, err := m.peekLine()
		if len(line) == 0 && err != nil {
			return begin, err
		}
		if m.format == nil && len(trimEOL(line)) > 0 {
			m.peekAhead() // moves the buffer: peek the line again
			line, _ = m.peekLine()
		}
		switch {
		case m.pos == 0 && bytes.HasPrefix(line, []byte("\uFEFF")):
			m.skip(3)
			continue
		case len(trimEOL(line)) == 0:
			blank = true
			m.skip(len(line))
			continue
		case m.format == nil:
			m.format = detect(line, blank, m.peekAhead())
		}
		if !m.format.skips(line) {
			return begin, nil
		}
		m.skip(len(line))
		if m.format != mmdf { // MMDF has a line before and one behind each message
			return begin, nil
		}
	}
}

// gather reads lines into buf until a separator or the end. The blank line
// before a separator belongs to the separator.
func (m *MboxReader) gather() (size int, end int64, err error) {
	m.buf = m.buf[:0]
	ctx := boundaryContext{}
	whole := true // the last piece ended a line
	for {
		line, err := m.peekLine()
		if len(line) == 0 && err != nil {
			return size, m.pos, m.atEnd(err, ctx.blank)
		}
		if whole && m.format.separates(line, ctx, m.peekAhead) {
			end = m.pos
			if ctx.blank > 0 {
				end -= int64(ctx.blank)
				m.dropBlank(ctx.blank)
			}
			return size, end, nil
		}
		line, _ = m.r.Peek(len(line)) // looking ahead may have moved the buffer
		if whole {
			ctx.see(line)
		}
		if whole && m.format == mbox && isEscapedFrom(line) {
			m.skip(1)
			line = line[1:]
		}
		if size += len(line); size <= m.max() {
			m.buf = append(m.buf, line...)
		}
		whole = line[len(line)-1] == '\n'
		m.skip(len(line))
	}
}

func (m *MboxReader) atEnd(err error, blank int) error {
	if errors.Is(err, io.EOF) && blank > 0 {
		m.dropBlank(blank)
	}
	return err
}

// dropBlank takes the last blank line off, if it was kept.
func (m *MboxReader) dropBlank(n int) {
	if tail := len(m.buf) - n; tail >= 0 && len(trimEOL(m.buf[tail:])) == 0 {
		m.buf = m.buf[:tail]
	}
}

// peekLine gives the next line with its end, or 64 KiB of a longer one.
func (m *MboxReader) peekLine() ([]byte, error) {
	for n := 512; ; n *= 2 {
		n = max(n, min(m.r.Buffered(), lookahead))
		b, err := m.r.Peek(min(n, lookahead))
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return b[:i+1], nil
		}
		if err != nil || n >= lookahead {
			return b, err
		}
	}
}

// peekAhead gives what stands next, as much as can be had.
func (m *MboxReader) peekAhead() []byte {
	b, _ := m.r.Peek(lookahead) // an error shows when the lines before it have been read
	return b
}

func (m *MboxReader) skip(n int) {
	n, _ = m.r.Discard(n) // never more than was peeked
	m.pos += int64(n)
}

func trimEOL(line []byte) []byte { return bytes.TrimRight(line, "\r\n") }

// isEscapedFrom tells a line that mboxrd has escaped: one or more > and "From ".
func isEscapedFrom(line []byte) bool {
	return line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From "))
}
