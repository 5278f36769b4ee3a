// An editor's hand: what is done to an edition before it is closed.

package editions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// Action is what an editor does to an edition or to one of its items.
type Action string

// The actions. The last of its kind counts; an empty text takes a text away.
const (
	Hold    Action = "hold"    // do not close until published
	Publish Action = "publish" // close when it is due, or now if it was
	Intro   Action = "intro"   // text above everything, Markdown
	Closing Action = "closing" // text below everything, Markdown
	Pin     Action = "pin"     // the item goes first in its section
	Move    Action = "move"    // the item goes into the section of a topic
	Drop    Action = "drop"    // the item is not shown; it is counted still
	Note    Action = "note"    // text at the item, Markdown
	Restore Action = "restore" // the item is as if nothing had been done to it
)

// RestOfScope stands for the section of what no topic finds when an item is moved.
const RestOfScope = "rest"

// maxText bounds what an editor writes at one place, in bytes.
const maxText = 20_000

// ErrClosed refuses to change what was published.
var ErrClosed = errors.New("a closed edition never changes")

// OpenWindow gives the window of the edition that will be closed next.
func OpenWindow(ctx context.Context, r *store.Reader, n Newsletter) (Window, error) {
	p, err := stand(ctx, r, n)
	return p.open, err
}

// Edit makes an edit and records it: item is the number, the name or the key
// of an item of the edition as it stands now, and empty for what is done to the
// whole. It returns the edit as recorded, with the item's key: numbers change
// with every edit. An edit that cannot be made is refused with what would be
// right, and a closed edition with ErrClosed.
func Edit(ctx context.Context, db *store.DB, n Newsletter, w Window, who string, a Action, item, value string, now time.Time) (edit store.Edit, err error) {
	err = db.Update(ctx, func(tx *store.Tx) error {
		p, err := stand(ctx, &tx.Reader, n)
		if err != nil {
			return err
		}
		label := n.Label(w)
		if closed, err := tx.EditionAt(ctx, n.Name, w.middle()); err == nil {
			return fmt.Errorf("edition %s of %s was closed on %s: %w", label, n.Name, closed.Closed.Format(time.RFC1123), ErrClosed)
		}
		if first := n.WindowAt(p.begin()); (a == Hold || a == Publish) && w.From.Before(first.From) {
			return fmt.Errorf("%s is of before the first edition of %s and is never closed: want %s or a later one", label, n.Name, n.Label(first))
		}
		if a == Absent || a == Speaker {
			return fmt.Errorf("%s is for the talks of a session: name the session", a)
		}
		if edit, err = newEdit(who, a, value, now); err != nil {
			return err
		}
		if a == Move && edit.Value != RestOfScope && !slices.Contains(n.Topics, edit.Value) {
			return fmt.Errorf("%s has no topic %q: want %s, or one of %s", n.Name, edit.Value, RestOfScope, strings.Join(n.Topics, ", "))
		}
		if item != "" {
			if edit.Item, err = findItem(ctx, &tx.Reader, n, w, item); err != nil {
				return err
			}
		}
		return tx.AddEdit(ctx, p.id, label, edit)
	})
	return edit, err
}

func newEdit(who string, a Action, value string, now time.Time) (store.Edit, error) {
	edit := store.Edit{At: now, Who: clean(who), Action: string(a), Value: strings.TrimSpace(markup.CleanText(value))}
	if len(edit.Value) > maxText {
		return edit, fmt.Errorf("%s has %d bytes: want at most %d", a, len(edit.Value), maxText)
	}
	return edit, nil
}

// findItem gives the key of an item, also of one that was dropped.
func findItem(ctx context.Context, r *store.Reader, n Newsletter, w Window, item string) (string, error) {
	e, err := Compose(ctx, r, n, w)
	if err != nil {
		return "", err
	}
	for _, s := range e.Sections {
		for _, i := range s.Items {
			if strings.EqualFold(i.Name, item) || i.Key == item || fmt.Sprint(i.Number) == item || i.standsFor(item) {
				return i.Key, nil
			}
		}
	}
	edits, err := r.Edits(ctx, n.Name, n.Label(w))
	if i := slices.IndexFunc(edits, func(d store.Edit) bool { return d.Item != "" && strings.EqualFold(d.Item, item) }); i >= 0 {
		return edits[i].Item, err
	}
	return "", errors.Join(err, fmt.Errorf("edition %s has no item %q: want its number, or a name such as draft-ietf-quic-multipath-18", e.Label, item))
}

