package demo

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
)

// The bodies of announcements, laid out as the Datatracker does since 2023 and
// as the RFC Editor does. They are appended to a buffer, since the bulk
// generator makes fifty thousand a second.

// appendBody lays out the announcement of a draft or an RFC.
func appendBody(b []byte, a *Announcement) []byte {
	if a.Kind == catalog.RFC {
		return appendRFC(b, a)
	}
	return appendDraft(b, a)
}

func appendDraft(b []byte, a *Announcement) []byte {
	file := a.Name + "-" + a.Rev
	b = appendWrapped(b, "Internet-Draft "+file+".txt is now available."+workItem(a.Group), "", "", 78)
	b = append(b, '\n')
	b = appendWrapped(b, a.Title, "   Title:   ", "            ", 72)
	label := "   Author:  "
	if len(a.Authors) > 1 {
		label = "   Authors: "
	}
	for _, p := range a.Authors {
		b = append(append(append(b, label...), p.Name...), '\n')
		label = "            "
	}
	b = append(append(append(b, "   Name:    "...), file...), ".txt\n   Pages:   "...)
	b = strconv.AppendInt(b, int64(a.Pages), 10)
	b = append(b, "\n   Dates:   "...)
	b = a.At.AppendFormat(b, "2006-01-02")
	b = append(b, "\n\nAbstract:\n"...)
	for _, p := range a.Abstract {
		b = appendWrapped(append(b, '\n'), p, "   ", "   ", 72)
	}
	b = append(b, "\nThe IETF datatracker status page for this Internet-Draft is:\nhttps://datatracker.ietf.org/doc/"...)
	b = append(append(b, a.Name...), "/\n\nThere is also an HTML version available at:\nhttps://www.ietf.org/archive/id/"...)
	b = append(append(b, file...), ".html\n"...)
	if a.Rev != "00" {
		b = append(b, "\nA diff from the previous version is available at:\nhttps://author-tools.ietf.org/iddiff?url2="...)
		b = append(append(b, file...), '\n')
	}
	return append(b, "\nInternet-Drafts are also available by rsync at:\nrsync.ietf.org::internet-drafts\n\n"...)
}

// workItem is the sentence that names the group, empty for individual drafts.
func workItem(g Group) string {
	if g.Acronym == "" {
		return ""
	}
	body := "IETF"
	if g.Type == "RG" {
		body = "IRTF"
	}
	return " It is a work item of the " + g.Name + " (" + strings.ToUpper(g.Acronym) + ") " + g.Type + " of the " + body + "."
}

func appendRFC(b []byte, a *Announcement) []byte {
	n := catalog.RFCNumber(a.Name)
	number := strconv.Itoa(n)
	b = append(b, "A new Request for Comments is now available in online RFC libraries.\n\n"...)
	if a.BCP != 0 {
		b = fmt.Appendf(b, "        BCP %d\n\n", a.BCP)
	}
	b = append(append(append(b, "        RFC "...), number...), "\n\n"...)
	const blank = "                    "
	b = appendWrapped(b, a.Title, "        Title:      ", blank, 72)
	b = appendColumn(b, "        Author:     ", a.Authors, initials)
	b = append(append(append(b, "        Status:     "...), statusOf[a.Level].status...), '\n')
	b = append(append(append(b, "        Stream:     "...), streamOf(a)...), '\n')
	b = a.At.AppendFormat(append(b, "        Date:       "...), "January 2006\n")
	b = appendColumn(b, "        Mailbox:    ", a.Authors, mailbox)
	b = append(strconv.AppendInt(append(b, "        Pages:      "...), int64(a.Pages), 10), '\n')
	b = appendRelations(b, a)
	b = append(append(append(b, "\n        I-D Tag:    "...), a.Tag...), ".txt\n"...)
	b = append(append(append(b, "\n        URL:        https://www.rfc-editor.org/info/rfc"...), number...), '\n')
	b = append(append(append(b, "\n        DOI:        10.17487/RFC"...), number...), '\n')
	for _, p := range a.Abstract {
		b = appendWrapped(append(b, '\n'), p, "", "", 70)
	}
	b = appendWrapped(append(b, '\n'), product(a), "", "", 70)
	if now := statusOf[a.Level].now; now != "" {
		b = append(append(append(b, "\nThis is now a "...), now...), ".\n"...)
	}
	b = appendWrapped(append(b, '\n'), statusOf[a.Level].paragraph, "", "", 78)
	return append(b, rfcClosing...)
}

