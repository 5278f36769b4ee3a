// This file polls the RFC Editor's index of all RFCs, rfc-index.xml.

package aggregator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// RFCIndex is the RFC Editor's index: every RFC with its title, authors,
// month, level, stream, group, area, abstract and relations. An RFC that no
// mail announced is dated by its month.
type RFCIndex struct {
	URL    string // empty: DefaultRFCIndex
	Client *fetch.Client
	Now    func() time.Time
}

// DefaultRFCIndex is where the index stands.
const DefaultRFCIndex = "https://www.rfc-editor.org/rfc-index.xml"

// Address implements [Movable].
func (x RFCIndex) Address() string { return cmp.Or(x.URL, DefaultRFCIndex) }

// At implements [Movable].
func (x RFCIndex) At(address string, tell func(fetch.Outcome)) Upstream {
	x.URL, x.Client = address, x.Client.Telling(tell)
	return x
}

// Poll implements [Upstream]. A file that is cut off is refused whole.
func (x RFCIndex) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	return snapshot{
		url: x.Address(), accept: "application/xml, text/xml;q=0.9, */*;q=0.5", client: x.Client, now: x.Now, read: readRFCIndex,
	}.poll(ctx, cursor, take)
}

// rfcIndexSpaces are the names that the index's elements have had.
var rfcIndexSpaces = []string{"https://www.rfc-editor.org/rfc-index", "http://www.rfc-editor.org/rfc-index"}

// rfcEntry is an rfc-entry of rfc-index.xsd, as far as it is read.
type rfcEntry struct {
	ID      string `xml:"doc-id"`
	Title   string `xml:"title"`
	Authors []struct {
		Name string `xml:"name"`
	} `xml:"author"`
	Month     string   `xml:"date>month"`
	Day       string   `xml:"date>day"`
	Year      string   `xml:"date>year"`
	Pages     string   `xml:"page-count"`
	OldPages  []string `xml:"format>page-count"` // until 2019 each format had its own
	Abstract  []string `xml:"abstract>p"`
	Draft     string   `xml:"draft"`
	Obsoletes []string `xml:"obsoletes>doc-id"`
	Updates   []string `xml:"updates>doc-id"`
	Status    string   `xml:"current-status"`
	Stream    string   `xml:"stream"`
	Area      string   `xml:"area"`
	Group     string   `xml:"wg_acronym"`
}

// readRFCIndex reads the index entry by entry. Entries of sub-series and of
// numbers never issued are passed over.
func readRFCIndex(body []byte, emit func(Record)) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := openRFCIndex(d); err != nil {
		return err
	}
	var faults []error
	read := 0
	for {
		token, err := d.Token()
		if err != nil {
			return indexCutOff(err, read)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if read == 0 {
				return errors.New("an RFC index without an rfc-entry; want all RFCs")
			}
			return partly(faults)
		case xml.StartElement:
			if t.Name.Local != "rfc-entry" {
				err = d.Skip()
				break
			}
			var e rfcEntry
			if err = d.DecodeElement(&e, &t); err != nil {
				break
			}
			read++
			if rec, ok := e.record(); ok {
				emit(rec)
			} else if len(faults) < maxFaults {
				faults = append(faults, fmt.Errorf("RFC index: entry %d is called %.40q; want a number such as RFC9000", read, e.ID))
			}
		}
		if err != nil {
			return indexCutOff(err, read)
		}
	}
}

func openRFCIndex(d *xml.Decoder) error {
	for {
		token, err := d.Token()
		if err != nil {
			return indexCutOff(err, 0)
		}
		if t, ok := token.(xml.StartElement); ok {
			if t.Name.Local != "rfc-index" || !slices.Contains(rfcIndexSpaces, t.Name.Space) {
				return fmt.Errorf("the file begins with <%.40s> of %.80q; want <rfc-index> of %q",
					t.Name.Local, t.Name.Space, rfcIndexSpaces[0])
			}
			return nil
		}
	}
}

