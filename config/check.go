package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// checker completes a decoded file and finds what types cannot tell.
type checker struct {
	doc     *document                   // in hand
	main    *document                   // the configuration itself
	cfg     *Config                     //
	env     func(string) (string, bool) // nil: passwords in the environment are left there
	topics  []origin                    // where each topic of cfg stands
	sources []origin                    // likewise
}

// check records every value that cannot work.
func (k *checker) check() {
	k.checkServer()
	k.checkFetch()
	k.checkTexts()
	k.checkMail()
	k.checkInbound()
	k.checkModel()
	k.checkSources()
	k.checkTopics()
	k.checkNewsletters()
	k.checkReferences()
}

func (k *checker) checkServer() {
	k.hostPort("server.listen", k.cfg.Server.Listen)
	base := &k.cfg.Server.Base
	u, err := url.Parse(*base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(*base, "?#") {
		k.doc.wrong("server.base", fmt.Sprintf("%q is not the address of a site", *base), `write it as "https://wire.example.org"`)
	}
	*base = strings.TrimRight(*base, "/")
	if k.cfg.Database.Path == "" {
		k.doc.wrong("database.path", "the database needs a file", `such as "draftwire.db"`)
	}
	if a := k.cfg.IDs.Authority; !authority(a) {
		k.doc.wrong("ids.authority", fmt.Sprintf("%q cannot mint ids", a), "write a domain name or mail address that you hold, in lower case (RFC 4151)")
	}
}

var (
	slug      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	dnsName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	hostname  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^\[[0-9A-Fa-f.:IPv]+\]$`)
	localPart = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	listID    = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$`)
	envName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// authority reports whether ids can begin with s (RFC 4151, section 2.1).
func authority(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		return len(s) <= 253 && dnsName.MatchString(s)
	}
	return len(s) <= 253 && localPart.MatchString(local) && dnsName.MatchString(domain)
}

func (k *checker) checkFetch() {
	f := k.cfg.Fetch
	if !contact(f.Contact) {
		k.doc.wrong("fetch.contact", fmt.Sprintf("%q reaches nobody", f.Contact), `write a mail address or a page, such as "wire@example.org"`)
	}
	if f.Interval.Duration < time.Second {
		k.doc.wrong("fetch.interval", "sources cannot be polled without a pause", `write "15m" or more`)
	}
	if k.doc.has("fetch.max_interval") {
		k.checkLongest("fetch.max_interval", f.Interval, f.MaxInterval)
	}
	if o := f.Overlap.Duration; o < time.Hour || o > 30*24*time.Hour {
		k.doc.wrong("fetch.overlap", "late mail comes within hours or days", `write "1h" to "30d", such as "48h"`)
	}
	for i, entry := range f.Allow {
		if !allowable(entry) {
			k.doc.wrong(fmt.Sprintf("fetch.allow[%d]", i), fmt.Sprintf("%q allows nothing", entry), `write "127.0.0.1:8080", "10.1.0.0/16" or "host:port"`)
		}
	}
}

// allowable reports whether s is an exception that the dial guard understands.
func allowable(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	if h, port, err := net.SplitHostPort(s); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return false
		}
		s = h
	}
	_, err := netip.ParseAddr(s)
	return err == nil || dnsName.MatchString(strings.ToLower(s))
}

// contact reports whether s can stand in a User-Agent and says whom to ask.
func contact(s string) bool {
	if s == "" {
		return true
	}
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || strings.ContainsRune("()\\ ", r) || r > '~' }) >= 0 {
		return false
	}
	if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return u.Hostname() != ""
	}
	_, err := mail.ParseAddress(s)
	return err == nil
}

func (k *checker) checkMail() {
	m := k.cfg.Mail
	if m.Relay != "" {
		k.hostPort("mail.relay", m.Relay)
	}
	if !hostname.MatchString(m.Hello) {
		k.doc.wrong("mail.hello", fmt.Sprintf("%q is not a host name", m.Hello), `write the name of this machine, such as "wire.example.org"`)
	}
	if m.Rate < 0 {
		k.doc.wrong("mail.rate", "a rate is not negative", "write the mails a minute, or 0 for no limit")
	}
	if m.TLS == NoTLS && m.User != "" && !loopback(host(m.Relay)) {
		k.doc.wrong("mail.tls", "the password would travel readable", `write "starttls" or "implicit"`)
	}
	k.login("mail", m.User, m.Password, m.PasswordEnv)
}

// login checks that a password has a user, and its variable a possible name.
func (k *checker) login(path, user, password, variable string) {
	if user == "" && (password != "" || variable != "") {
		k.doc.wrong(path, "there is a password, but no user", `write user = "..."`)
	}
	if variable != "" && !envName.MatchString(variable) {
		k.doc.wrong(path+".password_env", fmt.Sprintf("%q cannot be the name of a variable", variable), `write a name such as "DRAFTWIRE_PASSWORD"`)
	}
}

// hostPort checks an address to listen on or to connect to.
func (k *checker) hostPort(path, address string) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		k.doc.wrong(path, fmt.Sprintf("%q is not a host and port", address), `write it as "127.0.0.1:8080"`)
	}
}

// host is the part of an address before the port, or all of it.
func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// slugged checks a name that stands in addresses, and that it is the only one.
func (k *checker) slugged(path, name string, seen map[string]string) {
	switch {
	case name == "":
		k.doc.wrong(path+".name", "a name is missing", `write name = "..."`)
	case len(name) > 64 || !slug.MatchString(name):
		k.doc.wrong(path+".name", fmt.Sprintf("%q cannot stand in an address", name), `write at most 64 small letters, figures and single hyphens, such as "post-quantum"`)
	case seen[name] != "":
		k.doc.wrong(path+".name", fmt.Sprintf("the name %q is taken", name), "each needs a name of its own; the other stands in "+seen[name])
	}
	if seen[name] == "" {
		seen[name] = k.doc.place(path + ".name")
	}
}

// oneLine checks a text that stands in headings and mail headers.
func (k *checker) oneLine(path, text string) {
	if len(text) > 200 || strings.ContainsFunc(text, unicode.IsControl) {
		k.doc.wrong(path, "a title is one line of at most 200 bytes", "")
	}
}
