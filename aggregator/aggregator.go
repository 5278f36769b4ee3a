// Package aggregator fills the catalogue: it polls sources, decodes what they
// give, recognises announcements, and records documents, revisions and events
// with their evidence.
//
// A message takes three steps. Recognition ([Recognise], [PostReport],
// [RecogniseEntry]) reads what it says happened, without I/O. The
// [Cataloguer] turns reports into events, in batches, one transaction each,
// together with the place in the source up to which they were read. The
// [Poller] decides when which source is asked.
//
// The same messages give the same catalogue in whatever order they come: facts
// and dates are settled from all evidence (see package catalog), and a copy
// that came before its announcement is a post only until that arrives.
package aggregator

import (
	"time"

	"github.com/draftwire/draftwire/store"
)

// Received is a message as a source gave it, before decoding.
type Received struct {
	Raw    []byte
	Format store.Format // RFC5322, FeedEntry for the JSON of an [Entry], Record for that of a [Record]
	At     time.Time    // when it was received: an IMAP server's internal date, else now
	List   string       // the List-Id of a mail that has none, may be empty
	Digest []byte       // what makes it the same message of its source as another; nil: all of Raw

	entry *Entry // the same as Raw, where it is at hand; it must come back from its JSON as it is
}

// Origin says where messages come from and how far they are believed.
type Origin struct {
	Source        int64  // its row
	Name          string // its name
	List          string // the List-Id of its mails that have none, may be empty
	Announcements bool   // whether it may create draft, RFC and charter events
	History       bool   // whether all it gives now is history: first poll, import
}
