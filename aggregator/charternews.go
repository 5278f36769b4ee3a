// This file reads what is announced of groups: reviews of and decisions on
// their charters, and their interim meetings.

package aggregator

import (
	"regexp"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// charterSubject is "WG Review: NAME (acr)" or "WG Action: Formed NAME (acr)".
// Research groups and others put their own type first.
var charterSubject = regexp.MustCompile(`^([A-Z]{2,8}) (Action|Review): (.+) \(([A-Za-z0-9-]{1,32})\)$`)

func matchCharter(subject string) reader {
	m := findWith(charterSubject, subject, " Action: ", " Review: ")
	if m == nil {
		return nil
	}
	event := catalog.CharterReview
	if m[2] == "Action" {
		event = catalog.CharterAction
	}
	g := group{kind: m[1], acronym: strings.ToLower(m[4])}
	return func(body, id string) ([]catalog.Report, []string) {
		return g.report(event, m[3], readCharter(body), id), nil
	}
}

// interimSubject is "NAME (acr) WG Virtual Meeting: YYYY-MM-DD", with CHANGED
// after it, or "Interim Meeting Cancelled (was YYYY-MM-DD)" instead.
var interimSubject = regexp.MustCompile(`^(.+) \(([A-Za-z0-9-]{1,32})\) ([A-Z]{2,12}) ` +
	`((?:Interim |Virtual ){1,2}Meeting: \d{4}-\d\d-\d\d(?: CHANGED)?|.{1,200}(?i:cancell?ed) \(was \d{4}-\d\d-\d\d\))$`)

func matchInterim(subject string) reader {
	m := findWith(interimSubject, subject, " Meeting: ", " (was ")
	if m == nil {
		return nil
	}
	g := group{kind: m[3], acronym: strings.ToLower(m[2])}
	title := m[1] + " " + m[3] + " " + m[4]
	return func(body, id string) ([]catalog.Report, []string) {
		return g.report(catalog.Interim, title, readAbstract(bodyLines(body), endsMeeting), id), nil
	}
}

// findWith matches a Subject that holds one of the words; others, which are
// nearly all, cost no more than looking for these.
func findWith(form *regexp.Regexp, subject string, words ...string) []string {
	for _, word := range words {
		if strings.Contains(subject, word) {
			return form.FindStringSubmatch(subject)
		}
	}
	return nil
}

// group is a working group, or another kind, as a Subject names it.
type group struct {
	kind    string // WG, RG, BOF, ...
	acronym string
}

// report makes the report of something that happened to the group.
func (g group) report(event catalog.EventKind, title, text, id string) []catalog.Report {
	document, stream := catalog.CharterName(g.acronym), catalog.IETF
	if g.kind == "RG" || g.kind == "RAG" {
		document, stream = "charter-irtf-"+g.acronym, catalog.IRTF
	}
	return []catalog.Report{{
		Document: document,
		Kind:     catalog.Charter,
		Event:    event,
		Rev:      catalog.CharterRev(id),
		Part:     id,
		Facts:    catalog.Facts{Title: clip(title, maxTitle), Abstract: text, Group: g.acronym, Stream: stream},
	}}
}

// readCharter gives the charter in the body of a review or an action, or its
// beginning if it is long.
func readCharter(body string) string {
	lines := bodyLines(body)
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "Charter:") || line == "Description of Working Group:" {
			return readAbstract(lines[i+1:], endsCharter)
		}
	}
	return ""
}

// charterClosings begin the lines after a charter.
var charterClosings = []string{"Milestones:", "Goals and Milestones"}

func endsCharter(line string, _ bool) bool { return beginsWithAny(line, charterClosings) }

// meetingClosings begin the lines after what a meeting is about.
var meetingClosings = []string{"Information about remote participation", "Remote participation"}

func endsMeeting(line string, _ bool) bool { return beginsWithAny(line, meetingClosings) }

func beginsWithAny(line string, leads []string) bool {
	for _, lead := range leads {
		if strings.HasPrefix(line, lead) {
			return true
		}
	}
	return false
}
