package config

import (
	"fmt"
	"slices"
)

// What each kind of source is made of.

// The kinds of source.
const (
	Feed        SourceKind = "feed"         // RSS, Atom or JSON Feed over HTTP
	IMAP        SourceKind = "imap"         // a folder of a mail server
	Mbox        SourceKind = "mbox"         // a file or a folder on this machine, or monthly files over HTTP
	Maildir     SourceKind = "maildir"      // a folder on this machine into which mail is delivered
	Pipermail   SourceKind = "pipermail"    // a Mailman 2 archive
	HyperKitty  SourceKind = "hyperkitty"   // a Mailman 3 archive
	PublicInbox SourceKind = "public-inbox" // a public-inbox
	RFCIndex    SourceKind = "rfc-index"    // rfc-index.xml of the RFC Editor
	Abstracts   SourceKind = "id-abstracts" // 1id-abstracts.txt of the IETF
	AllIDs      SourceKind = "all-ids"      // all_id2.txt of the IETF
	Datatracker SourceKind = "datatracker"  // the REST interface of the IETF's Datatracker
	Meeting     SourceKind = "meeting"      // sessions of meetings, by the Datatracker's REST interface
	SMTP        SourceKind = "smtp"         // a list that sends its mail to an address of ours
)

// sourceParts says which keys a kind of source has, beyond those of all.
type sourceParts struct {
	schemes []string // of its address; none: it has no address
	usual   bool     // the address may be left out, since there is a usual one
	path    bool     // it is on this machine; with schemes too, one of the two
	sent    bool     // it is never asked: its mail is sent to us
	keys    []string // what else it has
}

var web = []string{"http", "https"}

var sourceKinds = map[SourceKind]sourceParts{
	Feed:        {schemes: web},
	IMAP:        {schemes: []string{"imap", "imaps"}, keys: []string{"user", "password", "password_env", "batch"}},
	Mbox:        {schemes: web, path: true, keys: []string{"since", "list_id"}},
	Maildir:     {path: true},
	Pipermail:   {schemes: web, keys: []string{"since", "list_id"}},
	HyperKitty:  {schemes: web, keys: []string{"since", "list_id"}},
	PublicInbox: {schemes: web, keys: []string{"since"}},
	RFCIndex:    {schemes: web, usual: true},
	Abstracts:   {schemes: web, usual: true},
	AllIDs:      {schemes: web, usual: true},
	Datatracker: {schemes: web, usual: true},
	Meeting:     {schemes: web, usual: true, keys: []string{"meetings"}},
	SMTP:        {sent: true, keys: []string{"list_id"}},
}

// Addressed reports whether sources of this kind must say where they are: there
// is no usual place, and their mail is not sent to us.
func (k SourceKind) Addressed() bool { return !sourceKinds[k].sent && !sourceKinds[k].usual }

// Begins reports whether reading sources of this kind at an address begins about
// now, unless they say since when.
func (k SourceKind) Begins() bool { return slices.Contains(sourceKinds[k].keys, "since") }

// UnmarshalText reads one of the set.
func (k *SourceKind) UnmarshalText(text []byte) error {
	return choose(k, text, Feed, IMAP, Mbox, Maildir, Pipermail, HyperKitty, PublicInbox,
		RFCIndex, Abstracts, AllIDs, Datatracker, Meeting, SMTP)
}

// Sent reports whether sources of this kind send their mail to us, instead of
// being polled.
func (k SourceKind) Sent() bool { return sourceKinds[k].sent }

// checkSource checks that a source has what its kind needs and nothing else.
func (k *checker) checkSource(path string, s Source) {
	parts, known := sourceKinds[s.Kind]
	if !known {
		k.doc.wrong(path, "a kind is missing", `write kind = "feed", "imap", "mbox" or another of docs/configuration.md`)
		return
	}
	for _, key := range []string{"user", "password", "password_env", "batch", "since", "list_id", "meetings"} {
		if !slices.Contains(parts.keys, key) {
			k.foreign(path, s.Kind, key)
		}
	}
	k.checkListID(path, s)
	k.checkMeetings(path, s)
	if parts.sent {
		k.foreign(path, s.Kind, "path", "url", "interval")
		k.checkSent(path, s)
		return
	}
	switch {
	case !parts.path:
		k.foreign(path, s.Kind, "path")
	case s.Path != "" && s.URL != "" && len(parts.schemes) > 0:
		k.doc.wrong(path+".url", fmt.Sprintf("a source of kind %s has a path or a url, not both", s.Kind), "leave one of them out")
	case s.Path == "" && s.URL == "":
		k.doc.wrong(path, fmt.Sprintf("a source of kind %s has a path", s.Kind), `write path = "..." with a file or a folder`)
		return
	}
	switch {
	case len(parts.schemes) == 0:
		k.foreign(path, s.Kind, "url")
	case s.URL != "" || !parts.usual && s.Path == "":
		k.checkURL(path, s, parts.schemes...)
	}
	if s.Kind == IMAP {
		k.checkFolder(path, s)
	}
}
