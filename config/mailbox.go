package config

import (
	"cmp"
	"net"
	"net/url"
	"strings"
)

// Mailbox is the folder that an IMAP source reads.
type Mailbox struct {
	Addr   string // host:port
	TLS    bool   // from the first byte
	Folder string // as the server calls it
}

// Mailbox takes the address of an IMAP source apart:
// imaps://HOST[:993]/FOLDER, percent-encoded (after RFC 5092), or imap:// for a
// connection without TLS. It is zero for other sources.
func (s Source) Mailbox() Mailbox {
	u := s.parsed()
	if s.Kind != IMAP || u == nil {
		return Mailbox{}
	}
	secure := u.Scheme == "imaps"
	port := "143"
	if secure {
		port = "993"
	}
	return Mailbox{
		Addr:   net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port)),
		TLS:    secure,
		Folder: strings.TrimPrefix(u.Path, "/"),
	}
}

// parsed gives the source's address, or nil if it is none.
func (s Source) parsed() *url.URL {
	u, err := url.Parse(s.URL)
	if err != nil || s.URL == "" {
		return nil
	}
	return u
}
