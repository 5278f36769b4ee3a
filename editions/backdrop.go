// The past that hot topics are measured against.

package editions

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Bounds of the model.
const (
	shuffles   = 80   // windows drawn from the past, all of which a hot topic has to beat
	mostCommon = 0.02 // share of postings above which a word tells nothing
	leastScore = 3.0  // a surprise of less than one in a thousand is none
)

// backdrop is the postings of before with their marks.
type backdrop struct {
	days  int
	ids   map[string]int32 // of marks by name, such as group:tls
	names []string         // of marks by id
	count []int32          // postings that have a mark
	past  []posting
	draft map[int64]int32 // numbers of drafts by lineage
}

// posting is one draft posted, by its marks. All documents that are the same
// draft have the same number.
type posting struct {
	marks []int32
	draft int32
}

func newBackdrop(w Window, past []store.Brief, topics map[int64][]string) *backdrop {
	h := &backdrop{ids: make(map[string]int32), draft: make(map[int64]int32), days: int(w.From.Sub(past[len(past)-1].Published()).Hours() / 24)}
	for _, b := range past {
		h.past = append(h.past, posting{h.marks(b.Group, b.Authors, topics[b.ID], b.Title), h.one(b.Lineage)})
	}
	h.count = make([]int32, len(h.names))
	for _, p := range h.past {
		for _, m := range p.marks {
			h.count[m]++
		}
	}
	h.dropCommon()
	return h
}

// one gives the number of a draft.
func (h *backdrop) one(lineage int64) int32 {
	n, known := h.draft[lineage]
	if !known {
		n = int32(len(h.draft))
		h.draft[lineage] = n
	}
	return n
}

// marks gives the ids of what a posting could have in common with another,
// each once.
func (h *backdrop) marks(group string, authors, topics []string, title string) (marks []int32) {
	if group != "" {
		marks = append(marks, h.id(HotGroup, group))
	}
	for _, a := range authors[:min(len(authors), maxAuthors)] {
		if words := nameWords(a); len(words) > 1 {
			marks = append(marks, h.id(HotAuthor, strings.Join(words, " ")))
		}
	}
	for _, t := range topics {
		marks = append(marks, h.id(HotTopic, t))
	}
	for _, w := range telling(title) {
		marks = append(marks, h.id(HotWord, w))
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// telling gives the words of a title that could tell what a draft is about:
// names, mostly, for words with digits are numbers of versions and RFCs.
func telling(title string) (words []string) {
	for _, w := range filters.Analyse(title[:min(len(title), maxLine)]) {
		if len(w) >= 2 && !strings.ContainsAny(w, "0123456789.") && !idle[w] {
			words = append(words, w)
		}
	}
	return words
}

// idle are words of titles that tell nothing, however rare they are for a while.
var idle = func() map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(`a an and are as at be by for from how in into is it its not of on or over the their to under
		using via vs what when why with within without case consideration definition document draft example experience extension
		feature framework guideline guidance introduction issue mechanism method model note operation option overview practice
		problem procedure profile proposal protocol recommendation requirement scenario scheme service specification standard
		statement support system technique update usage use version way analysis gap new`) {
		for _, token := range filters.Analyse(w) {
			set[token] = true
		}
	}
	return set
}()

func (h *backdrop) id(kind HotKind, name string) int32 {
	name = string(kind) + ":" + name
	id, known := h.ids[name]
	if !known {
		id = int32(len(h.names))
		h.ids[name], h.names = id, append(h.names, name)
	}
	return id
}

func (h *backdrop) kind(mark int32) HotKind {
	kind, _, _ := strings.Cut(h.names[mark], ":")
	return HotKind(kind)
}

// tells reports whether a mark is rare enough to tell anything.
func (h *backdrop) tells(mark int32) bool {
	return h.kind(mark) != HotWord || int(mark) >= len(h.count) || float64(h.count[mark]) <= mostCommon*float64(len(h.past))
}

func (h *backdrop) dropCommon() {
	for i, p := range h.past {
		h.past[i].marks = slices.DeleteFunc(p.marks, func(m int32) bool { return !h.tells(m) })
	}
}

// hot gives what the drafts of a window have in common beyond what shuffled
// windows show, the most surprising first.
func (h *backdrop) hot(label string, posted []found, topics map[int64][]string) []Hot {
	var now []posting
	for _, f := range posted {
		marks := h.marks(f.Facts.Group, f.Facts.AuthorNames(), topics[f.ID], f.Facts.Title)
		now = append(now, posting{marks: slices.DeleteFunc(marks, func(m int32) bool { return !h.tells(m) })})
	}
	for len(h.count) < len(h.names) {
		h.count = append(h.count, 0) // marks never seen before
	}
	common := h.inCommon(now, false)
	if len(common) == 0 {
		return nil
	}
	bar := h.bars(label, len(now))
	common = slices.DeleteFunc(common, func(c shared) bool { return c.score <= bar[c.kind] })
	slices.SortFunc(common, func(a, b shared) int {
		return cmp.Or(cmp.Compare(b.score-bar[b.kind], a.score-bar[a.kind]), len(b.who)-len(a.who), cmp.Compare(h.names[a.mark], h.names[b.mark]))
	})
	var hot []Hot
	for _, c := range common {
		hot = append(hot, h.describe(c, posted))
	}
	return hot
}

// bars gives for each kind the score to beat: the best that shuffled windows of
// n drafts reach.
func (h *backdrop) bars(label string, n int) map[HotKind]float64 {
	bar := map[HotKind]float64{HotGroup: leastScore, HotAuthor: leastScore, HotTopic: leastScore, HotWord: leastScore}
	for i := range shuffles {
		dice := rand.New(rand.NewPCG(seedOf(label), uint64(i))) //nolint:gosec // a repeatable draw
		for _, c := range h.inCommon(h.draw(dice, n), true) {
			bar[c.kind] = max(bar[c.kind], c.score)
		}
	}
	return bar
}

func seedOf(label string) uint64 {
	f := fnv.New64a()
	f.Write([]byte(label))
	return f.Sum64()
}

// draw takes n different drafts from the past.
func (h *backdrop) draw(dice *rand.Rand, n int) (drawn []posting) {
	seen := make(map[int32]bool, n)
	for tries := 0; len(drawn) < n && tries < 4*n; tries++ {
		p := h.past[dice.IntN(len(h.past))]
		if !seen[p.draft] {
			seen[p.draft] = true
			drawn = append(drawn, p)
		}
	}
	return drawn
}

// unlikely is how rare k or more are where lambda are expected, as the negative
// decimal logarithm of that probability.
func unlikely(k int, lambda float64) float64 {
	if float64(k) <= lambda {
		return 0
	}
	// P(X >= k) = e^-lambda lambda^k/k! (1 + lambda/(k+1) + ...)
	lg, _ := math.Lgamma(float64(k + 1))
	log := -lambda + float64(k)*math.Log(lambda) - lg
	sum, term := 1.0, 1.0
	for i := 1; i < 200 && term > 1e-9; i++ {
		term *= lambda / float64(k+i)
		sum += term
	}
	return -(log + math.Log(sum)) / math.Ln10
}
