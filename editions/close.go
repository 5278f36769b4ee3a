// Closing: an edition is composed once, numbered, and never changes.

package editions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/store"
)

// progress is how far a newsletter has come.
type progress struct {
	id     int64     // its row
	number int       // of the last closed edition
	open   Window    // the next to be closed
	first  time.Time // when its first edition began, zero when none is closed
	closed time.Time // when the last one was closed
}

// stand reads a newsletter's progress. It gives store.ErrNotFound for one that
// the store does not know; see [store.Tx.KeepNewsletters].
func stand(ctx context.Context, r *store.Reader, n Newsletter) (progress, error) {
	row, err := rowOf(ctx, r, n.Name)
	if err != nil {
		return progress{}, err
	}
	p := progress{id: row.ID}
	last, err := r.Editions(ctx, n.Name, 1)
	if err != nil {
		return progress{}, err
	}
	if len(last) == 0 {
		begin := row.Made
		if !n.First.IsZero() {
			begin = n.First
		}
		p.open = n.WindowAt(begin)
		return p, nil
	}
	p.number, p.closed = last[0].Number, last[0].Closed
	p.open = n.Next(Window{From: last[0].From, To: last[0].To})
	p.first, err = r.FirstEdition(ctx, n.Name)
	return p, err
}

func rowOf(ctx context.Context, r *store.Reader, name string) (store.Newsletter, error) {
	rows, err := r.Newsletters(ctx)
	if err != nil {
		return store.Newsletter{}, err
	}
	for _, row := range rows {
		if row.Name == name {
			return row, nil
		}
	}
	return store.Newsletter{}, fmt.Errorf("newsletter %q: %w", name, store.ErrNotFound)
}

// NextClose gives when the newsletter's open edition is due to be closed.
func NextClose(ctx context.Context, r *store.Reader, n Newsletter) (time.Time, error) {
	p, err := stand(ctx, r, n)
	if err != nil {
		return time.Time{}, err
	}
	return n.due(p.open), nil
}

func (n Newsletter) due(w Window) time.Time { return w.To.Add(n.Grace) }

// CloseDue closes every window that is due at now, oldest first, each in a
// transaction of its own, and notes when the next one is due. One that an editor
// holds waits, and so do those behind it. Several processes
// may call it: each window is closed once. With an error come the editions
// that were closed before it.
func CloseDue(ctx context.Context, db *store.DB, n Newsletter, now time.Time) ([]*Edition, error) {
	var closed []*Edition
	for {
		due, err := NextClose(ctx, &db.Reader, n)
		if err != nil {
			return closed, fmt.Errorf("close editions of %s: %w", n.Name, err)
		}
		if due.After(now) {
			return closed, noteNext(ctx, db, n, due)
		}
		var e *Edition
		err = db.Update(ctx, func(tx *store.Tx) (err error) {
			e, err = closeOpen(ctx, tx, n, now)
			return err
		})
		if errors.Is(err, errHeld) {
			return closed, noteNext(ctx, db, n, due)
		}
		if errors.Is(err, errNotDue) {
			continue // another process was faster
		}
		if err != nil {
			return closed, fmt.Errorf("close editions of %s: %w", n.Name, err)
		}
		closed = append(closed, e)
	}
}

var errNotDue, errHeld = errors.New("not due"), errors.New("held for review")

// closeOpen closes the open window. What is open and due is asked again within
// the transaction, and with it everything is read that the edition holds.
func closeOpen(ctx context.Context, tx *store.Tx, n Newsletter, now time.Time) (*Edition, error) {
	p, err := stand(ctx, &tx.Reader, n)
	if err != nil {
		return nil, err
	}
	if n.due(p.open).After(now) {
		return nil, errNotDue
	}
	c, err := compose(ctx, &tx.Reader, n, p.open, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", n.Label(p.open), err)
	}
	e := c.edition
	if e.Held {
		return nil, errHeld
	}
	if !n.PublishIntro {
		e.Machine = nil // it was proposed to an editor
	}
	e.Note, e.Number, e.Closed = "", p.number+1, now.UTC().Truncate(time.Microsecond)
	content, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	e.ID, err = tx.AddEdition(ctx, p.id, store.Edition{
		Number: e.Number, From: e.From, To: e.To, Closed: e.Closed, Content: content,
	}, c.events)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Label, err)
	}
	return e, tx.SetNextEdition(ctx, p.id, n.due(n.Next(p.open)))
}

// noteNext writes when the open edition is due, if that is not what stands there.
func noteNext(ctx context.Context, db *store.DB, n Newsletter, due time.Time) error {
	row, err := rowOf(ctx, &db.Reader, n.Name)
	if err != nil || row.Next.Equal(due) {
		return err
	}
	return db.Update(ctx, func(tx *store.Tx) error { return tx.SetNextEdition(ctx, row.ID, due) })
}

// Load gives the closed edition of a window, or where there is none a
// composition, which says of itself that it is one.
func Load(ctx context.Context, r *store.Reader, n Newsletter, w Window) (*Edition, error) {
	row, err := r.EditionAt(ctx, n.Name, w.middle())
	if errors.Is(err, store.ErrNotFound) {
		return Compose(ctx, r, n, w)
	}
	if err != nil {
		return nil, err
	}
	e, err := Decode(row)
	if err != nil {
		return nil, err
	}
	if e.Label != n.Label(w) { // the newsletter had another cadence then
		return Compose(ctx, r, n, w)
	}
	return e, nil
}
