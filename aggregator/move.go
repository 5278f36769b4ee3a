// This file follows addresses that have moved for good, slowly: a server that
// is set up wrong for a day must not make a source read something else for ever.

package aggregator

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/draftwire/draftwire/store"
)

// Movable is an upstream at one HTTP address.
type Movable interface {
	Upstream
	// At is the same upstream polled at another address. led is told where the
	// permanent redirects that an answer began with lead (RFC 9110, sections
	// 15.4.2 and 15.4.9). Each of them was dialled under the guard of package
	// fetch, so that led is never told of an address that the guard refuses.
	At(address string, led func(to string)) Upstream
}

// A permanent redirect is adopted after so many polls in a row that it led to
// one and the same place, over at least so long.
const (
	enoughSightings = 5
	longEnough      = 3 * 24 * time.Hour
)

// address is where a source is polled now.
func (s Source) address(m *store.Move) string {
	if m != nil && m.From == s.Address && m.To != "" && !m.Adopted.IsZero() {
		return m.To
	}
	return s.Address
}

// sighting is what a poll that worked tells of a move: the move as it is to be
// kept, nil for none. polled is the address asked, to where it led, if anywhere.
func sighting(m *store.Move, s Source, polled, to string, now time.Time) *store.Move {
	if to == "" || to == s.Address {
		if polled != s.Address {
			return m // it answers where it moved to
		}
		return nil
	}
	if m == nil || m.From != s.Address || m.To != to {
		return &store.Move{From: s.Address, To: to, Sightings: 1, First: now, Last: now}
	}
	next := *m
	next.Sightings, next.Last = m.Sightings+1, now
	if next.Sightings >= enoughSightings && now.Sub(next.First) >= longEnough && !lessSecure(next) {
		next.Adopted = now
	}
	return &next
}

// lessSecure reports whether a move gives up TLS. Such a redirect is followed
// each time, for what it is worth, and never adopted.
func lessSecure(m store.Move) bool {
	from, err := url.Parse(m.From)
	if err != nil {
		return true
	}
	to, err := url.Parse(m.To)
	return err != nil || from.Scheme == "https" && to.Scheme != "https"
}

// recordMove writes what a poll told of a move.
func (p *Poller) recordMove(ctx context.Context, tx *store.Tx, r Result) error {
	switch {
	case r.gone:
		return tx.SourceGone(ctx, r.id, p.sources[r.Source].Address, p.Catalogue.Now())
	case r.move == r.moved: // as it was
		return nil
	case r.move == nil:
		return tx.ForgetMove(ctx, r.id)
	}
	if err := tx.PutMove(ctx, r.id, *r.move); err != nil || r.move.Adopted.IsZero() {
		return err
	}
	p.Log.Info("source has moved", "source", r.Source, "to", r.move.To)
	_, err := tx.AddNotice(ctx, store.Notice{
		Key:     "moved/" + r.Source + "/" + r.move.To,
		Subject: r.Source + " has moved",
		Text: fmt.Sprintf("The source %s has moved for good, its server says: %d polls in a row since %s were led from\n\n    %s\n\nto\n\n    %s\n\n"+
			"It is polled there from now on. Please write the new address into the configuration; until then\n"+
			"this holds for as long as the new address answers.",
			r.Source, r.move.Sightings, r.move.First.Format(sayTime), r.move.From, r.move.To),
	}, r.move.Adopted)
	return err
}

// sayTime is how times are told to people.
const sayTime = "2006-01-02 15:04 UTC"
