// This file decides which mails are announcements, from their headers.

package aggregator

import (
	"fmt"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/markup"
)

// Recognise tells what a mail announces: a new or revised Internet-Draft, or a
// new RFC. It gives no report for any other mail; that is a post, see
// [PostReport]. Headers decide, never the body alone, since replies quote whole
// announcements and people forward them; the body only fills the facts in.
//
// Defects say, for the record of the source, what an announcement's body did
// not give, or why a mail that looks like an announcement is not taken for one.
// Whether the source may announce anything is for the caller to know.
func Recognise(m mail.Message) (reports []catalog.Report, defects []string) {
	if len(m.InReplyTo) > 0 {
		return nil, nil
	}
	subject := trimPrefixes(markup.Clean(m.Subject))
	name, rev, isDraft := draftSubject(subject)
	number, title, isRFC := rfcSubject(subject)
	var wanted desk
	switch {
	case isDraft:
		wanted = draftsDesk
	case isRFC:
		wanted = rfcDesk
	default:
		return nil, nil
	}
	if !wanted.sent(m.From) {
		return nil, []string{fmt.Sprintf("Subject %q is an announcement's, but From is %s: want %s", subject, fromText(m.From), wanted)}
	}
	if isDraft {
		return draftReport(name, rev, bodyText(m))
	}
	return rfcReport(number, title, bodyText(m))
}

// desk is an office that announces: its mailbox and the hosts it has written
// from over the years. The lists are closed.
type desk struct {
	mailbox string
	hosts   []string
}

var (
	draftsDesk = desk{"internet-drafts", []string{"ietf.org", "ns.ietf.org", "cnri.reston.va.us", "ietf.cnri.reston.va.us"}}
	rfcDesk    = desk{"rfc-editor", []string{"rfc-editor.org", "rfcpa.rfc-editor.org"}}
)

func (d desk) String() string { return d.mailbox + "@" + d.hosts[0] }

// sent reports whether the desk alone stands in From, by address: a display
// name proves nothing.
func (d desk) sent(from []mail.Address) bool {
	if len(from) != 1 {
		return false
	}
	local, host, ok := strings.Cut(undoDMARC(from[0].Addr), "@")
	if !ok || !strings.EqualFold(local, d.mailbox) {
		return false
	}
	for _, h := range d.hosts {
		if strings.EqualFold(host, h) {
			return true
		}
	}
	return false
}

// undoDMARC gives the address that an IETF list rewrote to get through the
// DMARC policy (RFC 7489) of the sender's domain: user=40dom@dmarc.ietf.org.
func undoDMARC(addr string) string {
	const host = "@dmarc.ietf.org"
	i := len(addr) - len(host)
	if i <= 0 || !strings.EqualFold(addr[i:], host) {
		return addr
	}
	local, domain, ok := strings.Cut(addr[:i], "=40")
	if !ok || local == "" || domain == "" || strings.Contains(addr[:i], "@") {
		return addr
	}
	return local + "@" + domain
}

// fromText shows the senders' addresses in a defect.
func fromText(from []mail.Address) string {
	if len(from) == 0 {
		return "empty"
	}
	addrs := make([]string, 0, 3)
	for _, a := range from[:min(len(from), 3)] {
		addrs = append(addrs, fmt.Sprintf("%.100q", a.Addr))
	}
	return strings.Join(addrs, ", ")
}

// trimPrefixes takes away the "[list] " groups that list software puts in
// front of a Subject.
func trimPrefixes(subject string) string {
	subject = strings.TrimSpace(subject)
	for {
		_, rest, ok := cutPrefixGroup(subject)
		if !ok || rest == "" {
			return subject
		}
		subject = rest
	}
}

// cutPrefixGroup takes one "[group]" off the front.
func cutPrefixGroup(subject string) (group, rest string, ok bool) {
	if !strings.HasPrefix(subject, "[") {
		return "", subject, false
	}
	end := strings.IndexByte(subject[:min(len(subject), 80)], ']')
	if end < 0 {
		return "", subject, false
	}
	return subject[1:end], strings.TrimSpace(subject[end+1:]), true
}

// draftSubject reads "I-D Action: draft-x-NN.txt", in any case and with or
// without the blank.
func draftSubject(subject string) (name, rev string, ok bool) {
	const lead = "I-D Action:"
	if len(subject) < len(lead) || !strings.EqualFold(subject[:len(lead)], lead) {
		return "", "", false
	}
	return draftFile(subject[len(lead):])
}

// draftFile reads draft-x-NN.txt, or a list of that file's formats as it was
// printed when there were several: draft-x-NN.txt,.pdf.
func draftFile(s string) (name, rev string, ok bool) {
	file, formats, _ := strings.Cut(strings.TrimSpace(s), ",")
	if i := len(file) - len(".txt"); i < 0 || !strings.EqualFold(file[i:], ".txt") {
		return "", "", false
	}
	for f := range strings.SplitSeq(formats, ",") {
		if f = strings.TrimSpace(f); f != "" && (!strings.HasPrefix(f, ".") || len(f) > 5) {
			return "", "", false
		}
	}
	return catalog.SplitDraft(file)
}

// rfcSubject reads "RFC N on TITLE", with "BCP n, " or the like before it.
func rfcSubject(subject string) (number int, title string, ok bool) {
	for {
		_, rest, found := strings.Cut(subject, ", ")
		if !found || !isSeriesNumber(subject[:len(subject)-len(rest)-2]) {
			break
		}
		subject = rest
	}
	doc, title, found := strings.Cut(subject, " on ")
	if !found || !strings.HasPrefix(doc, "RFC ") || title == "" {
		return 0, "", false
	}
	number = catalog.RFCNumber(doc)
	return number, strings.TrimSpace(title), number != 0
}

// isSeriesNumber reports whether s is a number in a sub-series: BCP 14.
func isSeriesNumber(s string) bool {
	series, digits, ok := strings.Cut(s, " ")
	if !ok || (series != "BCP" && series != "STD" && series != "FYI") {
		return false
	}
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}
