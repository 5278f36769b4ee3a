package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// sink is an SMTP server that keeps what it gets.
type sink struct {
	mu   sync.Mutex
	got  []string // recipient and body
	from string
}

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }

type sinkSession struct {
	*sink
	to string
}

func (s *sinkSession) Reset()                                      {}
func (s *sinkSession) Logout() error                               { return nil }
func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "gone"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	case strings.HasPrefix(to, "busy"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	s.to = to
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if strings.Contains(string(b), "spam") {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "spam"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, s.to+": "+string(b))
	return nil
}

// testCert gives a server certificate for 127.0.0.1 and a client that trusts it.
func testCert(t *testing.T) (server, client *tls.Config) {
	h := httptest.NewTLSServer(nil)
	t.Cleanup(h.Close)
	pool := x509.NewCertPool()
	pool.AddCert(h.Certificate())
	return &tls.Config{Certificates: h.TLS.Certificates}, &tls.Config{RootCAs: pool}
}

func startSink(t *testing.T, mode TLSMode, conf *tls.Config) (*sink, string) {
	s := &sink{}
	server := smtp.NewServer(s)
	server.Domain, server.AllowInsecureAuth, server.MaxMessageBytes = "sink.test", true, 100_000
	server.ErrorLog = log.New(io.Discard, "", 0)
	if mode != TLSNone {
		server.TLSConfig = conf
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if mode == TLSImplicit {
		ln = tls.NewListener(ln, conf)
	}
	go server.Serve(ln)
	t.Cleanup(func() { server.Close() })
	return s, ln.Addr().String()
}

const testMsg = "Subject: x\r\n\r\n.dot\r\n"

func TestSMTPSession(t *testing.T) {
	s, addr := startSink(t, TLSNone, nil)
	session, err := Relay{Addr: addr, TLS: TLSNone, Hello: "wire.test"}.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		to, msg string
		want    *SendError // nil: taken
	}{
		{"a@example.org", testMsg, nil},
		{"gone@example.org", testMsg, &SendError{Step: "RCPT", Code: 550, Enhanced: "5.1.1", Message: "no such user"}},
		{"busy@example.org", testMsg, &SendError{Step: "RCPT", Code: 451, Enhanced: "4.3.0", Message: "later", Temporary: true}},
		{"b@example.org", "Subject: spam\r\n\r\n", &SendError{Step: stepReply, Code: 554, Enhanced: "5.7.1", Message: "spam"}},
		{"c@example.org", strings.Repeat("x", 100_001), &SendError{Step: "MAIL", Code: 552, Enhanced: "5.3.4", Message: "message of 100001 bytes, the relay takes 100000"}},
		{"d@example.org\r\nRCPT TO:<e@example.org>", testMsg, &SendError{Step: "MAIL", Message: `envelope from "wire@example.org" to "d@example.org\r\nRCPT TO:<e@example.org>": want local@domain`}},
		{"日@example.org", testMsg, &SendError{Step: "MAIL", Message: `envelope from "wire@example.org" to "日@example.org": the relay takes ASCII addresses only`}},
		{"z@example.org", testMsg, nil},
	} {
		err := session.Send(t.Context(), "wire@example.org", tt.to, []byte(tt.msg))
		var got *SendError
		errors.As(err, &got)
		if got != nil {
			got.Err = nil
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) || got != nil && *got != *tt.want || !session.Alive() {
			t.Errorf("to %q: got %+v, want %+v; alive %v", tt.to, got, tt.want, session.Alive())
		}
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if want := "[a@example.org: Subject: x\r\n\r\n.dot\r\n z@example.org: Subject: x\r\n\r\n.dot\r\n]"; fmt.Sprint(s.got) != want {
		t.Errorf("the server has %q", s.got)
	}
}

func TestSMTPEncryption(t *testing.T) {
	server, client := testCert(t)
	for _, tt := range []struct {
		server, client TLSMode
		conf           *tls.Config
		err            string
	}{
		{TLSStartTLS, TLSStartTLS, client, ""},
		{TLSStartTLS, TLSOpportunistic, client, ""},
		{TLSImplicit, TLSImplicit, client, ""},
		{TLSNone, TLSOpportunistic, client, ""},
		{TLSNone, TLSStartTLS, client, "STARTTLS"},
		{TLSStartTLS, TLSStartTLS, nil, "certificate"},
		{TLSStartTLS, TLSOpportunistic, nil, "certificate"},
		{TLSImplicit, TLSImplicit, nil, "certificate"},
	} {
		s, addr := startSink(t, tt.server, server)
		session, err := Relay{Addr: addr, TLS: tt.client, TLSConfig: tt.conf}.Connect(t.Context())
		if err == nil {
			err = session.Send(t.Context(), "wire@example.org", "a@example.org", []byte(testMsg))
			session.Close()
		}
		if tt.err == "" && (err != nil || len(s.got) != 1) || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("server %s, client %s: got %v, %d mails; want error %q", tt.server, tt.client, err, len(s.got), tt.err)
		}
	}
}

