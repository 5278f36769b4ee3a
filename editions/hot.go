// Hot topics: which drafts of an edition belong together, and are more than
// their own history lets expect.
//
// The model: a window of n drafts is as if drawn from the postings of the last
// year. Each draft has marks: its group, its authors, the newsletter's topics
// that find it, and the words of its title. What k drafts of the window have in common is as
// surprising as k or more are rare where n times its share of the past is
// expected (Poisson), and more so if they have another mark in common. How
// surprising is enough is not assumed: as many drafts are drawn from the past
// many times, without regard to their days, and a topic has to beat all that
// such shuffled windows show. The drawing begins from the edition's label,
// so it gives the same result each time.

package editions

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Hot is a hot topic: drafts that have more in common than chance would have.
type Hot struct {
	Kind   HotKind  `json:"kind"`
	Name   string   `json:"name"`             // acronym, topic, author, word or document
	Title  string   `json:"title,omitempty"`  // of a topic
	Count  int      `json:"count"`            // drafts of this edition
	Before int      `json:"before"`           // postings of before
	Days   int      `json:"days,omitempty"`   // in so many days; 0 where no history was asked
	Shared []string `json:"shared,omitempty"` // rare words that they have in common
	Items  []string `json:"items"`            // keys
	Past   []Past   `json:"past,omitempty"`   // editions in which some of them stood together
}

// HotKind says what the drafts of a hot topic have in common.
type HotKind string

// What drafts have in common.
const (
	HotGroup  HotKind = "group"
	HotTopic  HotKind = "topic"
	HotAuthor HotKind = "author"
	HotWord   HotKind = "word"
	HotTarget HotKind = "target" // a document that they update or obsolete
)

// Past is a closed edition of the same newsletter.
type Past struct {
	Label string `json:"label"`
	Day   string `json:"day"` // the last of its window
}

// Bounds of what is told and of what is looked at.
const (
	mostHot      = 3
	mostHistory  = 4000 // postings
	leastHistory = 200  // with fewer, nothing is said of what is usual
	leastDays    = 14
	longHistory  = 365 * 24 * time.Hour
)

var draftsPosted = func() *filters.Query {
	q, err := filters.Parse("event:new OR event:revision")
	if err != nil {
		panic(err) // a constant
	}
	return q
}()

// hotTopics finds the hot topics among the items of an edition's sections.
func (n Newsletter) hotTopics(ctx context.Context, r *store.Reader, w Window, e *Edition, events []found) ([]Hot, error) {
	posted := e.postedOnce(events)
	if len(posted) < 2 {
		return nil, nil
	}
	past, err := r.Briefly(ctx, draftsPosted, store.Page{From: w.From.Add(-longHistory), To: w.From, Limit: mostHistory})
	if err != nil {
		return nil, err
	}
	var hot []Hot
	if len(past) >= max(leastHistory, 4*len(posted)) && w.From.Sub(past[len(past)-1].Published()) >= leastDays*24*time.Hour {
		topics, err := n.topicNames(ctx, r, past[len(past)-1].Published(), w.To)
		if err != nil {
			return nil, err
		}
		hot = newBackdrop(w, past, topics).hot(n.Label(w), posted, topics)
	}
	hot = withoutRepeats(append(hot, targets(posted)...))
	for i, h := range hot {
		if h.Kind == HotTopic {
			hot[i].Title = e.titleOf(h.Name)
		}
	}
	return hot, nil
}

// postedOnce keeps the drafts that the edition shows and that were posted
// within its window, each once.
func (e *Edition) postedOnce(events []found) (posted []found) {
	shown, seen := e.keys(), make(map[string]bool)
	for _, f := range events {
		if f.late || !shown[f.Key] || f.Event.Event != catalog.New && f.Event.Event != catalog.Revised {
			continue
		}
		one := catalog.Fold(f.Document)
		if len(f.Lineage) > 0 {
			one = f.Lineage[0]
		}
		if !seen[one] {
			seen[one] = true
			posted = append(posted, f)
		}
	}
	return posted
}

func (e *Edition) keys() map[string]bool {
	keys := make(map[string]bool)
	for _, s := range e.Sections {
		for _, item := range s.Items {
			keys[item.Key] = true
		}
	}
	return keys
}

// titleOf gives the title of a topic as this edition writes it.
func (e *Edition) titleOf(topic string) string {
	for _, s := range e.Sections {
		if s.Topic == topic {
			return s.Title
		}
		for _, item := range s.Items {
			for _, m := range item.Topics {
				if m.Name == topic {
					return m.Title
				}
			}
		}
	}
	return topic
}

// topicNames gives the newsletter's topics of all events of a time, by id.
func (n Newsletter) topicNames(ctx context.Context, r *store.Reader, from, to time.Time) (map[int64][]string, error) {
	topics, err := r.TopicNames(ctx, from, to)
	place := n.places()
	for id, names := range topics {
		topics[id] = slices.DeleteFunc(names, func(name string) bool { _, own := place[name]; return !own })
	}
	return topics, err
}

// targets finds drafts that update or obsolete the same document. That is told
// without any history.
func targets(posted []found) (hot []Hot) {
	by := make(map[string][]string)
	for _, f := range posted {
		for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.Updates, f.Obsoletes)))) {
			by[name] = append(by[name], f.Key)
		}
	}
	for name, keys := range by {
		if len(keys) >= 2 {
			hot = append(hot, Hot{Kind: HotTarget, Name: clean(name), Count: len(keys), Items: keys})
		}
	}
	slices.SortFunc(hot, func(a, b Hot) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	return hot
}

// withoutRepeats keeps the first few that tell of other drafts than those
// before them.
func withoutRepeats(hot []Hot) (kept []Hot) {
	for _, h := range hot {
		if len(kept) < mostHot && !slices.ContainsFunc(kept, h.repeats) {
			kept = append(kept, h)
		}
	}
	return kept
}

// repeats reports whether most of the smaller one's drafts are the other's too.
func (h Hot) repeats(o Hot) bool {
	both := 0
	for _, key := range h.Items {
		if slices.Contains(o.Items, key) {
			both++
		}
	}
	return 2*both >= min(len(h.Items), len(o.Items))
}
