// Compare: what changed between two texts.

package texts

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// ChangeKind is what happened to a section.
type ChangeKind string

// The kinds of changes. A section that moved or was rewritten may have been
// renamed as well: then TitleWas says so.
const (
	Added      ChangeKind = "added"
	Removed    ChangeKind = "removed"
	Moved      ChangeKind = "moved"      // to another place, whether or not its words changed
	Rewritten  ChangeKind = "rewritten"  // less than two fifths of its words are left
	Edited     ChangeKind = "edited"     // words of it
	Retitled   ChangeKind = "retitled"   // and nothing else
	Renumbered ChangeKind = "renumbered" // since it became part of another section, or of none
)

// rewritten is the share of words kept below which a section was rewritten.
const rewritten = 0.4

// SectionChange is what happened to one section.
type SectionChange struct {
	Kind     ChangeKind `json:"kind"`
	Number   string     `json:"number,omitempty"`
	Was      string     `json:"was,omitempty"` // its number before, if it was another or the section is gone
	Title    string     `json:"title,omitempty"`
	TitleWas string     `json:"title_was,omitempty"` // if it was another
	Kept     float64    `json:"kept,omitempty"`      // share of its former words that it still has
	Words    int        `json:"words,omitempty"`     // inserted and deleted
}

// Comparison is what changed between two texts. Shares are rounded down to a
// thousandth, so that 1 means all.
type Comparison struct {
	// Sections are the changes in the order of the new text, with what was
	// removed where it stood. Sections that only have another number since
	// others came or went before them are counted in Renumbered.
	Sections   []SectionChange `json:"sections,omitempty"`
	Renumbered int             `json:"renumbered,omitempty"`

	Added   []Reference `json:"added,omitempty"`   // to the references, normative ones first
	Dropped []Reference `json:"dropped,omitempty"` // from them; what moved to the other list is in both

	TitleWas       string   `json:"title_was,omitempty"` // of the draft, if it was another
	AuthorsAdded   []string `json:"authors_added,omitempty"`
	AuthorsDropped []string `json:"authors_dropped,omitempty"`

	Marks []Mark  `json:"marks,omitempty"`
	Kept  float64 `json:"kept,omitempty"`  // share of all former words that are still where they were
	Words int     `json:"words,omitempty"` // in the new text
}

// Compare tells what changed from before to after.
func Compare(before, after *Text) Comparison {
	// The same two texts are always compared in one direction, so that what is
	// added one way is removed the other way.
	if turned(before, after) {
		c := comparing(after, before)
		c.turn()
		return c.result()
	}
	return comparing(before, after).result()
}

// turned reports whether after is to be taken first.
func turned(before, after *Text) bool {
	x, y := before.Sections, after.Sections
	if len(x) != len(y) {
		return len(x) > len(y)
	}
	for i := range x {
		c := cmp.Or(
			strings.Compare(x[i].Title, y[i].Title),
			strings.Compare(x[i].Number, y[i].Number),
			slices.Compare(x[i].Paragraphs, y[i].Paragraphs),
		)
		if c != 0 {
			return c > 0
		}
	}
	return false
}

// comparison is one in the making.
type comparison struct {
	before, after *Text
	a, b          *side
	to, from      []int
	kept, edited  []int  // of the pairs, by section of a
	moved         []bool // by section of a
}

func comparing(before, after *Text) *comparison {
	v := make(vocabulary, 1<<12)
	both := bothCite(before, after)
	ra, rb := newReader(v, before), newReader(v, after)
	// One draft may have had two names, and its history speaks of both.
	if ra.self[0] != rb.self[0] {
		ra.self, rb.self = slices.Concat(ra.self, rb.self), slices.Concat(rb.self, ra.self)
	}
	// A date that stands in both is one of its history, and no text's own.
	if says(after, ra.dates) || says(before, rb.dates) {
		ra.dates, rb.dates = nil, nil
	}
	c := &comparison{before: before, after: after, a: newSide(before, ra, both), b: newSide(after, rb, both)}
	m := match(c.a, c.b)
	c.to, c.from = m.to, m.from
	c.resolve(v)
	c.differ(len(v))
	c.move()
	return c
}

