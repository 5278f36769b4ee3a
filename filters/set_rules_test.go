package filters

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/demo"
)

// This file generates many rules as people would write them, and events of
// real size to ask them of.

// world draws rules and events from one vocabulary. The same seed draws the
// same.
type world struct {
	dice    *rand.Rand
	sample  []demo.Announcement
	running []string        // the words of the sample, each as often as it stands there
	ranked  []string        // distinct words, the most frequent first
	sharp   map[string]bool // those that a rule would name
	names   []string        // of authors
	groups  []string
	foreign bool // rules name words and groups that no event has
}

func newWorld(seed uint64) *world {
	w := *vocabulary()
	w.dice = rand.New(rand.NewPCG(seed, 17))
	return &w
}

// vocabulary gathers what all worlds share.
var vocabulary = sync.OnceValue(func() *world {
	w := new(world)
	w.sample = demo.Generate(time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)).Announcements
	seen, names, groups := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, a := range w.sample {
		for word := range strings.FieldsSeq(strings.Join(a.Abstract, " ") + " " + a.Title) {
			w.running = append(w.running, word)
			if tokens := Analyse(word); len(tokens) == 1 && len(tokens[0]) > 2 {
				seen[tokens[0]]++
			}
		}
		for _, p := range a.Authors {
			names[p.Name] = true
		}
		if a.Group.Acronym != "" {
			groups[a.Group.Acronym] = true
		}
	}
	for word := range seen {
		w.ranked = append(w.ranked, word)
	}
	slices.SortFunc(w.ranked, func(a, b string) int { return cmp.Or(seen[b]-seen[a], strings.Compare(a, b)) })
	w.sharp = make(map[string]bool)
	for _, word := range w.ranked[skipped:] {
		w.sharp[word] = true
	}
	w.names, w.groups = sorted(names), sorted(groups)
	return w
})

func sorted(set map[string]bool) []string {
	var list []string
	for s := range set {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

// skipped is how many words are too common for a rule, such as "the".
const skipped = 150

// word draws a word for a rule: frequent words are drawn more often than rare
// ones, but far less so than they stand in texts; every fourth is one that few
// texts have.
func (w *world) word() string {
	if w.foreign {
		return "x" + w.coined()
	}
	if w.dice.IntN(4) == 0 {
		return w.coined()
	}
	span := math.Log(float64(len(w.ranked)) / skipped)
	return w.ranked[min(int(skipped*math.Exp(w.dice.Float64()*span)), len(w.ranked)-1)]
}

// coined draws one of the many words that few texts have.
func (w *world) coined() string {
	const syllables = "banodikumerasoltivepry"
	word, n := "", w.dice.IntN(8000)
	for range 4 {
		at := 2 * (n % 11)
		word += syllables[at : at+2]
		n /= 11
	}
	return word
}

// phrase draws two words that stand beside each other in a text.
func (w *world) phrase() string {
	if w.foreign {
		return `"` + w.word() + " " + w.word() + `"`
	}
	for {
		at := w.dice.IntN(len(w.running) - 1)
		tokens := Analyse(w.running[at] + " " + w.running[at+1])
		if len(tokens) == 2 && w.sharp[tokens[0]] && w.sharp[tokens[1]] {
			return `"` + strings.Join(tokens, " ") + `"`
		}
	}
}

func (w *world) group() string {
	if w.foreign {
		return w.coined()
	}
	return w.groups[w.dice.IntN(len(w.groups))]
}

// rule writes a rule. The share of expressions is out of ten.
func (w *world) rule(expressions int) string {
	if w.dice.IntN(10) < expressions {
		return w.expression()
	}
	a, b, c := w.word(), w.word(), w.word()
	switch n := w.dice.IntN(100); {
	case n < 25:
		return a + " " + b
	case n < 40:
		return a + " " + b + " " + c
	case n < 55:
		return w.phrase()
	case n < 65:
		return "group:" + w.group() + " " + a
	case n < 75:
		return fmt.Sprintf("(%s OR %s) %s", a, b, c)
	case n < 80:
		return fmt.Sprintf("%s OR %s", w.phrase(), w.coined())
	case n < 87:
		return fmt.Sprintf("%s %s -%s", a, b, c)
	case n < 91:
		return fmt.Sprintf("title:%s %s", a, b)
	case n < 94:
		return fmt.Sprintf("%s* %s", a[:min(len(a), 5)], b)
	case n < 97:
		return fmt.Sprintf("author:%q %s", w.names[w.dice.IntN(len(w.names))], a)
	case n < 98:
		return "group:" + w.group() + " kind:rfc"
	default:
		return fmt.Sprintf("%s rev:>=%02d -(%s kind:rfc)", a, w.dice.IntN(9), b)
	}
}

// expression writes a rule with a regular expression.
func (w *world) expression() string {
	a, b := w.word(), w.word()
	switch w.dice.IntN(7) {
	case 0:
		return fmt.Sprintf(`/\b%s[- ]%s\b/i`, a, b)
	case 1:
		return fmt.Sprintf(`/%s\w* (of|for|in) %s/i`, a, b)
	case 2, 3:
		return fmt.Sprintf(`/\b%s\w*\b/i`, strings.ReplaceAll(strings.Trim(w.phrase(), `"`), " ", `[^a-z]+`))
	case 4:
		return fmt.Sprintf(`title:/%s.*%s/i`, a, b)
	case 5:
		return fmt.Sprintf(`/\b(%s|%s)[0-9.]+\b/ %s`, strings.ToUpper(a), strings.ToUpper(b), w.word())
	default:
		return fmt.Sprintf(`abstract:/%s (and|or) \w+/`, a)
	}
}

// rules writes n rules and reads them.
func (w *world) rules(n, expressions int) []*Query {
	list := make([]*Query, n)
	for i := range list {
		text := w.rule(expressions)
		q, err := Parse(text)
		if err != nil {
			panic(fmt.Sprintf("the generator wrote a bad rule: %v", err))
		}
		list[i] = q
	}
	return list
}

// event draws an event: an announcement of the sample with an abstract of
// about 150 words.
func (w *world) event() *catalog.Event {
	a := w.sample[w.dice.IntN(len(w.sample))]
	e := &catalog.Event{
		Document: a.Name, Kind: a.Kind, Event: catalog.EventOfRevision(a.Rev), Rev: a.Rev, Published: a.At, Recorded: a.At,
		Lineage: []string{a.Name}, Sources: []string{"i-d-announce"}, Lists: []string{"i-d-announce.ietf.org"},
		Facts: catalog.Facts{Title: a.Title, Group: a.Group.Acronym, Stream: catalog.IETF, Pages: a.Pages, Level: a.Level},
	}
	for _, p := range a.Authors {
		e.Facts.Authors = append(e.Facts.Authors, catalog.Author{Name: p.Name})
	}
	words := strings.Fields(strings.Join(a.Abstract, " "))
	for len(words) < 150 {
		if w.dice.IntN(12) == 0 {
			words = append(words, w.coined())
			continue
		}
		at := w.dice.IntN(len(w.running) - 12) // a stretch of text, so that phrases stay
		words = append(words, w.running[at:at+12]...)
	}
	e.Facts.Abstract = strings.Join(words, " ")
	return e
}

func (w *world) events(n int) []*catalog.Event {
	list := make([]*catalog.Event, n)
	for i := range list {
		list[i] = w.event()
	}
	return list
}
