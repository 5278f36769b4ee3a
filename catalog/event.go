package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"strings"
	"time"
)

// Report is what one message says happened to one document.
type Report struct {
	Document  string     // name as given; see Fold
	Kind      Kind       // of the document
	Event     EventKind  // what happened
	Rev       string     // two digits for a draft where the message says, CharterRev for a charter, MeaningRev for a feed entry that changed, else empty
	Part      string     // what else the event's identity needs: a last call's end date, the action, a Message-ID
	Facts     Facts      // what the message says of this revision
	Relations []Relation // what it says of other documents
}

// Key identifies the happening: reports with equal keys are evidence of one
// event. New and revision are one happening of (document, rev); an RFC's
// publication is the document; a last call has its end date, an IESG action
// its action, all else the id of the message that told of it. Reports of equal
// keys are about the same revision.
func (r Report) Key() string {
	name := Fold(r.Document)
	switch r.Event {
	case New, Revised:
		return name + "-" + r.Rev
	case Published:
		return name
	case LastCall, IESGAction:
		return name + "-" + r.Rev + "/" + string(r.Event) + "/" + r.Part
	case Posted:
		return name // the name of a post is made from its id
	}
	if r.Kind == Draft && r.Rev != "" {
		name += "-" + r.Rev
	}
	return name + "/" + string(r.Event) + "/" + digest(r.Part)
}

// CharterRev stands for the revision of a charter that a mail is about. Mails
// about groups do not tell it, yet what one says of its review, decision or
// meeting must not be taken for what another says. It is not for people to see.
func CharterRev(messageID string) string { return digest(messageID) }

// MeaningRev names what a feed entry was changed to by its words, normalised:
// whoever tells of the change, and whenever, gives it the same name.
func MeaningRev(words string) string { return digest(words)[:12] }

// PostName names the document of a list mail by its Message-ID, without angle
// brackets. Where that is missing, pass a digest of the content.
func PostName(messageID string) string { return "msg-" + digest(messageID) }

// EntryName names the document of a feed entry by the entry's id (RFC 4287,
// section 4.2.6; RSS guid). Where that is missing, pass its link, or a digest.
// The first four digits are of who gives such ids, so that what one feed brings
// stands together in the indexes.
func EntryName(feedID string) string {
	return entryPrefix + digest(authority(feedID))[:4] + digest(feedID)
}

// FirstEntryName is the name that such a document got before EntryName was what it
// is. A database that began with those keeps them, since names never change.
func FirstEntryName(feedID string) string { return entryPrefix + digest(feedID) }

// authority is who gives an id: the scheme and host of an address, and of others
// (tag:, urn:) what stands before the last colon.
func authority(id string) string {
	if scheme, rest, ok := strings.Cut(id, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + host
	}
	return id[:strings.LastIndexByte(id, ':')+1]
}

const entryPrefix = "entry-"

// IsEntry reports whether a document is a feed entry.
func IsEntry(document string) bool { return strings.HasPrefix(document, entryPrefix) }

// digest is short enough for an address and long enough never to collide.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// EventID gives the number by which the catalogue orders an event: the
// microsecond of its publication. Mail dates are whole seconds, so there the
// key's hash fills the fraction: events of one second then have an order that
// does not depend on which arrived first. The store adds one until it is free.
func EventID(key string, published time.Time) int64 {
	us := published.UnixMicro()
	if us%1e6 != 0 {
		return us
	}
	h := fnv.New64a()
	h.Write([]byte(key))
	return us + int64(h.Sum64()%1e6)
}

// Event is a happening as the catalogue holds it, together with the revision
// it is about: what a query is asked of and what an output shows.
type Event struct {
	ID        int64     // orders events by date; see EventID
	Key       string    // identity; see Report.Key
	Document  string    // name of the document as first given
	Kind      Kind      // of the document
	Event     EventKind // what happened
	Rev       string    // as Report.Rev
	Part      string    // as Report.Part
	Published time.Time // UTC, to the microsecond
	Precision Precision // of Published
	Recorded  time.Time // when the catalogue learned of it, UTC
	News      bool      // false for what came as history: imports, first polls, late finds
	Facts     Facts     // of the revision, settled
	Lineage   []string  // names of all documents of the lineage, sorted, this one included
	Sources   []string  // names of the sources that told of it, sorted
	Lists     []string  // list ids of the mails that told of it, sorted
	Archived  string    // address of the archived mail of the best evidence, or empty
	Area      string    // acronym of the area of the document's group, or empty
	States    []string  // where the document stands in its streams' processes; slugs
	Updates   []string  // names of the documents that this one updates, sorted
	Obsoletes []string  // names of the documents that this one obsoletes, sorted
	Replaces  []string  // names of the documents that this one replaces, sorted
	Changed   []Mark    // what a new revision changed in its text, if both texts are known, in the order of Marks
}

// DraftRev is the revision as people know it: two digits for a draft, else
// empty. The mails about a charter, and the changes of a feed entry, are told
// apart by a digest, which says nothing.
func (e Event) DraftRev() string {
	if e.Kind != Draft {
		return ""
	}
	return e.Rev
}

// NameRev is the draft with its revision, draft-x-03, or the bare name.
func (e Event) NameRev() string {
	if e.Rev == "" || e.Kind == Charter || e.Kind == Post {
		return e.Document
	}
	return e.Document + "-" + e.Rev
}

// AuthorNames gives the names alone, in order.
func (f Facts) AuthorNames() []string {
	names := make([]string, 0, len(f.Authors))
	for _, a := range f.Authors {
		if n := strings.TrimSpace(a.Name); n != "" {
			names = append(names, n)
		}
	}
	return names
}
