package mail

// This file bounds what an IMAP server can make us read.

import (
	"fmt"
	"net"
	"sync/atomic"
)

// metered is a connection from which only so much may be read until more is
// allowed. What a server sends unasked costs memory and time too.
type metered struct {
	net.Conn
	granted, left atomic.Int64
}

// allow lets that many bytes be read from now on.
func (m *metered) allow(n int64) {
	m.granted.Store(n)
	m.left.Store(n)
}

// Read implements io.Reader.
func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if m.left.Add(-int64(n)) < 0 {
		m.Close()
		return 0, fmt.Errorf("the server sends more than the %d bytes that are taken at a time", m.granted.Load())
	}
	return n, err
}

// allowance is what may be read in answer to one command.
func (c *IMAP) allowance() int64 { return 4*batchBytes + 2*c.cfg.MaxMessage }

// idleAllowance is what may be read in one IDLE: some 50,000 pieces of news.
const idleAllowance = 1 << 20