// isHeld reports whether the last word on an edition is to hold it.
func isHeld(edits []store.Edit) (held bool) {
	for _, e := range edits {
		switch Action(e.Action) {
		case Hold:
			held = true
		case Publish:
			held = false
		}
	}
	return held
}

// hand is what an editor's edits come to.
type hand struct {
	edition map[Action]string
	items   map[string]map[Action]string // by key; pin and drop are there or not
}

// handOf sums up edits. What was done to a revision is done to the item that
// stands for it now.
func handOf(edits []store.Edit, stood map[string]string) hand {
	h := hand{make(map[Action]string), make(map[string]map[Action]string)}
	for _, e := range edits {
		e.Item = cmp.Or(stood[e.Item], e.Item)
		switch a := Action(e.Action); {
		case e.Item == "":
			h.edition[a] = e.Value
		case a == Restore:
			delete(h.items, e.Item)
		default:
			if h.items[e.Item] == nil {
				h.items[e.Item] = make(map[Action]string)
			}
			h.items[e.Item][a] = e.Value
		}
	}
	return h
}

// edit puts the editor's hand to a composed edition, and numbers its items anew.
func (n Newsletter) edit(ctx context.Context, r *store.Reader, e *Edition) error {
	edits, err := r.Edits(ctx, n.Name, e.Label)
	if err != nil || len(edits) == 0 {
		return err
	}
	h := handOf(edits, e.stood())
	e.Held, e.Intro, e.Closing = isHeld(edits), h.edition[Intro], h.edition[Closing]
	sections := make(map[string]*Section)
	for i, s := range e.Sections {
		sections[s.Topic] = &e.Sections[i]
	}
	var moved []Item
	for i := range e.Sections {
		s := &e.Sections[i]
		s.Items = slices.DeleteFunc(s.Items, func(item Item) bool {
			if to, ok := h.items[item.Key][Move]; ok && to != cmp.Or(s.Topic, RestOfScope) {
				moved = append(moved, item.movedFrom(*s, to))
				return true
			}
			return false
		})
	}
	filled := make([]Section, len(n.Topics)+1)
	for i, topic := range append(slices.Clone(n.Topics), "") {
		if s := sections[topic]; s != nil && filled[i].Items == nil {
			filled[i] = *s
			delete(sections, topic)
		}
		for _, item := range moved {
			if h.items[item.Key][Move] == cmp.Or(topic, RestOfScope) {
				filled[i].Items = append(filled[i].Items, item)
			}
		}
		filled[i].Topic, filled[i].Title = topic, cmp.Or(filled[i].Title, n.Titles[topic], topic)
		filled[i].Items = h.arrange(filled[i].Items)
	}
	e.Sections = n.numbered(filled)
	return nil
}

// movedFrom is an item on its way into the section of a topic: it stands there
// for that topic's reason, if that finds it, and the one it left is named beside it.
func (item Item) movedFrom(s Section, to string) Item {
	was := Mention{s.Topic, s.Title, item.found(), item.Found}
	item.Reason, item.ReasonRev, item.Found, item.Topics = "", "", 0, slices.Clone(item.Topics)
	if i := slices.IndexFunc(item.Topics, func(m Mention) bool { return m.Name == to }); i >= 0 {
		item.Reason, item.Found = item.Topics[i].Reason, item.Topics[i].Found
		item.Topics = slices.Delete(item.Topics, i, i+1)
	}
	if was.Name != "" {
		item.Topics = slices.Insert(item.Topics, 0, was)
	}
	return item
}

// arrange leaves out what was dropped, adds notes, and puts what was pinned first.
func (h hand) arrange(items []Item) (kept []Item) {
	for _, item := range items {
		done := h.items[item.Key]
		if _, dropped := done[Drop]; dropped {
			continue
		}
		_, item.Pinned = done[Pin]
		_, item.Moved = done[Move]
		item.Note = done[Note]
		kept = append(kept, item)
	}
	slices.SortStableFunc(kept, func(a, b Item) int {
		switch {
		case a.Pinned == b.Pinned:
			return 0
		case a.Pinned:
			return -1
		}
		return 1
	})
	return kept
}
