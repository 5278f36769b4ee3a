package config

import (
	"cmp"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// complete fills in what the file leaves out.
func (k *checker) complete() {
	k.completeServer()
	c := k.cfg
	c.Database.Path = k.beside(c.Database.Path)
	k.completeInbound()
	if !k.doc.has("fetch.max_interval") {
		c.Fetch.MaxInterval = longestInterval(c.Fetch.Interval)
	}
	k.completeSources()
	k.completeTopics()
	if len(c.Newsletters) == 0 {
		c.Newsletters = []Newsletter{{Name: "daily", Title: "Internet-Drafts and RFCs, daily"}}
	}
	for i := range c.Newsletters {
		k.completeNewsletter(fmt.Sprintf("newsletter[%d]", i), &c.Newsletters[i])
	}
	k.secret("mail", "password", &c.Mail.Password, c.Mail.PasswordEnv)
	k.completeModel()
}

func (k *checker) completeTopics() {
	for i := range k.cfg.Topics {
		t := &k.cfg.Topics[i]
		t.Title = cmp.Or(t.Title, t.Name)
	}
}

// completeServer makes the absolute address from the one that is listened on.
func (k *checker) completeServer() {
	s := &k.cfg.Server
	if k.doc.has("server.base") {
		return
	}
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return // the check tells of it
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	s.Base = "http://" + net.JoinHostPort(host, port)
}

// longestInterval is four times the shortest, but at most an hour, so that an
// edition's grace of 90 minutes is time enough.
func longestInterval(shortest Duration) Duration {
	return Duration{max(min(4*shortest.Duration, time.Hour), shortest.Duration)}
}

// completeSource fills in what one source leaves out.
func (k *checker) completeSource(path string, s *Source) {
	if !k.doc.has(path + ".interval") {
		s.Interval = k.cfg.Fetch.Interval
	}
	switch {
	case k.doc.has(path + ".max_interval"):
	case k.main.has("fetch.max_interval"):
		s.MaxInterval = Duration{max(k.cfg.Fetch.MaxInterval.Duration, s.Interval.Duration)}
	default:
		s.MaxInterval = longestInterval(s.Interval)
	}
	if !k.doc.has(path + ".batch") {
		s.Batch = 200
	}
	s.Path = k.beside(s.Path)
	k.secret(path, "password", &s.Password, s.PasswordEnv)
	if s.Kind == IMAP && s.User == "" {
		s.User = anonymous
		s.Password = cmp.Or(s.Password, k.guest())
	}
}

// anonymous is who logs in where no user is named.
const anonymous = "anonymous"

// guest is the password that goes with it: servers that everybody may read,
// such as the IETF's, ask for something like a mail address.
func (k *checker) guest() string {
	if c := k.cfg.Fetch.Contact; strings.Contains(c, "@") {
		return c
	}
	return anonymous + "@localhost"
}

// completeNewsletter fills in what one newsletter leaves out.
func (k *checker) completeNewsletter(path string, n *Newsletter) {
	n.Title = cmp.Or(n.Title, n.Name)
	n.Cadence = cmp.Or(n.Cadence, Daily)
	n.Language = cmp.Or(n.Language, English)
	n.Empty = cmp.Or(n.Empty, Send)
	n.From = cmp.Or(n.From, k.cfg.Mail.From)
	if n.Zone.Location == nil {
		n.Zone.Location = time.UTC
	}
	if !k.doc.has(path + ".scope") {
		n.Scope.Text = "kind:draft OR kind:rfc"
	}
	if !k.doc.has(path + ".rest") {
		n.Rest = true
	}
	if !k.doc.has(path + ".grace") {
		n.Grace = Duration{90 * time.Minute}
	}
	if !k.doc.has(path + ".topics") {
		for _, t := range k.cfg.Topics {
			n.Topics = append(n.Topics, t.Name)
		}
	}
}

// beside resolves a path from the folder of the file.
func (k *checker) beside(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(k.doc.name), path)
}

// secret takes a password or a key from the environment.
func (k *checker) secret(path, name string, password *string, variable string) {
	at := path + "." + name + "_env"
	switch {
	case variable == "":
	case *password != "":
		k.doc.wrong(at, "the "+name+" stands here and in the environment", "keep "+name+" or "+name+"_env, not both")
	case k.env != nil:
		value, ok := k.env(variable)
		if !ok {
			k.doc.wrong(at, fmt.Sprintf("the environment has no variable %s", variable), "set it, or write "+name)
		}
		*password = value
	}
}
