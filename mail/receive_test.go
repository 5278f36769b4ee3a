package mail

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// postOffice is a served Receiver that knows list@here and later@here.
type postOffice struct {
	t      *testing.T
	listen net.Listener
	end    func() // and wait

	mu    sync.Mutex // guards taken
	taken []Delivery
	hold  chan struct{} // Take waits for it, unless nil
}

func openPostOffice(t *testing.T, r *Receiver) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return servePostOffice(t, r, l)
}

func servePostOffice(t *testing.T, r *Receiver, l net.Listener) *postOffice {
	t.Helper()
	p := &postOffice{t: t, listen: l}
	r.Domain, r.Log = "here", slog.New(slog.DiscardHandler)
	r.Known = func(address string) error {
		if _, domain, _ := strings.Cut(address, "@"); domain != "here" {
			return &RefusedError{Why: "no such address\r\n250 injected"}
		}
		return nil
	}
	r.Take = p.take
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := r.Serve(ctx, p.listen); err != nil {
			t.Error(err)
		}
	}()
	p.end = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(p.end)
	return p
}

func (p *postOffice) take(_ context.Context, d Delivery) error {
	if p.hold != nil {
		<-p.hold
	}
	switch local, _, _ := strings.Cut(d.To, "@"); local {
	case "later":
		return errors.New("the disk is full")
	case "never":
		return &RefusedError{Why: "not yours"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, d)
	return nil
}

func (p *postOffice) all() []Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.taken)
}

// sender is a client that writes what it likes.
type sender struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

// call connects and greets.
func (p *postOffice) call() *sender {
	p.t.Helper()
	conn, err := net.Dial("tcp", p.listen.Addr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	return greet(p.t, conn, "EHLO")
}

func greet(t *testing.T, conn net.Conn, hello string) *sender {
	t.Helper()
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	s := &sender{t, conn, bufio.NewReader(conn)}
	s.want("220")
	s.say(hello+" client\r\n", "250")
	return s
}

// say writes and expects replies whose codes begin so.
func (s *sender) say(text string, codes ...string) {
	s.t.Helper()
	if _, err := io.WriteString(s, text); err != nil {
		s.t.Fatalf("writing %.40q: %v", text, err)
	}
	for _, code := range codes {
		s.want(code)
	}
}

// want reads one reply, of several lines perhaps.
func (s *sender) want(code string) {
	s.t.Helper()
	for {
		line, err := s.in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, code) {
			s.t.Fatalf("got %q and error %v, want %s", line, err, code)
		}
		if line[3] == ' ' {
			return
		}
	}
}

// gone expects the end of the connection.
func (s *sender) gone() {
	s.t.Helper()
	_ = s.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadAll(s.in); errors.Is(err, context.DeadlineExceeded) {
		s.t.Error("the connection is still open")
	}
}

const envelope = "MAIL FROM:<a@there>\r\nRCPT TO:<list@here>\r\nDATA\r\n"

func TestReceiver(t *testing.T) {
	p := openPostOffice(t, &Receiver{MaxSize: 200 << 10})
	tests := []struct {
		name, say string
		codes     []string
		taken     []string // bodies
	}{
		{"a mail", envelope + "Subject: x\r\n\r\n..dot\r\n.\r\n", []string{"250", "250", "354", "250"}, []string{"Subject: x\r\n\r\n.dot\r\n"}},
		{"no address of ours", "MAIL FROM:<a@there>\r\nRCPT TO:<b@elsewhere>\r\nDATA\r\n", []string{"250", "550 5.1.1 no such address??250 injected", "502"}, nil},
		{"two of ours", "MAIL FROM:<>\r\nRCPT TO:<list@here>\r\nRCPT TO:<never@here>\r\nDATA\r\nx\r\n.\r\n", []string{"250", "250", "250", "354", "250"}, []string{"x\r\n"}},
		{"one of them later", "MAIL FROM:<>\r\nRCPT TO:<list@here>\r\nRCPT TO:<later@here>\r\nDATA\r\nx\r\n.\r\n", []string{"250", "250", "250", "354", "451"}, []string{"x\r\n"}},
		{"not his", "MAIL FROM:<>\r\nRCPT TO:<never@here>\r\nDATA\r\nx\r\n.\r\n", []string{"250", "250", "354", "550 5.7.1 not yours"}, nil},
		{"chunks", "MAIL FROM:<a@there> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<list@here>\r\nBDAT 3\r\nx\r\nBDAT 3 LAST\r\ny\r\n", []string{"250", "250", "250", "250"}, []string{"x\r\ny\r\n"}},
		{"half of the chunks", "MAIL FROM:<a@there>\r\nRCPT TO:<list@here>\r\nBDAT 3\r\nx\r\nRSET\r\n", []string{"250", "250", "250", "250"}, nil},
		{"said to be too long", "MAIL FROM:<a@there> SIZE=99999999\r\n", []string{"552"}, nil},
		{"100 MB", envelope + strings.Repeat(strings.Repeat("x", 998)+"\r\n", 100_000) + ".\r\n", []string{"250", "250", "354", "552"}, nil},
		{"one chunk too long", "MAIL FROM:<a@there>\r\nRCPT TO:<list@here>\r\nBDAT 300000 LAST\r\n" + strings.Repeat("x", 300_000), []string{"250", "250", "552"}, nil},
		{"garbage between mails", "\x00\xff\xfe garbage\r\n" + envelope + "x\r\n.\r\nNOOP\r\n", []string{"50", "250", "250", "354", "250", "250"}, []string{"x\r\n"}},
		{
			"bare line feeds end nothing", envelope + "a\n.\nMAIL FROM:<evil@there>\nb\r\n.\nc\r\n.\rd\n.\r\ne\r\n.\r\n",
			[]string{"250", "250", "354", "250"},
			[]string{"a\n.\nMAIL FROM:<evil@there>\nb\r\n\nc\r\nd\n.\r\ne\r\n"},
		},
		{"NULs", envelope + "Subject: \x00\r\n\r\n\x00\x00\r\n.\r\n", []string{"250", "250", "354", "250"}, []string{"Subject: \x00\r\n\r\n\x00\x00\r\n"}},
		{"a line feed in an address", "MAIL FROM:<a@there>\r\nRCPT TO:<list@here\nDATA>\r\n", []string{"250", "50"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := len(p.all())
			p.t = t
			s := p.call()
			go func() { _, _ = io.WriteString(s, test.say) }() // all at once, as a client that pipelines
			for _, code := range test.codes {
				s.want(code)
			}
			_ = s.Close()
			var got []string
			for _, d := range p.all()[before:] {
				got = append(got, string(d.Raw))
			}
			if !slices.Equal(got, test.taken) {
				t.Errorf("got %q, want %q", got, test.taken)
			}
		})
	}
}