func indexCutOff(err error, read int) error {
	syntax, _ := errors.AsType[*xml.SyntaxError](err)
	if errors.Is(err, io.EOF) || syntax != nil && syntax.Msg == "unexpected EOF" {
		err = errors.New("no closing </rfc-index>, so the download was cut off")
	}
	return fmt.Errorf("RFC index after %d entries: %w", read, err)
}

// record makes an entry a record of the RFC's publication.
func (e rfcEntry) record() (Record, bool) {
	name, ok := catalog.RFCName(e.ID)
	if !ok {
		return Record{}, false
	}
	r := Record{Document: name, Event: catalog.Published, Area: acronym(e.Area)}
	r.Date, r.Precision = e.date()
	r.Supporting = r.Date.IsZero()
	f := &r.Facts
	f.Title, f.Abstract = oneLine(e.Title, maxTitle), e.abstract()
	for _, a := range e.Authors[:min(len(e.Authors), maxAuthors)] {
		if n := oneLine(a.Name, maxName); n != "" {
			f.Authors = append(f.Authors, catalog.Author{Name: n})
		}
	}
	f.Pages = readPages(strings.TrimSpace(e.Pages))
	for _, p := range e.OldPages {
		f.Pages = max(f.Pages, readPages(strings.TrimSpace(p)))
	}
	if !r.Date.IsZero() {
		f.DocDate = r.Date.Format("2006-01")
	}
	f.Level = rfcStatus(e.Status)
	f.Stream = readStream(strings.TrimSpace(e.Stream))
	f.Group = acronym(e.Group)
	for _, to := range e.Updates[:min(len(e.Updates), maxRelated)] {
		r.relate(catalog.Updates, to)
	}
	for _, to := range e.Obsoletes[:min(len(e.Obsoletes), maxRelated)] {
		r.relate(catalog.Obsoletes, to)
	}
	if draft, _, ok := catalog.SplitDraft(e.Draft); ok {
		r.Relations = append(r.Relations, catalog.Relation{From: draft, Type: catalog.BecameRFC, To: name})
		if f.Group == "" {
			f.GroupHint = catalog.GroupOfDraft(draft)
		}
	}
	return r, true
}

// relate adds a relation to another RFC; members of sub-series are passed over.
func (r *Record) relate(t catalog.RelationType, to string) {
	if other, ok := catalog.RFCName(to); ok && other != r.Document {
		r.Relations = append(r.Relations, catalog.Relation{From: r.Document, Type: t, To: other})
	}
}

// date gives the month of publication, or the day where the index tells it,
// which it does for the first of April.
func (e rfcEntry) date() (time.Time, catalog.Precision) {
	text := strings.TrimSpace(e.Month) + " " + strings.TrimSpace(e.Year)
	if t, err := time.Parse("2 January 2006", strings.TrimSpace(e.Day)+" "+text); err == nil {
		return t, catalog.Approximate
	}
	if t, err := time.Parse("January 2006", text); err == nil {
		return t, catalog.Month
	}
	return time.Time{}, catalog.Month
}

func (e rfcEntry) abstract() string {
	var paragraphs []string
	for _, p := range e.Abstract {
		if p = oneLine(p, maxAbstract); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return clip(strings.Join(paragraphs, "\n\n"), maxAbstract)
}

// rfcStatus reads a status of rfc-index.xsd.
func rfcStatus(s string) catalog.Level {
	s = strings.TrimSpace(s)
	if s == "FOR YOUR INFORMATION" {
		return catalog.Informational
	}
	return levelNamed(s)
}

// oneLine collapses white space and clips.
func oneLine(s string, n int) string { return clip(strings.Join(strings.Fields(s), " "), n) }

// acronym gives the acronym of a group or an area in lower case, and nothing
// for what says that there is none ("NON WORKING GROUP", "none").
func acronym(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "none" || s == "individ" || !isAcronym(s) {
		return ""
	}
	return s
}
