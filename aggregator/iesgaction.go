// This file reads the IESG's decisions: Protocol Actions for standards and best
// current practices, Document Actions for the rest.

package aggregator

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// approved is the action of a decision that does not say which level it gave.
const approved = "approved"

// matchIESGAction reads "Protocol Action: 'TITLE' to LEVEL (draft-x-NN.txt)" and
// the same of a Document Action. Older Subjects leave the draft out.
func matchIESGAction(subject string) reader {
	rest, ok := cutLead(subject, "Protocol Action: ")
	if !ok {
		if rest, ok = cutLead(subject, "Document Action: "); !ok {
			return nil
		}
	}
	var decided listed
	if i := strings.LastIndexByte(rest, '('); i >= 0 && strings.HasSuffix(rest, ")") {
		if name, rev, ok := catalog.SplitDraft(rest[i+1 : len(rest)-1]); ok {
			decided.name, decided.rev, rest = name, rev, rest[:i]
		}
	}
	decided.title, decided.level = titleToLevel(rest)
	return func(body, _ string) ([]catalog.Report, []string) { return actionReports(decided, body) }
}

// actionReports makes one report for each document that was decided upon. The
// action is the level it was approved for.
func actionReports(decided listed, body string) ([]catalog.Report, []string) {
	approval := readApproval(body)
	list, agree := reconcile(decided, approval)
	if !agree {
		return nil, []string{fmt.Sprintf("approval of %s, but its body lists %s: want the same in both", decided.nameRev(), namesOf(approval))}
	}
	if len(list) == 0 {
		return nil, []string{fmt.Sprintf("approval %.200q names no document: want (draft-x-NN.txt) in its Subject or body", decided.title)}
	}
	var reports []catalog.Report
	var defects []string
	for _, d := range list {
		reports = append(reports, catalog.Report{
			Document: d.name, Kind: catalog.KindOf(d.name), Event: catalog.IESGAction, Rev: d.rev,
			Part: cmp.Or(string(d.level), approved), Facts: d.facts(),
		})
		defects = append(defects, lacking("approval of "+d.nameRev(), missingOf(d))...)
	}
	return reports, defects
}

// readApproval reads the list of an approval. The write-up below it is free
// text and names other documents.
func readApproval(body string) []listed {
	text := runOn(bodyLines(body))
	_, text, ok := strings.Cut(text, "The IESG has approved ")
	if !ok {
		return nil
	}
	for _, end := range []string{
		" This document is ", " This document has ", " These documents ", " This protocol action is ", " This document action is ",
		" The IESG contact ", " A URL of ", " Technical Summary",
	} {
		text, _, _ = strings.Cut(text, end)
	}
	if strings.HasPrefix(text, "changing the status ") {
		return readListed(text, listedRFC)
	}
	return readListed(text, listedDraft)
}
