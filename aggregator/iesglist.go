// This file reads which documents a mail of the IESG is about: its Subject
// names one, its first paragraph lists them all.

package aggregator

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// maxListed bounds the documents of one mail; clusters had a dozen.
const maxListed = 50

// listed is a document that an IESG mail names. Empty fields were not given.
type listed struct {
	name, rev, title string // of a draft, or rfcN
	level            catalog.Level
}

// How a document stands in a list: a draft by its file, <draft-x-03.txt> or
// (draft-x-03.txt), and (rfc4648) where the status of an RFC changes.
var (
	listedDraft = regexp.MustCompile(`[<(]((?i:draft)-[A-Za-z0-9.-]+)\.txt(?:, ?\.[a-z]+)*[>)]`)
	listedRFC   = regexp.MustCompile(`[<(]((?i:rfc)\d{1,6})[>)]`)
)

// readListed takes a list apart that was wrapped and joined again:
// documents: - 'TITLE' <draft-x-03.txt> as LEVEL - 'TITLE' <draft-y-00.txt> as LEVEL.
func readListed(text string, file *regexp.Regexp) []listed {
	var list []listed
	if _, after, ok := strings.Cut(text, "the following "); ok {
		_, text, _ = strings.Cut(after, ":")
	}
	from := 0
	for _, at := range file.FindAllStringSubmatchIndex(text, maxListed) {
		d := listed{title: listedTitle(text[from:at[0]])}
		name, ok := text[at[2]:at[3]], false
		if file == listedRFC {
			d.name, ok = catalog.RFCName(name)
		} else {
			d.name, d.rev, ok = catalog.SplitDraft(name)
		}
		var rest string
		d.level, rest = listedLevel(text[at[1]:])
		from = len(text) - len(rest)
		if ok && !holds(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// listedTitle takes the title out of what stands before a file. Without a
// bullet or quotes that may be anything.
func listedTitle(s string) string {
	s = strings.TrimSpace(s)
	bare := strings.TrimLeft(s, "-o* ")
	title := trimPair(trimPair(bare, "'", "'"), `"`, `"`)
	if bare == s && title == bare {
		return ""
	}
	return clip(title, maxTitle)
}

// listedLevel reads "as LEVEL", or "to LEVEL", after a file.
func listedLevel(s string) (level catalog.Level, rest string) {
	s = strings.TrimLeft(s, " ")
	for _, lead := range []string{"as ", "to "} {
		if words, ok := cutLead(s, lead); ok {
			if level, rest = cutLevel(words); level != "" {
				return level, rest
			}
		}
	}
	return "", s
}

func holds(list []listed, d listed) bool {
	for _, other := range list {
		if other.is(d) {
			return true
		}
	}
	return false
}

// is reports whether two namings are of one document and revision. A Subject
// may have left the revision out.
func (d listed) is(o listed) bool {
	return catalog.Fold(d.name) == catalog.Fold(o.name) && (d.rev == o.rev || d.rev == "" || o.rev == "")
}

// reconcile puts together what the Subject and the body name. It reports false
// if the body lists others than the Subject: the mail is confused or forged.
// The Subject's title is preferred, since wrapping may have opened a gap after
// a hyphen in the body's.
func reconcile(subject listed, list []listed) ([]listed, bool) {
	if len(list) == 0 {
		if subject.name == "" {
			return nil, true
		}
		return []listed{subject}, true
	}
	found := subject.name == ""
	for i := range list {
		d := &list[i]
		d.level = cmp.Or(d.level, subject.level)
		if subject.name == "" && len(list) == 1 || subject.name != "" && d.is(subject) {
			d.title, found = cmp.Or(subject.title, d.title), true
		}
	}
	return list, found
}

// namesOf shows documents in a defect.
func namesOf(list []listed) string {
	names := make([]string, 0, 3)
	for _, d := range list[:min(len(list), 3)] {
		names = append(names, d.nameRev())
	}
	return strings.Join(names, ", ")
}

func (d listed) nameRev() string {
	return catalog.Event{Document: d.name, Rev: d.rev}.NameRev()
}

// facts gives what an IESG mail says of a document of the IETF's stream.
func (d listed) facts() catalog.Facts {
	f := catalog.Facts{Title: d.title, Level: d.level}
	if catalog.KindOf(d.name) == catalog.Draft {
		f.GroupHint = catalog.GroupOfDraft(d.name)
		f.Stream = cmp.Or(catalog.StreamOfDraft(d.name), catalog.IETF)
	}
	return f
}

// titleToLevel reads "(TITLE) to LEVEL" or "'TITLE' to LEVEL" in a Subject.
func titleToLevel(s string) (title string, level catalog.Level) {
	s = strings.TrimSpace(s)
	if i := strings.LastIndex(s, " to "); i >= 0 {
		if l, rest := cutLevel(s[i+len(" to "):]); l != "" && rest == "" {
			s, level = strings.TrimSpace(s[:i]), l
		}
	}
	return clip(trimPair(trimPair(s, "(", ")"), "'", "'"), maxTitle), level
}

// trimPair takes off what encloses s, if it does.
func trimPair(s, opening, closing string) string {
	if len(s) < 2 || !strings.HasPrefix(s, opening) || !strings.HasSuffix(s, closing) {
		return s
	}
	return strings.TrimSpace(s[1 : len(s)-1])
}
