// This file polls all_id2.txt, the IETF's table of all drafts there ever were.

package aggregator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// AllIDs is the table of all drafts, each in its last revision with its state,
// group, area, level, title and authors, and what became of it: an RFC, another
// draft, nothing. From the second poll on it tells of drafts that expire and
// are replaced.
type AllIDs struct {
	URL    string // empty: DefaultAllIDs
	Client *fetch.Client
	Now    func() time.Time
}

// DefaultAllIDs is where the table stands.
const DefaultAllIDs = "https://www.ietf.org/id/all_id2.txt"

// Address implements [Movable].
func (x AllIDs) Address() string { return cmp.Or(x.URL, DefaultAllIDs) }

// At implements [Movable].
func (x AllIDs) At(address string, tell func(fetch.Outcome)) Upstream {
	x.URL, x.Client = address, x.Client.Telling(tell)
	return x
}

// Poll implements [Upstream]. A file that is cut off is refused whole.
func (x AllIDs) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	return snapshot{
		url: x.Address(), accept: acceptText, client: x.Client, now: x.Now, read: readAllIDs, dated: allIDsDate,
	}.poll(ctx, cursor, take)
}

// The fields of a line, as the file's own head describes them. There may be
// more behind them.
const (
	allIDsName     = 0
	allIDsStatus   = 2
	allIDsIESG     = 3
	allIDsRFC      = 4
	allIDsReplaced = 5
	allIDsDay      = 6
	allIDsGroup    = 7
	allIDsArea     = 8
	allIDsLevel    = 10
	allIDsTitle    = 13
	allIDsAuthors  = 14
	allIDsFields   = 17
)

// draftStatus gives the state of type draft for a status.
var draftStatus = map[string]string{
	"active": "active", "expired": "expired", "rfc": "rfc", "replaced": "repl",
	"withdrawn by submitter": "auth-rm", "withdrawn by ietf": "ietf-rm",
}

// iesgStates gives the state of type draft-iesg for its name. I-D Exists says
// that there is none.
var iesgStates = map[string]string{
	"publication requested":            "pub-req",
	"ad evaluation":                    "ad-eval",
	"expert review":                    "review-e",
	"last call requested":              "lc-req",
	"in last call":                     "lc",
	"waiting for writeup":              "writeupw",
	"waiting for ad go-ahead":          "goaheadw",
	"iesg evaluation":                  "iesg-eva",
	"iesg evaluation - defer":          "defer",
	"approved-announcement to be sent": "approved",
	"approved-announcement sent":       "ann",
	"rfc ed queue":                     "rfcqueue",
	"rfc published":                    "pub",
	"dnp-waiting for ad note":          "nopubadw",
	"dnp-announcement to be sent":      "nopubanw",
	"ad is watching":                   "watching",
	"dead":                             "dead",
}

// readAllIDs reads the table.
func readAllIDs(body []byte, emit func(Record)) error {
	if !bytes.HasPrefix(body, []byte("#")) {
		return fmt.Errorf("the file begins with %.60q; want a comment that describes its fields", body)
	}
	if !bytes.HasSuffix(bytes.TrimSpace(body), []byte("\n# end")) {
		return errors.New(`no closing line "# end", so the download was cut off`)
	}
	var faults []error
	read, number := 0, 0
	for raw := range bytes.Lines(body) {
		number++
		line := strings.TrimRight(latin1(raw), "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := readAllIDsLine(line, emit); err != nil {
			if len(faults) < 2*maxFaults {
				faults = append(faults, fmt.Errorf("line %d: %w", number, err))
			}
			continue
		}
		read++
	}
	if read == 0 {
		return errors.Join(errors.New("a table without a draft; want all there are"), errors.Join(faults...))
	}
	return partly(faults)
}

