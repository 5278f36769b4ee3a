package aggregator

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/feeds"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/topics"
)

// dovecot is a Dovecot of our own, on loopback, with a folder called list.
type dovecot struct {
	*folder
	tb   testing.TB
	path string
	dir  string
	port int
	cmd  *exec.Cmd
}

// newDovecot starts Debian's Dovecot, which tools/servers.sh installs. It wants
// to be root, since it gives its parts to others.
func newDovecot(tb testing.TB) *dovecot {
	tb.Helper()
	path := "/usr/sbin/dovecot"
	if _, err := os.Stat(path); err != nil || os.Getuid() != 0 {
		const missing = "no Dovecot here, or no right to start it: as root, make servers installs it"
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	nobody, err := user.Lookup("nobody")
	if err != nil {
		tb.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	ln.Close()
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	conf := strings.NewReplacer("DIR", dir, "PORT", strconv.Itoa(port), "UID", nobody.Uid, "GID", nobody.Gid).Replace(dovecotConf)
	for _, step := range []func() error{
		func() error { return os.Chmod(dir, 0o755) },
		func() error { return os.Mkdir(filepath.Join(dir, "mail"), 0o755) },
		func() error { return os.Chown(filepath.Join(dir, "mail"), uid, gid) },
		func() error { return os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o644) },
	} {
		if err := step(); err != nil {
			tb.Fatal(err)
		}
	}
	d := &dovecot{tb: tb, path: path, dir: dir, port: port, folder: &folder{cfg: mail.IMAPConfig{
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), TLS: mail.TLSNone, User: "anonymous", Password: "x", Timeout: 20 * time.Second,
	}}}
	d.t, _ = tb.(*testing.T)
	d.start()
	tb.Cleanup(d.kill)
	return d
}

const dovecotConf = `base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = root
default_internal_group = root
default_login_user = nobody
first_valid_uid = 0
mail_max_userip_connections = 50
mail_location = maildir:DIR/mail/%u
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=UID gid=GID home=DIR/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = PORT
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
`

// start starts the server and logs its keeper in.
func (d *dovecot) start() {
	d.tb.Helper()
	d.cmd = exec.Command(d.path, "-F", "-c", filepath.Join(d.dir, "conf"))
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.cmd.Start(); err != nil {
		d.tb.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); ; <-tick.C {
		admin, err := imapclient.DialInsecure(d.cfg.Addr, nil)
		if err == nil {
			if err = admin.Login(d.cfg.User, "x").Wait(); err == nil {
				d.admin = admin
				_ = admin.Create("list", nil).Wait() // it may be there
				return
			}
			admin.Close()
		}
		if time.Since(began) > 20*time.Second {
			log, _ := os.ReadFile(filepath.Join(d.dir, "log"))
			d.tb.Fatalf("Dovecot does not start: %v\n%s", err, log)
		}
	}
}

// kill ends the server and all its parts at once.
func (d *dovecot) kill() {
	d.admin.Close()
	_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
	_ = d.cmd.Wait()
}

// renumber makes the server forget the UIDs it gave, as a restore does.
func (d *dovecot) renumber() {
	d.tb.Helper()
	d.kill()
	lists, err := filepath.Glob(filepath.Join(d.dir, "mail", "*", ".list", "dovecot*"))
	if err != nil || len(lists) == 0 {
		d.tb.Fatal("no list of UIDs ", err)
	}
	for _, list := range lists {
		if err := os.Remove(list); err != nil {
			d.tb.Fatal(err)
		}
	}
	d.start()
}

// mails puts mails of today numbered from to to.
func (d *dovecot) mails(from, to int) {
	d.tb.Helper()
	for n := from; n <= to; n++ {
		text := todaysMail(n)
		app := d.admin.Append("list", int64(len(text)), nil)
		_, err := io.WriteString(app, text)
		if err == nil {
			err = app.Close()
		}
		if err == nil {
			_, err = app.Wait()
		}
		if err != nil {
			d.tb.Fatal(err)
		}
	}
}

func todaysMail(n int) string {
	return fmt.Sprintf("From: a@example.org\r\nSubject: Letter no%05d\r\nMessage-ID: <%d@example.org>\r\nDate: %s\r\n\r\nBody of %d.\r\n",
		n, n, time.Now().Format(time.RFC1123Z), n)
}

