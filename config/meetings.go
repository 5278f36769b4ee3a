package config

import (
	"fmt"

	"github.com/draftwire/draftwire/catalog"
)

// What only a source of meetings has.

// checkMeetings checks which meetings a source reads.
func (k *checker) checkMeetings(path string, s Source) {
	at := path + ".meetings"
	for _, m := range s.Meetings {
		if !catalog.IsMeetingNumber(m) {
			k.doc.wrong(at, fmt.Sprintf("%q is not the number of a meeting", m), `write it as "124", or an interim meeting's name as "interim-2026-tls-01"`)
		}
	}
	if k.doc.has(at) && len(s.Meetings) == 0 {
		k.doc.wrong(at, "there is no meeting to read", "name one, or leave it out for those that are near")
	}
	if len(s.Meetings) > maxMeetings {
		k.doc.wrong(at, fmt.Sprintf("%d meetings are too many to ask for", len(s.Meetings)), fmt.Sprintf("write at most %d", maxMeetings))
	}
}

const maxMeetings = 20
