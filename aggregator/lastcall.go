// This file reads the IESG's Last Calls.

package aggregator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// lastCallKinds are the words that may stand before "Last Call" when a call is
// made again.
var lastCallKinds = []string{"", "second", "third", "new", "updated", "extended", "corrected", "revised"}

// matchLastCall reads "Last Call: <draft-x-NN.txt> (TITLE) to LEVEL". Older
// Subjects name the draft without its revision, or the title alone.
func matchLastCall(subject string) reader {
	kind, rest, ok := strings.Cut(subject, "Last Call: ")
	if !ok || !slices.Contains(lastCallKinds, strings.ToLower(strings.TrimSpace(kind))) {
		return nil
	}
	called, rest := cutDraft(rest)
	called.title, called.level = titleToLevel(rest)
	return func(body, _ string) ([]catalog.Report, []string) { return lastCallReports(called, body) }
}

// cutDraft takes a draft at the start of a Subject off: <draft-x-NN.txt>,
// draft-x-NN.txt or draft-x.
func cutDraft(s string) (d listed, rest string) {
	s = strings.TrimSpace(s)
	word, rest, _ := strings.Cut(s, " ")
	file := trimPair(word, "<", ">")
	var ok bool
	if d.name, d.rev, ok = catalog.SplitDraft(file); ok {
		return d, rest
	}
	if catalog.KindOf(file) == catalog.Draft && catalog.IsDraftName(file) {
		return listed{name: file}, rest
	}
	return listed{}, s
}

// lastCallReports makes one report for each document that is called. Where
// angle brackets were lost on the way, the address of the draft's page still
// tells its name, but no revision: the event then has none, and is another one
// than that of a whole copy.
func lastCallReports(called listed, body string) ([]catalog.Report, []string) {
	c := readLastCall(body)
	list, agree := reconcile(called, c.list)
	switch {
	case !agree:
		return nil, []string{fmt.Sprintf("Last Call of %s, but its body lists %s: want the same in both", called.nameRev(), namesOf(c.list))}
	case len(list) == 0:
		for _, name := range c.pages {
			list = append(list, listed{name: name, level: called.level})
		}
		if len(list) == 1 {
			list[0].title = called.title
		}
	}
	if len(list) == 0 {
		return nil, []string{fmt.Sprintf("Last Call %.200q names no draft: want <draft-x-NN.txt> in its Subject or body", called.title)}
	}
	var reports []catalog.Report
	var defects []string
	for _, d := range list {
		f := d.facts()
		if c.group != "" {
			f.Group, f.GroupHint = c.group, ""
		}
		if len(list) == 1 { // several abstracts stand below each other without a mark
			f.Abstract = c.abstract
		}
		reports = append(reports, catalog.Report{
			Document: d.name, Kind: catalog.Draft, Event: catalog.LastCall, Rev: d.rev, Part: c.ends, Facts: f,
		})
		missing := missingOf(d)
		if c.ends == "" {
			missing = append(missing, "end date")
		}
		defects = append(defects, lacking("Last Call of "+d.nameRev(), missing)...)
	}
	return reports, defects
}

// missingOf names what a mail did not say of a document that it should.
func missingOf(d listed) (missing []string) {
	for _, field := range []struct {
		name   string
		absent bool
	}{
		{"revision", d.rev == "" && catalog.KindOf(d.name) == catalog.Draft},
		{"title", d.title == ""},
		{"level", d.level == ""},
	} {
		if field.absent {
			missing = append(missing, field.name)
		}
	}
	return missing
}

// lastCall is what the body of a Last Call says.
type lastCall struct {
	list     []listed
	pages    []string // names of drafts in the addresses where they can be read
	group    string   // acronym of the group that asked
	ends     string   // YYYY-MM-DD
	abstract string
}

func readLastCall(body string) lastCall {
	lines := bodyLines(body)
	heading := slices.IndexFunc(lines, isAbstractHeading)
	if heading < 0 {
		heading = len(lines)
	}
	opening := runOn(lines[:heading])
	request, rest, ok := strings.Cut(opening, "The IESG plans to make a decision")
	if !ok {
		rest = opening
	}
	return lastCall{
		list:     readListed(request, listedDraft),
		pages:    pagesOf(lines),
		group:    requesterOf(request),
		ends:     endOf(rest),
		abstract: readAbstract(lines[heading:], endsCallAbstract),
	}
}

func isAbstractHeading(line string) bool {
	return isHeading(line) || strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(line), ":"), "abstracts")
}

// requesterOf reads the acronym in "a request from the NAME WG (acr) to
// consider". Individual submitters have none.
func requesterOf(request string) string {
	_, rest, ok := strings.Cut(request, "request from ")
	if !ok {
		return ""
	}
	who, _, ok := strings.Cut(rest, " to consider ")
	if !ok || !strings.HasSuffix(who, ")") {
		return ""
	}
	acronym := who[strings.LastIndexByte(who, '(')+1 : len(who)-1]
	if !isAcronym(acronym) {
		return ""
	}
	return strings.ToLower(acronym)
}

// callEnd is the date until which comments are asked for.
var callEnd = regexp.MustCompile(`\bby (\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-[A-Z][a-z]{2}-\d{2,4}|[A-Z][a-z]+ \d{1,2}, \d{4})\b`)

func endOf(text string) string {
	m := callEnd.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return readDocDate(m[1])
}

// draftPage is the address of a draft's page or file.
var draftPage = regexp.MustCompile(`(?i)^https?://[a-z0-9.-]*ietf\.org/(?:[a-z-]+/)*(draft-[a-z0-9.-]+?)/?$`)

// pagesOf gives the drafts whose addresses stand under "The file can be
// obtained via".
func pagesOf(lines []string) []string {
	var names []string
	i := slices.IndexFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "The file can be obtained via") || strings.HasPrefix(line, "The files can be obtained via")
	})
	if i < 0 {
		return nil
	}
	for _, line := range lines[i+1:] {
		m := draftPage.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || len(names) == maxListed {
			break
		}
		name := m[1]
		if n, _, ok := catalog.SplitDraft(name); ok {
			name = n
		}
		if catalog.IsDraftName(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// callClosings begin the lines after the abstracts of a Last Call.
var callClosings = []string{
	"The file can be obtained via",
	"The files can be obtained via",
	"IESG discussion can be tracked via",
	"The following IPR Declarations may be related",
	"No IPR declarations have been submitted",
	"The document contains these normative downward references",
}

func endsCallAbstract(line string, _ bool) bool { return beginsWithAny(line, callClosings) }