// TestDovecot goes through the life of a folder on a real server: read, told
// by IDLE, killed in the middle, numbered afresh. Each mail comes once, at once.
func TestDovecot(t *testing.T) {
	if os.Getenv("DRAFTWIRE_FULL") != "1" {
		t.Skip("DRAFTWIRE_FULL is not 1")
	}
	d := newDovecot(t)
	r := newRig(t, openStore(t))
	up := r.folder(d.cfg)
	up.Idle, up.Hosts, up.Batch, up.Now = true, &IMAPHosts{}, 50, time.Now
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: up})
	r.Catalogue.Now, r.watchRest = time.Now, 100*time.Millisecond
	r.Log = slog.New(slog.NewTextHandler(&lines{}, nil))
	query, err := filters.Parse("letter")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topics.Sync(t.Context(), r.db, []topics.Topic{{Name: "letters", Title: "Letters", Query: query}}, time.Now()); err != nil {
		t.Fatal(err)
	}

	d.mails(1, 1000)
	r.serve()
	until(t, "a start", func() bool { return r.messages() > 0 })
	d.kill() // in the middle, or soon after
	killed := r.messages()
	d.start()
	until(t, "all of it", func() bool { return r.messages() == 1000 })
	t.Logf("killed when %d of 1000 were taken", killed)

	heard, told, shown := latencies(t, d, r, 1001, 50)
	t.Logf("median from APPEND until Dovecot tells a client that only idles: %s; until it is in the catalogue: %s; in the topic's feed: %s",
		heard[25], told[25], shown[25])
	// Dovecot gathers news for half a second before it tells (NOTIFY_DELAY_MSECS).
	if ours := shown[25] - heard[25]; ours > 200*time.Millisecond {
		t.Errorf("the feed is %s behind what Dovecot says", ours)
	}

	_, before, _ := strings.Cut(r.source("list").Cursor, "uidvalidity")
	d.renumber()
	d.mails(1051, 1060)
	until(t, "ten more under another UIDVALIDITY", func() bool { return r.messages() == 1060 })
	if _, after, _ := strings.Cut(r.source("list").Cursor, "uidvalidity"); after[:12] == before[:12] {
		t.Errorf("the UIDVALIDITY is the same: %s", after)
	}
	latencies(t, d, r, 1061, 3)
	d.expunge(1, 2, 3)
	d.mails(1064, 1066)
	until(t, "three more", func() bool { return r.messages() == 1066 })
	if row := r.source("list"); row.Messages != 1066 || len(r.subjects()) != 1066 {
		t.Errorf("%d posts, %+v", len(r.subjects()), row)
	}
}

// idler idles on the folder and notes when it is told of news.
func (d *dovecot) idler() <-chan time.Time {
	d.tb.Helper()
	c, err := mail.DialIMAP(d.t.Context(), d.cfg)
	if err == nil {
		_, err = c.Examine(d.t.Context(), "list")
	}
	if err != nil {
		d.tb.Fatal(err)
	}
	heard := make(chan time.Time, 100)
	go func() { _ = c.Idle(d.t.Context(), nil, func() { heard <- time.Now() }) }()
	return heard
}

// latencies appends mails one after the other and gives, sorted, how long it
// took until somebody else was told of each, until it was in the catalogue, and
// in the feed of the topic letters.
func latencies(t *testing.T, d *dovecot, r *rig, from, n int) (heard, told, shown []time.Duration) {
	t.Helper()
	idler := d.idler()
	handler := feeds.New(feeds.Config{
		DB: r.db, Base: "http://127.0.0.1", Authority: catalog.Authority{Name: "example.org", Year: 2026}, Log: slog.New(slog.DiscardHandler),
	}).Handler()
	for i := from; i < from+n; i++ {
		have := r.messages()
		began := time.Now()
		d.mails(i, i)
		until(t, "a mail", func() bool { return r.messages() == have+1 })
		told = append(told, time.Since(began))
		until(t, "an entry", func() bool {
			w := httptest.NewRecorder()
			req := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/topics/letters/feed.atom", nil)
			req.SetPathValue("name", "letters")
			handler.ServeHTTP(w, req)
			return strings.Contains(w.Body.String(), fmt.Sprintf("no%05d", i))
		})
		shown = append(shown, time.Since(began))
		heard = append(heard, (<-idler).Sub(began))
	}
	slices.Sort(heard)
	slices.Sort(told)
	slices.Sort(shown)
	return heard, told, shown
}
