// Hot topics in words: the sentence that justifies each, and the headline.

package editions

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// hotView is a hot topic in words.
type hotView struct {
	Sentence string
	Shared   string // what else they share, or empty
	Items    []hotItem
	Past     []row // at most one
}

// hotItem is a draft of a hot topic, where it stands in the edition.
type hotItem struct {
	Number   int
	Title    string
	Language string
	Address  string
}

func (e *Edition) hotViews(l Links, part int) (views []hotView) {
	m := messagesIn(e.Language)
	places := e.numbered()
	for _, h := range e.Hot {
		v := hotView{Sentence: m.hot(h, e.days())}
		if len(h.Shared) > 0 {
			v.Shared = m.SharedWords(strings.Join(h.Shared, m.List))
		}
		for _, key := range h.Items {
			item, ok := places[key]
			if !ok {
				continue // an editor dropped it
			}
			v.Items = append(v.Items, hotItem{item.Number, item.Title, item.Language, e.place(l, part, item.Number)})
		}
		slices.SortFunc(v.Items, func(a, b hotItem) int { return a.Number - b.Number })
		if len(h.Past) > 0 {
			v.Past = []row{{m.Earlier, e.editions(l, h.Past)}}
		}
		if len(v.Items) > 1 {
			views = append(views, v)
		}
	}
	return views
}

// place is where an item stands on the page of a part; 0 is the page of all.
func (e *Edition) place(l Links, part, number int) string {
	anchor := "#item-" + strconv.Itoa(number)
	for i, end := range e.cuts() {
		if number <= end {
			if part == 0 || part == i+1 || e.Before {
				return anchor
			}
			return l.Edition(e, i+1) + anchor
		}
	}
	return anchor
}

// numbered gives the items by their keys.
func (e *Edition) numbered() map[string]Item {
	items := make(map[string]Item)
	for _, s := range e.Sections {
		for _, item := range s.Items {
			items[item.Key] = item
		}
	}
	return items
}

// days is how many days the window has.
func (e *Edition) days() int {
	return int(parseDay(e.LastDay).Sub(parseDay(e.FirstDay)).Hours()/24) + 1
}

// Headline is what the edition's hot topics are, in a few words: empty where
// there are none.
func (e *Edition) Headline() string {
	m := messagesIn(e.Language)
	var words []string
	for _, h := range e.Hot {
		name := hotName(h)
		if h.Kind == HotAuthor && len(h.Shared) > 1 {
			name = strings.Join(h.Shared, " ") // what they write about says more
		}
		words = append(words, name)
	}
	return brief(strings.Join(words, m.List))
}

// hotName is what the drafts have in common, as people write it.
func hotName(h Hot) string {
	switch h.Kind {
	case HotGroup:
		return strings.ToUpper(h.Name)
	case HotTopic:
		return h.Title
	case HotTarget:
		if n := catalog.RFCNumber(h.Name); n > 0 {
			return fmt.Sprintf("RFC %d", n)
		}
	}
	return h.Name
}

// hot is the sentence that says why drafts are a hot topic in a window of so
// many days.
func (m *messages) hot(h Hot, days int) string {
	what := m.HotCount[h.Kind](h.Count, hotName(h))
	if h.Days == 0 {
		return m.HotPlain(what)
	}
	rate := float64(h.Before) / float64(h.Days)
	var usual string
	switch often := rate * float64(days); {
	case h.Before == 0:
		usual = m.UsualNone(h.Days)
	case often >= 1:
		usual = m.Usual(amount(often), days)
	default:
		usual = m.UsualOne(int(1/rate + 0.5))
	}
	return m.HotUsual(what, days, usual)
}

// amount is a mean with no more digits than it is worth.
func amount(x float64) string {
	if x >= 10 {
		return strconv.Itoa(int(x + 0.5))
	}
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
}
