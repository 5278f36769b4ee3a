// This file reads what the Datatracker sends about single drafts: that a group
// is asked to adopt one or to finish it, and that one expired.

package aggregator

import (
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// matchExpiry reads "I-D was expired <draft-x-NN.txt>".
func matchExpiry(subject string) reader {
	rest, ok := cutLead(subject, "I-D was expired ")
	if !ok {
		return nil
	}
	name, rev, ok := catalog.SplitDraft(trimPair(rest, "<", ">"))
	if !ok {
		return nil
	}
	return func(_, _ string) ([]catalog.Report, []string) {
		return []catalog.Report{draftNews(catalog.Expired, name, rev, rev)}, nil // once a revision, whoever tells
	}
}

// groupCalls are the calls that the Datatracker sends in a chair's name. Chairs
// write such mails themselves too; those are posts.
var groupCalls = []struct {
	lead  string
	event catalog.EventKind
}{
	{"Call for adoption:", catalog.AdoptionCall},
	{"WG Last Call:", catalog.WGLastCall},
}

// matchGroupCall reads "Call for adoption: draft-x-NN (Ends YYYY-MM-DD)" and
// "WG Last Call: draft-x-NN (Ends YYYY-MM-DD)". The end was not always there.
func matchGroupCall(subject string) reader {
	for _, c := range groupCalls {
		rest, ok := cutLead(subject, c.lead)
		if !ok {
			continue
		}
		called, ends := cutDraft(rest)
		if called.rev == "" || ends != "" && !isEnd(ends) {
			return nil
		}
		return func(body, id string) ([]catalog.Report, []string) {
			r := draftNews(c.event, called.name, called.rev, id)
			r.Facts.Abstract = readGroupCall(body)
			return []catalog.Report{r}, nil
		}
	}
	return nil
}

// isEnd reports whether s is "(Ends YYYY-MM-DD)".
func isEnd(s string) bool {
	date, ok := cutLead(trimPair(strings.TrimSpace(s), "(", ")"), "Ends ")
	return ok && readDocDate(date) != ""
}

// readGroupCall gives the abstract in the body of a call.
func readGroupCall(body string) string {
	lines := bodyLines(body)
	for i, line := range lines {
		if isHeading(line) {
			return readAbstract(lines[i:], endsGroupCall)
		}
	}
	return ""
}

func endsGroupCall(line string, _ bool) bool {
	return beginsWithAny(line, []string{"File can be retrieved from", "Please reply to this message", "Please review and indicate"})
}

// draftNews is the report of something that happened to a draft whose mail says
// little else about it.
func draftNews(event catalog.EventKind, name, rev, id string) catalog.Report {
	return catalog.Report{
		Document: name, Kind: catalog.Draft, Event: event, Rev: rev, Part: id,
		Facts: catalog.Facts{GroupHint: catalog.GroupOfDraft(name), Stream: catalog.StreamOfDraft(name)},
	}
}