// statusOf gives the words of each level: the Status line, what the document
// now is, and the paragraph of its status.
var statusOf = map[catalog.Level]struct{ status, now, paragraph string }{
	catalog.InternetStandard:    {"Standards Track", "Internet Standard", standardsTrack},
	catalog.ProposedStandard:    {"Standards Track", "Proposed Standard", standardsTrack},
	catalog.BestCurrentPractice: {"Best Current Practice", "", bestPractice},
	catalog.Informational:       {"Informational", "", "INFORMATIONAL: This memo provides information for the Internet community. " + noStandard},
	catalog.Experimental:        {"Experimental", "", "EXPERIMENTAL: This memo defines an Experimental Protocol for the Internet community. " + noStandard},
}

const (
	standardsTrack = "STANDARDS TRACK: This document specifies an Internet Standards Track protocol for the " +
		"Internet community, and requests discussion and suggestions for improvements.  Please refer to the " +
		"current edition of the Official Internet Protocol Standards (https://www.rfc-editor.org/standards) for " +
		"the standardization state and status of this protocol.  Distribution of this memo is unlimited."
	bestPractice = "BCP: This document specifies an Internet Best Current Practices for the Internet Community, " +
		"and requests discussion and suggestions for improvements. Distribution of this memo is unlimited."
	noStandard = "It does not specify an Internet standard of any kind. Distribution of this memo is unlimited."
)

const rfcClosing = `
This announcement is sent to the IETF-Announce and rfc-dist lists.
To subscribe or unsubscribe, see
  https://www.ietf.org/mailman/listinfo/ietf-announce
  https://mailman.rfc-editor.org/mailman/listinfo/rfc-dist

For searching the RFC series, see https://www.rfc-editor.org/search
For downloading RFCs, see https://www.rfc-editor.org/retrieve/bulk

Requests for special distribution should be addressed to either the
author of the RFC in question, or to rfc-editor@rfc-editor.org.  Unless
specifically noted otherwise on the RFC itself, all RFCs are for
unlimited distribution.


The RFC Editor Team

`

func streamOf(a *Announcement) string {
	if a.Group.Type == "RG" {
		return "IRTF"
	}
	return "IETF"
}

// product is the sentence that names the group an RFC comes from.
func product(a *Announcement) string {
	switch {
	case a.Group.Type == "RG":
		return "This document is a product of the IRTF."
	case a.Group.Acronym == "":
		return "This document is a product of the IETF."
	}
	name := strings.TrimSuffix(a.Group.Name, " Working Group")
	return "This document is a product of the " + name + " Working Group of the IETF."
}

func appendRelations(b []byte, a *Announcement) []byte {
	if len(a.Updates)+len(a.Obsoletes) == 0 {
		return append(b, "        Updates/Obsoletes/SeeAlso:   None\n"...)
	}
	line := func(label string, rfcs []int) {
		if len(rfcs) == 0 {
			return
		}
		b = append(b, label...)
		for i, n := range rfcs {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = strconv.AppendInt(append(b, "RFC "...), int64(n), 10)
		}
		b = append(b, '\n')
	}
	line("        Obsoletes:  ", a.Obsoletes)
	line("        Updates:    ", a.Updates)
	return b
}

// appendColumn lays out people one on a line, parted by commas.
func appendColumn(b []byte, label string, people []Person, form func(Person) string) []byte {
	for i, p := range people {
		b = append(append(b, label...), form(p)...)
		if i < len(people)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
		label = "                    "
	}
	return b
}

// initials writes a name as the RFC Editor does: J. Müller.
func initials(p Person) string {
	_, size := utf8.DecodeRuneInString(p.Name)
	_, rest, ok := strings.Cut(p.Name, " ")
	if !ok {
		return p.Name
	}
	return p.Name[:size] + ". " + rest
}

func mailbox(p Person) string { return p.Key + "@example.com" }

// appendWrapped breaks text at blanks so that lines keep to width columns.
func appendWrapped(b []byte, text, first, indent string, width int) []byte {
	b = append(b, first...)
	column, fresh := len(first), true
	for text != "" {
		word, rest := text, ""
		if i := strings.IndexByte(text, ' '); i >= 0 {
			word, rest = text[:i], text[i+1:]
		}
		text = rest
		n := utf8.RuneCountInString(word)
		switch {
		case fresh:
		case column+1+n > width:
			b = append(append(b, '\n'), indent...)
			column = len(indent)
		default:
			b = append(b, ' ')
			column++
		}
		b = append(b, word...)
		column, fresh = column+n, false
	}
	return append(b, '\n')
}
