package filters

import (
	"slices"

	"github.com/draftwire/draftwire/catalog"
)

// This file holds the table of fields, from which the parser, the errors, the
// help and the manual are made.

// FieldType says what a field's value is.
type FieldType string

// The types of fields.
const (
	WordField   FieldType = "words"  // looked for in a column, as one word or phrase
	ExactField  FieldType = "value"  // one whole value, letters' case aside
	ClosedField FieldType = "choice" // one of Values
	CountField  FieldType = "number" // a number, a comparison or a range
)

// Field is a row of the table: a name that may stand before a colon.
type Field struct {
	Name    string
	Aliases []string
	Type    FieldType
	Column  Column   // where it looks; meaningless for CountField
	Values  []string // the accepted values of a ClosedField
	Matches string   // what it matches, in a line
	Example string   // a query that uses it
	Filled  string   // what fills it: which kind of source must be configured
	Indexed bool     // whether an index answers it without looking at each event
}

// Fields lists the fields, in the order of the manual.
func Fields() []Field { return slices.Clone(fields) }

const (
	everySource   = "every source"
	announcements = "announcements of drafts and RFCs"
)

var fields = []Field{
	{
		Name: "title", Type: WordField, Column: Title, Indexed: true,
		Matches: "words or a phrase in the title", Example: `title:multipath`, Filled: everySource,
	}, {
		Name: "abstract", Type: WordField, Column: Abstract, Indexed: true,
		Matches: "words or a phrase in the abstract", Example: `abstract:"congestion control"`, Filled: announcements,
	}, {
		Name: "name", Type: WordField, Column: Name, Indexed: true,
		Matches: "a document's name, whole or in parts, also one it had before or became",
		Example: `name:draft-ietf-quic-multipath`, Filled: everySource,
	}, {
		Name: "author", Type: WordField, Column: Authors, Indexed: true,
		Matches: "names of any one author", Example: `author:"Mirja Kühlewind"`, Filled: everySource,
	}, {
		Name: "group", Aliases: []string{"wg"}, Type: ExactField, Column: Facets, Indexed: true,
		Matches: "the acronym of the working or research group whose document it is",
		Example: `group:quic`, Filled: announcements,
	}, {
		Name: "kind", Type: ClosedField, Column: Facets, Values: plain(catalog.Kinds()), Indexed: true,
		Matches: "what sort of document it is", Example: `kind:rfc`, Filled: everySource,
	}, {
		Name: "event", Type: ClosedField, Column: Facets, Values: plain(catalog.EventKinds()), Indexed: true,
		Matches: "what happened", Example: `event:new`, Filled: everySource,
	}, {
		Name: "stream", Type: ClosedField, Column: Facets, Values: plain(catalog.Streams()), Indexed: true,
		Matches: "the stream the document belongs to", Example: `stream:irtf`, Filled: announcements,
	}, {
		Name: "rev", Type: CountField, Column: Facets,
		Matches: "the revision of a draft, also compared", Example: `rev:>=10`, Filled: announcements,
	}, {
		Name: "pages", Type: CountField,
		Matches: "the number of pages, also compared", Example: `pages:<20`, Filled: announcements,
	}, {
		Name: "source", Type: ExactField, Column: Facets, Indexed: true,
		Matches: "the name of any source that told of it", Example: `source:i-d-announce`, Filled: everySource,
	}, {
		Name: "list", Type: ExactField, Column: Facets, Indexed: true,
		Matches: "any mailing list that told of it, by its id or the first part of it",
		Example: `list:tls`, Filled: "mailing-list archives and mail",
	},
}

func plain[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// fieldNamed finds a field by name or alias, in lower case.
func fieldNamed(name string) *Field {
	for i := range fields {
		if fields[i].Name == name || slices.Contains(fields[i].Aliases, name) {
			return &fields[i]
		}
	}
	return nil
}

// fieldNames lists the names of the fields, sorted.
func fieldNames() []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

// closest gives the candidate that word was probably meant to be, or none.
func closest(word string, candidates []string) string {
	best, bestDistance := "", max(1, min(2, len(word)/2))+1
	for _, c := range candidates {
		if d := distance(word, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the letters to insert, drop, change or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	var before, last, row [65]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
