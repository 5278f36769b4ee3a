// Which section of one text is which of the other: by title, by number, and by
// what they say.

package texts

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// side is one of the two texts that are compared.
type side struct {
	sections []Section // but for the addresses
	passages []passage
	titles   []string // as compared
	parents  []int    // the section of which each is a part, or -1
	shingles [][]uint64
	captions map[string]string
	words    int // of the prose, so without references
}

func newSide(t *Text, r *reader, references map[string]bool) *side {
	s := &side{captions: r.captions}
	for _, one := range t.Sections {
		switch one.Kind {
		case Addresses:
			continue
		case References:
			s.passages = append(s.passages, r.read(r.lasting(one, references)))
		default:
			p := r.read(one.Paragraphs)
			s.passages = append(s.passages, p)
			s.words += len(p.words)
		}
		s.sections = append(s.sections, one)
		s.titles = append(s.titles, plainTitle(one.Title, r.self...))
	}
	s.parents = parents(s.sections)
	s.shingles = make([][]uint64, len(s.sections))
	return s
}

// lasting is what is compared as prose of a list of references: all but the
// entries, and the titles of entries that the other text has too.
func (r *reader) lasting(s Section, both map[string]bool) []string {
	found, rest := entries(s)
	slices.SortStableFunc(found, func(a, b entry) int { return strings.Compare(a.key(), b.key()) })
	for _, e := range found {
		if both[e.class()] && e.Title != "" {
			rest = append(rest, e.Title)
		}
	}
	return rest
}

// plainTitle is a title as it is compared: letters and digits in lower case.
func plainTitle(title string, selves ...string) string {
	title = strings.ToLower(title)
	for _, self := range selves {
		if self != "" {
			title = strings.ReplaceAll(title, self, "self")
		}
	}
	return strings.Join(strings.FieldsFunc(title, func(r rune) bool {
		return r < 0x80 && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '+' && r != '#'
	}), " ")
}

// parents finds for each section the one whose number its own goes on from.
func parents(sections []Section) []int {
	numbered := map[string]int{}
	out := make([]int, len(sections))
	for i, s := range sections {
		out[i] = -1
		for number := s.Number; number != ""; {
			dot := strings.LastIndexByte(number, '.')
			if dot < 0 {
				break
			}
			number = number[:dot]
			if at, ok := numbered[number]; ok {
				out[i] = at
				break
			}
		}
		if s.Number != "" {
			numbered[s.Number] = i
		}
	}
	return out
}

// path is the titles from the top down to section i.
func (s *side) path(i int) string {
	p := s.titles[i]
	for at := s.parents[i]; at >= 0; at = s.parents[at] {
		p = s.titles[at] + "\x00" + p
	}
	return p
}

// matching pairs sections; -1 is none.
type matching struct {
	a, b *side
	to   []int // of a, in b
	from []int // of b, in a
}

func match(a, b *side) *matching {
	m := &matching{a: a, b: b, to: none(len(a.sections)), from: none(len(b.sections))}
	title := func(s *side, i int) string { return s.titles[i] }
	number := func(s *side, i int) string { return s.sections[i].Number }
	m.byKey((*side).path, m.only)
	m.byKey(title, m.plausible)
	m.byKey((*side).said, m.only)
	m.byKey(func(s *side, i int) string { return s.path(i) + "\x00" + number(s, i) }, m.inOrder)
	m.byKey(number, m.sameNumber)
	m.bySimilarity()
	m.byKey((*side).path, m.inOrder)
	m.byParts()
	return m
}

func none(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

func (m *matching) pair(i, j int) { m.to[i], m.from[j] = j, i }

// byKey puts the sections that are left before pairing, those of one key in
// both texts at a time.
func (m *matching) byKey(key func(*side, int) string, pairing func(as, bs []int)) {
	as, bs := map[string][]int{}, map[string][]int{}
	var order []string
	for i := range m.to {
		if m.to[i] >= 0 {
			continue
		}
		if k := key(m.a, i); k != "" {
			if as[k] == nil {
				order = append(order, k)
			}
			as[k] = append(as[k], i)
		}
	}
	for j := range m.from {
		if m.from[j] < 0 {
			if k := key(m.b, j); as[k] != nil {
				bs[k] = append(bs[k], j)
			}
		}
	}
	for _, k := range order {
		pairing(as[k], bs[k])
	}
}

// only pairs sections that no others compete with.
func (m *matching) only(as, bs []int) {
	if len(as) == 1 && len(bs) == 1 {
		m.pair(as[0], bs[0])
	}
}

// inOrder pairs the first with the first, and so on.
func (m *matching) inOrder(as, bs []int) {
	for n := range min(len(as), len(bs)) {
		m.pair(as[n], bs[n])
	}
}

// plausible pairs two sections of one title if they have one place, or say
// similar things.
func (m *matching) plausible(as, bs []int) {
	if len(as) != 1 || len(bs) != 1 {
		return
	}
	i, j := as[0], bs[0]
	p, q := m.a.parents[i], m.b.parents[j]
	if p >= 0 && q >= 0 && m.to[p] == q || p < 0 && q < 0 || m.similarity(i, j) >= 0.3 {
		m.pair(i, j)
	}
}

// sameNumber pairs two sections of one number if they say similar things, or
// little under similar titles.
func (m *matching) sameNumber(as, bs []int) {
	if len(as) != 1 || len(bs) != 1 {
		return
	}
	i, j := as[0], bs[0]
	short := len(m.a.passages[i].words) < 40 && len(m.b.passages[j].words) < 40
	if m.similarity(i, j) >= 0.4 || short && alike(m.a.titles[i], m.b.titles[j]) >= 0.5 {
		m.pair(i, j)
	}
}

// alike is the share of words that two titles have in common.
func alike(a, b string) float64 {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	n := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			n++
		}
	}
	return float64(2*n) / float64(len(x)+len(y))
}

