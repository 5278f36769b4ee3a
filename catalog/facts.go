package catalog

import (
	"cmp"
	"slices"
	"time"
)

// Author is a person named by a document.
type Author struct {
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
}

// Facts is what is known of one revision of a document. Zero fields are
// unknown. Text fields hold plain UTF-8 without markup.
type Facts struct {
	Title     string   `json:"title,omitempty"`
	Abstract  string   `json:"abstract,omitempty"` // paragraphs separated by an empty line
	Authors   []Author `json:"authors,omitempty"`
	Group     string   `json:"group,omitempty"`      // acronym, lower case, as the announcement says
	GroupHint string   `json:"group_hint,omitempty"` // acronym that the draft's name or the I-D Tag tells
	Stream    Stream   `json:"stream,omitempty"`
	Level     Level    `json:"level,omitempty"`
	Pages     int      `json:"pages,omitempty"`
	DocDate   string   `json:"doc_date,omitempty"` // YYYY-MM-DD or YYYY-MM, as printed in the document
	Language  string   `json:"language,omitempty"` // BCP 47; empty means English or unknown
	URL       string   `json:"url,omitempty"`      // where a post or entry is read
}

// Rank orders evidence by how far it is trusted; the lowest is best.
type Rank int8

// The ranks of evidence, best first.
const (
	Announced  Rank = iota // an announcement from a trusted source and host
	Indexed                // an index file or the Datatracker
	Syndicated             // a feed
	Copied                 // a copy seen on another list
)

// Precision says how well an evidence's date is known.
type Precision int8

// The precisions of a date, best first.
const (
	Exact       Precision = iota // the message's own Date
	Approximate                  // from Received or the time of receipt: Date missing or absurd
	Month                        // only year and month; never replaces a full date
)

// Evidence is one message's word about one revision.
type Evidence struct {
	Message   string    // digest of the message, the last tie-breaker
	Source    string    // name of the source
	Rank      Rank      // how far it is trusted
	Date      time.Time // when it was said, UTC
	Precision Precision // how well that is known
	Facts     Facts
}

// Compare orders evidence: better rank, then earlier, then by digest. The
// order of arrival plays no part.
func (e Evidence) Compare(o Evidence) int {
	return cmp.Or(cmp.Compare(e.Rank, o.Rank), e.Date.Compare(o.Date), cmp.Compare(e.Message, o.Message))
}

// Settle gives the facts that evidence adds up to: each field from the best
// evidence that has it. What a document counts as, its group, stream and level,
// no copy adds to better evidence: anyone can send a copy to some list. It does
// not change its argument.
func Settle(evidence []Evidence) Facts {
	var f Facts
	sorted := ordered(evidence)
	for _, e := range sorted {
		if e.Rank == Copied && sorted[0].Rank < Copied {
			e.Facts.Group, e.Facts.GroupHint, e.Facts.Stream, e.Facts.Level = "", "", "", ""
		}
		f.Title = cmp.Or(f.Title, e.Facts.Title)
		f.Abstract = cmp.Or(f.Abstract, e.Facts.Abstract)
		if len(f.Authors) == 0 {
			f.Authors = e.Facts.Authors
		}
		f.Group = cmp.Or(f.Group, e.Facts.Group)
		f.GroupHint = cmp.Or(f.GroupHint, e.Facts.GroupHint)
		f.Stream = cmp.Or(f.Stream, e.Facts.Stream)
		f.Level = cmp.Or(f.Level, e.Facts.Level)
		f.Pages = cmp.Or(f.Pages, e.Facts.Pages)
		f.DocDate = cmp.Or(f.DocDate, e.Facts.DocDate)
		f.Language = cmp.Or(f.Language, e.Facts.Language)
		f.URL = cmp.Or(f.URL, e.Facts.URL)
	}
	f.Group = cmp.Or(f.Group, f.GroupHint)
	f.GroupHint = ""
	return f
}

// SettleDate gives when an event was published, in UTC, and whether that is
// exact: the date of its best evidence, but a full date before any that is
// only a month. It is the zero time for no evidence.
func SettleDate(evidence []Evidence) (time.Time, Precision) {
	sorted := ordered(evidence)
	if len(sorted) == 0 {
		return time.Time{}, Approximate
	}
	best := sorted[0]
	for _, e := range sorted {
		if e.Precision != Month {
			best = e
			break
		}
	}
	return best.Date.UTC(), best.Precision
}

func ordered(evidence []Evidence) []Evidence {
	if slices.IsSortedFunc(evidence, Evidence.Compare) {
		return evidence
	}
	sorted := slices.Clone(evidence)
	slices.SortFunc(sorted, Evidence.Compare)
	return sorted
}
