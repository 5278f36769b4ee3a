package demo

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
)

// This file writes the texts of the sample's drafts, in the layout of real
// ones. Each revision is the one before with a few things changed, so that
// there is something to tell; all of it is made up.

// textPath is where the text of a revision is served, behind a name and revision.
const textPath = "/archive/id/"

// TextURL gives where the texts of drafts are, with {name} and {rev} in it.
func (u *Upstream) TextURL() string { return "http://" + u.HTTPAddr + textPath + "{name}-{rev}.txt" }

func (s *feedServer) serveText(w http.ResponseWriter, r *http.Request) {
	name, rev, ok := catalog.SplitDraft(r.PathValue("file"))
	if !ok || !strings.HasSuffix(r.PathValue("file"), ".txt") {
		http.NotFound(w, r)
		return
	}
	text, ok := DraftText(name, rev, s.day)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, text)
}

// DraftText writes the text of a revision of one of the sample's drafts, dated
// by the revision and the day. ok is false for a draft that is not in the sample.
func DraftText(name, rev string, day time.Time) (text string, ok bool) {
	for _, list := range [][]record{data().burst, data().yesterday, data().month, data().today} {
		for _, r := range list {
			if r.name == name {
				return r.text(number(rev), day), true
			}
		}
	}
	return "", false
}

// part is a section of a draft's text; its number follows from its place.
type part struct {
	level int
	title string
	paras []string
}

// draftText is a text before it is laid out.
type draftText struct {
	parts     []part
	normative []string // keys of books
	further   []string
}

func (r record) text(rev int, day time.Time) string {
	t := r.firstText()
	for i := 1; i <= rev; i++ {
		r.revise(&t, i)
	}
	return r.layOut(t, rev, day.AddDate(0, -4, rev))
}

// subject is the title without what stands behind its first colon, in the middle of a sentence.
func (r record) subject() string {
	s, _, _ := strings.Cut(r.title, ":")
	if len(s) > 50 {
		return "this mechanism"
	}
	return s
}

func (r record) firstText() draftText {
	d := dice(r.name, "text")
	say := func(n int) (paras []string) {
		for range n {
			paras = append(paras, r.say(d))
		}
		return paras
	}
	intro := append(slices.Clone(r.abstract), say(1)...)
	return draftText{
		parts: []part{
			{1, "Introduction", intro},
			{2, "Terminology", append([]string{"The key words of BCP 14 [RFC2119] are used here as described there."}, say(1)...)},
			{1, "Overview", say(3)},
			{1, "Procedures", say(1)},
			{2, "Setting Up", say(2)},
			{2, "Steady State", say(2)},
			{2, "Tearing Down", say(1)},
			{1, "Error Handling", say(2)},
			{1, "Operational Considerations", say(2)},
			{1, "Security Considerations", []string{pickOne(d, securitySaid), r.say(d)}},
			{1, "IANA Considerations", []string{"This document has no actions for IANA."}},
		},
		normative: []string{"RFC2119", pickOne(d, []string{"RFC8446", "RFC9000", "RFC8259"})},
		further:   []string{pickOne(d, []string{"RFC9110", "RFC7942", "RFC8126"})},
	}
}

func pickOne(d *rand.Rand, list []string) string { return list[d.IntN(len(list))] }

// say makes a paragraph.
func (r record) say(d *rand.Rand) string {
	return fmt.Sprintf(pickOne(d, said), r.subject()) + " " + pickOne(d, added)
}

// revise makes of a text the one of revision i.
func (r record) revise(t *draftText, i int) {
	d := dice(r.name, "revise", fmt.Sprint(i))
	if d.IntN(8) == 0 {
		return // kept from expiring, and nothing else
	}
	for range 1 + d.IntN(3) {
		switch d.IntN(9) {
		case 0, 1, 2: // another sentence somewhere
			p := &t.parts[d.IntN(len(t.parts)-1)]
			p.paras = append(slices.Clone(p.paras), r.say(d))
		case 3: // a section is written anew
			p := &t.parts[2+d.IntN(len(t.parts)-4)]
			p.paras = []string{r.say(d), r.say(d), r.say(d)}
		case 4: // a section more
			title := pickOne(d, sectionsMore)
			if !slices.ContainsFunc(t.parts, func(p part) bool { return p.title == title }) {
				t.parts = slices.Insert(t.parts, len(t.parts)-2, part{1, title, []string{r.say(d), r.say(d)}})
			}
		case 5:
			p := &t.parts[len(t.parts)-1]
			p.paras = append(slices.Clone(p.paras), fmt.Sprintf("IANA is asked to assign the value %d in the registry that Section 1 names.", 16+d.IntN(200)))
		case 6:
			p := &t.parts[len(t.parts)-2]
			p.paras = append(slices.Clone(p.paras), pickOne(d, securitySaid))
		case 7:
			if book := pickOne(d, bookKeys); !slices.Contains(slices.Concat(t.normative, t.further), book) {
				t.normative = append(slices.Clone(t.normative), book)
			}
		case 8:
			if n := len(t.further); n > 1 {
				t.further = t.further[:n-1]
			} else if book := pickOne(d, bookKeys); !slices.Contains(slices.Concat(t.normative, t.further), book) {
				t.further = append(slices.Clone(t.further), book)
			}
		}
	}
}

