package catalog

import (
	"regexp"
	"strconv"
	"strings"
)

// Document names are kept as they were given and compared without regard to
// case, since old names hold capitals (draft-chapin-clnp-ISO8473) and dots
// (draft-ietf-pilc-2.5g3g).

// Fold gives the form in which two spellings of one name are equal.
func Fold(name string) string { return strings.ToLower(name) }

var (
	draftFile = regexp.MustCompile(`^(?i:draft)-[A-Za-z0-9.-]*[A-Za-z0-9]$`)
	revised   = regexp.MustCompile(`^(.+)-(\d\d)$`)
	rfcName   = regexp.MustCompile(`^(?i:rfc)[ -]?0*([1-9]\d{0,5})$`)
)

// SplitDraft takes draft-x-NN, with or without .txt, apart into name and
// two-digit revision. It reports false for anything else.
func SplitDraft(s string) (name, rev string, ok bool) {
	s = strings.TrimSpace(s)
	if i := len(s) - len(".txt"); i > 0 && strings.EqualFold(s[i:], ".txt") {
		s = s[:i]
	}
	m := revised.FindStringSubmatch(s)
	if m == nil || !IsDraftName(m[1]) {
		return "", "", false
	}
	return m[1], m[2], true
}

// IsDraftName reports whether s has the form of a draft's name without its
// revision.
func IsDraftName(s string) bool {
	return len(s) <= 240 && draftFile.MatchString(s) && !strings.Contains(s, "..")
}

// RFCName gives the document name of an RFC written in any usual way (RFC 9,
// rfc0009, RFC9): rfc9. It reports false for anything else.
func RFCName(s string) (name string, ok bool) {
	m := rfcName.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", false
	}
	return "rfc" + m[1], true
}

// RFCNumber gives the number of a document named rfcN, or 0.
func RFCNumber(name string) int {
	m := rfcName.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return n
}

// EventOfRevision tells new drafts from revised ones: -00 is always new.
func EventOfRevision(rev string) EventKind {
	if rev == "00" {
		return New
	}
	return Revised
}

// GroupOfDraft gives the acronym of the group whose document a draft is by its
// name: draft-ietf-GROUP-..., draft-irtf-GROUP-..., draft-iab-... It is empty
// for individual drafts, whose third part is only a hint at a group.
func GroupOfDraft(name string) string {
	parts := strings.Split(Fold(name), "-")
	switch {
	case len(parts) >= 4 && (parts[1] == "ietf" || parts[1] == "irtf"):
		return parts[2]
	case len(parts) >= 3 && parts[1] == "iab":
		return "iab"
	}
	return ""
}

// StreamOfDraft gives the stream that a draft's name tells, or none.
func StreamOfDraft(name string) Stream {
	parts := strings.SplitN(Fold(name), "-", 3)
	if len(parts) < 3 {
		return ""
	}
	switch parts[1] {
	case "ietf":
		return IETF
	case "irtf":
		return IRTF
	case "iab":
		return IAB
	}
	return ""
}

// CharterName gives the document that events of an IETF group belong to.
func CharterName(group string) string { return "charter-ietf-" + Fold(group) }

// KindOf tells a document's kind from its name.
func KindOf(name string) Kind {
	folded := Fold(name)
	switch {
	case strings.HasPrefix(folded, "draft-"):
		return Draft
	case RFCNumber(folded) != 0:
		return RFC
	case strings.HasPrefix(folded, "charter-"):
		return Charter
	}
	return Post
}
