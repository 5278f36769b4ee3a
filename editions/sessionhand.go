// An editor's hand on the report of a session.

package editions

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// The actions that only a talk knows.
const (
	Absent  Action = "absent"  // the speaker did not come; the talk is shown, and says so
	Speaker Action = "speaker" // who spoke; an empty text takes it away
)

// onSessions are the actions on the report of a session. It is never closed, so
// it cannot be held, and its talks have their order.
var onSessions = []Action{Intro, Closing, Note, Drop, Restore, Absent, Speaker}

// EditSession is [Edit] for the report of a session: an item is a talk, by its
// number or the name of its slides. What is done belongs to the newsletter in
// which the report is told.
func EditSession(ctx context.Context, db *store.DB, n Newsletter, ref SessionRef, who string, a Action, item, value string, now time.Time) (edit store.Edit, label string, err error) {
	if !slices.Contains(onSessions, a) {
		return edit, "", fmt.Errorf("%s is for editions: a report on a session is never closed, and its talks keep their order", a)
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		p, err := stand(ctx, &tx.Reader, n)
		if err != nil {
			return err
		}
		e, err := n.untouched(ctx, &tx.Reader, ref)
		if err != nil {
			return err
		}
		label = e.Label
		if edit, err = newEdit(who, a, value, now); err != nil {
			return err
		}
		if a == Speaker && strings.ContainsAny(edit.Value, "\n") {
			return fmt.Errorf("a speaker is one line: want names such as %q", "Ada Wing")
		}
		if item != "" {
			if edit.Item, err = e.findTalk(item); err != nil {
				return err
			}
		}
		return tx.AddEdit(ctx, p.id, label, edit)
	})
	return edit, label, err
}

// findTalk gives the key of a talk, by its number or the name of its slides.
func (e *Edition) findTalk(item string) (string, error) {
	var found []string
	for _, s := range e.Sections {
		for _, i := range s.Items {
			if strings.EqualFold(i.Name, item) || i.Key == catalog.Fold(item) || i.label() == item+"." {
				found = append(found, i.Key)
			}
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("session %s has no talk %q: want its number, or the name of its slides", e.Label, item)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s are all number %s of %s: want the name of one", strings.Join(found, ", "), item, e.Label)
}

// retouch puts an editor's hand to the report of a session.
func (e *Edition) retouch(h hand) {
	e.Intro, e.Closing = h.edition[Intro], h.edition[Closing]
	for i := range e.Sections {
		s := &e.Sections[i]
		s.Items = h.arrange(s.Items)
		for j := range s.Items {
			item := &s.Items[j]
			done := h.items[item.Key]
			_, item.Talk.Absent = done[Absent]
			item.Talk.Speaker = clean(done[Speaker])
			item.Number = j + 1
		}
	}
	e.Sections = slices.DeleteFunc(e.Sections, func(s Section) bool { return len(s.Items) == 0 })
}