const textWidth = 72

// layOut writes a text as the tools of the RFC Editor do, without pages.
func (r record) layOut(t draftText, rev int, day time.Time) string {
	var b strings.Builder
	person := r.authors()[0].Name
	group := r.group().Name
	if group == "" {
		group = "Network Working Group"
	}
	line := func(left, right string) {
		gap := max(textWidth-utf8.RuneCountInString(left)-utf8.RuneCountInString(right), 2)
		b.WriteString(left + strings.Repeat(" ", gap) + right + "\n")
	}
	b.WriteString("\n\n\n\n")
	line(group, shortName(person))
	line("Internet-Draft", "Draftwire demonstration")
	line("Intended status: Informational", day.Format("2 January 2006"))
	b.WriteString("Expires: " + day.AddDate(0, 6, 0).Format("2 January 2006") + "\n\n\n")
	for _, l := range wrapWords(strings.Fields(r.title), 60) {
		b.WriteString(strings.Repeat(" ", max((textWidth-len(l))/2, 0)) + l + "\n")
	}
	full := fmt.Sprintf("%s-%02d", r.name, rev)
	b.WriteString(strings.Repeat(" ", max((textWidth-len(full))/2, 0)) + full + "\n\n")
	section := func(heading string, paras []string) {
		b.WriteString(heading + "\n\n")
		for _, p := range paras {
			for _, l := range wrapWords(strings.Fields(p), textWidth-3) {
				b.WriteString("   " + l + "\n")
			}
			b.WriteString("\n")
		}
	}
	section("Abstract", r.abstract)
	section("Status of This Memo", []string{
		"This text was made up for a demonstration; no such draft was ever submitted. It stands for one that would expire on " +
			day.AddDate(0, 6, 0).Format("2 January 2006") + ".",
	})
	numbers := sectionNumbers(t.parts)
	b.WriteString("Table of Contents\n\n")
	for i, p := range t.parts {
		left := strings.Repeat("  ", p.level-1) + numbers[i] + ".  " + p.title + " "
		b.WriteString("   " + left + strings.Repeat(". ", max((textWidth-8-len(left))/2, 1)) + fmt.Sprint(2+i/3) + "\n")
	}
	b.WriteString("\n")
	for i, p := range t.parts {
		section(numbers[i]+".  "+p.title, p.paras)
	}
	last := len(slices.DeleteFunc(slices.Clone(t.parts), func(p part) bool { return p.level > 1 })) + 1
	fmt.Fprintf(&b, "%d.  References\n\n%d.1.  Normative References\n\n%s%d.2.  Informative References\n\n%s",
		last, last, references(t.normative), last, references(t.further))
	b.WriteString("Authors' Addresses\n\n")
	for _, p := range r.authors() {
		b.WriteString("   " + p.Name + "\n   Email: " + p.Key + "@demo.example\n\n")
	}
	return b.String()
}

// sectionNumbers numbers sections by their levels.
func sectionNumbers(parts []part) (numbers []string) {
	top, below := 0, 0
	for _, p := range parts {
		if p.level == 1 {
			top, below = top+1, 0
			numbers = append(numbers, fmt.Sprint(top))
			continue
		}
		below++
		numbers = append(numbers, fmt.Sprintf("%d.%d", top, below))
	}
	return numbers
}

// shortName is a name with its first part as an initial.
func shortName(name string) string {
	first, rest, ok := strings.Cut(name, " ")
	if !ok {
		return name
	}
	initial, _ := utf8.DecodeRuneInString(first)
	return string(initial) + ". " + rest
}

