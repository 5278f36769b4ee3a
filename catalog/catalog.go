// Package catalog holds the words Draftwire is built on: documents and their
// revisions, the events that happen to them, the evidence that tells of those
// events, and the names, ids and links that go with them.
//
// The three types to know are [Report], what one message says happened;
// [Evidence], a report's facts with the trust and the date they came with; and
// [Facts], what is settled from all evidence of one revision by [Settle]. The
// package does no I/O, reads no clock, and imports nothing of ours.
package catalog

// Kind says what sort of document something is.
type Kind string

// The closed set of document kinds.
const (
	Draft   Kind = "draft"   // an Internet-Draft
	RFC     Kind = "rfc"     // a Request for Comments
	Charter Kind = "charter" // a group's charter, charter-ietf-ACR
	Post    Kind = "post"    // a list mail or a feed entry
)

// Kinds lists every document kind in the order people read them.
func Kinds() []Kind { return []Kind{Draft, RFC, Charter, Post} }

// EventKind says what happened to a document.
type EventKind string

// The closed set of things that happen.
const (
	New           EventKind = "new"
	Revised       EventKind = "revision"
	Published     EventKind = "rfc"
	LastCall      EventKind = "last-call"
	IESGAction    EventKind = "iesg-action"
	CharterReview EventKind = "charter-review"
	CharterAction EventKind = "charter-action"
	Interim       EventKind = "interim"
	AdoptionCall  EventKind = "adoption-call"
	WGLastCall    EventKind = "wg-last-call"
	Replaced      EventKind = "replaced"
	Expired       EventKind = "expired"
	IPR           EventKind = "ipr"
	Errata        EventKind = "errata"
	Slides        EventKind = "slides"
	Posted        EventKind = "post"
)

// EventKinds lists every event kind in the order an edition shows them.
func EventKinds() []EventKind {
	return []EventKind{
		New, Revised, Published, LastCall, IESGAction, CharterReview, CharterAction, Interim,
		AdoptionCall, WGLastCall, Replaced, Expired, IPR, Errata, Slides, Posted,
	}
}

// Stream is the stream a document belongs to; empty when none is known.
type Stream string

// The closed set of streams.
const (
	IETF        Stream = "ietf"
	IRTF        Stream = "irtf"
	IAB         Stream = "iab"
	Independent Stream = "ise"
	Editorial   Stream = "editorial"
	Legacy      Stream = "legacy"
)

// Streams lists every stream.
func Streams() []Stream { return []Stream{IETF, IRTF, IAB, Independent, Editorial, Legacy} }

// Level is the intended or reached standing of a document, by the slugs of the
// IETF Datatracker; empty when none is known.
type Level string

// The closed set of levels.
const (
	InternetStandard    Level = "std"
	ProposedStandard    Level = "ps"
	DraftStandard       Level = "ds"
	BestCurrentPractice Level = "bcp"
	Informational       Level = "inf"
	Experimental        Level = "exp"
	Historic            Level = "hist"
)

// Levels lists every level.
func Levels() []Level {
	return []Level{
		InternetStandard, ProposedStandard, DraftStandard, BestCurrentPractice, Informational, Experimental, Historic,
	}
}

// RelationType says how one document stands to another.
type RelationType string

// The closed set of relations. Replaces and BecameRFC join documents into one
// lineage, which is what people follow; the others do not.
const (
	Replaces  RelationType = "replaces"
	BecameRFC RelationType = "became-rfc"
	Updates   RelationType = "updates"
	Obsoletes RelationType = "obsoletes"
)

// JoinsLineage reports whether documents so related are one lineage.
func (t RelationType) JoinsLineage() bool { return t == Replaces || t == BecameRFC }

// Relation is a directed statement about two documents: RFC 9737 updates
// RFC 8435 is {"rfc9737", Updates, "rfc8435"}.
type Relation struct {
	From string       `json:"from"`
	Type RelationType `json:"type"`
	To   string       `json:"to"`
}
