// What an entry says: its headline, its summary and its content.

package feeds

import (
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/markup"
)

const (
	maxSummary  = 300      // characters
	maxAbstract = 16 << 10 // bytes shown of one; those of drafts have hundreds, a mail may have anything
)

var clean = markup.Clean

var kindLabels = map[catalog.Kind]string{
	catalog.Draft: "Internet-Draft", catalog.RFC: "RFC", catalog.Charter: "Charter", catalog.Post: "Post",
}

var eventLabels = map[catalog.EventKind]string{
	catalog.New: "New draft", catalog.Revised: "New revision", catalog.Published: "RFC published",
	catalog.LastCall: "Last Call", catalog.IESGAction: "IESG action", catalog.CharterReview: "Charter review",
	catalog.CharterAction: "Charter action", catalog.Interim: "Interim meeting", catalog.AdoptionCall: "Adoption call",
	catalog.WGLastCall: "Working group last call", catalog.Replaced: "Replaced", catalog.Expired: "Expired",
	catalog.IPR: "IPR disclosure", catalog.Errata: "Errata", catalog.Slides: "Slides", catalog.Posted: "Post",
}

var levelLabels = map[catalog.Level]string{
	catalog.InternetStandard: "Internet Standard", catalog.ProposedStandard: "Proposed Standard",
	catalog.DraftStandard: "Draft Standard", catalog.BestCurrentPractice: "Best Current Practice",
	catalog.Informational: "Informational", catalog.Experimental: "Experimental", catalog.Historic: "Historic",
}

// headline is what a list of entries shows. The title comes first, since that
// is what people know a document by, and lists cut off the end; what is
// neither a revision nor an RFC says first what happened.
func headline(ev catalog.Event) string {
	title := clean(ev.Facts.Title)
	switch {
	case ev.Kind == catalog.Post && title == "":
		return "(no subject)"
	case ev.Kind == catalog.Post && ev.Event == catalog.Revised:
		return "Changed: " + title
	case ev.Kind == catalog.Post:
		return title
	case title == "":
		title = ev.NameRev()
	case ev.Kind == catalog.RFC:
		title = fmt.Sprintf("RFC %d: %s", catalog.RFCNumber(ev.Document), title)
	default:
		title = fmt.Sprintf("%s (%s)", title, ev.NameRev())
	}
	switch ev.Event {
	case catalog.New, catalog.Revised, catalog.Published:
		return title
	}
	return happened(ev) + ": " + title
}

// happened says what happened, with the part of it that people ask for: until
// when comments are taken, and as what something was approved.
func happened(ev catalog.Event) string {
	what := eventLabels[ev.Event]
	switch ev.Event {
	case catalog.LastCall:
		if ends, err := time.Parse(time.DateOnly, ev.Part); err == nil {
			return what + " until " + ends.Format("2 January 2006")
		}
	case catalog.IESGAction:
		if as := levelLabels[catalog.Level(ev.Part)]; as != "" {
			return what + ", approved as " + as
		}
		if ev.Part != "" {
			return what + ", approved"
		}
	}
	return what
}

// authors lists the names that can be shown. Their addresses stay out of feeds:
// a reader needs none, and harvesters would come for them.
func authors(ev catalog.Event) (names []string) {
	for _, name := range ev.Facts.AuthorNames() {
		if name = clean(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// describe writes summary and content of an entry from an event. changes says
// what is new in it; it may be empty.
func describe(e *entry, shown found, changes template.HTML) {
	ev := shown.event
	abstract := cut(ev.Facts.Abstract, maxAbstract)
	c := content{
		what: happened(ev), level: levelLabels[ev.Facts.Level], group: clean(ev.Facts.Group), pages: ev.Facts.Pages, date: date(ev),
		authors: strings.Join(e.Authors, ", "), abstract: markup.FromText(abstract), changes: string(changes),
		links: named(e.Links, ev), reason: clean(editions.Reason("en", shown.reason)),
	}
	e.Content, e.Summary = c.html(), summary(abstract)
}

// named gives every place a name to click on, each once: a mail is often posted
// where it is archived.
func named(links []link, ev catalog.Event) (out []link) {
	for _, l := range links {
		if slices.ContainsFunc(out, func(o link) bool { return o.Href == l.Href }) {
			continue
		}
		if l.Rel == "alternate" {
			l.Title = ev.NameRev()
			if ev.Kind == catalog.Post {
				l.Title = "Read it where it was posted"
			}
		}
		out = append(out, l)
	}
	return out
}

// date is when it happened, as far as that is known.
func date(ev catalog.Event) string {
	if ev.Precision != catalog.Exact {
		return "about " + ev.Published.UTC().Format("2 January 2006")
	}
	return ev.Published.UTC().Format("2 January 2006, 15:04 UTC")
}

// summary is the beginning of a text: as many whole sentences as fit, or words
// where the first is too long.
func summary(text string) string {
	text = clean(text)
	head := cutRunes(text, maxSummary)
	if len(head) == len(text) {
		return text
	}
	if end := lastSentence(head); end > 0 {
		return strings.TrimSpace(head[:end])
	}
	if i := strings.LastIndexByte(head, ' '); i > 0 {
		head = head[:i]
	}
	return head + "…"
}

// lastSentence gives where the last whole sentence of a text ends, or 0. A full
// stop closes one only before a blank; quotes and brackets may stand between.
func lastSentence(text string) int {
	for end := len(text); end > 0; {
		r, size := utf8.DecodeLastRuneInString(text[:end])
		switch r {
		case '。', '！', '？':
			return end
		case ' ':
			before := strings.TrimRight(text[:end-size], `'")]`)
			if strings.HasSuffix(before, ".") || strings.HasSuffix(before, "!") || strings.HasSuffix(before, "?") {
				return end
			}
		}
		end -= size
	}
	return 0
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// cut shortens a text to n bytes or a little less, between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + " …"
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)

// language returns a language tag (RFC 5646) from outside if it has the form of one.
func language(tag string) string {
	if !languageTag.MatchString(tag) {
		return ""
	}
	return tag
}
