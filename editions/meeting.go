// Meetings: which drafts stood on which agendas, by the topics of a newsletter.

package editions

import (
	"cmp"
	"context"
	"slices"
	"time"

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
	on := make(map[string][]Sitting)  // by folded name
	revs := make(map[string][]string) // likewise, as they were brought
	for _, s := range list {
		had := false
		for _, p := range s.Materials {
			if name := catalog.Fold(p.Name); p.Type() == catalog.DraftOnAgenda {
				if len(on[name]) == 0 {
					names = append(names, name)
				}
				on[name], revs[name], had = append(on[name], s.named()), append(revs[name], p.Rev), true
			}
		}
		if had {
			e.Session.Held++
		}
	}
	e.Session.Count = len(names)
	posted, err := postings(ctx, r, names)
	if err != nil {
		return nil, err
	}
	var known []found
	for _, name := range names {
		if list := posted[name]; len(list) > 0 {
			known = append(known, shownOf(list, revs[name], e.To))
		}
	}
	if e.Sections, err = n.sections(ctx, r, Window{From: e.From, To: e.To}, known); err != nil {
		return nil, err
	}
	if n.Rest {
		e.addUnknown(n, names, posted)
	}
	e.sit(names, on)
	return e, nil
}

// shownOf is the revision of a draft that was brought to a meeting, or the newest
// before its end. The others stand beside it, those from after the meeting
// first, so that they are the last to be asked by which topics they were found.
func shownOf(list []found, revs []string, end time.Time) found {
	at := 0
	for i, f := range list {
		if f.Published.Before(end) {
			at = i
		}
	}
	for i, f := range list {
		if slices.Contains(revs, f.Rev) {
			at = i
		}
	}
	f := list[at]
	f.beside = slices.Concat(list[at+1:], list[:at])
	return f
}

// addUnknown adds the drafts that the catalogue does not have to the rest.
func (e *Edition) addUnknown(n Newsletter, names []string, posted map[string][]found) {
	var items []Item
	for _, name := range names {
		if len(posted[name]) == 0 {
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
