// Package texts reads the plain text of a draft, and says what two of them
// differ in.
//
// [Parse] takes the .txt of an Internet-Draft apart: its sections, what it
// names as references, and its prose without pages, contents and boilerplate.
// [Compare] tells what changed between two of them, as an attentive reader
// would: which sections were added, removed, moved, renamed, edited or
// rewritten, and which references are new or gone. It does not see what the
// tools did that set the text: line and page breaks, dates, the revision in the
// draft's name, boilerplate, and numbers that only followed other numbers.
//
// There is no I/O here and no clock. Whatever bytes come, the time taken is
// bounded by their number.
package texts

import (
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// Text is a draft's text taken apart.
type Text struct {
	Name       string    // such as draft-x-07, in lower case, as the first page or the running lines say; empty if they say none
	Title      string    // of the draft
	Date       string    // as printed, such as "7 December 2025"
	Authors    []string  // as the first page or else the addresses have them
	Status     []string  // as the first page has them: the intended status, and what is updated and obsoleted
	Sections   []Section // abstract, numbered sections, appendices and those without a number, in their order
	References []Reference
}

// Section is one heading and what stands below it, up to the next heading.
type Section struct {
	Number     string // such as "3.2" or "A.1"; empty if it has none
	Title      string
	Kind       Kind
	Paragraphs []string // white space collapsed; artwork, tables and code keep their lines
}

// Kind is what a section is for, where that changes how it is read.
type Kind string

// The kinds of sections. Contents, status and copyright are not kept.
const (
	Prose      Kind = ""
	Abstract   Kind = "abstract"
	References Kind = "references"
	Addresses  Kind = "addresses"
)

// Reference is an entry of a list of references.
type Reference struct {
	Label     string `json:"label,omitempty"`     // such as RFC8446, I-D.ietf-quic-multipath or TLS13
	Document  string `json:"document,omitempty"`  // such as rfc8446, bcp14 or draft-ietf-quic-multipath; empty for what is not the IETF's
	Title     string `json:"title,omitempty"`     // as quoted
	Normative bool   `json:"normative,omitempty"` // else informative, or not told apart
}

// Mark names a kind of change that people ask for, as in changed:iana.
type Mark = catalog.Mark

// MaxBody bounds what Body returns.
const MaxBody = 1 << 20

// Body is the prose for a full-text index: titles and paragraphs, without the
// authors' addresses. It is cut after MaxBody bytes.
func (t *Text) Body() string {
	var b strings.Builder
	add := func(s string) {
		if s == "" || b.Len() >= MaxBody {
			return
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(s)
	}
	add(t.Title)
	for _, s := range t.Sections {
		if s.Kind == Addresses {
			continue
		}
		add(s.Title)
		for _, p := range s.Paragraphs {
			add(p)
		}
	}
	return cut(b.String(), MaxBody)
}

// cut shortens s to at most n bytes, at a blank if there is one near.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if blank := strings.LastIndexAny(s[:n], " \n"); blank > n/2 {
		n = blank
	}
	return strings.ToValidUTF8(s[:n], "")
}