// said is what section i says, if it says enough to be known by that.
func (s *side) said(i int) string {
	words := s.passages[i].words
	if len(words) < 8 {
		return ""
	}
	out := make([]byte, 0, 4*len(words))
	for _, w := range words {
		out = binary.NativeEndian.AppendUint32(out, uint32(w))
	}
	return string(out)
}

const shingle = 3 // words that are looked at together

// of returns the set of shingles of section i, sorted.
func (s *side) of(i int) []uint64 {
	if s.shingles[i] == nil {
		words := s.passages[i].words
		out := make([]uint64, 0, len(words))
		for at := 0; at+shingle <= len(words); at++ {
			h := uint64(14695981039346656037)
			for _, w := range words[at : at+shingle] {
				h = (h ^ uint64(w)) * 1099511628211
				h ^= h >> 29
			}
			out = append(out, h)
		}
		slices.Sort(out)
		s.shingles[i] = slices.Compact(out)
	}
	return s.shingles[i]
}

// similarity is the share of shingles that two sections have in common.
func (m *matching) similarity(i, j int) float64 {
	x, y := m.a.of(i), m.b.of(j)
	if len(x)+len(y) == 0 {
		return 0
	}
	n := 0
	for p, q := 0, 0; p < len(x) && q < len(y); {
		switch {
		case x[p] < y[q]:
			p++
		case x[p] > y[q]:
			q++
		default:
			n, p, q = n+1, p+1, q+1
		}
	}
	return float64(2*n) / float64(len(x)+len(y))
}

// bySimilarity pairs what is left and says similar things, the most similar first.
func (m *matching) bySimilarity() {
	const most = 4 // sections that a shingle may be in and still tell
	in := map[uint64][]int{}
	for j := range m.from {
		if m.from[j] < 0 {
			for _, h := range m.b.of(j) {
				if len(in[h]) <= most {
					in[h] = append(in[h], j)
				}
			}
		}
	}
	type candidate struct {
		i, j int
		like float64
	}
	var all []candidate
	for i := range m.to {
		if m.to[i] >= 0 {
			continue
		}
		common := map[int]int{}
		for _, h := range m.a.of(i) {
			if js := in[h]; len(js) <= most {
				for _, j := range js {
					common[j]++
				}
			}
		}
		for j, n := range common {
			like := float64(2*n) / float64(len(m.a.of(i))+len(m.b.of(j)))
			if like >= 0.4 {
				all = append(all, candidate{i, j, like})
			}
		}
	}
	slices.SortFunc(all, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(y.like, x.like), cmp.Compare(x.i, y.i), cmp.Compare(x.j, y.j))
	})
	for _, c := range all {
		if m.to[c.i] < 0 && m.from[c.j] < 0 {
			m.pair(c.i, c.j)
		}
	}
}

// byParts pairs sections that say nothing themselves and have the same parts.
func (m *matching) byParts() {
	whole := map[int]int{} // of a, to the one of b that has its parts, or -1
	for i, j := range m.to {
		if j < 0 || m.a.parents[i] < 0 {
			continue
		}
		p, q := m.a.parents[i], m.b.parents[j]
		if m.to[p] >= 0 {
			continue
		}
		if had, ok := whole[p]; ok && had != q {
			q = -1
		}
		whole[p] = q
	}
	for p := range m.to {
		q, ok := whole[p]
		if ok && q >= 0 && m.from[q] < 0 && len(m.a.passages[p].words) < 40 && len(m.b.passages[q].words) < 40 {
			m.pair(p, q)
		}
	}
}