// says reports whether one of some words stands in t.
func says(t *Text, words []string) bool {
	for _, s := range t.Sections {
		for _, p := range s.Paragraphs {
			if s.Kind != References && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(p, w) }) {
				return true
			}
		}
	}
	return false
}

// resolve replaces the numbers of sections, figures and tables in the words by
// what they are the numbers of. One that is the same in both texts stays the
// same, wherever it points now: it may be that of another document.
func (c *comparison) resolve(v vocabulary) {
	nameA, nameB := c.names()
	put := func(p passage, n number, name string) { p.words[n.at] = v.id(n.before + name + n.after) }
	for i, p := range c.a.passages {
		if c.to[i] < 0 {
			for _, n := range p.numbers {
				put(p, n, nameA(n))
			}
		}
	}
	for j, q := range c.b.passages {
		i := c.from[j]
		if i < 0 {
			for _, n := range q.numbers {
				put(q, n, nameB(n))
			}
			continue
		}
		p := c.a.passages[i]
		x, y := p.numbers, q.numbers
		same := func(n, m number) bool {
			if n.of != m.of || n.number != m.number && nameA(n) != nameB(m) {
				return false
			}
			put(p, n, nameB(m))
			put(q, m, nameB(m))
			return true
		}
		for len(x) > 0 && len(y) > 0 && same(x[0], y[0]) {
			x, y = x[1:], y[1:]
		}
		for len(x) > 0 && len(y) > 0 && same(x[len(x)-1], y[len(y)-1]) {
			x, y = x[:len(x)-1], y[:len(y)-1]
		}
		for _, n := range x {
			put(p, n, nameA(n))
		}
		for _, n := range y {
			put(q, n, nameB(n))
		}
	}
}

// names returns what numbers stand for in either text: a section by its place
// in the first, a figure or table by its caption.
func (c *comparison) names() (inA, inB func(number) string) {
	numberedA, numberedB := c.a.numbered(), c.b.numbered()
	captionedA, captionedB := captioned(c.a.captions), captioned(c.b.captions)
	drawn := func(n number, own map[string]string) string {
		if title := own[string(n.of)+n.number]; title != "" && captionedA[title] == 1 && captionedB[title] == 1 {
			return "<" + string(n.of) + ">" + title
		}
		return n.number
	}
	inA = func(n number) string {
		if n.of != 's' {
			return drawn(n, c.a.captions)
		}
		if i, ok := numberedA[n.number]; ok && c.to[i] >= 0 {
			return "<s>" + strconv.Itoa(i)
		}
		return n.number
	}
	inB = func(n number) string {
		if n.of != 's' {
			return drawn(n, c.b.captions)
		}
		if j, ok := numberedB[n.number]; ok && c.from[j] >= 0 {
			return "<s>" + strconv.Itoa(c.from[j])
		}
		return n.number
	}
	return inA, inB
}

// numbered finds sections by number.
func (s *side) numbered() map[string]int {
	out := map[string]int{}
	for i, one := range s.sections {
		if _, ok := out[one.Number]; !ok && one.Number != "" {
			out[one.Number] = i
		}
	}
	return out
}

// captioned counts captions.
func captioned(captions map[string]string) map[string]int {
	out := map[string]int{}
	for _, title := range captions {
		out[title]++
	}
	return out
}

// differ compares the words of the pairs.
func (c *comparison) differ(words int) {
	d := newDiffer(words)
	c.kept, c.edited = make([]int, len(c.to)), make([]int, len(c.to))
	for i, j := range c.to {
		if j >= 0 {
			c.kept[i], c.edited[i] = d.diff(c.a.passages[i].words, c.b.passages[j].words)
		}
	}
}

// move finds the pairs that are out of order, as few as explain it. Where
// tools put the sections at the end, nobody moved them.
func (c *comparison) move() {
	c.moved = make([]bool, len(c.to))
	var places []int
	var values []int32
	for j, i := range c.from {
		if i >= 0 && !isBackMatter(c.b.sections[j]) {
			places, values = append(places, i), append(values, int32(i))
			c.moved[i] = true
		}
	}
	for _, at := range longestRise(values) {
		c.moved[places[at]] = false
	}
}