// scripted is a server that breaks off where it is told to: after having read
// the line that starts with stage, or with the last bytes of a message read.
func scripted(t *testing.T, stage, reply string) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		script(conn, stage, reply)
	}()
	return ln.Addr().String()
}

func script(conn net.Conn, stage, reply string) {
	if stage == "greeting" {
		return
	}
	fmt.Fprint(conn, "220 hi\r\n")
	data := false
	for in := bufio.NewScanner(conn); in.Scan(); {
		line := in.Text()
		if strings.HasPrefix(line, stage) && (data || stage != ".") {
			fmt.Fprint(conn, reply)
			if reply == "hang" {
				io.Copy(io.Discard, conn)
			}
			return
		}
		switch {
		case line == "DATA":
			data = true
			fmt.Fprint(conn, "354 go\r\n")
		case data && line != ".":
		default:
			data = false
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

func TestSMTPBrokenOff(t *testing.T) {
	for _, tt := range []struct {
		stage, reply string
		want         Outcome
		code         int
	}{
		{"MAIL", "", NotSent, 0},
		{"RCPT", "", NotSent, 0},
		{"DATA", "", NotSent, 0},
		{"Subject", "", NotSent, 0}, // in the middle of a long body
		{".", "", Unknown, 0},
		{".", "25", Unknown, 0},
		{".", "nonsense\r\n", Unknown, 0},
		{".", "hang", Unknown, 0},
		{".", "451 later\r\n", NotSent, 451},
		{".", "421 closing\r\n", NotSent, 421},
		{".", "554 no\r\n", NotSent, 554},
		{"RCPT", "hang", NotSent, 0},
	} {
		relay := Relay{Addr: scripted(t, tt.stage, tt.reply), TLS: TLSNone, CommandTimeout: time.Second, DataTimeout: 2 * time.Second}
		session, err := relay.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		msg := testMsg
		if tt.stage == "Subject" {
			msg += strings.Repeat(strings.Repeat("x", 70)+"\r\n", 400_000)
		}
		err = session.Send(ctx, "wire@example.org", "a@example.org", []byte(msg))
		var e *SendError
		if !errors.As(err, &e) || e.Sent != tt.want || e.Code != tt.code || e.Temporary != (tt.code != 554) {
			t.Errorf("broken off at %s with %q: got %+v, want %v, code %d", tt.stage, tt.reply, e, tt.want, tt.code)
		}
		if session.Alive() {
			t.Errorf("broken off at %s with %q: still alive", tt.stage, tt.reply)
		}
		err = session.Send(ctx, "wire@example.org", "a@example.org", []byte(msg))
		if !errors.As(err, &e) || e.Sent != NotSent || !e.Temporary {
			t.Errorf("second message: got %+v", e)
		}
		cancel()
		session.Close()
	}
	if _, err := (Relay{Addr: scripted(t, "greeting", ""), TLS: TLSNone}).Connect(t.Context()); err == nil {
		t.Error("connected without a greeting")
	}
}
