package aggregator

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/draftwire/draftwire/mail"
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

// newDovecot starts Debian's Dovecot, which tools/servers.sh installs, with more
// settings. It wants to be root, since it gives its parts to others.
func newDovecot(tb testing.TB, settings ...string) *dovecot {
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
	conf := strings.NewReplacer("DIR", dir, "PORT", strconv.Itoa(port), "UID", nobody.Uid, "GID", nobody.Gid).Replace(dovecotConf) + strings.Join(settings, "")
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

// hibernation hands connections that idle to a process of their own after a
// second, the least there is. Titles of processes tell when it has them.
const hibernation = `imap_hibernate_timeout = 1s
verbose_proctitle = yes
service imap {
  unix_listener imap-master {
    mode = 0666
  }
}
service imap-hibernate {
  chroot =
  unix_listener imap-hibernate {
    mode = 0666
  }
}
`

// hibernating says how many connections hibernate.
func (d *dovecot) hibernating() (n int) {
	d.tb.Helper()
	titles, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		d.tb.Fatal(err)
	}
	for _, path := range titles {
		title, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, connections, ok := strings.Cut(string(title), "dovecot/imap-hibernate [")
		if !ok {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if group, err := syscall.Getpgid(pid); err == nil && group == d.cmd.Process.Pid {
			_, _ = fmt.Sscan(connections, &n)
		}
	}
	return n
}

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