func isBackMatter(s Section) bool {
	lower := strings.ToLower(s.Title)
	return s.Kind != Prose || strings.HasPrefix(lower, "acknowledg") || lower == "contributors"
}

// turn makes the comparison that of the other direction.
func (c *comparison) turn() {
	kept, edited, moved := make([]int, len(c.from)), make([]int, len(c.from)), make([]bool, len(c.from))
	for j, i := range c.from {
		if i >= 0 {
			kept[j], edited[j], moved[j] = c.kept[i], c.edited[i], c.moved[i]
		}
	}
	c.kept, c.edited, c.moved = kept, edited, moved
	c.before, c.after, c.a, c.b, c.to, c.from = c.after, c.before, c.b, c.a, c.from, c.to
}

func (c *comparison) result() Comparison {
	var out Comparison
	out.Words = c.b.words
	marked := map[Mark]bool{}
	kept := 0
	gone := c.gone()
	out.Sections = append(out.Sections, c.removed(gone[-1], marked)...)
	for j, i := range c.from {
		change, told := c.section(i, j)
		if i >= 0 && c.a.sections[i].Kind != References {
			kept += c.kept[i]
		}
		if told {
			out.Sections = append(out.Sections, change)
			c.mark(marked, change, i, j)
		} else if i >= 0 && c.a.sections[i].Number != c.b.sections[j].Number {
			out.Renumbered++
		}
		if i >= 0 {
			out.Sections = append(out.Sections, c.removed(gone[i], marked)...)
		}
	}
	out.Kept = share(kept, c.a.words, c.b.words)
	out.Added = missing(c.after.References, c.before.References)
	out.Dropped = missing(c.before.References, c.after.References)
	for _, r := range slices.Concat(out.Added, out.Dropped) {
		if r.Normative {
			marked[catalog.ChangedNormative] = true
		} else {
			marked[catalog.ChangedInformative] = true
		}
	}
	if plainTitle(c.before.Title) != plainTitle(c.after.Title) {
		out.TitleWas = c.before.Title
		marked[catalog.ChangedText] = true
	}
	if !slices.Equal(c.before.Status, c.after.Status) {
		marked[catalog.ChangedText] = true
	}
	out.AuthorsAdded, out.AuthorsDropped = less(c.after.Authors, c.before.Authors), less(c.before.Authors, c.after.Authors)
	if len(out.AuthorsAdded)+len(out.AuthorsDropped) > 0 || !sameAddresses(c.before, c.after) {
		marked[catalog.ChangedAuthors] = true
	}
	marked[catalog.ChangedNothing] = len(marked) == 0
	for _, m := range catalog.Marks() {
		if marked[m] {
			out.Marks = append(out.Marks, m)
		}
	}
	return out
}

// gone lists the removed sections of a by the last one before them that is
// kept, or -1.
func (c *comparison) gone() map[int][]int {
	out := map[int][]int{}
	last := -1
	for i, j := range c.to {
		if j < 0 {
			out[last] = append(out[last], i)
		} else if !c.moved[i] {
			last = i
		}
	}
	return out
}

func (c *comparison) removed(gone []int, marked map[Mark]bool) (out []SectionChange) {
	for _, i := range gone {
		s := c.a.sections[i]
		change := SectionChange{Kind: Removed, Was: s.Number, Title: s.Title, Words: len(c.a.passages[i].words)}
		c.mark(marked, change, i, -1)
		out = append(out, change)
	}
	return out
}

