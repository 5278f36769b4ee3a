package config

import (
	"fmt"
	"strings"
)

// Where mail is taken in, and the sources that it is for.

// UnixSocket gives the path of the socket that is listened on, if it is one.
func (i Inbound) UnixSocket() (path string, ok bool) { return strings.CutPrefix(i.Listen, "unix:") }

// completeInbound fills in what [inbound] leaves out.
func (k *checker) completeInbound() {
	in := &k.cfg.Inbound
	if in.Domain == "" {
		in.Domain = k.cfg.IDs.Authority[strings.LastIndexByte(k.cfg.IDs.Authority, '@')+1:]
	}
	in.TLSCert, in.TLSKey = k.beside(in.TLSCert), k.beside(in.TLSKey)
	if path, ok := in.UnixSocket(); ok && path != "" {
		in.Listen = "unix:" + k.beside(path)
	}
}

func (k *checker) checkInbound() {
	in := k.cfg.Inbound
	switch path, unix := in.UnixSocket(); {
	case unix && path == "":
		k.doc.wrong("inbound.listen", "a socket needs a path", `write it as "unix:/run/draftwire/lmtp.sock"`)
	case !unix && in.Listen != "":
		k.hostPort("inbound.listen", in.Listen)
	}
	if !dnsName.MatchString(strings.ToLower(in.Domain)) || len(in.Domain) > 253 {
		k.doc.wrong("inbound.domain", fmt.Sprintf("%q is not a domain name", in.Domain), `write the part of the addresses after the @, such as "wire.example.org"`)
	}
	if (in.TLSCert == "") != (in.TLSKey == "") {
		k.doc.wrong("inbound", "encryption needs a certificate and its key", `write both tls_cert = "..." and tls_key = "..."`)
	}
}

// maxSentName is how long the name of a source can be that mail is sent to: its
// address has a token of 16 characters too, and 64 in all before the @ (RFC
// 5321, section 4.5.3.1.1).
const maxSentName = 64 - 1 - 16

// checkSent checks a source whose mail is sent to us.
func (k *checker) checkSent(path string, s Source) {
	if s.ListID == "" {
		k.doc.wrong(path, fmt.Sprintf("a source of kind %s takes the mail of one list", s.Kind), `write list_id = "..." with the List-Id of its mails, such as "i-d-announce.ietf.org"`)
	}
	if len(s.Name) > maxSentName {
		k.doc.wrong(path+".name", "the name stands in a mail address, and is too long for one", fmt.Sprintf("write at most %d characters", maxSentName))
	}
	if k.cfg.Inbound.Listen == "" && !s.Paused {
		k.doc.wrong(path+".kind", "nobody listens for mail", `write listen = "127.0.0.1:2525" under [inbound]`)
	}
}

// checkListID checks the List-Id of a source's mails.
func (k *checker) checkListID(path string, s Source) {
	if s.ListID != "" && (len(s.ListID) > 255 || !listID.MatchString(s.ListID)) {
		k.doc.wrong(path+".list_id", fmt.Sprintf("%q is not a list id", s.ListID), `write what stands in the <> of List-Id, such as "i-d-announce.ietf.org" (RFC 2919)`)
	}
}
