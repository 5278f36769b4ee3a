package main

// This file holds the mail relay of the crash test: the demo's sink behind a
// gate, with a log of all transactions and traps that hold a mail at a stage.

import (
	"bytes"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/draftwire/draftwire/demo"
)

// stage is how far handing over a mail has come.
type stage int

const (
	nowhere    stage = iota
	atMail           // the sender begins; the sink has seen nothing of the mail
	atRcpt           // the sink knows the recipient
	atDot            // the sender has said all; the sink has not got it, and never will
	atAccepted       // the sink has the mail; the sender does not know
)

// trap holds one mail at a stage until it is opened.
type trap struct {
	stage  stage
	left   int           // mails to let pass, this one included
	sprung chan struct{} // closed when the mail is held
	opened chan struct{}
}

func (p *trap) open() { close(p.opened) }

// testRelay is where a site sends its mails.
type testRelay struct {
	sink *demo.Sink
	gate net.Listener

	mu       sync.Mutex      // guards what follows
	accepted map[string]int  // times, by Message-ID
	silent   map[string]bool // Message-IDs of mails whose sender was not told, by the sink's own fault
	named    map[string]int  // transactions that came to naming this recipient
	taken    map[string]int  // of them, those that ended with acceptance
	total    int             // mails accepted
	armed    *trap
}

func newRelay(t *testing.T) *testRelay {
	r := &testRelay{
		accepted: make(map[string]int), silent: make(map[string]bool),
		named: make(map[string]int), taken: make(map[string]int),
		armed: &trap{sprung: make(chan struct{}), opened: make(chan struct{})},
	}
	drop := demo.EveryNth(97, demo.DropAfter)
	var err error
	r.sink, err = demo.StartSink(demo.SinkOptions{
		Keep: 1, Log: r.accept,
		Fault: func(a demo.Attempt) demo.Fault {
			r.mu.Lock()
			r.named[a.To]++
			r.mu.Unlock()
			r.reach(atRcpt)
			return drop(a)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.sink.Close() })
	if r.gate, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.gate.Close() })
	go r.serve()
	return r
}

func (r *testRelay) addr() string { return r.gate.Addr().String() }

// accept is told of each mail before its sender is.
func (r *testRelay) accept(m demo.Received) {
	r.mu.Lock()
	r.accepted[m.MessageID]++
	r.total++
	for _, to := range m.To {
		r.taken[to]++
	}
	if m.Fault == demo.DropAfter {
		r.silent[m.MessageID] = true
	}
	r.mu.Unlock()
	r.reach(atAccepted)
}

func (r *testRelay) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

// set arms a trap for the n-th mail that reaches a stage from now on.
func (r *testRelay) set(at stage, n int) *trap {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.armed = &trap{stage: at, left: n, sprung: make(chan struct{}), opened: make(chan struct{})}
	return r.armed
}

// reach is called where a mail reaches a stage. It reports whether it was held.
func (r *testRelay) reach(at stage) bool {
	r.mu.Lock()
	p := r.armed
	held := p.stage == at && p.left == 1
	if p.stage == at {
		p.left--
	}
	r.mu.Unlock()
	if held {
		close(p.sprung)
		<-p.opened
	}
	return held
}

func (r *testRelay) serve() {
	for {
		conn, err := r.gate.Accept()
		if err != nil {
			return
		}
		go r.pass(conn)
	}
}

// pass carries a connection to the sink and back.
func (r *testRelay) pass(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", r.sink.Addr)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	go func() {
		defer func() { _ = from.Close() }()
		buf := make([]byte, 4096)
		for {
			n, err := to.Read(buf)
			if _, failed := from.Write(buf[:n]); err != nil || failed != nil {
				return
			}
		}
	}()
	const dot = "\r\n.\r\n"
	var last []byte // the end of what was carried before
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		said := slices.Concat(last, buf[:n])
		if bytes.HasPrefix(buf[:n], []byte("MAIL FROM:")) {
			r.reach(atMail)
		}
		if bytes.HasSuffix(said, []byte(dot)) && r.reach(atDot) {
			return
		}
		if _, failed := to.Write(buf[:n]); err != nil || failed != nil {
			return
		}
		last = said[max(0, len(said)-len(dot)+1):]
	}
}
