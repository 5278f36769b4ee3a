//go:build full

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// needServer gives the path of a real server's program.
func needServer(t *testing.T, program string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin") {
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path
		}
	}
	if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
		t.Fatalf("%s is not here, and DRAFTWIRE_REQUIRE=1 asks for it; tools/servers.sh installs it", program)
	}
	t.Skipf("%s is not here; tools/servers.sh installs it", program)
	return ""
}

// postfix is Debian's Postfix with a configuration and a queue of its own.
type postfix struct {
	addr string // where it takes mail
	log  string // a file
}

// master.cf: the services that relaying needs, none of them in a chroot.
const postfixServices = `%s inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// startPostfix relays mail for wire.example to a next hop, as transport_maps
// has it.
func startPostfix(t *testing.T, program, nextHop string) *postfix {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("Postfix starts as root only")
	}
	dir := t.TempDir()
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) { // Postfix's own user must get in
		if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // that is what for
			t.Fatal(err)
		}
	}
	port := freePort(t)
	p := &postfix{addr: "127.0.0.1:" + port, log: filepath.Join(dir, "log")}
	main := fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/data
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
myhostname = mx.example
mydestination =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
relay_domains = wire.example
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
transport_maps = inline:{wire.example=%[2]s}
smtp_dns_support_level = disabled
smtp_tls_security_level = encrypt
lmtp_tls_security_level = none
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
transport_retry_time = 1s
smtp_connect_timeout = 5s
lmtp_destination_concurrency_limit = 20
smtp_destination_concurrency_limit = 20
`, dir, nextHop)
	for name, text := range map[string]string{"main.cf": main, "master.cf": fmt.Sprintf(postfixServices, p.addr)} {
		path := filepath.Join(dir, "etc", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
	}
	for _, d := range []string{"spool", "data"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("chown", "postfix", filepath.Join(dir, "data")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	etc := filepath.Join(dir, "etc")
	run := exec.Command(program, "-c", etc, "start-fg")
	said := &strings.Builder{}
	run.Stdout, run.Stderr = said, said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = run.Wait()
	}()
	t.Cleanup(func() {
		_ = exec.Command(program, "-c", etc, "stop").Run()
		select {
		case <-ended:
		case <-time.After(patient):
			t.Error("Postfix did not stop")
		}
		if t.Failed() {
			log, _ := os.ReadFile(p.log)
			t.Logf("Postfix said:\n%s%s", said, log)
		}
	})
	eventually(t, "Postfix answers", func() bool {
		conn, err := net.Dial("tcp", p.addr)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return p
}

// freePort is one that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (p *postfix) send(t *testing.T, to string, raw []byte) {
	t.Helper()
	if err := smtp.SendMail(p.addr, nil, "bounces@lists.example", []string{to}, raw); err != nil {
		t.Fatal(err)
	}
}

func (p *postfix) logged(words string) func() bool {
	return func() bool {
		log, _ := os.ReadFile(p.log)
		return strings.Contains(string(log), words)
	}
}

// TestPostfix lets a real mail server deliver to serve, as it would before a
// list: encrypted, in bursts, again after it was put off, and what is refused.
func TestPostfix(t *testing.T) {
	t.Parallel()
	program := needServer(t, "postfix")
	t.Run("SMTP", func(t *testing.T) {
		dir := t.TempDir()
		makeCertificate(t, dir)
		m := openPostroom(t, fmt.Sprintf("listen = \"127.0.0.1:0\"\ntls_cert = \"%[1]s/cert.pem\"\ntls_key = \"%[1]s/key.pem\"", dir))
		host, port, err := net.SplitHostPort(m.smtp)
		if err != nil {
			t.Fatal(err)
		}
		m.throughPostfix(t, startPostfix(t, program, fmt.Sprintf("smtp:[%s]:%s", host, port)))
	})
	t.Run("LMTP", func(t *testing.T) {
		m := openPostroom(t, "listen = \"unix:lmtp.sock\"\nlmtp = true")
		for d := m.dir; d != os.TempDir(); d = filepath.Dir(d) {
			if err := os.Chmod(d, 0o755); err != nil { //nolint:gosec // Postfix's own user must get in
				t.Fatal(err)
			}
		}
		m.throughPostfix(t, startPostfix(t, program, "lmtp:unix:"+filepath.Join(m.dir, "lmtp.sock")))
	})
}

func (m *postroom) throughPostfix(t *testing.T, p *postfix) {
	const burst = 100
	at := time.Now()
	for n := range burst {
		p.send(t, m.address, listMail(fmt.Sprint("mail ", n), at.Add(-time.Duration(n)*time.Second)))
	}
	eventually(t, "the burst is in the catalogue", func() bool { return m.found(t, "mail") == burst })

	p.send(t, m.address, listMail("mail 0", at)) // delivered once more, by another way
	p.send(t, m.address, []byte("Subject: x\r\n\r\nno mail of the list\r\n"))
	eventually(t, "a mail of no list is refused", p.logged("yours has no List-Id"))
	p.send(t, "nobody@wire.example", listMail("mail", at))
	eventually(t, "an unknown address is refused", p.logged("there is no such address here"))

	inbound := m.inbound
	m.write(t, inbound, "i-d-announce.ietf.org", true)
	m.serve.signal(t, syscall.SIGHUP)
	eventually(t, "the source is paused", func() bool { return strings.Count(m.serve.stderr(), "configuration read anew") == 1 })
	p.send(t, m.address, listMail("late", at))
	eventually(t, "the mail is put off", p.logged("status=deferred"))
	m.write(t, inbound, "i-d-announce.ietf.org", false)
	m.serve.signal(t, syscall.SIGHUP)
	eventually(t, "Postfix tries again", func() bool { return m.found(t, "late") == 1 })
	if n := m.found(t, "mail"); n != burst {
		t.Errorf("%d mails, want %d", n, burst)
	}
}

// makeCertificate writes a certificate and its key, which nobody vouches for.
func makeCertificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"wire.example"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
