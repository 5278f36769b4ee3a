// This file decides which mails are announcements, from their headers.

package aggregator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/markup"
)

// Recognise tells what a mail announces: Internet-Drafts and RFCs, Last Calls
// and decisions of the IESG, charters and interim meetings of groups, their
// calls on drafts, expiries, errata and IPR disclosures. It gives no report for
// any other mail; that is a post, see [PostReport]. Headers decide, never the
// body alone, since replies quote whole announcements and people forward them;
// the body only fills the facts in.
//
// Defects say, for the record of the source, what an announcement's body did
// not give, or why a mail that looks like an announcement is not taken for one.
// Whether the source may announce anything is for the caller to know.
func Recognise(m mail.Message) (reports []catalog.Report, defects []string) {
	if len(m.InReplyTo) > 0 {
		return nil, nil
	}
	subject := trimPrefixes(markup.Clean(m.Subject))
	if isAnswer(subject) || len(subject) > maxSubject {
		return nil, nil
	}
	for _, c := range classes {
		read := c.match(subject)
		switch {
		case read == nil:
			continue
		case c.desk.sent(m.From):
			return read(bodyText(m), mailID(m))
		case c.others:
			return nil, nil
		}
		return nil, []string{fmt.Sprintf("Subject %.300q is an announcement's, but From is %s: want %s", subject, fromText(m.From), c.desk)}
	}
	return nil, nil
}

// reader makes the reports of an announcement from its body. The id of the mail
// is part of an event's identity where nothing else tells two events apart.
type reader func(body, id string) ([]catalog.Report, []string)

// classes are the kinds of announcement. A Subject belongs to one at most.
var classes = []struct {
	desk   desk
	match  func(subject string) reader // nil for another Subject
	others bool                        // whether others write such Subjects too, and mean no harm
}{
	{desk: draftsDesk, match: matchIDAction},
	{desk: rfcDesk, match: matchRFC},
	{desk: rfcDesk, match: matchErratum},
	{desk: iesgDesk, match: matchLastCall},
	{desk: iesgDesk, match: matchIESGAction},
	{desk: iesgDesk, match: matchCharter},
	{desk: iesgDesk, match: matchInterim, others: true},
	{desk: expiryDesk, match: matchExpiry},
	{desk: datatrackerDesk, match: matchGroupCall, others: true},
	{desk: iprDesk, match: matchIPR, others: true},
}

func matchIDAction(subject string) reader {
	name, rev, ok := draftSubject(subject)
	if !ok {
		return nil
	}
	return func(body, _ string) ([]catalog.Report, []string) { return draftReport(name, rev, body) }
}

func matchRFC(subject string) reader {
	number, title, ok := rfcSubject(subject)
	if !ok {
		return nil
	}
	return func(body, _ string) ([]catalog.Report, []string) { return rfcReport(number, title, body) }
}

// isAnswer reports whether a Subject says that its mail answers or forwards
// another, as mail programs do in some languages.
func isAnswer(subject string) bool {
	word, _, ok := strings.Cut(subject[:min(len(subject), 8)], ":")
	return ok && slices.Contains([]string{"re", "fw", "fwd", "aw", "antw", "wg", "sv", "vs", "tr", "rv"}, strings.ToLower(word))
}

// mailID gives a mail's Message-ID, or a digest of what it says if it has none.
func mailID(m mail.Message) string {
	if m.ID != "" {
		return m.ID
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %q", m.Subject, m.Date.Unix(), bodyText(m)))
	return hex.EncodeToString(sum[:])
}

// trimPrefixes takes away the "[list] " groups that list software puts in
// front of a Subject. The mark of an erratum is none of them.
func trimPrefixes(subject string) string {
	subject = strings.TrimSpace(subject)
	for {
		group, rest, ok := cutPrefixGroup(subject)
		if !ok || rest == "" || isErrataMark(group) {
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

// cutLead takes the words that open a Subject off, in any case.
func cutLead(subject, lead string) (rest string, ok bool) {
	if len(subject) < len(lead) || !strings.EqualFold(subject[:len(lead)], lead) {
		return "", false
	}
	return strings.TrimSpace(subject[len(lead):]), true
}

// draftSubject reads "I-D Action: draft-x-NN.txt", in any case and with or
// without the blank.
func draftSubject(subject string) (name, rev string, ok bool) {
	file, ok := cutLead(subject, "I-D Action:")
	if !ok {
		return "", "", false
	}
	return draftFile(file)
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
