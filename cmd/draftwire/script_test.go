package main

// This file runs the scripts in testdata/script: what a user could have typed,
// with what the program must answer. Beside the usual commands they have those
// of scriptCommands.

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/draftwire/draftwire/demo"
)

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setupScript,
		Cmds:                scriptCommands,
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

// setupScript gives each script announce.mbox, mails of 6 and 7 December 2025,
// and recent.mbox, the same mails of yesterday and the day before.
func setupScript(env *testscript.Env) error {
	old, err := os.ReadFile("testdata/mail/announce.mbox")
	if err != nil {
		return err
	}
	yesterday := time.Now().UTC().AddDate(0, 0, -1)
	env.Setenv("YESTERDAY", yesterday.Format(time.DateOnly))
	recent := string(old)
	for i, day := range []string{"2025-12-07", "2025-12-06"} {
		was, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return err
		}
		for _, layout := range []string{"Mon, 02 Jan 2006", "Mon Jan _2", time.DateOnly} {
			recent = strings.ReplaceAll(recent, was.Format(layout), yesterday.AddDate(0, 0, -i).Format(layout))
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(env.WorkDir, "announce.mbox"), old, 0o600),
		os.WriteFile(filepath.Join(env.WorkDir, "recent.mbox"), []byte(recent), 0o600),
	)
}

var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":   scriptExits,
	"until":   scriptUntil,
	"expand":  scriptExpand,
	"objects": scriptObjects,
	"gzip":    scriptGzip,
	"cut":     scriptCut,
	"sql":     scriptSQL,
	"sink":    scriptSink,
	"site":    scriptSite,
	"tracker": scriptTracker,
	"mails":   scriptMails,
}

// exits CODE COMMAND...: the command ends with this code.
func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// until PATTERN COMMAND...: within ten seconds the command prints this.
func scriptUntil(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !want.MatchString(outputOf(ts, args[1:])) {
		select {
		case <-ctx.Done():
			ts.Fatalf("no %q in time", args[0])
		case <-tick.C:
		}
	}
}

func outputOf(ts *testscript.TestScript, args []string) string {
	if args[0] == "cat" {
		text, err := os.ReadFile(ts.MkAbs(args[1]))
		ts.Check(err)
		return string(text)
	}
	ts.Check(ts.Exec(args[0], args[1:]...))
	return ts.ReadFile("stdout")
}

// expand FILE...: variables of the environment are filled in.
func scriptExpand(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args {
		text := os.Expand(ts.ReadFile(file), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o600))
	}
}

// objects N KEY...: the last command printed N lines, each an object with
// exactly these keys, in this order, and without a null.
func scriptObjects(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n")
	if want, err := strconv.Atoi(args[0]); err != nil || len(lines) != want {
		ts.Fatalf("%d lines, want %s", len(lines), args[0])
	}
	for _, line := range lines {
		keys, err := keysOf(line)
		ts.Check(err)
		if !slices.Equal(keys, args[1:]) {
			ts.Fatalf("keys %v, want %v", keys, args[1:])
		}
	}
}

// keysOf reads the keys of an object in their order; null is an error.
func keysOf(object string) (keys []string, err error) {
	d := json.NewDecoder(strings.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("%q is no object: %w", object, err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if string(value) == "null" {
			return nil, fmt.Errorf("%v is null", key)
		}
		keys = append(keys, fmt.Sprint(key))
	}
	return keys, nil
}

// gzip FROM TO: compresses a file.
func scriptGzip(ts *testscript.TestScript, _ bool, args []string) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(errors.Join(err, w.Close()))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), packed.Bytes(), 0o600))
}

// cut FROM BYTES TO: the head of a file.
func scriptCut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(ts.ReadFile(args[0])[:n]), 0o600))
}

// sql DATABASE STATEMENT: changes a database behind the program's back.
func scriptSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.ExecContext(context.Background(), args[1])
	ts.Check(errors.Join(err, db.Close()))
}

// site FOLDER: its files are served over HTTP, at $SITE.
func scriptSite(ts *testscript.TestScript, _ bool, args []string) {
	s := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(s.Close)
	ts.Setenv("SITE", s.Listener.Addr().String())
}

// sink: starts an SMTP server at $SMTP.
func scriptSink(ts *testscript.TestScript, _ bool, _ []string) {
	s, err := demo.StartSink(demo.SinkOptions{Log: func(r demo.Received) {
		name := fmt.Sprintf("mail%d.eml", r.N)
		_ = os.WriteFile(filepath.Join(ts.Getenv("WORK"), name), r.Raw, 0o600) // mails looks for it
	}})
	ts.Check(err)
	ts.Defer(func() { _ = s.Close() })
	ts.Setenv("SMTP", s.Addr)
}

// mails N: so many mails were received; they are mail1.eml and so on.
func scriptMails(ts *testscript.TestScript, _ bool, args []string) {
	got, err := filepath.Glob(filepath.Join(ts.Getenv("WORK"), "mail*.eml"))
	ts.Check(err)
	if strconv.Itoa(len(got)) != args[0] {
		ts.Fatalf("%d mails were received, want %s", len(got), args[0])
	}
}
