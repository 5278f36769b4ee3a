package aggregator

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
)

// oddServer is an IMAP server with one folder that a test can make do what no
// server should: put mail below others, change its UIDVALIDITY at will, lie.
type oddServer struct {
	t    *testing.T
	addr string

	mu       sync.Mutex // guards all below
	validity int
	mails    map[int]string    // by UID
	dates    map[int]time.Time // INTERNALDATE, now if there is none
	answers  map[string]string // to commands that contain the key, in place of ours; %s is the tag, "hang" is none, "bye" ends the connection
	bodies   int               // given
	logins   int
	idlers   map[net.Conn]string // who idles, with the tag
	conns    map[net.Conn]bool
}

func newOddServer(t *testing.T) *oddServer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &oddServer{
		t: t, addr: ln.Addr().String(), validity: 7, mails: map[int]string{}, dates: map[int]time.Time{},
		answers: map[string]string{}, idlers: map[net.Conn]string{}, conns: map[net.Conn]bool{},
	}
	t.Cleanup(func() {
		_ = ln.Close()
		o.hangUp()
	})
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go o.serve(conn)
		}
	}()
	return o
}

func (o *oddServer) config() mail.IMAPConfig {
	return mail.IMAPConfig{Addr: o.addr, TLS: mail.TLSNone, User: "a", Password: "b", Timeout: 2 * time.Second}
}

// put stores mails under UIDs of the same number and tells those who idle.
func (o *oddServer) put(uids ...int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, u := range uids {
		o.mails[u] = imapMail(u)
	}
	o.exists()
}

// exists tells those who idle how many mails there are. o.mu is held.
func (o *oddServer) exists() {
	for conn := range o.idlers {
		fmt.Fprintf(conn, "* %d EXISTS\r\n", len(o.mails))
	}
}

// renumber gives every mail a UID that is greater by n, under another UIDVALIDITY.
func (o *oddServer) renumber(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.validity++
	mails := map[int]string{}
	for u, text := range o.mails {
		mails[u+n] = text
	}
	o.mails = mails
}

func (o *oddServer) set(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

// given tells how many bodies were given, and logins taken, since it was last asked.
func (o *oddServer) given() (bodies, logins int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	bodies, logins = o.bodies, o.logins
	o.bodies, o.logins = 0, 0
	return bodies, logins
}

// idling reports how many idle.
func (o *oddServer) idling() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.idlers)
}

// hangUp ends all connections.
func (o *oddServer) hangUp() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for conn := range o.conns {
		_ = conn.Close()
	}
}

func (o *oddServer) serve(conn net.Conn) {
	o.set(func() { o.conns[conn] = true })
	defer conn.Close()
	defer o.set(func() {
		delete(o.conns, conn)
		delete(o.idlers, conn)
	})
	_, _ = io.WriteString(conn, "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n")
	for in := bufio.NewScanner(conn); in.Scan(); {
		tag, command, _ := strings.Cut(in.Text(), " ")
		answer := o.answer(conn, tag, command)
		switch {
		case answer == "hang":
			continue
		case strings.HasSuffix(answer, "bye"):
			_, _ = io.WriteString(conn, strings.TrimSuffix(answer, "bye"))
			return
		}
		_, _ = io.WriteString(conn, strings.ReplaceAll(answer, "%s", tag))
	}
}

func (o *oddServer) answer(conn net.Conn, tag, command string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if tag == "DONE" {
		tag, command = o.idlers[conn], "DONE"
		delete(o.idlers, conn)
	}
	for key, a := range o.answers {
		if strings.Contains(command, key) {
			return a
		}
	}
	done := tag + " OK done\r\n"
	uids := slices.Sorted(maps.Keys(o.mails))
	switch {
	case strings.HasPrefix(command, "LOGIN"):
		o.logins++
		return tag + " OK [CAPABILITY IMAP4rev1 IDLE] done\r\n"
	case strings.HasPrefix(command, "CAPABILITY"):
		return "* CAPABILITY IMAP4rev1 IDLE\r\n" + done
	case strings.HasPrefix(command, "EXAMINE"):
		next := 1
		if len(uids) > 0 {
			next = uids[len(uids)-1] + 1
		}
		return fmt.Sprintf("* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n%s", len(uids), o.validity, next, done)
	case strings.HasPrefix(command, "IDLE"):
		o.idlers[conn] = tag
		return "+ idling\r\n"
	case strings.HasPrefix(command, "UID SEARCH"):
		return o.search(command, uids) + done
	case strings.HasPrefix(command, "UID FETCH"):
		return o.fetch(command, uids) + done
	}
	return done
}

var (
	searchSet = regexp.MustCompile(`\bUID ([0-9:,*]+)`)
	fetchSet  = regexp.MustCompile(`FETCH ([0-9:,*]+)`)
	searchDay = regexp.MustCompile(`SINCE "?(\d+-\w+-\d+)`)
)

// within reports whether a set holds u; last is what * stands for.
func within(set string, u, last int) bool {
	number := func(s string) int {
		if s == "*" {
			return last
		}
		n, _ := strconv.Atoi(s)
		return n
	}
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		if !isRange {
			to = from
		}
		a, b := number(from), number(to)
		if u >= min(a, b) && u <= max(a, b) {
			return true
		}
	}
	return false
}

func (o *oddServer) search(command string, uids []int) string {
	set := searchSet.FindStringSubmatch(strings.TrimPrefix(command, "UID "))[1]
	var since time.Time
	if m := searchDay.FindStringSubmatch(command); m != nil {
		since, _ = time.Parse("2-Jan-2006", m[1])
	}
	answer := "* SEARCH"
	for _, u := range uids {
		if within(set, u, uids[len(uids)-1]) && (o.dates[u].IsZero() || !o.dates[u].Before(since)) {
			answer += " " + strconv.Itoa(u)
		}
	}
	return answer + "\r\n"
}

func (o *oddServer) fetch(command string, uids []int) string {
	set := fetchSet.FindStringSubmatch(command)[1]
	var b strings.Builder
	for i, u := range uids {
		if !within(set, u, uids[len(uids)-1]) {
			continue
		}
		text := o.mails[u]
		switch {
		case strings.Contains(command, "HEADER.FIELDS"):
			id := regexp.MustCompile(`(?m)^Message-I[Dd]:.*\r\n`).FindString(text) + "\r\n"
			fmt.Fprintf(&b, "* %d FETCH (UID %d BODY[HEADER.FIELDS (\"Message-ID\")] {%d}\r\n%s)\r\n", i+1, u, len(id), id)
		case strings.Contains(command, "BODY.PEEK[]"):
			o.bodies++
			fmt.Fprintf(&b, "* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n", i+1, u, len(text), text)
		default:
			fmt.Fprintf(&b, "* %d FETCH (UID %d RFC822.SIZE %d)\r\n", i+1, u, len(text))
		}
	}
	return b.String()
}
