// This file polls 1id-abstracts.txt, the IETF's index of current drafts with
// their abstracts.

package aggregator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// Abstracts is the index of all current drafts by group, each with its title,
// authors, date and abstract.
type Abstracts struct {
	URL    string // empty: DefaultAbstracts
	Client *fetch.Client
	Now    func() time.Time
}

// DefaultAbstracts is where the index stands.
const DefaultAbstracts = "https://www.ietf.org/id/1id-abstracts.txt"

// Address implements [Movable].
func (x Abstracts) Address() string { return cmp.Or(x.URL, DefaultAbstracts) }

// At implements [Movable].
func (x Abstracts) At(address string, tell func(fetch.Outcome)) Upstream {
	x.URL, x.Client = address, x.Client.Telling(tell)
	return x
}

// Poll implements [Upstream]. A file that is cut off is refused whole.
func (x Abstracts) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	return snapshot{
		url: x.Address(), accept: acceptText, client: x.Client, now: x.Now, read: readAbstracts,
	}.poll(ctx, cursor, take)
}

const acceptText = "text/plain, */*;q=0.5"

// latin1 gives text as UTF-8 that may be in ISO 8859-1.
func latin1(body []byte) string {
	if utf8.Valid(body) {
		return string(body)
	}
	var b strings.Builder
	b.Grow(len(body) + len(body)/16)
	for _, c := range body {
		b.WriteRune(rune(c))
	}
	return b.String()
}

var (
	abstractsHead = []byte("Current Internet-Drafts")

	// groupHeading is followed by a line of dashes; see isRule.
	groupHeading = regexp.MustCompile(`^\S.*\(([A-Za-z0-9-]{1,32})\)$`)

	// indexedDraft is an entry with its lines joined: title, authors each with
	// a comma behind, date, and the file's name with all its endings.
	indexedDraft = regexp.MustCompile(`^"(.*)", (?:(.*), )?(\d{4}-\d\d-\d\d), <(draft-[A-Za-z0-9.-]*-\d\d)(?:\.[a-z]+(?:,\.[a-z]+)*)?>$`)
)

// readAbstracts reads the index: group headings at the margin, entries
// indented by two columns, abstracts by six.
func readAbstracts(body []byte, emit func(Record)) error {
	if !bytes.Contains(body[:min(len(body), 1024)], abstractsHead) {
		return fmt.Errorf("the file begins with %.60q; want the heading %q", body, abstractsHead)
	}
	if !bytes.HasSuffix(body, []byte("\n")) {
		return errors.New("the last line has no end, so the download was cut off")
	}
	x := abstractsReader{emit: emit, lines: strings.Split(latin1(body), "\n")}
	for x.at < len(x.lines) {
		x.step()
	}
	if x.read == 0 {
		return errors.Join(append([]error{errors.New("an index without a draft; want all current ones")}, x.faults...)...)
	}
	return partly(x.faults)
}

type abstractsReader struct {
	emit   func(Record)
	lines  []string
	at     int // index of the next line
	group  string
	read   int
	faults []error
}

// step reads a heading, an entry or a line of neither.
func (x *abstractsReader) step() {
	line := strings.TrimRight(x.lines[x.at], " \r")
	x.at++
	switch {
	case strings.HasPrefix(line, `  "`):
		x.entry(line)
	case x.at < len(x.lines) && isDashes(x.lines[x.at]):
		if m := groupHeading.FindStringSubmatch(line); m != nil {
			x.group = acronym(m[1])
			x.at++
		}
	}
}

func isDashes(line string) bool {
	line = strings.TrimRight(line, " \r")
	return len(line) >= 3 && strings.Trim(line, "-") == ""
}

// An entry above its abstract has no more than these.
const (
	maxEntryLines = 400
	maxEntryBytes = 64 << 10
)

func (x *abstractsReader) entry(first string) {
	number := x.at
	parts := []string{strings.TrimSpace(first)}
	for x.at < len(x.lines) && len(parts) < maxEntryLines && !isBlank(x.lines[x.at]) && indentation(x.lines[x.at]) < 6 {
		parts = append(parts, strings.TrimSpace(x.lines[x.at]))
		x.at++
	}
	abstract := x.abstract()
	m := indexedDraft.FindStringSubmatch(clip(strings.Join(parts, " "), maxEntryBytes))
	if m == nil {
		x.fault(number, parts[0])
		return
	}
	name, rev, ok := catalog.SplitDraft(m[4])
	date, err := time.Parse(time.DateOnly, m[3])
	if !ok || err != nil {
		x.fault(number, parts[0])
		return
	}
	x.read++
	rec := revisionRecord(name, rev, date)
	rec.Facts.Title, rec.Facts.Abstract = oneLine(m[1], maxTitle), abstract
	rec.Facts.Authors = readAuthors([]string{m[2]})
	rec.Facts.Group = x.group
	x.emit(rec)
}

func (x *abstractsReader) fault(number int, line string) {
	if len(x.faults) < 2*maxFaults {
		x.faults = append(x.faults, fmt.Errorf(`line %d: %.80q is no entry; want "TITLE", AUTHORS, YYYY-MM-DD, <draft-name-NN.txt>`, number, line))
	}
}

// abstract reads the indented paragraphs that follow.
func (x *abstractsReader) abstract() string {
	var paragraphs []string
	var current []string
	flush := func() {
		if len(current) > 0 {
			paragraphs = append(paragraphs, strings.Join(current, " "))
		}
		current = nil
	}
	size := 0
	for ; x.at < len(x.lines); x.at++ {
		line := x.lines[x.at]
		switch {
		case isBlank(line):
			flush()
			continue
		case indentation(line) < 3:
			flush()
			return clip(strings.Join(paragraphs, "\n\n"), maxAbstract)
		}
		if size < maxAbstract {
			current = append(current, strings.Join(strings.Fields(clip(line, maxAbstract)), " "))
		}
		size += len(line)
	}
	flush()
	return clip(strings.Join(paragraphs, "\n\n"), maxAbstract)
}

// revisionRecord is the record of a draft's revision of that day.
func revisionRecord(name, rev string, date time.Time) Record {
	return Record{
		Document: name, Event: catalog.EventOfRevision(rev), Rev: rev,
		Date: date, Precision: catalog.Approximate, // a day is not a time
		Facts: catalog.Facts{
			DocDate: date.Format(time.DateOnly), Stream: catalog.StreamOfDraft(name), GroupHint: catalog.GroupOfDraft(name),
		},
	}
}
