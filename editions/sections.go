// Sections: where each item stands, and which topics are named beside it.

package editions

import (
	"context"
	"slices"

	"github.com/draftwire/draftwire/store"
)

// sections puts each event into its best section: of the newsletter's topics
// that find it, the one that found least in the last 90 days, the earlier in
// the newsletter's order among equals. What no topic finds is the rest.
// Sections without items are left out.
func (n Newsletter) sections(ctx context.Context, r *store.Reader, w Window, events []found) ([]Section, error) {
	var ids []int64
	for _, f := range events {
		ids = append(ids, f.ID)
		for _, o := range slices.Concat(f.beside, f.older) {
			ids = append(ids, o.ID)
		}
	}
	mentions, err := r.TopicsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	counts, err := r.SelectionCounts(ctx, w.To.Add(-history), w.To)
	if err != nil {
		return nil, err
	}
	var b background
	if b.changes, err = n.changes(ctx, r, events); err != nil {
		return nil, err
	}
	if b.texts, err = textChanges(ctx, r, events); err != nil {
		return nil, err
	}
	if b.origins, err = origins(ctx, r, events); err != nil {
		return nil, err
	}
	place := n.places()
	filled := make([]Section, len(n.Topics)+1)
	for _, f := range events {
		own, as := n.finding(place, mentions, f)
		at := best(own, counts)
		if at < 0 {
			if n.Rest {
				filled[len(n.Topics)].Items = append(filled[len(n.Topics)].Items, n.item(f, b))
			}
			continue
		}
		item := n.item(f, b)
		item.Reason, item.ReasonRev, item.Found = clean(own[at].Reason), as, counts[own[at].Topic]
		for i, m := range own {
			if i != at {
				item.Topics = append(item.Topics, Mention{m.Topic, n.titleOf(m), clean(m.Reason), counts[m.Topic]})
			}
		}
		s := &filled[place[own[at].Topic]]
		s.Topic, s.Title = own[at].Topic, n.titleOf(own[at])
		s.Items = append(s.Items, item)
	}
	return n.numbered(filled), nil
}

// background is what is known of what came before the events, by their ids.
type background struct {
	changes map[int64]*Change
	texts   map[int64]*TextChange
	origins map[int64]*Origin
}

// places gives the position of each topic in the newsletter.
func (n Newsletter) places() map[string]int {
	place := make(map[string]int, len(n.Topics))
	for i, name := range n.Topics {
		if _, twice := place[name]; !twice {
			place[name] = i
		}
	}
	return place
}

// own keeps the newsletter's topics, in its order.
func (n Newsletter) own(place map[string]int, mentions []store.Mention) []store.Mention {
	at := make([]*store.Mention, len(n.Topics))
	for i, m := range mentions {
		if p, ok := place[m.Topic]; ok {
			at[p] = &mentions[i]
		}
	}
	var own []store.Mention
	for _, m := range at {
		if m != nil {
			own = append(own, *m)
		}
	}
	return own
}

// finding gives the newsletter's topics that find an event. Where none finds a
// draft's newest revision, those that found the one before it in the edition do,
// or another one in the report of a meeting, and rev says so: a topic's readers would miss it else.
func (n Newsletter) finding(place map[string]int, mentions map[int64][]store.Mention, f found) (own []store.Mention, rev string) {
	own = n.own(place, mentions[f.ID])
	for _, o := range slices.Backward(slices.Concat(f.beside, f.older)) {
		if len(own) == 0 {
			own, rev = n.own(place, mentions[o.ID]), clean(o.Rev)
		}
	}
	return own, rev
}

// best is the index of the topic that finds least, or -1.
func best(own []store.Mention, counts map[string]int) int {
	at := -1
	for i, m := range own {
		if at < 0 || counts[m.Topic] < counts[own[at].Topic] {
			at = i
		}
	}
	return at
}

func (n Newsletter) titleOf(m store.Mention) string {
	for _, title := range []string{n.Titles[m.Topic], m.Title, m.Topic} {
		if title = clean(title); title != "" {
			return title
		}
	}
	return ""
}

// numbered leaves out the empty sections and counts the items of the others
// through. The rest is everything where there are no topics.
func (n Newsletter) numbered(filled []Section) []Section {
	m := messagesIn(n.Language)
	filled[len(n.Topics)].Title = m.Rest
	if len(n.Topics) == 0 {
		filled[0].Title = m.All
	}
	sections, number := []Section{}, 0
	for _, s := range filled {
		if len(s.Items) == 0 {
			continue
		}
		for i := range s.Items {
			number++
			s.Items[i].Number = number
		}
		sections = append(sections, s)
	}
	return sections
}
