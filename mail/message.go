// Package mail makes mail usable: mbox files taken apart, messages decoded
// whatever their age and defects, IMAP folders read, messages written and
// handed to an SMTP relay. It knows nothing of documents or announcements.
package mail

import "time"

// Address is one mailbox of an address header, decoded.
type Address struct {
	Name string // display name, may be empty
	Addr string // local@domain, may be empty where the header was damaged
}

// Message is a decoded message (RFC 5322). Decoding never fails as a whole:
// what could not be read is empty and told in Defects.
type Message struct {
	ID            string      // Message-ID without angle brackets
	Subject       string      // decoded, unfolded, white space collapsed
	From          []Address   // From
	To            []Address   // To
	Cc            []Address   // Cc
	Date          time.Time   // Date in UTC; zero when missing or unreadable
	Received      []time.Time // dates of the Received headers in UTC, newest first
	InReplyTo     []string    // message ids without angle brackets
	References    []string    // message ids without angle brackets
	ListID        string      // the part of List-Id in angle brackets, lower case
	ArchivedAt    string      // Archived-At without angle brackets
	NoArchive     bool        // X-No-Archive: yes or X-Archive: no
	AutoSubmitted string      // lower case
	Precedence    string      // lower case
	Text          string      // text/plain as UTF-8 with \n line ends; empty when there is only HTML
	HTML          string      // text/html as UTF-8; empty when there is none
	Defects       []string    // what was wrong, in words, for the record of the source
}