func references(keys []string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(slices.Values(keys)) {
		lines := wrapWords(strings.Fields(books[key]), textWidth-14)
		for i, l := range lines {
			label := ""
			if i == 0 {
				label = "[" + key + "]"
			}
			fmt.Fprintf(&b, "   %-10s %s\n", label, l)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// wrapWords fills lines of at most so many characters.
func wrapWords(words []string, width int) (lines []string) {
	line := ""
	for _, w := range words {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}

var said = []string{
	"Deployments of %s rarely begin from nothing, so both ends have to agree on what the other already does.",
	"An endpoint that supports %s announces it in the first message that it sends.",
	"Nothing in %s depends on the path between the endpoints being symmetric.",
	"The state that %s keeps is bounded, and an endpoint may drop the oldest of it first.",
	"Before %s is switched on, an operator wants to know what would have happened without it.",
	"A receiver that does not know %s ignores it, and loses nothing that it had before.",
	"Timers of %s are counted from the last message that was understood.",
	"Whoever measures %s should count what was refused beside what was served.",
	"Two implementations of %s were tried against each other while this text was written.",
	"The costs of %s fall on whoever asks, not on whoever answers.",
	"An intermediary that carries %s need not understand it.",
	"Where %s and an older mechanism disagree, the older one wins until both ends have moved.",
}

var added = []string{
	"This is a change from what earlier revisions proposed.",
	"Implementations are free to do more, as long as they do not do less.",
	"The reason is practical: the alternative was tried, and was worse.",
	"A log of such cases has proved to be useful.",
	"In the networks looked at, this happened less than once a day.",
	"Further experience is welcome on the list of the group.",
	"An example is given at the end of the section.",
	"No new message is needed for that.",
	"The order in which both arrive makes no difference.",
	"How long that takes is left to local policy.",
}

var securitySaid = []string{
	"An attacker on the path can delay messages, but cannot make an endpoint accept one that it would have refused.",
	"An endpoint must not let an unauthenticated peer decide how much memory it uses.",
	"Replaying a message reveals nothing that the first copy did not.",
	"Names that users choose may identify them; they are not to be logged for longer than needed.",
	"A downgrade is visible to both ends, and should be shown to an operator.",
}

var sectionsMore = []string{"Examples", "Deployment Experience", "Privacy Considerations", "Interaction with Middleboxes", "Manageability"}

// books are references by their labels.
var books = map[string]string{
	"RFC2119": `Bradner, S., "Key words for use in RFCs to Indicate Requirement Levels", BCP 14, RFC 2119, March 1997, <https://www.rfc-editor.org/info/rfc2119>.`,
	"RFC7942": `Sheffer, Y. and A. Farrel, "Improving Awareness of Running Code: The Implementation Status Section", BCP 205, RFC 7942, July 2016, <https://www.rfc-editor.org/info/rfc7942>.`,
	"RFC8126": `Cotton, M., Leiba, B., and T. Narten, "Guidelines for Writing an IANA Considerations Section in RFCs", BCP 26, RFC 8126, June 2017, <https://www.rfc-editor.org/info/rfc8126>.`,
	"RFC8259": `Bray, T., Ed., "The JavaScript Object Notation (JSON) Data Interchange Format", STD 90, RFC 8259, December 2017, <https://www.rfc-editor.org/info/rfc8259>.`,
	"RFC8446": `Rescorla, E., "The Transport Layer Security (TLS) Protocol Version 1.3", RFC 8446, August 2018, <https://www.rfc-editor.org/info/rfc8446>.`,
	"RFC8949": `Bormann, C. and P. Hoffman, "Concise Binary Object Representation (CBOR)", STD 94, RFC 8949, December 2020, <https://www.rfc-editor.org/info/rfc8949>.`,
	"RFC9000": `Iyengar, J., Ed. and M. Thomson, Ed., "QUIC: A UDP-Based Multiplexed and Secure Transport", RFC 9000, May 2021, <https://www.rfc-editor.org/info/rfc9000>.`,
	"RFC9110": `Fielding, R., Ed., Nottingham, M., Ed., and J. Reschke, Ed., "HTTP Semantics", STD 97, RFC 9110, June 2022, <https://www.rfc-editor.org/info/rfc9110>.`,
}

var bookKeys = []string{"RFC7942", "RFC8126", "RFC8259", "RFC8446", "RFC8949", "RFC9000", "RFC9110"}
