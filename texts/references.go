// Lists of references: entries, and which document each names.

package texts

import (
	"regexp"
	"strings"
)

const (
	maxReferences = 4000
	maxEntry      = 4000 // bytes of an entry that are looked at
)

// entry is one entry of a list of references, and its words.
type entry struct {
	Reference
	words string
}

// entries reads the entries of a section, and returns what is none.
func entries(s Section) (found []entry, rest []string) {
	lower := strings.ToLower(s.Title)
	normative := strings.Contains(lower, "normative") && !strings.Contains(lower, "non-normative")
	for _, p := range s.Paragraphs {
		one := strings.Join(strings.Fields(p), " ")
		label, text, ok := strings.Cut(strings.TrimPrefix(one, "["), "]")
		switch {
		case strings.HasPrefix(one, "[") && ok && label != "" && len(label) <= 80 && len(found) < maxReferences:
			r := Reference{Label: strings.ReplaceAll(label, " ", ""), Normative: normative}
			found = append(found, entry{r, strings.TrimSpace(text)})
		case len(found) > 0 && len(found) < maxReferences && len(found[len(found)-1].words) < maxEntry && !strings.HasSuffix(one, ":"):
			found[len(found)-1].words = glue(found[len(found)-1].words, one)
		default:
			rest = append(rest, p)
		}
	}
	for i := range found {
		found[i].identify()
	}
	return found, rest
}

func appendReferences(all []Reference, s Section) []Reference {
	found, _ := entries(s)
	for _, e := range found {
		if len(all) < maxReferences {
			all = append(all, e.Reference)
		}
	}
	return all
}

var (
	quoted     = regexp.MustCompile(`["\x{201c}]([^"\x{201d}]{3,400})["\x{201d}]`)
	anyDraft   = regexp.MustCompile(`(?i)\bdraft-[a-z0-9][a-z0-9.+_-]*`)
	anyRFC     = regexp.MustCompile(`(?i)\brfc[ -]?0*([1-9][0-9]{0,4})\b`)
	series     = regexp.MustCompile(`(?i)^(rfc|bcp|std|fyi)[ -]?0*([1-9][0-9]{0,4})$`)
	ofRevision = regexp.MustCompile(`-[0-9][0-9]$`)
)

// identify finds title and document of an entry.
func (e *entry) identify() {
	words := e.words[:min(len(e.words), maxEntry)]
	outside := words
	if at := quoted.FindStringSubmatchIndex(words); at != nil {
		e.Title = strings.TrimRight(straight.Replace(words[at[2]:at[3]]), " ,.")
		outside = words[:at[0]] + " " + words[at[1]:]
	}
	switch of := series.FindStringSubmatch(e.Label); {
	case of != nil:
		e.Document = strings.ToLower(of[1]) + of[2]
	case anyDraft.MatchString(outside):
		name := strings.ToLower(anyDraft.FindString(outside))
		name = strings.TrimSuffix(strings.TrimRight(name, ".-_+"), ".txt")
		e.Document = ofRevision.ReplaceAllString(name, "")
	case anyRFC.MatchString(outside):
		e.Document = "rfc" + anyRFC.FindStringSubmatch(outside)[1]
	case strings.HasPrefix(e.Label, "I-D."):
		e.Document = "draft-" + strings.ToLower(e.Label[len("I-D."):])
	}
}

// key is what a reference is known by: its document, else its label, but for a
// label that is a number only, its title.
func (r Reference) key() string {
	switch {
	case r.Document != "":
		return r.Document
	case isNumber(r.Label) && r.Title != "":
		return "title:" + strings.ToLower(r.Title)
	}
	return "label:" + strings.ToLower(r.Label)
}
