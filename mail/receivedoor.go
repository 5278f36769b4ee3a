package mail

// This file bounds the connections of a Receiver: how many there are, how long
// they last, and how they end.

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// door lets in so many guests at once, and of one client so many of them: a
// mail server sends over 20 connections at most, unless told otherwise.
type door struct {
	net.Listener
	max  int
	each int

	mu      sync.Mutex // guards all below
	conns   map[*guest]struct{}
	from    map[netip.Prefix]int // how many of them each client has
	closing bool
}

// Accept implements net.Listener. Who finds it full is told to come again.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g, full := d.admit(conn)
		if g != nil {
			return g, nil
		}
		_ = conn.SetDeadline(time.Now().Add(time.Second)) // the reply fits into any socket's buffer
		_, _ = conn.Write([]byte("421 " + full + "; please try again later\r\n"))
		_ = conn.Close()
	}
}

// admit makes a connection a guest, or says what is full.
func (d *door) admit(conn net.Conn) (g *guest, full string) {
	client := clientOf(conn)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closing || len(d.conns) >= d.max:
		return nil, "4.3.2 too many connections"
	case client.IsValid() && d.from[client] >= d.each:
		return nil, "4.7.0 too many connections from your address"
	}
	g = &guest{Conn: conn, door: d, client: client, until: time.Now().Add(lifetime)}
	d.conns[g] = struct{}{}
	d.from[client]++
	return g, ""
}

// leave forgets a guest. One that left before is no more there.
func (d *door) leave(g *guest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := d.conns[g]; !there {
		return
	}
	delete(d.conns, g)
	if d.from[g.client]--; d.from[g.client] == 0 {
		delete(d.from, g.client)
	}
}

// clientOf is who connects: an IPv4 address, or the 64 bits of an IPv6 network,
// which one customer has whole. It is invalid for what has none, such as a
// socket of this machine.
func clientOf(conn net.Conn) netip.Prefix {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Prefix{}
	}
	addr, bits := at.Addr().Unmap().WithZone(""), 64
	if addr.Is4() {
		bits = 32
	}
	client, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return client
}

func (d *door) all() []*guest {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]*guest, 0, len(d.conns))
	for g := range d.conns {
		list = append(list, g)
	}
	return list
}

// dismiss ends idle connections now, and the others when their mail is done.
func (d *door) dismiss() {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	for _, g := range d.all() {
		g.dismiss()
	}
}

func (d *door) closeAll() {
	for _, g := range d.all() {
		_ = g.Close()
	}
}

// guest is one connection. It ends after its lifetime, after a read that timed
// out, whose rest would be taken for commands, and when it is dismissed and
// has no mail in hand.
type guest struct {
	net.Conn
	door   *door
	client netip.Prefix

	mu        sync.Mutex
	until     time.Time
	busy      bool // between MAIL and the answer to its mail
	dismissed bool
	dead      bool
}

// guestOf finds the guest below a connection of the server, encrypted or not.
func guestOf(c net.Conn) *guest {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	return c.(*guest) //nolint:forcetypeassert // the door lets nothing else in
}

// Read implements net.Conn.
func (g *guest) Read(p []byte) (int, error) {
	g.mu.Lock()
	dead := g.dead
	g.mu.Unlock()
	if dead {
		return 0, net.ErrClosed
	}
	n, err := g.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		g.mu.Lock()
		g.dead = true
		g.mu.Unlock()
	}
	return n, err
}

// SetReadDeadline implements net.Conn.
func (g *guest) SetReadDeadline(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.dismissed && !g.busy:
		t = time.Unix(1, 0)
	case t.After(g.until) || t.IsZero():
		t = g.until
	}
	return g.Conn.SetReadDeadline(t)
}

func (g *guest) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy = true
}

func (g *guest) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy = false
}

func (g *guest) dismiss() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dismissed = true; !g.busy {
		_ = g.Conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// Close implements net.Conn.
func (g *guest) Close() error {
	g.door.leave(g)
	return g.Conn.Close()
}
