// This file polls the IETF Datatracker's REST interface.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// Datatracker is the Datatracker's collections (Tastypie, JSON): documents of
// type draft with their states, their revisions, how documents stand to each
// other, and groups with their areas. It is read in passes: what changed since
// the last one, and Overlap more. A pass that breaks off goes on at the page
// where it was.
//
// The fields and addresses are those that DOMAIN documents; there they come
// from the interface's clients, not from a server. That id__gt filters
// relations is assumed; where it does not they are read whole.
type Datatracker struct {
	URL     string // empty: DefaultDatatracker
	Client  *fetch.Client
	Now     func() time.Time
	Overlap time.Duration // how far a pass goes back behind the last one; 0 is two days
	History time.Duration // how far the first pass goes back for revisions and expiries; 0 is 30 days
	Page    int           // objects asked for at a time; 0 is 100

	mu    sync.Mutex // guards names
	names trackerNames
}

// DefaultDatatracker is where the collections stand.
const DefaultDatatracker = "https://datatracker.ietf.org"

// Address implements [Movable].
func (d *Datatracker) Address() string { return cmp.Or(d.URL, DefaultDatatracker) }

// At implements [Movable].
func (d *Datatracker) At(address string, tell func(fetch.Outcome)) Upstream {
	return trackerAt{d, address, d.Client.Telling(tell)}
}

// trackerAt is a Datatracker at an address.
type trackerAt struct {
	*Datatracker
	base   string
	client *fetch.Client
}

// trackerCursor is how far each collection has been read.
type trackerCursor struct {
	Documents trackerPlace     `json:"documents"`
	Revisions trackerPlace     `json:"revisions"`
	Relations map[string]int64 `json:"relations,omitempty"` // highest id, by relationship
}

// trackerPlace is a place in a collection that is read by time.
type trackerPlace struct {
	Since time.Time `json:"since,omitzero"` // changes up to here are known
	Next  string    `json:"next,omitempty"` // page at which the pass goes on, if one is under way, below the base
	Began time.Time `json:"began,omitzero"` // when that pass began
	High  time.Time `json:"high,omitzero"`  // the latest change it saw
}

// trackerPoll is one poll under way.
type trackerPoll struct {
	*Datatracker
	trackerNames
	collections
	take  Taker
	at    trackerCursor
	floor time.Time                // what happened before is not told
	met   map[string]trackerRecent // documents met in this poll, by folded name
}

// trackerRecent is what a poll remembers of a document for the passes behind.
type trackerRecent struct {
	rev   string
	time  time.Time
	facts catalog.Facts
}

// Poll implements [Upstream].
func (d *Datatracker) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	return trackerAt{d, d.Address(), d.Client}.Poll(ctx, cursor, take)
}

// Poll implements [Upstream].
func (d trackerAt) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	p := trackerPoll{
		Datatracker: d.Datatracker, collections: collections{base: strings.TrimSuffix(d.base, "/"), client: d.client, limit: d.Page},
		take: take, met: make(map[string]trackerRecent),
	}
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &p.at); err != nil {
			p.at = trackerCursor{} // read as if for the first time, nothing is lost
		}
	}
	if p.at.Relations == nil {
		p.at.Relations = make(map[string]int64)
	}
	p.floor = d.Now().Add(-cmp.Or(d.History, 30*24*time.Hour))
	if since := p.at.Documents.Since; !since.IsZero() && since.Before(p.floor) {
		p.floor = since
	}
	for _, pass := range []func(context.Context) error{p.learn, p.documents, p.revisions, p.relations} {
		if err := pass(ctx); err != nil {
			return 0, err
		}
	}
	return 0, partly(p.faults)
}

// give hands records over, together with the place reached.
func (p *trackerPoll) give(ctx context.Context, records []Record) error {
	return takeWith(ctx, p.take, p.received(records, p.Now()), p.at)
}

// below is an address without the base, if it stands below it: the base may be
// another when the pass goes on.
func (p *trackerPoll) below(address string) string {
	if rest, ok := strings.CutPrefix(address, p.base); ok && strings.HasPrefix(rest, "/") {
		return rest
	}
	return address
}

// changed reads what changed in a collection since the place, or goes on with
// a pass that broke off. change reads one object, and gives its time.
func (p *trackerPoll) changed(ctx context.Context, collection string, place *trackerPlace, from time.Time,
	change func(json.RawMessage) ([]Record, time.Time, error), filters ...string,
) error {
	if place.Next == "" {
		if !from.IsZero() {
			filters = append(filters, "time__gte", from.UTC().Format("2006-01-02T15:04:05"))
		}
		*place = trackerPlace{Since: place.Since, Next: p.below(p.address(collection, filters...)), Began: p.Now().UTC()}
	}
	first := place.Next
	if strings.HasPrefix(first, "/") {
		first = p.base + first
	}
	err := p.walk(ctx, first, func(objects []json.RawMessage, next string) error {
		var records []Record
		for _, object := range objects {
			of, t, err := change(object)
			if err != nil {
				p.fault(fmt.Errorf("%s: %w", collection, err))
				continue
			}
			records = append(records, of...)
			if t.After(place.High) {
				place.High = t
			}
		}
		if place.Next = p.below(next); next == "" { // a clock that is ahead must not hide what comes after
			high := place.High
			if high.After(place.Began) {
				high = place.Began
			}
			if high.Before(place.Since) || high.IsZero() {
				high = place.Since
			}
			*place = trackerPlace{Since: high}
		}
		return p.give(ctx, records)
	})
	if gone(err) && place.Next != "" { // the page to go on at is no more: the next poll begins the pass anew
		place.Next = ""
		return cmp.Or(p.give(ctx, nil), err)
	}
	return err
}

// back is the time from which a pass over a place reads.
func (p *trackerPoll) back(place trackerPlace) time.Time {
	if place.Since.IsZero() {
		return time.Time{}
	}
	return place.Since.Add(-cmp.Or(p.Overlap, 48*time.Hour))
}
