// This file passes over the entries of a feed that stand there as they stood
// when it was last read: a feed that has changed mostly repeats itself, and to
// parse an entry costs far more than to see that its bytes are known.

package aggregator

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
)

// seen is what an XML feed held when all of it had been taken in. The zero value
// knows of nothing.
type seen struct {
	Frame   []byte `json:"frame,omitempty"`   // digest of what stands around the entries
	Entries []byte `json:"entries,omitempty"` // their imprints, one after the other
}

// mostSeen bounds the entries that are remembered, and so the cursor.
const mostSeen = 4000

// readingVersion is for changes in how entries are read, so that those of the
// first feed that changes thereafter are read again.
const readingVersion = 1

// imprint tells an entry by its bytes, and whether another has its id.
type imprint struct {
	bytes [8]byte
	id    [4]byte // zero if there is none
}

const imprintSize = 12

func imprintOf(entry []byte) (p imprint) {
	sum := sha256.Sum256(entry)
	copy(p.bytes[:], sum[:])
	return p
}

// identify adds the id, as gofeed gives it.
func (p *imprint) identify(item *gofeed.Item) {
	if item == nil {
		return
	}
	if id := strings.TrimSpace(item.GUID); id != "" {
		sum := sha256.Sum256([]byte(id))
		copy(p.id[:], sum[:])
	}
}

// read parses the document, but for the entries that were seen before. Where
// entries stand at two depths, gofeed gives them in another order, and which is
// which is not known.
func (s surveyed) read(text []byte, base string, before seen) (parsed, error) {
	if s.mixed {
		feed, err := readFeed(text)
		return parsed{feed: feed}, err
	}
	frame, prints := s.see(text, base)
	if feed, marks, ok := s.readNew(text, before.recall(frame), prints); ok {
		return parsed{feed, marks, remember(frame, prints)}, nil
	}
	feed, err := readFeed(text)
	if err != nil {
		return parsed{}, err
	}
	p := parsed{feed: feed, marks: s.entries}
	if len(feed.Items) == len(prints) { // else the two readers differ over what an entry is
		for i := range prints {
			prints[i].identify(feed.Items[i])
		}
		p.seen = remember(frame, prints)
	}
	return p, nil
}

// see begins what is to be remembered of a document, ids still wanting.
func (s surveyed) see(text []byte, base string) (frame []byte, prints []imprint) {
	h := sha256.New()
	h.Write([]byte{readingVersion})
	h.Write([]byte(base + "\n"))
	s.writeFrame(h, text)
	for _, e := range s.entries {
		prints = append(prints, imprintOf(text[e.begin:e.end]))
	}
	return h.Sum(nil), prints
}

// writeFrame writes what stands around the entries, but for what changes with
// them, as the blanks between them do.
func (s surveyed) writeFrame(h hash.Hash, text []byte) {
	at, end := int64(0), int64(len(text))
	for _, part := range append(s.aside, span{end, end}) {
		if between := bytes.TrimSpace(text[at:part.begin]); len(between) > 0 {
			h.Write(between)
			h.Write([]byte{0})
		}
		at = part.end
	}
}

func remember(frame []byte, prints []imprint) seen {
	s := seen{Frame: frame}
	for _, p := range prints[:min(len(prints), mostSeen)] {
		s.Entries = append(append(s.Entries, p.bytes[:]...), p.id[:]...)
	}
	return s
}

// recall gives the imprints by the bytes they are of, if the frame is still the
// same: it may bear on each entry, as xml:base or the feed's authors do.
func (s seen) recall(frame []byte) map[[8]byte]imprint {
	if !bytes.Equal(s.Frame, frame) {
		return nil
	}
	known := make(map[[8]byte]imprint, len(s.Entries)/imprintSize)
	for one := range slices.Chunk(s.Entries, imprintSize) {
		if len(one) == imprintSize {
			p := imprint{[8]byte(one[:8]), [4]byte(one[8:])}
			known[p.bytes] = p
		}
	}
	return known
}

// readNew parses the document without the entries that are known, and fills in
// the imprints' ids. It gives false where all of it must be parsed: nothing is
// known, or a new entry has the id of a known one, so that what identifies
// either is told only from both; see sharedIDs.
func (s surveyed) readNew(text []byte, known map[[8]byte]imprint, prints []imprint) (*gofeed.Feed, []entryMarks, bool) {
	var shorter []byte
	var fresh []int
	ids, at := map[[4]byte]bool{}, int64(0)
	for i, e := range s.entries {
		p, ok := known[prints[i].bytes]
		if !ok {
			fresh = append(fresh, i)
			continue
		}
		prints[i], ids[p.id] = p, true
		shorter = append(shorter, text[at:e.begin]...)
		at = e.end
	}
	if at == 0 {
		return nil, nil, false
	}
	feed, err := readFeed(append(shorter, text[at:]...))
	if err != nil || len(feed.Items) != len(fresh) {
		return nil, nil, false
	}
	marks := make([]entryMarks, len(fresh))
	for k, i := range fresh {
		prints[i].identify(feed.Items[k])
		if id := prints[i].id; id != [4]byte{} && ids[id] {
			return nil, nil, false
		}
		marks[k] = s.entries[i]
	}
	return feed, marks, true
}
