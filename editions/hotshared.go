// What drafts have in common, and how surprising that is.

package editions

import (
	"cmp"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/filters"
)

// shared is a mark that several drafts have.
type shared struct {
	kind  HotKind
	mark  int32
	who   []int   // places of the drafts
	also  []int32 // other marks that most of them have, the most surprising first
	score float64
}

// secondary is how much the surprise of a second mark in common counts.
const secondary = 0.5

// inCommon lists the marks that two or more of the drafts have, if they are
// surprising. Drafts that were drawn from the past do not count for it.
func (h *backdrop) inCommon(drafts []posting, drawn bool) (common []shared) {
	who := make(map[int32][]int)
	for i, d := range drafts {
		for _, m := range d.marks {
			who[m] = append(who[m], i)
		}
	}
	rate := func(m int32) float64 {
		before, total := float64(h.count[m]), float64(len(h.past))
		if drawn {
			before, total = before-float64(len(who[m])), total-float64(len(drafts))
		}
		return (max(before, 0) + 0.5) / (total + 1)
	}
	for m, at := range who {
		if len(at) < 2 {
			continue
		}
		score := unlikely(len(at), float64(len(drafts))*rate(m))
		if score >= leastScore/2 {
			common = append(common, shared{kind: h.kind(m), mark: m, who: at, score: score})
		}
	}
	for i := range common {
		h.second(&common[i], drafts, rate)
	}
	return common
}

// second adds to a score what else most of the drafts have in common.
func (h *backdrop) second(c *shared, drafts []posting, rate func(int32) float64) {
	times := make(map[int32]int)
	for _, i := range c.who {
		for _, m := range drafts[i].marks {
			times[m]++
		}
	}
	type other struct {
		mark  int32
		score float64
	}
	var others []other
	for m, k := range times {
		if k >= 2 && 3*k >= 2*len(c.who) && m != c.mark {
			others = append(others, other{m, unlikely(k, float64(len(c.who))*rate(m))})
		}
	}
	slices.SortFunc(others, func(a, b other) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.mark, b.mark)) })
	for _, o := range others {
		c.also = append(c.also, o.mark)
	}
	if at := slices.IndexFunc(others, func(o other) bool { return h.kind(o.mark) != c.kind }); at >= 0 {
		c.score += secondary * others[at].score
	}
}

// mostShared bounds the words that are told beside a hot topic.
const mostShared = 3

// describe puts a mark in common into a hot topic.
func (h *backdrop) describe(c shared, posted []found) Hot {
	_, name, _ := strings.Cut(h.names[c.mark], ":")
	hot := Hot{Kind: c.kind, Name: clean(name), Count: len(c.who), Before: int(h.count[c.mark]), Days: h.days}
	var titles []string
	for _, i := range c.who {
		hot.Items = append(hot.Items, posted[i].Key)
		titles = append(titles, posted[i].Facts.Title)
	}
	switch c.kind {
	case HotWord:
		hot.Name = spelled(name, titles)
	case HotAuthor:
		hot.Name = calledIn(name, posted[c.who[0]].Facts.AuthorNames())
	}
	for _, m := range c.also {
		if _, word, _ := strings.Cut(h.names[m], ":"); h.kind(m) == HotWord && len(hot.Shared) < mostShared {
			if word = spelled(word, titles); !slices.ContainsFunc(append(hot.Shared, hot.Name), func(s string) bool { return overlaps(s, word) }) {
				hot.Shared = append(hot.Shared, word)
			}
		}
	}
	first := posted[c.who[0]].Facts.Title // in whose order they read best
	slices.SortStableFunc(hot.Shared, func(a, b string) int { return cmp.Compare(strings.Index(first, a), strings.Index(first, b)) })
	return hot
}

// overlaps reports whether one of two words is within the other.
func overlaps(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// spelled gives a word as titles write it, not as it is indexed.
func spelled(token string, titles []string) string {
	for _, title := range titles {
		for word := range strings.FieldsSeq(title) {
			word = strings.Trim(word, ".,:;()[]\"'?!“”")
			if slices.Contains(filters.Analyse(word), token) && !strings.ContainsAny(word, "/=<>") {
				if parts := strings.Split(word, "-"); len(parts) > 1 {
					for _, part := range parts {
						if slices.Equal(filters.Analyse(part), []string{token}) {
							return clean(part)
						}
					}
				}
				return clean(word)
			}
		}
	}
	return token
}

// calledIn gives the name, among those of a draft's authors, that a mark is made of.
func calledIn(mark string, names []string) string {
	for _, name := range names {
		if strings.Join(nameWords(name), " ") == mark {
			return clean(name)
		}
	}
	return mark
}
