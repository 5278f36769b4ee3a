package demo

import (
	"bytes"
	"encoding/base64"
	"hash/fnv"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// envelope is what the headers of a mail are made from.
type envelope struct {
	list                *mailingList
	from, to, cc, reply string // header values; empty ones are left out
	subject             string // without the list's prefix, ASCII
	id                  string
	at                  time.Time
	parents             []string // References, the last is also In-Reply-To
	robot               bool     // sent by the Datatracker
	encoding            string   // 7bit, 8bit, quoted-printable or base64
}

// The Datatracker and the RFC Editor write their times in Pacific time, which
// moves a mail of the evening to the next day in UTC.
var pacific = time.FixedZone("PST", -8*60*60)

const (
	draftSender = "internet-drafts@ietf.org"
	rfcSender   = "rfc-editor@rfc-editor.org"
)

// Mails gives the copies of an announcement, as its lists gave them out: the
// announcing list's, and the group's if it has one.
func (a *Announcement) Mails() []Mail {
	e := a.envelope()
	body := appendBody(nil, a)
	out := []Mail{e.mail(body)}
	if a.Group.Acronym != "" {
		e.list = groupList(a.Group)
		e.encoding = encodingOf(body, a.MessageID+e.list.name)
		out = append(out, e.mail(body))
	}
	return out
}

func (a *Announcement) envelope() envelope {
	group := ""
	if a.Group.Acronym != "" {
		group = groupList(a.Group).address()
	}
	if a.Kind != catalog.RFC {
		return envelope{
			list: draftList, from: draftSender, to: "i-d-announce@ietf.org", cc: group, reply: group, robot: true,
			subject: "I-D Action: " + a.Name + "-" + a.Rev + ".txt", id: a.MessageID, at: a.At,
			encoding: encodingOf(appendBody(nil, a), a.MessageID),
		}
	}
	subject := "RFC " + strings.TrimPrefix(a.Name, "rfc") + " on " + a.Title
	if a.BCP != 0 {
		subject = "BCP " + strconv.Itoa(a.BCP) + ", " + subject
	}
	to := "ietf-announce@ietf.org, rfc-dist@rfc-editor.org"
	if a.Group.Type == "RG" {
		to += ", irtf-announce@irtf.org"
	}
	cc := "rfc-editor@rfc-editor.org, drafts-update-ref@iana.org"
	if group != "" {
		cc += ", " + group
	}
	return envelope{
		list: rfcList, from: rfcSender, to: to, cc: cc, subject: subject, id: a.MessageID, at: a.At,
		encoding: encodingOf(appendBody(nil, a), a.MessageID),
	}
}

// encodingOf picks a transfer encoding: 7bit for most of what is ASCII, the
// other two for the rest and for a few more.
func encodingOf(body []byte, word string) string {
	ascii := bytes.IndexFunc(body, func(r rune) bool { return r >= 0x80 }) < 0
	d := dice(word, "encoding").IntN(10)
	switch {
	case ascii && d < 7:
		return "7bit"
	case d%2 == 0:
		return "base64"
	}
	return "quoted-printable"
}

// mail writes the headers, the body, and the list's footer.
func (e *envelope) mail(body []byte) Mail {
	raw := e.appendHeaders(make([]byte, 0, 2048+2*len(body)))
	full := e.list.appendFooter(bytes.Clone(body))
	return Mail{
		List: e.list.name, MessageID: e.id, From: address(e.from), At: e.at, Raw: appendEncoded(raw, full, e.encoding),
	}
}

// address takes the part in angle brackets, if there is one.
func address(from string) string {
	if i := strings.IndexByte(from, '<'); i >= 0 {
		return strings.Trim(from[i:], "<>")
	}
	return from
}

func appendEncoded(b, body []byte, encoding string) []byte {
	switch encoding {
	case "base64":
		text := base64.StdEncoding.EncodeToString(body)
		for len(text) > 76 {
			b = append(append(b, text[:76]...), '\n')
			text = text[76:]
		}
		return append(append(b, text...), '\n')
	case "quoted-printable":
		var out bytes.Buffer
		w := quotedprintable.NewWriter(&out)
		_, _ = w.Write(body) // a buffer takes everything
		_ = w.Close()
		return append(b, bytes.ReplaceAll(out.Bytes(), []byte("\r\n"), []byte("\n"))...)
	}
	return append(b, body...)
}

// draftMessageID is the Datatracker's form since 2021: the time in hundredths
// of a second, a process, a random number, and the name of a pod.
func draftMessageID(name string, at time.Time) string {
	return string(appendMessageID(nil, at, hashOf(name)))
}

func appendMessageID(b []byte, at time.Time, random uint64) []byte {
	b = strconv.AppendInt(b, at.UnixMilli()/10, 10)
	b = strconv.AppendUint(append(b, '.'), 300+random%700, 10)
	b = strconv.AppendUint(append(b, '.'), random, 10)
	return append(b, "@dt-datatracker-5f7c9d8b6-q2x7n"...)
}

// rfcMessageID is the form of the RFC Editor's Postfix.
func rfcMessageID(name string, at time.Time) string {
	return at.In(pacific).Format("20060102150405") + "." + strings.ToUpper(strconv.FormatUint(hashOf(name)>>20, 16)) +
		"@rfcpa.rfc-editor.org"
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}