// readAllIDsLine gives a record of the revision, and others of what became of
// the draft.
func readAllIDsLine(line string, emit func(Record)) error {
	fields := strings.Split(line, "\t")
	if len(fields) < allIDsFields {
		return fmt.Errorf("%.80q has %d fields; want %d set apart by tabs", line, len(fields), allIDsFields)
	}
	for i, field := range fields {
		fields[i] = strings.TrimSpace(field)
	}
	name, rev, ok := catalog.SplitDraft(fields[allIDsName])
	if !ok {
		return fmt.Errorf("%.80q is not a draft's name with its revision, such as draft-x-00", fields[allIDsName])
	}
	date, err := time.Parse(time.DateOnly, fields[allIDsDay])
	if err != nil {
		return fmt.Errorf("%s: %.40q is not a date such as 2026-03-01", fields[allIDsName], fields[allIDsDay])
	}
	status := strings.ToLower(fields[allIDsStatus])
	r := revisionRecord(name, rev, date)
	r.Facts.Title = oneLine(fields[allIDsTitle], maxTitle)
	r.Facts.Authors = readAddresses(fields[allIDsAuthors])
	r.Facts.Group = acronym(fields[allIDsGroup])
	r.Facts.Level = levelNamed(fields[allIDsLevel])
	r.Area = acronym(fields[allIDsArea])
	r.States = map[string]string{"draft": draftStatus[status], "draft-iesg": iesgState(fields[allIDsIESG])}
	if rfc, ok := catalog.RFCName("RFC" + fields[allIDsRFC]); ok {
		r.Relations = append(r.Relations, catalog.Relation{From: name, Type: catalog.BecameRFC, To: rfc})
	}
	by := replacers(name, fields[allIDsReplaced])
	for _, other := range by {
		r.Relations = append(r.Relations, catalog.Relation{From: other, Type: catalog.Replaces, To: name})
	}
	emit(r)
	switch status {
	case "expired":
		emit(r.expiry())
	case "replaced":
		emit(r.replacement())
	}
	return nil
}

// expiry is the record of the expiry of the draft that r is about. A revision
// expires once, which is its identity, whoever tells of it.
func (r Record) expiry() Record {
	return Record{Document: r.Document, Event: catalog.Expired, Rev: r.Rev, Part: r.Rev, Facts: r.Facts, turn: true}
}

// replacement is the record of its being replaced, which happens once.
func (r Record) replacement() Record {
	return Record{Document: r.Document, Event: catalog.Replaced, Rev: r.Rev, Facts: r.Facts, turn: true}
}

func iesgState(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), "::") // a substate
	return iesgStates[strings.TrimSpace(name)]
}

// replacers reads the names that replaced a draft.
func replacers(name, list string) (by []string) {
	for other := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if catalog.IsDraftName(other) && catalog.KindOf(other) == catalog.Draft &&
			catalog.Fold(other) != catalog.Fold(name) && len(by) < maxRelated {
			by = append(by, other)
		}
	}
	return by
}

// readAddresses reads a list of authors, Ada Writer <ada@example.org>, with
// and without addresses.
func readAddresses(list string) (authors []catalog.Author) {
	for item := range strings.SplitSeq(list, ",") {
		name, rest, _ := strings.Cut(item, "<")
		addr, _, _ := strings.Cut(rest, ">")
		for _, a := range readAuthors([]string{name}) {
			if strings.Count(addr, "@") == 1 && !strings.ContainsAny(addr, " \t") && len(addr) <= maxName {
				a.Email = addr
			}
			if len(authors) < maxAuthors {
				authors = append(authors, a)
			}
		}
	}
	return authors
}

// allIDsDate reads when the table was made: "# generated: 2026-03-01 12:00:00 UTC".
func allIDsDate(body []byte) time.Time {
	head := string(body[:min(len(body), 512)])
	_, rest, ok := strings.Cut(head, "# generated: ")
	if !ok {
		return time.Time{}
	}
	words := strings.Fields(rest)
	if len(words) < 2 {
		return time.Time{}
	}
	zone := time.UTC
	if len(words) > 2 && (words[2] == "PST" || words[2] == "PDT") { // where the server once stood
		zone = time.FixedZone(words[2], map[string]int{"PST": -8, "PDT": -7}[words[2]]*3600)
	}
	t, err := time.ParseInLocation(time.DateTime, words[0]+" "+words[1], zone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
