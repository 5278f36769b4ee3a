package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// startIMAP serves n messages in the folder list, and gives a client with the right to change them.
func startIMAP(t *testing.T, n int) (cfg IMAPConfig, admin *imapclient.Client) {
	server, client := testCert(t)
	mem := imapmemserver.New()
	user := imapmemserver.NewUser("anonymous", "me@example.org")
	if err := user.Create("list", nil); err != nil {
		t.Fatal(err)
	}
	mem.AddUser(user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		TLSConfig: server, InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}},
		Logger: log.New(io.Discard, "", 0),
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(ln)
	t.Cleanup(func() { s.Close() })
	cfg = IMAPConfig{
		Addr: ln.Addr().String(), TLS: TLSStartTLS, TLSConfig: client,
		User: "anonymous", Password: "me@example.org", Timeout: 5 * time.Second,
	}
	if admin, err = imapclient.DialInsecure(cfg.Addr, nil); err != nil {
		t.Fatal(err)
	}
	if err := admin.Login(cfg.User, cfg.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	for i := range n {
		body := fmt.Sprintf("Subject: %d\r\n\r\n%s\r\n", i+1, strings.Repeat("x", i))
		app := admin.Append("list", int64(len(body)), nil)
		app.Write([]byte(body))
		if err := errors.Join(app.Close(), func() error { _, err := app.Wait(); return err }()); err != nil {
			t.Fatal(err)
		}
	}
	return cfg, admin
}

// fetchAll gives the UIDs that a fetch yields.
func fetchAll(ctx context.Context, c *IMAP, after uint32, batch int) (uids []uint32, bad int, err error) {
	list, err := c.Above(ctx, after)
	if err != nil {
		return nil, 0, err
	}
	err = c.Fetch(ctx, list, batch, func(msgs []Fetched) error {
		for _, m := range msgs {
			uids = append(uids, m.UID)
			if m.Err != nil {
				bad++
			} else if want := fmt.Sprintf("Subject: %d\r\n", m.UID); !strings.HasPrefix(string(m.Raw), want) {
				return fmt.Errorf("UID %d holds %q", m.UID, m.Raw)
			}
		}
		return nil
	})
	return uids, bad, err
}

