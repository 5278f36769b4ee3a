// This file keeps a text with what it changed, and shows the events of the
// revisions concerned anew.

package aggregator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
	"github.com/draftwire/draftwire/topics"
)

// KeepText records the text of a revision and compares it with those of the
// revisions before and behind it, as far as they are here. Comparing needs no
// database and is done before the writing begins: whoever fetches texts is alone.
// The error wraps errStumble where that is what failed.
func (c *Cataloguer) KeepText(ctx context.Context, document, rev string, raw []byte, text *texts.Text) error {
	var changes []textChange
	before, err := c.textOf(ctx, document, neighbour(rev, -1))
	if err != nil {
		return err
	}
	if before != nil {
		change, err := compare(rev, before, text)
		if err != nil {
			return err
		}
		changes = append(changes, change)
	}
	next := neighbour(rev, +1)
	behind, err := c.textOf(ctx, document, next)
	if err != nil {
		return err
	}
	if behind != nil {
		change, err := compare(next, text, behind)
		if err != nil {
			return err
		}
		changes = append(changes, change)
	}
	err = c.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutText(ctx, document, rev, raw, c.Now()); err != nil {
			return err
		}
		for _, change := range changes {
			if err := change.put(ctx, tx, document); err != nil {
				return err
			}
		}
		return c.retell(ctx, tx, document, rev, changes)
	})
	if err != nil {
		return fmt.Errorf("keep the text of %s-%s: %w", document, rev, err)
	}
	return nil
}

// compare keeps a panic over two texts from ending them all.
func compare(rev string, before, after *texts.Text) (change textChange, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: comparing -%s with the text before: %v", errStumble, rev, p)
		}
	}()
	return textChange{rev, texts.Compare(before, after)}, nil
}

// textChange is what a revision changed in its text against the one before.
type textChange struct {
	rev string
	texts.Comparison
}

// maxChanges bounds each list of what is kept of a comparison: pages hold those
// of many revisions, and show less.
const maxChanges = 200

func (t textChange) put(ctx context.Context, tx *store.Tx, document string) error {
	t.Sections = t.Sections[:min(len(t.Sections), maxChanges)]
	t.Added, t.Dropped = t.Added[:min(len(t.Added), maxChanges)], t.Dropped[:min(len(t.Dropped), maxChanges)]
	t.AuthorsAdded, t.AuthorsDropped = t.AuthorsAdded[:min(len(t.AuthorsAdded), maxChanges)], t.AuthorsDropped[:min(len(t.AuthorsDropped), maxChanges)]
	text, err := json.Marshal(t.Comparison)
	if err != nil {
		return err
	}
	return tx.PutTextChange(ctx, document, t.rev, text, t.Marks)
}

// retell shows the events of the revisions concerned as they now are, and asks
// the topics.
func (c *Cataloguer) retell(ctx context.Context, tx *store.Tx, document, rev string, changes []textChange) error {
	revs := []string{rev}
	for _, change := range changes {
		if change.rev != rev {
			revs = append(revs, change.rev)
		}
	}
	if err := c.set.Refresh(ctx, tx); err != nil {
		return err
	}
	r := recorder{tx: tx, set: &c.set, now: c.Now(), tally: new(Tally), texts: true}
	for _, rev := range revs {
		events, err := tx.RevisionEvents(ctx, document, rev)
		if err != nil {
			return err
		}
		if err := r.refreshAll(ctx, events); err != nil {
			return err
		}
	}
	return nil
}

// textOf reads a text that is here; nil where it is not.
func (c *Cataloguer) textOf(ctx context.Context, document, rev string) (*texts.Text, error) {
	if rev == "" {
		return nil, nil
	}
	raw, err := c.DB.Text(ctx, document, rev)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// It was read before it was kept. One that no longer can be is nothing to
	// compare with, and no reason to refuse its neighbours.
	text, _ := parse(raw)
	return text, nil
}

// RevisionBefore gives the revision that another is compared with, or nothing.
func RevisionBefore(rev string) string { return neighbour(rev, -1) }

// neighbour gives the revision that many behind another, or nothing.
func neighbour(rev string, by int) string {
	n, err := strconv.Atoi(rev)
	if n += by; err != nil || n < 0 || n > 99 {
		return ""
	}
	return fmt.Sprintf("%02d", n)
}

// item prepares an event for matching, with its text if there may be one. A text
// that is indexed already, and that no topic asks for, is not read again.
func (r *recorder) item(ctx context.Context, e *catalog.Event) (*filters.Item, error) {
	if !r.texts {
		return filters.NewItem(e), nil
	}
	if !r.set.AsksBody() {
		if known, err := r.tx.HasBody(ctx, e.ID); err != nil || known {
			return filters.NewItem(e), err
		}
	}
	return topics.Item(ctx, &r.tx.Reader, e)
}
