// This file reads the RFC Editor's mails about errata, and the Secretariat's
// about IPR disclosures.

package aggregator

import (
	"regexp"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// errataMarks open the Subjects of errata mails, in brackets.
var errataMarks = []string{
	"Technical Errata Reported", "Editorial Errata Reported", "Errata Verified", "Errata Rejected", "Errata Held for Document Update",
}

func isErrataMark(group string) bool {
	for _, mark := range errataMarks {
		if strings.EqualFold(group, mark) {
			return true
		}
	}
	return false
}

// erratumSubject is what follows the mark: "RFC9999 (1234)", the number being
// the erratum's.
var erratumSubject = regexp.MustCompile(`^(RFC ?\d{1,6}) \(\d{1,9}\)$`)

// matchErratum reads "[Technical Errata Reported] RFC9999 (1234)". Each step of
// an erratum is an event: reported, verified, rejected, held.
func matchErratum(subject string) reader {
	group, rest, ok := cutPrefixGroup(subject)
	if !ok || !isErrataMark(group) {
		return nil
	}
	m := erratumSubject.FindStringSubmatch(rest)
	if m == nil {
		return nil
	}
	name, ok := catalog.RFCName(m[1])
	if !ok {
		return nil
	}
	return func(body, id string) ([]catalog.Report, []string) {
		return []catalog.Report{{
			Document: name, Kind: catalog.RFC, Event: catalog.Errata, Part: id,
			Facts: catalog.Facts{Title: readErratum(name, body)},
		}}, nil
	}
}

// readErratum gives the title of the RFC from the first sentence: The following
// errata report has been submitted for RFC9999, "TITLE".
func readErratum(name, body string) string {
	_, rest, ok := strings.Cut(runOn(bodyLines(body)), "errata report has been ")
	if !ok {
		return ""
	}
	_, rest, _ = strings.Cut(rest, " for ")
	number, rest, ok := strings.Cut(rest, `, "`)
	if other, is := catalog.RFCName(number); !ok || !is || other != name {
		return ""
	}
	title, _, ok := strings.Cut(rest, `".`)
	if !ok || len(title) > maxTitle {
		return ""
	}
	return title
}

// matchIPR reads "IPR Disclosure NAME's Statement about IPR related to draft-x
// and RFC 9999". Other Subjects of that kind are about no document.
func matchIPR(subject string) reader {
	rest, ok := cutLead(subject, "IPR Disclosure")
	if !ok {
		if rest, ok = cutLead(subject, "Posting of IPR Disclosure"); !ok {
			return nil
		}
	}
	i := strings.LastIndex(rest, "related to ")
	if i < 0 {
		return nil
	}
	named := readDisclosed(rest[i+len("related to "):])
	return func(body, id string) ([]catalog.Report, []string) {
		return iprReports(named, body, id), nil
	}
}

// iprReports makes the report for the document that the body is about, since
// each document of a disclosure gets a mail of its own; else one for each that
// the Subject names.
func iprReports(named []string, body, id string) []catalog.Report {
	title := ""
	if t, name, ok := readPertains(body); ok {
		title, named = t, []string{name}
	}
	var reports []catalog.Report
	for _, name := range named {
		r := catalog.Report{Document: name, Kind: catalog.RFC, Event: catalog.IPR, Part: id, Facts: catalog.Facts{Title: title}}
		if catalog.KindOf(name) == catalog.Draft {
			r = draftNews(catalog.IPR, name, "", id)
			r.Facts.Title = title
		}
		reports = append(reports, r)
	}
	return reports
}

// readDisclosed takes "draft-a, draft-b, and RFC 9999" apart. A long list was
// cut off with three dots, in the middle of a name.
func readDisclosed(list string) []string {
	var names []string
	for item := range strings.SplitSeq(strings.ReplaceAll(list, " and ", ", "), ",") {
		name, ok := disclosedName(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(item), "and ")))
		if ok && len(names) < maxListed {
			names = append(names, name)
		}
	}
	return names
}

// disclosedName reads the name of a draft or RFC.
func disclosedName(s string) (string, bool) {
	if name, ok := catalog.RFCName(s); ok {
		return name, true
	}
	return s, catalog.KindOf(s) == catalog.Draft && catalog.IsDraftName(s)
}

// readPertains reads what a disclosure is about: pertains to your RFC entitled
// "TITLE" (RFC9999) was submitted, or the same of an Internet-Draft.
func readPertains(body string) (title, name string, ok bool) {
	_, rest, _ := strings.Cut(runOn(bodyLines(body)), "pertains to your ")
	_, rest, _ = strings.Cut(rest, `entitled "`)
	title, rest, _ = strings.Cut(rest, `" (`)
	name, _, ok = strings.Cut(rest, ")")
	if !ok || len(title) > maxTitle {
		return "", "", false
	}
	name, ok = disclosedName(name)
	return title, name, ok
}
