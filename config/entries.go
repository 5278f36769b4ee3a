package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The checks of what there can be several of.

// foreign records keys that mean nothing for a kind.
func (k *checker) foreign(path string, kind SourceKind, keys ...string) {
	for _, key := range keys {
		if at := path + "." + key; k.doc.has(at) {
			k.doc.wrong(at, fmt.Sprintf("a source of kind %s has no %s", kind, key), "leave it out")
		}
	}
}

// checkURL checks the address of a feed or a folder.
func (k *checker) checkURL(path string, s Source, schemes ...string) {
	u := s.parsed()
	want := fmt.Sprintf("write it as \"%s://host/...\"", cmp.Or(schemes[len(schemes)-1]))
	switch {
	case s.URL == "":
		k.doc.wrong(path, fmt.Sprintf("a source of kind %s has an address", s.Kind), `write url = "..."`)
	case u == nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "":
		k.doc.wrong(path+".url", fmt.Sprintf("%q is not the address of a source of kind %s", s.URL, s.Kind), want)
	case u.User != nil:
		k.doc.wrong(path+".url", "the address holds a user", "write user = \"...\" and password_env = \"...\"")
	case u.Fragment != "":
		k.doc.wrong(path+".url", "an address that is fetched has no part after #", "leave it out")
	}
}

// checkFolder checks what only an IMAP source has.
func (k *checker) checkFolder(path string, s Source) {
	box := s.Mailbox()
	if s.parsed() != nil && box.Folder == "" {
		k.doc.wrong(path+".url", "the address names no folder", `write it as "imaps://imap.ietf.org/Shared%20Folders/i-d-announce"`)
	}
	if !box.TLS && s.User != anonymous && !loopback(host(box.Addr)) {
		k.doc.wrong(path+".url", "the password would travel readable", "write imaps://")
	}
	if s.Batch < 1 || s.Batch > 1000 {
		k.doc.wrong(path+".batch", fmt.Sprintf("%d mails cannot be asked for at once", s.Batch), "write 1 to 1000")
	}
}

// checkPace keeps a slip of the pen from becoming a flood: others' servers are
// asked once a minute at most.
func (k *checker) checkPace(path string, s Source) {
	if sourceKinds[s.Kind].sent {
		return
	}
	least := time.Minute
	if u := s.parsed(); s.Path != "" || u != nil && loopback(u.Hostname()) {
		least = time.Second
	}
	if s.Interval.Duration < least {
		doc, at := k.doc, path+".interval"
		if !doc.has(at) {
			doc, at = k.main, "fetch.interval"
		}
		doc.wrong(at, fmt.Sprintf("%s is polled too often", cmp.Or(s.Name, path)), fmt.Sprintf("write %q or more", short(least)))
	}
	if at := path + ".max_interval"; k.doc.has(at) {
		k.checkLongest(at, s.Interval, s.MaxInterval)
	}
}

// checkLongest checks that a longest interval is one.
func (k *checker) checkLongest(at string, shortest, longest Duration) {
	if longest.Duration < shortest.Duration || longest.Duration > 7*24*time.Hour {
		k.doc.wrong(at, fmt.Sprintf("the longest interval is %s and the shortest %s", short(longest.Duration), short(shortest.Duration)),
			fmt.Sprintf(`write %q to "168h"`, short(shortest.Duration)))
	}
}

// short writes a duration without its zero parts.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// String writes a duration as the file has it, without zero parts.
func (d Duration) String() string { return short(d.Duration) }

// longestGrace keeps an edition well within the days in which it is mailed.
const longestGrace = 48 * time.Hour

func (k *checker) checkNewsletters() {
	var topics []string
	for _, t := range k.cfg.Topics {
		topics = append(topics, t.Name)
	}
	seen := map[string]string{}
	for i := range k.cfg.Newsletters {
		n, path := &k.cfg.Newsletters[i], fmt.Sprintf("newsletter[%d]", i)
		k.slugged(path, n.Name, seen)
		k.oneLine(path+".title", n.Title)
		k.query(path+".scope", &n.Scope)
		k.checkSections(path+".topics", n.Topics, topics)
		if n.Grace.Duration > longestGrace {
			k.doc.wrong(path+".grace", "that is too long to wait for late mail", `write "48h" or less; what comes later is shown as late`)
		}
		if n.ListID != "" && (len(n.ListID) > 255 || !listID.MatchString(n.ListID)) {
			k.doc.wrong(path+".list_id", fmt.Sprintf("%q is not a list id", n.ListID), `write it like a domain name, such as "daily.wire.example.org" (RFC 2919)`)
		}
	}
}

// checkSections checks that each section is a topic, and stands once.
func (k *checker) checkSections(path string, names, topics []string) {
	if !k.doc.has(path) {
		return
	}
	for i, name := range names {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case slices.Contains(names[:i], name):
			k.doc.wrong(at, fmt.Sprintf("the topic %q stands twice", name), "")
		case !slices.Contains(topics, name):
			hint := fmt.Sprintf("write a [[topic]] with name = %q", name)
			if near := nearest(name, topics); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			k.doc.wrong(at, fmt.Sprintf("there is no topic %q", name), hint)
		}
	}
}
