package main

// This file holds the program as a process of its own, to be talked to as a
// terminal, a supervisor and a browser would.

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patient is how long a test waits for what ought to come at once.
const patient = 20 * time.Second

// child is a running draftwire.
type child struct {
	cmd   *exec.Cmd
	lines chan string // standard output
	ended chan struct{}

	mu   sync.Mutex // guards said
	said strings.Builder
}

// Write takes standard error.
func (c *child) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.Write(b)
}

func (c *child) stderr() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.String()
}

// startChild runs draftwire in a directory, with TMPDIR below it. It ends with
// the test at the latest.
func startChild(t testing.TB, dir string, args ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(self, args...), lines: make(chan string, 100), ended: make(chan struct{})}
	c.cmd.Dir, c.cmd.Stderr = dir, c
	c.cmd.Env = append(os.Environ(), runMain+"=1", "TMPDIR="+temp)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		defer close(c.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
		_ = c.cmd.Wait() // ProcessState tells
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.ended
		if t.Failed() {
			t.Logf("draftwire %v said:\n%s", args, c.stderr())
		}
	})
	return c
}

// line is the next line of standard output.
func (c *child) line(t testing.TB) string {
	t.Helper()
	select {
	case line, ok := <-c.lines:
		if ok {
			return line
		}
		t.Fatalf("draftwire printed nothing more; it said:\n%s", c.stderr())
	case <-time.After(patient):
		t.Fatal("draftwire printed nothing in time")
	}
	return ""
}

// signal sends a signal.
func (c *child) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// exit waits for the end and gives the exit code.
func (c *child) exit(t testing.TB) int {
	t.Helper()
	for {
		select {
		case _, ok := <-c.lines:
			if !ok {
				<-c.ended
				return c.cmd.ProcessState.ExitCode()
			}
		case <-time.After(patient):
			t.Fatal("draftwire did not end in time")
		}
	}
}

// runChild runs a command to its end.
func runChild(t testing.TB, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := startChild(t, dir, args...)
	var lines []string
	for line := range c.lines {
		lines = append(lines, line)
	}
	<-c.ended
	return c.cmd.ProcessState.ExitCode(), strings.Join(lines, "\n"), c.stderr()
}

// fetchPage gets an address; err only says that nobody answered.
func fetchPage(address string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	return resp.StatusCode, string(text), errors.Join(err, resp.Body.Close())
}

// getPage gets an address that must answer with a status.
func getPage(t testing.TB, address string, want int) string {
	t.Helper()
	status, body, err := fetchPage(address)
	if err != nil {
		t.Fatal(err)
	}
	if status != want {
		t.Fatalf("%s: status %d, want %d\n%.300s", address, status, want, body)
	}
	return body
}

// eventually asks again and again, for as long as a test is patient.
func eventually(t testing.TB, what string, ask func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patient); !ask(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("in %s not: %s", patient, what)
		}
	}
}
