package demo

import (
	"crypto/sha1" // Message-ID-Hash wants it
	"encoding/base32"
	"encoding/base64"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// mailingList is a list as Mailman 3 presents it.
type mailingList struct {
	name, host  string
	title       string // before the List-Id and in the footer
	description string // of the List-Id, quoted; empty for none
	prefix      string // in front of the Subject, such as [Tls]; empty for none
}

func (l *mailingList) address() string { return l.name + "@" + l.host }

var (
	draftList = &mailingList{name: DraftList, host: "ietf.org", title: "I-D-Announce"}
	rfcList   = &mailingList{name: RFCList, host: "ietf.org", title: "IETF-Announce"}
)

// groupList gives the list of a group.
func groupList(g Group) *mailingList {
	host := "ietf.org"
	if g.Type == "RG" {
		host = "irtf.org"
	}
	title := strings.ToUpper(g.Acronym[:1]) + g.Acronym[1:]
	return &mailingList{
		name: g.Acronym, host: host, title: title, prefix: "[" + title + "] ",
		description: "This is the mailing list of the " + g.Name + " (" + strings.ToUpper(g.Acronym) + ") " + g.Type,
	}
}

func (l *mailingList) appendFooter(b []byte) []byte {
	b = append(b, "_______________________________________________\n"...)
	b = append(append(append(b, l.title...), " mailing list -- "...), l.name...)
	b = append(append(append(b, '@'), l.host...), "\nTo unsubscribe send an email to "...)
	return append(append(append(append(b, l.name...), "-leave@"...), l.host...), '\n')
}

// appendHeaders writes the headers as Mailman 3 does, and the empty line.
func (e *envelope) appendHeaders(b []byte) []byte {
	field := func(name, value string) {
		if value != "" {
			b = append(append(append(append(b, name...), ": "...), value...), '\n')
		}
	}
	at := e.at.In(pacific)
	sum := sha1.Sum([]byte(e.id))
	var hash [32]byte
	base32.StdEncoding.Encode(hash[:], sum[:])
	queue := string(hash[:12])

	field("Return-Path", "<"+address(e.from)+">")
	b = append(b, "Received: from localhost (localhost [127.0.0.1])\n\tby mail2.ietf.org (Postfix) with ESMTP id "...)
	b = append(append(append(b, queue...), "\n\tfor <"...), e.list.name...)
	b = append(append(append(b, '@'), e.list.host...), ">; "...)
	b = append(e.at.In(pacific).Add(3*time.Second).AppendFormat(b, time.RFC1123Z), " (PST)\n"...)
	field("MIME-Version", "1.0")
	field("Content-Type", `text/plain; charset="utf-8"`)
	field("Content-Transfer-Encoding", e.encoding)
	b = appendPerson(append(b, "From: "...), e.from)
	field("To", e.to)
	field("Cc", e.cc)
	b = appendSubject(append(b, "Subject: "...), e.list.prefix, e.subject)
	if e.robot {
		field("X-Test-IDTracker", "no")
		field("X-IETF-IDTracker", "12.68.0")
		field("Auto-Submitted", "auto-generated")
		field("Precedence", "bulk")
	}
	field("Reply-To", e.reply)
	field("Message-ID", "<"+e.id+">")
	b = append(at.AppendFormat(append(b, "Date: "...), time.RFC1123Z), '\n')
	if n := len(e.parents); n > 0 {
		field("In-Reply-To", "<"+e.parents[n-1]+">")
		field("References", "<"+strings.Join(e.parents, ">\n <")+">")
	}
	field("Message-ID-Hash", string(hash[:]))
	field("X-MailFrom", address(e.from))
	field("X-Mailman-Version", "3.3.9rc6")
	return append(e.list.appendHeaders(b, e.id), '\n')
}

// appendHeaders writes the List- headers (RFC 2369, RFC 2919, RFC 5064).
func (l *mailingList) appendHeaders(b []byte, id string) []byte {
	b = append(b, "List-Id: "...)
	if l.description != "" {
		b = append(append(append(b, '"'), l.description...), "\"\n "...)
	} else {
		b = append(append(b, l.title...), ' ')
	}
	b = append(append(append(append(append(b, '<'), l.name...), '.'), l.host...), ">\nArchived-At:\n <"...)
	b = append(append(b, catalog.ArchivedAt(id, l.name)...), ">\nList-Archive: <https://mailarchive.ietf.org/arch/browse/"...)
	b = append(append(b, l.name...), ">\n"...)
	for _, f := range [...][2]string{
		{"List-Owner: <mailto:", "-owner"},
		{"List-Post: <mailto:", ""},
		{"List-Subscribe: <mailto:", "-join"},
		{"List-Unsubscribe: <mailto:", "-leave"},
	} {
		b = append(append(append(append(append(append(b, f[0]...), l.name...), f[1]...), '@'), l.host...), ">\n"...)
	}
	return b
}

// appendSubject writes a Subject. Mailman 3 encodes it as a whole where it
// adds a prefix, even if all of it is ASCII (RFC 2047, section 4.2).
func appendSubject(b []byte, prefix, subject string) []byte {
	if prefix == "" {
		return appendWrapped(b, subject, "", " ", 68)
	}
	const open, shut, width = "=?utf-8?q?", "?=", 66
	column := width
	for i := range len(prefix) + len(subject) {
		var c byte
		if i < len(prefix) {
			c = prefix[i]
		} else {
			c = subject[i-len(prefix)]
		}
		if column+3+len(shut) > width {
			if i > 0 {
				b = append(b, "?=\n "...)
			}
			b = append(b, open...)
			column = len(open)
		}
		before := len(b)
		b = appendQ(b, c)
		column += len(b) - before
	}
	return append(b, "?=\n"...)
}

// appendQ writes a byte in the Q encoding, sparing what Python spares.
func appendQ(b []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-!*+/", c) >= 0:
		return append(b, c)
	case c == ' ':
		return append(b, '_')
	}
	return append(b, '=', hex[c>>4], hex[c&15])
}

// appendPerson writes an address; a name that is not ASCII goes in base64.
func appendPerson(b []byte, from string) []byte {
	name, addr, ok := strings.Cut(from, " <")
	if ok && strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		b = base64.StdEncoding.AppendEncode(append(b, "=?utf-8?b?"...), []byte(name))
		return append(append(append(b, "?= <"...), addr...), '\n')
	}
	return append(append(b, from...), '\n')
}
