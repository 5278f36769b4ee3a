// Parse: from bytes to sections.

package texts

import (
	"slices"
	"strings"
)

// maxLegal bounds what is taken for boilerplate under one heading, in bytes:
// what is longer has lost a heading, and is text.
const maxLegal = 8000

// maxAuthors bounds the names that are taken from addresses.
const maxAuthors = 200

// Parse takes the plain text of an Internet-Draft apart. What is no such thing
// is refused with an [*Error].
func Parse(raw []byte) (*Text, error) {
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	lines, running := pages(text)
	t := &Text{}
	segments := divide(lines)
	rest := t.readHead(segments[0].lines)
	if t.Name == "" {
		t.Name = nameIn(running)
	}
	segments[0].lines = rest
	for i, s := range segments {
		t.add(s, i == len(segments)-1)
	}
	mend(t.Sections)
	for _, s := range t.Sections {
		if s.Kind == References {
			t.References = appendReferences(t.References, s)
		}
	}
	if t.Authors == nil {
		t.Authors = t.addressed()
		t.Authors = t.Authors[:min(len(t.Authors), maxAuthors)]
	}
	return t, nil
}

// segment is a heading with the lines below it, or those before the first.
type segment struct {
	heading
	lines []line
}

// divide cuts lines at the headings. The first segment has none.
func divide(lines []line) []segment {
	segments := []segment{{}}
	o, from := newOutline(lines), 0
	listing := false // in a table of contents
	for i := 0; i < len(lines); i++ {
		if len(segments) > maxSections {
			break
		}
		chapter, appendix, closed := o.chapter, o.appendix, o.closed
		h, ok := o.at(i)
		if !ok {
			continue
		}
		if listing && o.isListed(h, i) {
			o.chapter, o.appendix, o.closed = chapter, appendix, closed
			continue
		}
		segments[len(segments)-1].lines = lines[from:i]
		segments = append(segments, segment{heading: h})
		from = i + h.lines
		i = from - 1
		listing = known(h.title) == contents
	}
	segments[len(segments)-1].lines = lines[from:]
	return segments
}

// isListed reports whether what looks like a heading in a table of contents is
// an entry of it: the real one comes later.
func (o *outline) isListed(h heading, i int) bool {
	if k := known(h.title); k == boilerplate || k == Abstract {
		return false
	}
	for j := i + h.lines; j < len(o.lines) && j < i+maxListed; j++ {
		if l := o.lines[j]; l.indent == 0 && strings.HasPrefix(l.text, o.lines[i].text) && (j == 0 || l.page || o.lines[j-1].blank()) {
			return true
		}
	}
	return false
}

// maxListed bounds how far from its entry in the contents a heading is sought.
const maxListed = 1000

// add adds what a segment holds to t.
func (t *Text) add(s segment, last bool) {
	kind := known(s.title)
	if kind == boilerplate && s.number != "" && !strings.HasPrefix(strings.ToLower(s.title), "status") {
		kind = other
	}
	switch kind {
	case contents:
		if last {
			s.lines = slices.DeleteFunc(slices.Clone(s.lines), func(l line) bool { return isListing(l.text) })
			t.keep(Section{Paragraphs: paragraphs(s.lines)})
		}
		return
	case boilerplate:
		size := 0
		for i, l := range s.lines {
			if size += len(l.text) - l.indent; size > maxLegal && l.blank() {
				t.keep(Section{Paragraphs: paragraphs(s.lines[i:])})
				return
			}
		}
		return
	case other:
		kind = Prose
	case Prose:
		kind = kindOf(s.title)
	}
	section := Section{Number: s.number, Title: s.title, Kind: kind}
	switch kind {
	case References:
		section.Paragraphs = listed(s.lines)
	case Addresses:
		section.Paragraphs = asTheyStand(s.lines)
	default:
		section.Paragraphs = paragraphs(s.lines)
	}
	t.keep(section)
}

// keep adds a section that has a title or says something.
func (t *Text) keep(s Section) {
	s.Paragraphs = slices.DeleteFunc(s.Paragraphs, isLegal)
	if s.Title != "" || len(s.Paragraphs) > 0 {
		t.Sections = append(t.Sections, s)
	}
}

// kindOf knows what a section is by words of its title.
func kindOf(title string) Kind {
	lower := strings.ToLower(title)
	switch {
	case strings.HasSuffix(lower, " references") && strings.Contains(lower, "normative"),
		strings.HasSuffix(lower, " references") && strings.Contains(lower, "informative"):
		return References
	case strings.HasPrefix(lower, "author") && strings.Contains(lower, "address"),
		strings.HasPrefix(lower, "editor") && strings.Contains(lower, "address"):
		return Addresses
	}
	return Prose
}

// isListing recognises a line of a table of contents: 3.2.  Title . . . . 7
func isListing(s string) bool {
	fields := strings.Fields(s)
	if len(fields) == 0 || isEntry(s) {
		return true
	}
	first := strings.TrimRight(fields[0], ".")
	return isSection(first) || isAppendix(first) || strings.EqualFold(first, "appendix") || isNumber(fields[len(fields)-1])
}

// isLegal recognises paragraphs that stand at the foot of old texts.
func isLegal(p string) bool {
	for _, start := range []string{
		"Funding for the RFC Editor function is", "Copyright (C) The I", "Copyright (c) ", "This document and translations of it",
		"Expires: ", "This Internet-Draft expires", "This Internet-Draft will expire", "This document expires", "Expiration date:",
	} {
		if strings.HasPrefix(p, start) && !strings.Contains(p, "\n") && len(p) < 1000 {
			return true
		}
	}
	return false
}
