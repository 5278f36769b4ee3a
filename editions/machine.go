// Machine text: what a language model wrote, where there is one and it did so in
// time. Nothing here waits for it, and each text bears a label.

package editions

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// MachineText is what a language model wrote, checked by a machine only.
type MachineText struct {
	Task     string `json:"task"`     // summary, use, title, translation; intro
	Language string `json:"language"` // BCP 47
	Text     string `json:"text"`
	Model    string `json:"model"`
}

// Machine knows what a language model wrote. It only looks up what is there.
type Machine interface {
	// Sendable tells which events the model may hear of.
	Sendable(context.Context, *store.Reader, []catalog.Event) (map[int64]bool, error)
	// Texts gives what it wrote about events in a language, by their ids.
	Texts(ctx context.Context, r *store.Reader, language string, events []catalog.Event) (map[int64][]store.MachineAsk, error)
	// Introduction gives what it wrote about the outline of an edition.
	Introduction(ctx context.Context, r *store.Reader, edition, language, outline string) (store.MachineAsk, bool, error)
}

func machineText(a store.MachineAsk) MachineText {
	return MachineText{a.Task, a.Language, shortened(markup.Clean(a.Text), maxAbstract), clean(a.Model)}
}

// Brief gives the sentences of an abstract that an item shows, or nothing.
func Brief(abstract string) string { return summarise(abstract) }

// UpcomingNews gives what happened since the open window of a newsletter began,
// and what is late in it: what editions to come may show, newest first.
func UpcomingNews(ctx context.Context, r *store.Reader, n Newsletter) ([]catalog.Event, error) {
	p, err := stand(ctx, r, n)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // not known yet
	}
	if err != nil {
		return nil, err
	}
	scope := n.scope()
	events, err := r.Search(ctx, scope, store.Page{From: p.open.From})
	if err != nil {
		return nil, err
	}
	late, err := lateEvents(ctx, r, n, scope, p.open, p)
	return append(events, late...), err
}

// WantsIntro gives the name and the outline of the edition that wants a
// proposed introduction: the open one, once its window is over or an editor
// holds it, unless it has one or is empty. at is the end of its window.
func WantsIntro(ctx context.Context, r *store.Reader, n Newsletter, now time.Time) (name, outline string, at time.Time, err error) {
	p, err := stand(ctx, r, n)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return "", "", at, err
	}
	edits, err := r.Edits(ctx, n.Name, n.Label(p.open))
	if err != nil || now.Before(p.open.To) && !isHeld(edits) {
		return "", "", at, err
	}
	c, err := compose(ctx, r, n, p.open, p)
	if err != nil || c.edition.Intro != "" || c.edition.Len() == 0 {
		return "", "", at, err
	}
	may, err := n.Machine.Sendable(ctx, r, c.all)
	return c.edition.name(), c.edition.outline(keysOf(c.all, may)), p.open.To, err
}

// machine puts in what a language model wrote.
func (n Newsletter) machine(ctx context.Context, r *store.Reader, c composition) error {
	if n.Machine == nil {
		return nil
	}
	e := c.edition
	texts, err := n.Machine.Texts(ctx, r, e.Language, c.all)
	if err != nil {
		return err
	}
	byKey := make(map[string][]store.MachineAsk, len(texts))
	for _, event := range c.all {
		byKey[event.Key] = texts[event.ID]
	}
	for _, s := range e.Sections {
		for i := range s.Items {
			for _, a := range byKey[s.Items[i].Key] {
				s.Items[i].Machine = append(s.Items[i].Machine, machineText(a))
			}
		}
	}
	if e.Intro != "" || e.Len() == 0 {
		return nil
	}
	may, err := n.Machine.Sendable(ctx, r, c.all)
	if err != nil {
		return err
	}
	intro, ok, err := n.Machine.Introduction(ctx, r, e.name(), e.Language, e.outline(keysOf(c.all, may)))
	if ok {
		text := machineText(intro)
		e.Machine = &text
	}
	return err
}

// keysOf gives the keys of the events that are marked.
func keysOf(events []catalog.Event, marked map[int64]bool) map[string]bool {
	keys := make(map[string]bool, len(marked))
	for _, e := range events {
		if marked[e.ID] {
			keys[e.Key] = true
		}
	}
	return keys
}

// name tells an edition from all others.
func (e *Edition) name() string { return e.Newsletter + "/" + e.Label }

// outlined is how many titles an outline has at most.
const outlined = 60

// outline is the edition in a few lines of text: its counts, what is hot, and
// titles. What a model must not hear of is left out, and so are the sections,
// whose titles could tell of it.
func (e *Edition) outline(may map[string]bool) string {
	m, lines := messagesIn(e.Language), e.countWords()
	for _, h := range e.Hot {
		open := h.Kind != HotTopic // whose title is the topic's
		for _, key := range h.Items {
			open = open && may[key]
		}
		if open {
			lines = append(lines, m.hot(h, e.days()))
		}
	}
	titles := 0
	for _, s := range e.Sections {
		for _, item := range s.Items {
			if may[item.Key] && titles < outlined {
				titles++
				lines = append(lines, "- "+item.Title)
			}
		}
	}
	if titles == 0 {
		return ""
	}
	return strings.Join(lines, "\n")
}

// Proposed is the introduction that a language model proposes, as Markdown, or
// nothing.
func (e *Edition) Proposed() string {
	if e.Machine == nil {
		return ""
	}
	return escape(e.Machine.Text)
}

// machineView is a text with its label.
type machineView struct{ Label, Text, Language string }

func (m *messages) machine(texts ...MachineText) (views []machineView) {
	for _, t := range texts {
		views = append(views, machineView{m.Machine(t.Task, t.Model), t.Text, t.Language})
	}
	return views
}

func englishMachine(task, model string) string {
	what := map[string]string{
		"summary": "Machine summary", "use": "Where it would be used, by a machine", "title": "Machine translation of the title",
		"translation": "Machine translation", "intro": "Introduction by a machine",
	}[task]
	return what + " (" + model + "), unchecked by a person"
}

func japaneseMachine(task, model string) string {
	what := map[string]string{
		"summary": "機械による要約", "use": "機械による用途の説明", "title": "機械による題名の翻訳",
		"translation": "機械による翻訳", "intro": "機械による前書き",
	}[task]
	return what + "（" + model + "、人による確認なし）"
}