func TestIMAP(t *testing.T) {
	cfg, admin := startIMAP(t, 25)
	if _, err := admin.Select("list", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	gone := imap.UIDSetNum(3, 4, 20)
	if err := admin.Store(gone, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := admin.Expunge().Close(); err != nil {
		t.Fatal(err)
	}
	cfg.MaxMessage = 40 // UID 25 has 41 bytes
	c, err := DialIMAP(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	box, err := c.Examine(t.Context(), "list")
	if err != nil || box.Messages != 22 || box.UIDNext != 26 || box.UIDValidity == 0 {
		t.Fatalf("Examine: %+v, %v", box, err)
	}
	var all []uint32
	for u := uint32(1); u <= 25; u++ {
		if u != 3 && u != 4 && u != 20 {
			all = append(all, u)
		}
	}
	for _, after := range []uint32{0, 4, 24, 25, 1000, 1<<32 - 1} {
		want := slices.DeleteFunc(slices.Clone(all), func(u uint32) bool { return u <= after })
		got, bad, err := fetchAll(t.Context(), c, after, 7)
		if err != nil || !slices.Equal(got, want) || bad != min(len(want), 1) {
			t.Errorf("after %d: got %v, %d too large, %v; want %v", after, got, bad, err, want)
		}
	}
	stop := errors.New("stop")
	if err := c.Fetch(t.Context(), all, 5, func([]Fetched) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("yield's error became %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	cfg.Password = "wrong"
	if _, err := DialIMAP(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "LOGIN") || !strings.Contains(err.Error(), cfg.Addr) {
		t.Errorf("wrong password: %v", err)
	}
}

// bye at the end of an answer hangs up behind it.
const bye = "\x04"

// lie serves one connection by a table of answers: what a command that
// contains the key gets. %s is the tag. An empty answer hangs up.
func lie(t *testing.T, answers map[string]string) IMAPConfig {
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
		fmt.Fprint(conn, "* OK [CAPABILITY IMAP4rev1] hi\r\n")
		for in := bufio.NewScanner(conn); in.Scan(); {
			tag, cmd, _ := strings.Cut(in.Text(), " ")
			answer := "%s OK done\r\n"
			if strings.HasPrefix(cmd, "EXAMINE") {
				answer = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n%s OK [READ-ONLY] done\r\n"
			}
			for key, a := range answers {
				if strings.Contains(cmd, key) {
					answer = a
				}
			}
			switch {
			case answer == "":
				return
			case answer == "hang" || tag == "DONE":
				continue
			}
			if text, slow := strings.CutPrefix(answer, "drip"); slow {
				drip(conn, text)
				return
			}
			if text, endless := strings.CutPrefix(answer, "flood"); endless {
				flood(conn, text)
				return
			}
			answer, last := strings.CutSuffix(answer, bye)
			fmt.Fprint(conn, strings.ReplaceAll(answer, "%s", tag))
			if last {
				return
			}
		}
	}()
	return IMAPConfig{Addr: ln.Addr().String(), TLS: TLSNone, User: "a", Password: "b", Timeout: 400 * time.Millisecond}
}

// drip sends a byte at a time, each well within any deadline, until nobody listens.
func drip(conn net.Conn, text string) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := range len(text) {
		if _, err := io.WriteString(conn, text[i:i+1]); err != nil {
			return
		}
		<-tick.C
	}
}

// flood says the first line, and the second again and again until nobody listens.
func flood(conn net.Conn, text string) {
	first, again, _ := strings.Cut(text, "\n")
	_, err := io.WriteString(conn, first+"\n")
	for again = strings.Repeat(again, 1000); err == nil; {
		_, err = io.WriteString(conn, again)
	}
}

// body is the FETCH answer with a message for that UID.
func body(uid int) string {
	s := fmt.Sprintf("Subject: %d\r\n\r\n", uid)
	return fmt.Sprintf("* %d FETCH (UID %d INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" BODY[] {%d}\r\n%s)\r\n", uid, uid, len(s), s)
}

func TestIMAPLies(t *testing.T) {
	const ok = "%s OK done\r\n"
	search := "* SEARCH 1 2 3\r\n" + ok
	for _, tt := range []struct {
		name    string
		answers map[string]string
		want    []uint32
		err     string // empty: none
	}{
		{"honest", map[string]string{"SEARCH": search, "BODY": body(1) + body(2) + body(3) + ok}, []uint32{1, 2, 3}, ""},
		{"repeated, disordered, foreign UIDs", map[string]string{"SEARCH": "* SEARCH 3 1 2 2 1 3\r\n" + ok, "BODY": body(9) + body(3) + body(2) + body(2) + body(1) + ok}, []uint32{1, 2, 3}, ""},
		{"fewer than listed", map[string]string{"SEARCH": search, "BODY": body(1) + body(3) + ok}, []uint32{1}, "lists UID 2 and does not give it"},
		{"hangs up in a batch", map[string]string{"SEARCH": search, "BODY": body(1) + "* 2 FETCH (UID 2 BODY[] {500}\r\nhalf" + bye}, []uint32{1}, "UID FETCH"},
		{"no body", map[string]string{"SEARCH": "* SEARCH 1\r\n" + ok, "BODY": "* 1 FETCH (UID 1 BODY[] NIL)\r\n" + ok}, []uint32{1}, ""},
		{"all UIDs there are", map[string]string{"SEARCH": "* ESEARCH (TAG \"%s\") UID ALL 1:4294967295\r\n" + ok}, nil, "too many"},
		{"refuses", map[string]string{"SEARCH": "%s NO not today\r\n"}, nil, "not today"},
		{"hangs", map[string]string{"SEARCH": "hang"}, nil, "UID SEARCH: no answer"},
		{"nonsense", map[string]string{"SEARCH": "\x00\x01*((((\r\n"}, nil, "UID SEARCH"},
		{"hangs up", map[string]string{"SEARCH": ""}, nil, "UID SEARCH"},
		{"UID behind 40 items", map[string]string{"SEARCH": search, "BODY": "* 1 FETCH (" + strings.Repeat("RFC822.SIZE 1 ", 40) + "UID 1)\r\n" + ok}, nil, "UID FETCH"},
	} {
		cfg := lie(t, tt.answers)
		c, err := DialIMAP(t.Context(), cfg)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if _, err := c.Examine(t.Context(), "list"); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, _, err := fetchAll(t.Context(), c, 0, 10)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got UIDs %v, want %v", tt.name, got, tt.want)
		}
		if (err == nil) != (tt.err == "") || err != nil && (!strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), cfg.Addr)) {
			t.Errorf("%s: error %v, want one with %q and the server's name", tt.name, err, tt.err)
		}
		c.conn.Close()
	}
	if c, err := DialIMAP(t.Context(), lie(t, map[string]string{"EXAMINE": ok})); err != nil {
		t.Error(err)
	} else if _, err := c.Examine(t.Context(), "list"); err == nil || !strings.Contains(err.Error(), "UIDVALIDITY") {
		t.Errorf("no UIDVALIDITY: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := DialIMAP(ctx, lie(t, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
