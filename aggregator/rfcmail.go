// This file reads the RFC Editor's announcements of new RFCs.

package aggregator

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// rfcForm is the block of an RFC announcement.
var rfcForm = form{loose: true, labels: map[string]string{
	"title":                     "title",
	"author":                    "authors",
	"authors":                   "authors",
	"author(s)":                 "authors",
	"status":                    "status",
	"stream":                    "stream",
	"date":                      "date",
	"mailbox":                   "mailbox",
	"pages":                     "pages",
	"characters":                "characters",
	"updates":                   "updates",
	"obsoletes":                 "obsoletes",
	"see also":                  "see also",
	"seealso":                   "see also",
	"updates/obsoletes":         "relations",
	"updates/seealso":           "relations",
	"updates/see also":          "relations",
	"obsoletes/seealso":         "relations",
	"obsoletes/see also":        "relations",
	"updates/obsoletes/seealso": "relations",
	"i-d tag":                   "tag",
	"url":                       "url",
	"doi":                       "doi",
}}

// rfcNotice is what the body of an RFC announcement says.
type rfcNotice struct {
	number    int
	facts     catalog.Facts
	relations []catalog.Relation
	missing   []string // fields that are absent or damaged
}

// rfcReport makes the report of an RFC whose number and title the Subject
// gives. If the body is about another RFC there is no report.
func rfcReport(number int, title, body string) ([]catalog.Report, []string) {
	document := fmt.Sprintf("rfc%d", number)
	r := readRFCNotice(document, body)
	if r.number != 0 && r.number != number {
		return nil, []string{fmt.Sprintf("announcement of RFC %d, but its body names RFC %d: want the same in both", number, r.number)}
	}
	r.facts.Title = cmp.Or(r.facts.Title, clip(title, maxTitle))
	report := catalog.Report{
		Document:  document,
		Kind:      catalog.RFC,
		Event:     catalog.Published,
		Facts:     r.facts,
		Relations: r.relations,
	}
	return []catalog.Report{report}, lacking(fmt.Sprintf("announcement of RFC %d", number), r.missing)
}

// readRFCNotice reads the body of the announcement of document, rfcN.
func readRFCNotice(document, body string) rfcNotice {
	lines := bodyLines(body)
	b := rfcForm.read(lines)
	rest := lines[b.end:]
	r := rfcNotice{number: numberAbove(lines[:b.start])}
	f := &r.facts
	f.Title = clip(b.text("title"), maxTitle)
	f.Authors = withMailboxes(readAuthors(b.lines("authors")), b.lines("mailbox"))
	f.Pages = readPages(b.text("pages"))
	f.DocDate = readDocDate(b.text("date"))
	f.Stream = readStream(b.text("stream"))
	f.Abstract = readAbstract(rest, endsRFCAbstract)

	closing := runOn(rest)
	f.Level = readLevel(closing, b.text("status"))
	group, stream := workOf(closing, "This document is a product of the ")
	f.Group, f.Stream = group, cmp.Or(f.Stream, stream)

	r.relate(document, catalog.Updates, b.text("updates"))
	r.relate(document, catalog.Obsoletes, b.text("obsoletes"))
	tag, _, tagged := draftFile(b.text("tag"))
	if tagged {
		r.relations = append(r.relations, catalog.Relation{From: tag, Type: catalog.BecameRFC, To: document})
		f.Stream = cmp.Or(f.Stream, catalog.StreamOfDraft(tag))
		if group == "" {
			f.GroupHint = catalog.GroupOfDraft(tag)
		}
	}
	r.note("title", f.Title == "")
	r.note("authors", len(f.Authors) == 0)
	r.note("level", f.Level == "")
	r.note("pages", f.Pages == 0)
	r.note("date", f.DocDate == "")
	r.note("I-D tag", !tagged)
	r.note("abstract", f.Abstract == "")
	return r
}

func (r *rfcNotice) note(field string, absent bool) {
	if absent {
		r.missing = append(r.missing, field)
	}
}

// relate adds the RFCs of a list: "RFC 1234, RFC5678". Members of sub-series
// are documents of their own and passed over.
func (r *rfcNotice) relate(document string, t catalog.RelationType, list string) {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item != "" && strings.Trim(item, "0123456789") == "" {
			item = "RFC " + item
		}
		if other, ok := catalog.RFCName(item); ok && other != document && len(r.relations) < maxRelated {
			r.relations = append(r.relations, catalog.Relation{From: document, Type: t, To: other})
		}
	}
}

// numberAbove finds the line "RFC N" above the block.
func numberAbove(opening []string) int {
	for _, line := range opening {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "RFC") {
			if n := catalog.RFCNumber(line); n != 0 {
				return n
			}
		}
	}
	return 0
}

// withMailboxes gives the authors their addresses if there is one for each.
func withMailboxes(authors []catalog.Author, lines []string) []catalog.Author {
	var addrs []string
	for _, line := range lines {
		for addr := range strings.SplitSeq(line, ",") {
			if addr = strings.TrimSpace(addr); addr != "" {
				addrs = append(addrs, clip(addr, maxName))
			}
		}
	}
	if len(addrs) != len(authors) {
		return authors
	}
	for i, addr := range addrs {
		if strings.Count(addr, "@") == 1 && !strings.ContainsAny(addr, " \t<>") {
			authors[i].Email = addr
		}
	}
	return authors
}

func readStream(s string) catalog.Stream {
	switch strings.ToLower(s) {
	case "ietf":
		return catalog.IETF
	case "irtf":
		return catalog.IRTF
	case "iab":
		return catalog.IAB
	case "independent", "ise", "independent submission":
		return catalog.Independent
	case "editorial":
		return catalog.Editorial
	case "legacy":
		return catalog.Legacy
	}
	return ""
}

// readLevel takes the level from the closing sentence "This is now a Proposed
// Standard.", which is finer than the status "Standards Track".
func readLevel(closing, status string) catalog.Level {
	for _, l := range []struct {
		phrase string
		level  catalog.Level
	}{
		{"This is now a Proposed Standard", catalog.ProposedStandard},
		{"This is now a Draft Standard", catalog.DraftStandard},
		{"This is now an Internet Standard", catalog.InternetStandard},
		{"This is now a Full Standard", catalog.InternetStandard},
	} {
		if strings.Contains(closing, l.phrase) {
			return l.level
		}
	}
	return levelNamed(status)
}

// rfcClosings begin the paragraphs after the abstract.
var rfcClosings = []string{
	"This document is a product of the ",
	"This is now a Proposed Standard",
	"This is now a Draft Standard",
	"This is now an Internet Standard",
	"This is now a Full Standard",
	"STANDARDS TRACK:",
	"INTERNET STANDARD:",
	"BCP:",
	"BEST CURRENT PRACTICE:",
	"INFORMATIONAL:",
	"EXPERIMENTAL:",
	"HISTORIC:",
	"This memo provides information for the Internet community",
	"This memo defines an Experimental Protocol",
}

// rfcFooters begin lines that are no abstract wherever they stand.
var rfcFooters = []string{
	"This announcement is sent to the ",
	"To subscribe or unsubscribe, see",
	"For searching the RFC series, see",
	"For downloading RFCs, see",
	"Requests for special distribution should be addressed",
	"The RFC Editor Team",
}

func endsRFCAbstract(line string, first bool) bool {
	if first {
		for _, closing := range rfcClosings {
			if strings.HasPrefix(line, closing) {
				return true
			}
		}
	}
	for _, footer := range rfcFooters {
		if strings.HasPrefix(line, footer) {
			return true
		}
	}
	return false
}