// section tells what happened to section j of b, which was i of a or is new.
func (c *comparison) section(i, j int) (change SectionChange, told bool) {
	now := c.b.sections[j]
	change = SectionChange{Number: now.Number, Title: now.Title}
	if i < 0 {
		change.Kind, change.Words = Added, len(c.b.passages[j].words)
		return change, true
	}
	was := c.a.sections[i]
	if was.Number != now.Number {
		change.Was = was.Number
	}
	if c.renamed(i, j) {
		change.TitleWas = was.Title
	}
	change.Words = c.edited[i]
	change.Kept = share(c.kept[i], len(c.a.passages[i].words), len(c.b.passages[j].words))
	p, q := c.a.parents[i], c.b.parents[j]
	together := p >= 0 && q >= 0 && c.to[p] == q
	switch {
	case c.moved[i] && !(together && c.moved[p]):
		change.Kind = Moved
	case change.Words > 0 && change.Kept < rewritten:
		change.Kind = Rewritten
	case change.Words > 0:
		change.Kind = Edited
	case c.renamed(i, j):
		change.Kind = Retitled
	case was.Number != "" && now.Number != "" && !together && (p >= 0 || q >= 0):
		change.Kind = Renumbered
	default:
		return change, false
	}
	return change, true
}

// renamed reports whether a section has another title.
func (c *comparison) renamed(i, j int) bool {
	return i >= 0 && j >= 0 && c.a.titles[i] != c.b.titles[j]
}

// share is the part of the words before that is kept.
func share(kept, before, after int) float64 {
	switch {
	case before > 0:
		return math.Floor(float64(kept)/float64(before)*1000) / 1000
	case after > 0:
		return 0
	}
	return 1
}

// mark adds the marks of one change.
func (c *comparison) mark(marked map[Mark]bool, change SectionChange, i, j int) {
	renamed := c.renamed(i, j)
	switch change.Kind {
	case Edited, Rewritten:
	default:
		marked[catalog.ChangedSections] = true
	}
	if renamed {
		marked[catalog.ChangedSections] = true
	}
	if change.Words > 0 {
		marked[catalog.ChangedText] = true
	}
	if change.Words > 0 || renamed || change.Kind == Added || change.Kind == Removed {
		subjects(marked, c.a, i)
		subjects(marked, c.b, j)
	}
}

// subjects adds the marks of what section i of s, or one that it is part of,
// is about.
func subjects(marked map[Mark]bool, s *side, i int) {
	for ; i >= 0; i = s.parents[i] {
		title := s.titles[i]
		if s.sections[i].Kind == Abstract {
			marked[catalog.ChangedAbstract] = true
		}
		if title == "iana" || strings.HasPrefix(title, "iana ") || strings.HasSuffix(title, "iana considerations") {
			marked[catalog.ChangedIANA] = true
		}
		if strings.Contains(title, "considerations") {
			if strings.Contains(title, "security") {
				marked[catalog.ChangedSecurity] = true
			}
			if strings.Contains(title, "privacy") {
				marked[catalog.ChangedPrivacy] = true
			}
		}
	}
}

// class is what a reference is known by, within its list.
func (r Reference) class() string {
	if r.Normative {
		return "normative " + r.key()
	}
	return "informative " + r.key()
}

// bothCite are the references that two texts have in the same list.
func bothCite(a, b *Text) map[string]bool {
	in, out := map[string]bool{}, map[string]bool{}
	for _, r := range a.References {
		in[r.class()] = true
	}
	for _, r := range b.References {
		if in[r.class()] {
			out[r.class()] = true
		}
	}
	return out
}

// missing are the references of one that the other lacks, normative ones first.
func missing(one, other []Reference) (out []Reference) {
	have := map[string]bool{}
	for _, r := range other {
		have[r.class()] = true
	}
	for _, r := range one {
		if !have[r.class()] {
			have[r.class()] = true
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Reference) int {
		switch {
		case a.Normative == b.Normative:
			return 0
		case a.Normative:
			return -1
		}
		return 1
	})
	return out
}

// less are the names of one that the other lacks.
func less(one, other []string) (out []string) {
	for _, name := range one {
		if !slices.ContainsFunc(other, func(s string) bool { return strings.EqualFold(s, name) }) {
			out = append(out, name)
		}
	}
	return out
}

// sameAddresses reports whether the authors can be reached where they could.
func sameAddresses(a, b *Text) bool {
	words := func(t *Text) (out []string) {
		for _, s := range t.Sections {
			if s.Kind == Addresses {
				for _, p := range s.Paragraphs {
					out = append(out, strings.Fields(strings.ToLower(p))...)
				}
			}
		}
		return out
	}
	return slices.Equal(words(a), words(b))
}
