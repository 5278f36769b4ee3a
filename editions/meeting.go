// Meetings: which drafts stood on which agendas, by the topics of a newsletter.

package editions

import (
	"cmp"
	"context"
	"slices"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// ComposeMeeting makes the report of a whole meeting: in the sections of a
// newsletter, the drafts that stood on agendas, with the sessions. It is never
// closed.
func ComposeMeeting(ctx context.Context, r *store.Reader, n Newsletter, meeting string) (*Edition, error) {
	list, said, err := sittings(ctx, r, meeting)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, unknownMeeting(meeting)
	}
	e := n.report(catalog.Session{Meeting: list[0].Meeting}, said)
	words := messagesIn(n.Language).session()
	e.Label, e.Title = meeting, clean(words.Agendas(list[0].Meeting.Title(), list[0].Meeting.City))

	var names []string
	on := make(map[string][]Sitting) // by folded name
	for _, s := range list {
		had := false
		for _, p := range s.Materials {
			if name := catalog.Fold(p.Name); p.Type() == catalog.DraftOnAgenda {
				if len(on[name]) == 0 {
					names = append(names, name)
				}
				on[name], had = append(on[name], s.named()), true
			}
		}
		if had {
			e.Session.Held++
		}
	}
	e.Session.Count = len(names)
	events, err := newest(ctx, r, names)
	if err != nil {
		return nil, err
	}
	var known []found
	for _, name := range names {
		if event, ok := events[name]; ok {
			known = append(known, found{Event: event})
		}
	}
	if e.Sections, err = n.sections(ctx, r, Window{From: e.From, To: e.To}, known); err != nil {
		return nil, err
	}
	if n.Rest {
		e.addUnknown(n, names, events)
	}
	e.sit(names, on)
	return e, nil
}

// addUnknown adds the drafts that the catalogue does not have to the rest.
func (e *Edition) addUnknown(n Newsletter, names []string, events map[string]catalog.Event) {
	var items []Item
	for _, name := range names {
		if _, known := events[name]; !known {
			item := n.item(found{Event: catalog.Event{Key: name, Document: name, Kind: catalog.Draft, Published: e.From}}, background{})
			item.Day = "" // nothing is known of its revisions
			items = append(items, item)
		}
	}
	if last := len(e.Sections) - 1; last >= 0 && e.Sections[last].Topic == "" {
		e.Sections[last].Items = append(e.Sections[last].Items, items...)
	} else if len(items) > 0 {
		m := messagesIn(n.Language)
		title := m.Rest
		if len(n.Topics) == 0 {
			title = m.All
		}
		e.Sections = append(e.Sections, Section{Title: title, Items: items})
	}
}

// sit tells of each draft on which agendas it was, and puts the drafts in the
// order of the sessions.
func (e *Edition) sit(names []string, on map[string][]Sitting) {
	place := make(map[string]int, len(names))
	for i, name := range names {
		place[name] = i
	}
	number := 0
	for _, s := range e.Sections {
		slices.SortStableFunc(s.Items, func(a, b Item) int {
			return cmp.Compare(place[catalog.Fold(a.Document)], place[catalog.Fold(b.Document)])
		})
		for i := range s.Items {
			number++
			item := &s.Items[i]
			item.Number, item.Sittings = number, on[catalog.Fold(item.Document)]
			item.Change, item.Origin = nil, nil // of the revision, not of the meeting
		}
	}
}
