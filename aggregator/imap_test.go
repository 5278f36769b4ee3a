package aggregator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/draftwire/draftwire/mail"
)

// folder is an IMAP server in memory, and who may change it.
type folder struct {
	t     *testing.T
	cfg   mail.IMAPConfig
	admin *imapclient.Client
}

func newFolder(t *testing.T) *folder {
	t.Helper()
	mem, user := imapmemserver.New(), imapmemserver.NewUser("anonymous", "ops@example.org")
	mem.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, Logger: log.New(io.Discard, "", 0),
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	f := &folder{t: t, cfg: mail.IMAPConfig{
		Addr: ln.Addr().String(), TLS: mail.TLSNone, User: "anonymous", Password: "ops@example.org", Timeout: 5 * time.Second,
	}}
	if f.admin, err = imapclient.DialInsecure(f.cfg.Addr, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.admin.Close() })
	f.must(f.admin.Login(f.cfg.User, f.cfg.Password).Wait())
	f.must(f.admin.Create("list", nil).Wait())
	return f
}

func (f *folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// put appends mails numbered from to to.
func (f *folder) put(from, to int) {
	f.t.Helper()
	for n := from; n <= to; n++ {
		f.append(imapMail(n))
	}
}

func (f *folder) append(text string) {
	f.t.Helper()
	cmd := f.admin.Append("list", int64(len(text)), nil)
	_, err := io.WriteString(cmd, text)
	f.must(errors.Join(err, cmd.Close()))
	_, err = cmd.Wait()
	f.must(err)
}

func (f *folder) expunge(uids ...imap.UID) {
	f.t.Helper()
	_, err := f.admin.Select("list", nil).Wait()
	f.must(err)
	f.must(f.admin.Store(imap.UIDSetNum(uids...), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	f.must(f.admin.Expunge().Close())
	f.must(f.admin.Unselect().Wait())
}

func imapMail(n int) string {
	_, text, _ := strings.Cut(strings.ReplaceAll(letter(n), "\n", "\r\n"), "\r\n")
	return text
}

// imapRig polls one folder, a few messages at a time.
func imapRig(t *testing.T, cfg mail.IMAPConfig) *rig {
	t.Helper()
	r := newRig(t, openStore(t))
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: &IMAP{Config: cfg, Folder: "list", Batch: 3, Now: r.now}})
	return r
}

func TestIMAP(t *testing.T) {
	f := newFolder(t)
	f.cfg.MaxMessage = 4000
	r := imapRig(t, f.cfg)
	step := func(name string, want Tally, fault string) {
		t.Helper()
		res := r.one(want)
		if (res.Err == nil) != (fault == "") || res.Err != nil && !strings.Contains(res.Err.Error(), fault) || res.failed() {
			t.Errorf("%s: %v, want %q", name, res.Err, fault)
		}
		r.pass(time.Hour)
	}
	step("empty", Tally{}, "")
	f.put(1, 10)
	f.expunge(2, 3, 10)
	step("sparse", Tally{Messages: 7, Posts: 7}, "")
	step("nothing new", Tally{}, "")
	f.put(11, 12)
	step("two more", Tally{Messages: 2, Posts: 2}, "")
	f.append("Subject: Huge\r\n\r\n" + strings.Repeat("x\r\n", 2000))
	f.put(13, 13)
	step("one too large", Tally{Messages: 1, Posts: 1}, "list at "+f.cfg.Addr+": UID 13: ")
	step("told once", Tally{}, "")
	f.must(f.admin.Delete("list").Wait())
	f.must(f.admin.Create("list", nil).Wait())
	f.put(8, 15)
	step("another UIDVALIDITY", Tally{Messages: 8, Known: 5, Posts: 3}, "")
	step("and on", Tally{}, "")
	if got := r.source("list"); got.Messages != 13 || len(r.subjects()) != 13 {
		t.Errorf("%d posts, %+v", len(r.subjects()), got)
	}
}

// TestIMAPHistory holds that the first poll brings history and later ones news.
func TestIMAPHistory(t *testing.T) {
	f := newFolder(t)
	f.put(1, 3)
	r := imapRig(t, f.cfg)
	r.poll()
	f.put(4, 5)
	f.append(strings.Replace(imapMail(6), "20 Mar 2026", "12 Mar 2026", 2)) // older than a week
	r.poll()
	if got, want := r.news(), map[string]bool{"Letter 1": false, "Letter 2": false, "Letter 3": false, "Letter 4": true, "Letter 5": true, "Letter 6": false}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("news: %v, want %v", got, want)
	}
}

