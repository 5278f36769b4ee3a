package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/draftwire/draftwire/fetch"
)

// TestFaultWords checks the classes, and that no address or path gets out.
func TestFaultWords(t *testing.T) {
	const feed = "https://ada:pw@example.org/feed?token=s3cret"
	dial := func(err error) error {
		return fmt.Errorf("fetch %s: %w", feed, &net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&fetch.StatusError{URL: feed, Status: 500}, "refused: HTTP 500 Internal Server Error"},
		{&fetch.StatusError{URL: feed, Status: 599}, "refused: HTTP 599"},
		{&fetch.BusyError{Host: "s3cret:443"}, "asked us to wait"},
		{&fetch.BlockedError{URL: feed, Addr: "10.0.0.1:80", Reason: "private"}, "not allowed: its address is not one that we fetch from"},
		{&fetch.TooLargeError{URL: feed, Limit: 1}, "too large"},
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "unreachable: nobody answers at its address"},
		{dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "unreachable"},
		{dial(&net.DNSError{Err: "no such host", Name: "s3cret.example.org"}), "unreachable: its name is not known"},
		{dial(context.DeadlineExceeded), "unreachable: no answer in time"},
		{errors.New(feed + ": not a readable feed: x; want RSS, Atom or JSON Feed"), "not a feed"},
		{errors.New(feed + `: the file begins with "<html>"; want the heading`), "not the file that we look for"},
		{&fs.PathError{Op: "open", Path: "/srv/s3cret/box", Err: syscall.ENOENT}, "not there"},
		{&fs.PathError{Op: "open", Path: "/srv/s3cret/box", Err: syscall.EACCES}, "not readable"},
		{errors.New("s3cret /srv/s3cret <b>"), "not as it should be; the operator is told more"},
		{errors.New("fetch " + feed + ": the server answers 6666666"), "not as it should be; the operator is told more"},
	} {
		got := english.fault("source s3cret: " + tt.err.Error())
		if got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
		if strings.Contains(got, "s3cret") || strings.Contains(got, "/") {
			t.Errorf("%q lets something out", got)
		}
	}
	if got := english.fault(""); got != "" {
		t.Errorf("no error is called %q", got)
	}
}

func FuzzFaultWords(f *testing.F) {
	known := map[string]bool{"": true, "not as it should be; the operator is told more": true}
	for _, class := range faultClasses {
		known[string(class.class)] = true
		f.Add("https://s3cret.example.org: " + class.signs[0])
	}
	f.Add("the server answers 503")
	f.Fuzz(func(t *testing.T, text string) {
		if got := english.fault(text); !known[got] && !strings.HasPrefix(got, "refused: HTTP ") {
			t.Errorf("%q is shown as %q", text, got)
		}
	})
}
