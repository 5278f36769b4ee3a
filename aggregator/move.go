// This file follows addresses that have moved for good, slowly: a server that
// is set up wrong for a day must not make a source read something else for ever.

package aggregator

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Movable is an upstream that is read over HTTP, at one address or at addresses
// made from one.
type Movable interface {
	Upstream
	// Address is that one as configured, or the usual one of its kind. It may
	// hold {YYYY} and {MM}.
	Address() string
	// At is the same upstream polled at another address. tell is told how each
	// request ended. Where it was led was dialled under the guard of package
	// fetch, so that no move leads to an address that the guard refuses.
	At(address string, tell func(fetch.Outcome)) Upstream
}

// home is where a source is polled unless it has moved; empty: nothing there
// can move.
func (s Source) home() string {
	if m, ok := s.Upstream.(Movable); ok {
		return m.Address()
	}
	return ""
}

// A permanent redirect is adopted after so many polls in a row that it led to
// one and the same place, over at least so long.
const (
	enoughSightings = 5
	longEnough      = 3 * 24 * time.Hour
)

// polledAt is where a source is polled now. Who it is goes with it on the same
// host, as with each redirect.
func (s Source) polledAt(m *store.Move) string {
	home := s.home()
	if m == nil || m.From != home || m.To == "" || m.Adopted.IsZero() {
		return home
	}
	from, err := url.Parse(home)
	to, err2 := url.Parse(m.To)
	if err != nil || err2 != nil || from.User == nil || from.Scheme != to.Scheme || from.Host != to.Host {
		return m.To
	}
	return strings.Replace(m.To, "://", "://"+from.User.String()+"@", 1)
}

// sighting is what a poll that worked tells of a move: the move as it is to be
// kept, nil for none. home is the address as configured, polled the one asked,
// to where it led, if anywhere; known is false if nothing was asked.
func sighting(m *store.Move, home, polled, to string, known bool, now time.Time) *store.Move {
	switch {
	case !known:
		return m
	case to == "" || to == withoutUser(home):
		if polled != home {
			return m // it answers where it moved to
		}
		return nil
	case m == nil || m.From != home || m.To != to:
		return &store.Move{From: home, To: to, Sightings: 1, First: now, Last: now}
	}
	next := *m
	next.Sightings, next.Last = m.Sightings+1, now
	if next.Sightings >= enoughSightings && now.Sub(next.First) >= longEnough && !lessSecure(next) {
		next.Adopted = now
	}
	return &next
}

// withoutUser leaves an address without user and password, and all else as it is.
func withoutUser(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, path, below := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if below {
		path = "/" + path
	}
	return scheme + "://" + host + path
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
		return tx.SourceGone(ctx, r.id, p.sources[r.Source].home(), p.Catalogue.Now())
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
			r.Source, r.move.Sightings, r.move.First.Format(sayTime), withoutUser(r.move.From), r.move.To),
	}, r.move.Adopted)
	return err
}

// sayTime is how times are told to people.
const sayTime = "2006-01-02 15:04 UTC"