// fakeIMAP answers commands by a table: what a command that contains the key
// gets, %s for the tag. An answer of "hang" is none.
func fakeIMAP(t *testing.T, answers map[string]string) mail.IMAPConfig {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go answerIMAP(conn, answers)
		}
	}()
	return mail.IMAPConfig{Addr: ln.Addr().String(), TLS: mail.TLSNone, User: "a", Password: "b", Timeout: 300 * time.Millisecond}
}

func answerIMAP(conn net.Conn, answers map[string]string) {
	defer conn.Close()
	_, _ = io.WriteString(conn, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
	for in := bufio.NewScanner(conn); in.Scan(); {
		tag, command, _ := strings.Cut(in.Text(), " ")
		answer := "%s OK done\r\n"
		for key, a := range answers {
			if strings.Contains(command, key) {
				answer = a
			}
		}
		if answer != "hang" {
			_, _ = io.WriteString(conn, strings.Replace(answer, "%s", tag, 1))
		}
	}
}

const (
	examined = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n%s OK [READ-ONLY] done\r\n"
	searched = "* SEARCH 1 2 3\r\n%s OK done\r\n"
)

func bodies(uids ...int) string {
	var b strings.Builder
	for _, u := range uids {
		text := imapMail(u)
		fmt.Fprintf(&b, "* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n", u, u, len(text), text)
	}
	return b.String() + "%s OK done\r\n"
}

// TestIMAPLies holds that a server that hangs or lies ends as an error of its
// source, and that what was whole before is kept.
func TestIMAPLies(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers map[string]string
		taken   int
		err     string
	}{
		{"hangs at login", map[string]string{"LOGIN": "hang"}, 0, "LOGIN: no answer"},
		{"refuses", map[string]string{"LOGIN": "%s NO not you\r\n"}, 0, "not you"},
		{"no such folder", map[string]string{"EXAMINE": "%s NO no folder\r\n"}, 0, "EXAMINE list"},
		{"no UIDVALIDITY", map[string]string{"EXAMINE": "* 3 EXISTS\r\n%s OK done\r\n"}, 0, "UIDVALIDITY"},
		{"hangs in a search", map[string]string{"EXAMINE": examined, "SEARCH": "hang"}, 0, "UID SEARCH: no answer"},
		{"endless list", map[string]string{"EXAMINE": examined, "SEARCH": "* ESEARCH UID ALL 1:4294967295\r\n%s OK done\r\n"}, 0, "UID SEARCH"},
		{"hangs in a message", map[string]string{"EXAMINE": examined, "SEARCH": searched, "BODY": "* 1 FETCH (UID 1 BODY[] {500}\r\nhalf"}, 0, "UID FETCH"},
		{"keeps one back", map[string]string{"EXAMINE": examined, "SEARCH": searched, "BODY": bodies(1, 3)}, 1, "lists UID 2 and does not give it"},
		{"gives others", map[string]string{"EXAMINE": examined, "SEARCH": searched, "BODY": bodies(7, 8)}, 0, "lists UID 1"},
		{"nonsense", map[string]string{"EXAMINE": "\x00\x01*((((\r\n"}, 0, "EXAMINE"},
	} {
		cfg := fakeIMAP(t, tt.answers)
		r := imapRig(t, cfg)
		res := r.one(Tally{Messages: tt.taken, Posts: tt.taken})
		if !res.failed() || !strings.Contains(res.Err.Error(), tt.err) || !strings.Contains(res.Err.Error(), "source list: ") || !strings.Contains(res.Err.Error(), cfg.Addr) {
			t.Errorf("%s: %v, want the source, the server and %q", tt.name, res.Err, tt.err)
		}
		if row := r.source("list"); row.Attempts != 1 || row.Messages != tt.taken {
			t.Errorf("%s: %+v", tt.name, row)
		}
	}
}

// TestIMAPLostBody holds that a message whose body the server has lost is told
// and passed.
func TestIMAPLostBody(t *testing.T) {
	lost := strings.Replace(bodies(1, 3), "* 3 FETCH", "* 2 FETCH (UID 2 BODY[] NIL)\r\n* 3 FETCH", 1)
	r := imapRig(t, fakeIMAP(t, map[string]string{"EXAMINE": examined, "SEARCH": searched, "BODY": lost}))
	res := r.one(Tally{Messages: 2, Posts: 2})
	if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), "UID 2: the server has no body") {
		t.Errorf("got %v", res.Err)
	}
	if cursor := r.source("list").Cursor; !strings.Contains(cursor, `"uidvalidity":7,"uid":3,"uidnext":4,"exists":3`) {
		t.Errorf("cursor %s", cursor)
	}
}
