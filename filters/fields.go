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
	WordField     FieldType = "words"    // looked for in columns, as one word, phrase or expression
	ExactField    FieldType = "value"    // one whole value, letters' case aside
	DocumentField FieldType = "document" // the name of a document
	ClosedField   FieldType = "choice"   // one of Values
	CountField    FieldType = "number"   // a number, a comparison or a range
	DateField     FieldType = "date"     // a day, a month or a year
	SpanField     FieldType = "span"     // a length of time that ends now
	TopicField    FieldType = "topic"    // the name of a topic
)

// Field is a row of the table: a name that may stand before a colon.
type Field struct {
	Name     string
	Aliases  []string
	Type     FieldType
	Columns  Columns           // where a WordField looks
	Values   []string          // the accepted values of a ClosedField
	Synonyms map[string]string // longer names of Values
	Matches  string            // what it matches, in a line
	Example  string            // a query that uses it
	Filled   string            // which kind of source must be configured to fill it; see EverySource
	Indexed  bool              // whether an index answers it without looking at each event
}

// Fields lists the fields, in the order of the manual.
func Fields() []Field { return slices.Clone(fields) }

// What fills fields, mostly kinds of sources. EverySource also fills what comes
// with an event in any case, such as its date.
const (
	EverySource   = "every source"
	Announcements = "announcements of drafts and RFCs"
	MailingLists  = "mailing-list archives and mail"
	Feeds         = "feeds"
	Datatracker   = "the Datatracker"
	Texts         = "the texts of drafts"
)

var fields = []Field{
	{
		Name: "text", Type: WordField, Columns: Anywhere, Indexed: true,
		Matches: "words, a phrase or an expression anywhere, as without a field",
		Example: `text:(multipath OR /post-?quantum/i)`, Filled: EverySource,
	}, {
		Name: "title", Type: WordField, Columns: ColumnSet(Title), Indexed: true,
		Matches: "words, a phrase or an expression in the title", Example: `title:multipath`, Filled: EverySource,
	}, {
		Name: "abstract", Type: WordField, Columns: ColumnSet(Abstract), Indexed: true,
		Matches: "words, a phrase or an expression in the abstract", Example: `abstract:"congestion control"`, Filled: Announcements,
	}, {
		Name: "body", Type: WordField, Columns: ColumnSet(Body), Indexed: true,
		Matches: "words or a phrase in the text of the revision", Example: `body:"path migration"`, Filled: Texts,
	}, {
		Name: "name", Type: WordField, Columns: ColumnSet(Name), Indexed: true,
		Matches: "a document's name, whole, in parts or as a pattern, also one it had before or became",
		Example: `name:draft-*-acme-*`, Filled: EverySource,
	}, {
		Name: "author", Type: WordField, Columns: ColumnSet(Authors), Indexed: true,
		Matches: "names of any one author", Example: `author:"Mirja Kühlewind"`, Filled: EverySource,
	}, {
		Name: "group", Aliases: []string{"wg"}, Type: ExactField, Indexed: true,
		Matches: "the acronym of the working or research group whose document it is",
		Example: `group:quic`, Filled: Announcements,
	}, {
		Name: "area", Type: ExactField, Indexed: true,
		Matches: "the acronym of the area of its group", Example: `area:sec`, Filled: Datatracker,
	}, {
		Name: "kind", Type: ClosedField, Values: plain(catalog.Kinds()), Indexed: true,
		Matches: "what sort of document it is", Example: `kind:rfc`, Filled: EverySource,
	}, {
		Name: "event", Type: ClosedField, Values: plain(catalog.EventKinds()), Indexed: true,
		Matches: "what happened", Example: `event:new`, Filled: EverySource,
	}, {
		Name: "stream", Type: ClosedField, Values: plain(catalog.Streams()), Indexed: true,
		Matches: "the stream the document belongs to", Example: `stream:irtf`, Filled: Announcements,
	}, {
		Name: "level", Type: ClosedField, Values: plain(catalog.Levels()), Synonyms: levelNames, Indexed: true,
		Matches: "what it is or is meant to become, by the short or the long name",
		Example: `level:"proposed standard"`, Filled: Announcements,
	}, {
		Name: "state", Type: ExactField, Indexed: true,
		Matches: "where it stands in the process, by the Datatracker's name", Example: `state:wg-lc`, Filled: Datatracker,
	}, {
		Name: "rev", Type: CountField,
		Matches: "the revision of a draft, also compared", Example: `rev:>=10`, Filled: Announcements,
	}, {
		Name: "pages", Type: CountField,
		Matches: "the number of pages, also compared", Example: `pages:<20`, Filled: Announcements,
	}, {
		Name: "date", Type: DateField, Indexed: true,
		Matches: "when it was published: a day, month, year or range, also compared", Example: `date:2025-12`, Filled: EverySource,
	}, {
		Name: "after", Type: DateField, Indexed: true,
		Matches: "published on that day, month or year, or later", Example: `after:2025-12-01`, Filled: EverySource,
	}, {
		Name: "before", Type: DateField, Indexed: true,
		Matches: "published before that day, month or year", Example: `before:2026`, Filled: EverySource,
	}, {
		Name: "within", Type: SpanField, Indexed: true,
		Matches: "published in the last hours (h), days (d), weeks (w), months (m) or years (y); for searches, not for topics",
		Example: `within:30d`, Filled: EverySource,
	}, {
		Name: "updates", Type: DocumentField, Indexed: true,
		Matches: "a document that it updates", Example: `updates:rfc8446`, Filled: Announcements,
	}, {
		Name: "obsoletes", Type: DocumentField, Indexed: true,
		Matches: "a document that it obsoletes", Example: `obsoletes:rfc5246`, Filled: Announcements,
	}, {
		Name: "replaces", Type: DocumentField, Indexed: true,
		Matches: "a draft that it replaces", Example: `replaces:draft-deconinck-quic-multipath`, Filled: Announcements,
	}, {
		Name: "changed", Type: ClosedField, Values: plain(catalog.Marks()), Indexed: true,
		Matches: "what a new revision changed in its text against the one before",
		Example: `changed:iana`, Filled: Texts,
	}, {
		Name: "lang", Type: ExactField, Indexed: true,
		Matches: "the language that its source names, such as ja or pt-br", Example: `lang:ja`, Filled: Feeds,
	}, {
		Name: "source", Type: ExactField, Indexed: true,
		Matches: "the name of any source that told of it", Example: `source:i-d-announce`, Filled: EverySource,
	}, {
		Name: "list", Type: ExactField, Indexed: true,
		Matches: "any mailing list that told of it, by its id or the first part of it",
		Example: `list:tls`, Filled: MailingLists,
	}, {
		Name: "topic", Type: TopicField, Indexed: true,
		Matches: "what another topic finds", Example: `topic:quic`, Filled: EverySource,
	},
}

// levelNames are the long names of levels.
var levelNames = map[string]string{
	"internet standard": "std", "standard": "std", "proposed standard": "ps", "proposed": "ps", "draft standard": "ds",
	"best current practice": "bcp", "informational": "inf", "info": "inf", "experimental": "exp", "historic": "hist",
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

// takesExpressions reports whether regular expressions may be asked of the
// field: of whole texts of drafts that would take too long.
func (f *Field) takesExpressions() bool { return f.Type == WordField && !f.Columns.Has(Body) }

// expressionFields lists the names of those fields.
func expressionFields() []string {
	var names []string
	for _, f := range fields {
		if f.takesExpressions() {
			names = append(names, f.Name)
		}
	}
	return names
}