func TestReceiverEndsConnections(t *testing.T) {
	p := openPostOffice(t, &Receiver{})
	t.Run("a line too long", func(t *testing.T) {
		s := p.call()
		s.say(envelope, "250", "250", "354")
		go func() { _, _ = io.Copy(s, io.LimitReader(endless('x'), 10<<20)) }()
		s.want("5")
		s.gone()
	})
	t.Run("nothing but garbage", func(t *testing.T) {
		s := p.call()
		go func() { _, _ = io.Copy(s, io.LimitReader(lines{}, 10<<20)) }()
		s.want("50")
		s.gone()
	})
	t.Run("cut before the dot", func(t *testing.T) {
		s := p.call()
		s.say(envelope+"Subject: x\r\n\r\nhalf a mail\r\n", "250", "250", "354")
		_ = s.Close()
	})
	t.Run("101 recipients", func(t *testing.T) {
		s := p.call()
		s.say("MAIL FROM:<a@there>\r\n", "250")
		for i := range maxRecipients {
			s.say(fmt.Sprintf("RCPT TO:<list%d@here>\r\n", i), "250")
		}
		s.say("RCPT TO:<list@here>\r\nRSET\r\n", "452", "250")
	})
	p.end()
	if got := p.all(); len(got) != 0 {
		t.Errorf("taken: %q", got)
	}
}

// endless reads one byte for ever, lines garbage.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

type lines struct{}

func (lines) Read(p []byte) (int, error) { return copy(p, "\x01\x02\x03\r\n"), nil }

func TestReceiverLMTP(t *testing.T) {
	p := openPostOffice(t, &Receiver{LMTP: true})
	conn, err := net.Dial("tcp", p.listen.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := greet(t, conn, "LHLO")
	s.say("MAIL FROM:<>\r\nRCPT TO:<list@here>\r\nRCPT TO:<never@here>\r\nRCPT TO:<later@here>\r\nRCPT TO:<list@here>\r\nDATA\r\nx\r\n.\r\n",
		"250", "250", "250", "250", "250", "354", "250", "550", "451", "250")
}

func TestReceiverSlowSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		p := servePostOffice(t, &Receiver{}, l)
		client, server := net.Pipe()
		l.conns <- server
		s := greet(t, client, "EHLO")
		s.say("MAIL FROM:<a@there>\r\n", "250")
		s.say("RCPT TO:<list@here>\r\n", "250")
		s.say("DATA\r\n", "354")
		begun := time.Now()
		go func() { _, _ = io.Copy(io.Discard, s.in) }()
		for range 60 { // a byte a minute, until nobody listens
			if _, err := s.Write([]byte("x")); err != nil {
				break
			}
			time.Sleep(time.Minute)
		}
		if took := time.Since(begun); took > 7*time.Minute {
			t.Errorf("it was listened to for %v", took)
		}
		p.end()
		if got := p.all(); len(got) != 0 {
			t.Errorf("taken: %q", got)
		}
	})
}

// pipes is a listener without a network.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func TestReceiverCrowd(t *testing.T) {
	const room = 20
	p := openPostOffice(t, &Receiver{MaxConns: room})
	var inside []*sender
	for range room {
		inside = append(inside, p.call())
	}
	for range 500 - room {
		conn, err := net.Dial("tcp", p.listen.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(conn)
		_ = conn.Close()
		if !bytes.HasPrefix(answer, []byte("421 ")) {
			t.Fatalf("got %q", answer)
		}
	}
	inside[0].say("QUIT\r\n", "221")
	inside[0].gone()
	inside[1].say(envelope+"x\r\n.\r\n", "250", "250", "354", "250")
	p.call().say(envelope+"y\r\n.\r\n", "250", "250", "354", "250")
}

