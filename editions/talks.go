// Talks: the slides of a session, in their order.

package editions

import (
	"cmp"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// deck is a talk's slides on their way into a report.
type deck struct {
	catalog.Presented
	title   string
	authors []string
	url     string
	number  int // -1 without
}

// talks are the items of a session's report, by the numbers in the names of the
// slides. Where those have none, their order in the session counts, and then
// their title.
func (e *Edition) talks(s catalog.Session, known map[string]catalog.Material) (items []Item) {
	decks := decksOf(s, known)
	named := numbersHold(decks)
	slices.SortFunc(decks, func(a, b deck) int {
		if named && a.number != b.number {
			if a.number < 0 || b.number < 0 { // without one: behind the others
				return cmp.Compare(b.number, a.number)
			}
			return cmp.Compare(a.number, b.number)
		}
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.title, b.title), strings.Compare(a.Name, b.Name))
	})
	has := make(map[int]bool)
	for i, d := range decks {
		if !named {
			d.number = i + 1
		}
		has[d.number] = true
		items = append(items, e.talk(s, d, i+1))
		if named {
			e.Session.Last = max(e.Session.Last, d.number)
		}
	}
	for number := 1; number < e.Session.Last; number++ {
		if !has[number] {
			e.Session.Missing = append(e.Session.Missing, number)
		}
	}
	return items
}

// decksOf gives the slides of a session, each in its newest revision.
func decksOf(s catalog.Session, known map[string]catalog.Material) (decks []deck) {
	at := make(map[string]int)
	for _, p := range s.Materials {
		if p.Type() != catalog.SlideDeck {
			continue
		}
		m := known[p.NameRev()]
		d := deck{p, clean(m.Title), m.Authors, m.URL, p.Number(s.Meeting.Number, s.Group)}
		i, twice := at[catalog.Fold(p.Name)]
		switch {
		case !twice:
			at[catalog.Fold(p.Name)] = len(decks)
			decks = append(decks, d)
		case p.Rev > decks[i].Rev:
			decks[i] = d
		}
	}
	return decks
}

// numbersHold reports whether the numbers in names number the talks: most have
// one, and they are not far above what there is. A name may begin with a figure
// that means something else (100-gigabit).
func numbersHold(decks []deck) bool {
	with, highest := 0, 0
	for _, d := range decks {
		if d.number >= 0 {
			with++
			highest = max(highest, d.number)
		}
	}
	return with > 0 && 2*with >= len(decks) && highest <= 2*len(decks)+10
}

// talk is the item of some slides, at a place in the report from 1.
func (e *Edition) talk(s catalog.Session, d deck, place int) Item {
	name := d.NameRev()
	item := Item{
		Number: place, Key: catalog.Fold(d.Name), Document: clean(d.Name), Rev: d.Rev, Name: clean(name),
		Kind: catalog.Charter, Event: catalog.Slides, Title: cmp.Or(d.title, clean(name)), Group: clean(s.Group), Language: "en",
		Published: e.From, Day: e.FirstDay, Talk: &Talk{},
		Links: ItemLinks{Page: address(cmp.Or(d.url, catalog.MaterialPage(s.Meeting.Number, name)))},
	}
	if d.number >= 0 {
		item.Talk.Number = &d.number
	}
	for _, author := range d.authors {
		if author = clean(author); author != "" && len(item.Authors) < maxAuthors {
			item.Authors = append(item.Authors, author)
		}
	}
	return item
}
