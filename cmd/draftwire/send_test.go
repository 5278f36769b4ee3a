package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSendWhileRelayIsAway checks that send beside serve says why nothing
// leaves, and does not wait for the relay.
func TestSendWhileRelayIsAway(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &newsroom{now: time.Now(), dir: t.TempDir()}
	text := fmt.Sprintf(`[server]
listen = "127.0.0.1:0"
[mail]
relay = %q
tls = "none"
from = "wire@wire.example"
[[newsletter]]
name = "daily"
first = %q
grace = "0s"
`, l.Addr(), n.yesterday())
	if err := errors.Join(l.Close(), os.WriteFile(filepath.Join(n.dir, "draftwire.toml"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	n.subscribe(t, "ann@example.org", time.Now().AddDate(0, 0, -3))
	n.serve = startChild(t, n.dir, "serve")
	n.base = n.serve.line(t)
	eventually(t, "serve finds the relay away", func() bool { return strings.Contains(n.serve.stderr(), "mails wait for the relay") })
	n.run(t, 0, "subscribers", "add", "bob@example.org")
	began := time.Now()
	stdout, _ := n.run(t, exitPartly, "send", n.yesterday())
	if took := time.Since(began); took > 30*time.Second { // it is tried again after a minute
		t.Errorf("send waited %s for the relay", took)
	}
	for _, who := range []string{"ann", "bob"} {
		if want := who + "@example.org: deferred until 20"; !strings.Contains(stdout, want) || !strings.Contains(stdout, l.Addr().String()) {
			t.Errorf("send printed %q, want something with %q and the relay", stdout, want)
		}
	}
	if !strings.Contains(stdout, "1 mail queued now; 0 of 2 of this edition sent") {
		t.Errorf("send printed %q", stdout)
	}
	n.serve.signal(t, syscall.SIGTERM)
	if code := n.serve.exit(t); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}