// TestReceiverClients holds that one client cannot take all places, and that
// what connects by a socket of this machine is no one client.
func TestReceiverClients(t *testing.T) {
	p := openPostOffice(t, &Receiver{MaxClient: 2})
	dial := func(from string) net.Conn {
		t.Helper()
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := dialer.Dial("tcp", p.listen.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	first := greet(t, dial("127.0.0.2"), "EHLO")
	greet(t, dial("127.0.0.2"), "EHLO")
	for range 3 {
		conn := dial("127.0.0.2")
		answer, _ := io.ReadAll(conn)
		_ = conn.Close()
		if !bytes.HasPrefix(answer, []byte("421 4.7.0 too many connections from your address")) {
			t.Fatalf("got %q", answer)
		}
	}
	greet(t, dial("127.0.0.3"), "EHLO").say(envelope+"x\r\n.\r\n", "250", "250", "354", "250")
	first.say("QUIT\r\n", "221")
	first.gone()
	greet(t, dial("127.0.0.2"), "EHLO").say(envelope+"y\r\n.\r\n", "250", "250", "354", "250")

	socket, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	servePostOffice(t, &Receiver{MaxClient: 2, LMTP: true}, socket)
	for range 5 {
		conn, err := net.Dial("unix", socket.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		greet(t, conn, "LHLO")
	}
}

func TestClientOf(t *testing.T) {
	for _, tt := range []struct {
		addr net.Addr
		want string
	}{
		{&net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 1}, "192.0.2.7/32"},
		{&net.TCPAddr{IP: net.ParseIP("::ffff:192.0.2.7"), Port: 2}, "192.0.2.7/32"},
		{&net.TCPAddr{IP: net.ParseIP("2001:db8:1:2:3::4"), Port: 3}, "2001:db8:1:2::/64"},
		{&net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0", Port: 4}, "fe80::/64"},
		{&net.UnixAddr{Name: "@", Net: "unix"}, "invalid Prefix"},
		{&net.UnixAddr{Name: "", Net: "unix"}, "invalid Prefix"},
	} {
		if got := clientOf(from{addr: tt.addr}).String(); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.addr, got, tt.want)
		}
	}
}

// from is a connection that has but a far end.
type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// TestReceiverEnd holds that a mail in hand is finished, and answered, when the
// server ends, and that who says nothing does not hold it up.
func TestReceiverEnd(t *testing.T) {
	p := openPostOffice(t, &Receiver{})
	p.hold = make(chan struct{})
	idle, busy := p.call(), p.call()
	busy.say(envelope+"x\r\n", "250", "250", "354")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.end()
	}()
	idle.want("421")
	idle.gone()
	busy.say(".\r\n")
	close(p.hold)
	busy.want("250")
	busy.want("421")
	<-ended
	if got := p.all(); len(got) != 1 || string(got[0].Raw) != "x\r\n" {
		t.Errorf("taken: %q", got)
	}
	if _, err := net.Dial("tcp", p.listen.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

// TestReceiverMemory holds that long mails that arrive together do not fill the
// memory: some are put off.
func TestReceiverMemory(t *testing.T) {
	r := &Receiver{MaxSize: 1000}
	p := openPostOffice(t, r)
	s := p.call()
	r.held.Add(atATime*1000 - 3) // by others
	s.say(envelope+"long\r\n.\r\n", "250", "250", "354", "451")
	s.say(envelope+"x\r\n.\r\n", "250", "250", "354", "250")
	r.held.Add(3 - atATime*1000)
	s.say(envelope+"long\r\n.\r\n", "250", "250", "354", "250")
	if left := r.held.Load(); left != 0 {
		t.Errorf("%d bytes are still counted", left)
	}
}

func FuzzReceiver(f *testing.F) {
	f.Add([]byte(envelope + "x\r\n.\r\nQUIT\r\n"))
	f.Add([]byte("MAIL FROM:<a@there>\r\nRCPT TO:<list@here>\r\nBDAT 3\r\nx\r\nRSET\r\nBDAT 0 LAST\r\n"))
	f.Add([]byte("EHLO x\r\nBDAT 99999999999 LAST\r\nAUTH PLAIN =\r\nSTARTTLS\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		p := servePostOffice(t, &Receiver{MaxSize: 1 << 10, Patience: time.Second}, l)
		client, server := net.Pipe()
		l.conns <- server
		s := greet(t, client, "EHLO")
		go func() {
			_, _ = s.Write(said)
			_ = s.Close()
		}()
		_, _ = io.Copy(io.Discard, s.in)
		p.end()
		for _, d := range p.all() {
			if len(d.Raw) > 1<<10 || !strings.HasSuffix(d.To, "@here") {
				t.Errorf("taken for %q: %d bytes", d.To, len(d.Raw))
			}
		}
	})
}
