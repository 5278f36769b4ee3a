// This file learns what the Datatracker's states and groups are called.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// trackerNames are what the addresses of states and groups stand for.
type trackerNames struct {
	states  map[string]trackerState // by address
	groups  map[string]trackerGroup // likewise
	learned time.Time
}

type trackerState struct {
	Address string `json:"resource_uri"`
	Type    string `json:"type"` // address
	Slug    string `json:"slug"`
}

type trackerGroup struct {
	Address string      `json:"resource_uri"`
	Acronym string      `json:"acronym"`
	Type    string      `json:"type"`   // address
	Parent  string      `json:"parent"` // address
	Time    trackerTime `json:"time"`
}

// learn reads what states and groups are called, once a day, and tells which
// area each working group belongs to.
func (p *trackerPoll) learn(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if age := p.Now().Sub(p.names.learned); p.names.states != nil && age >= 0 && age < 24*time.Hour {
		p.trackerNames = p.names
		return nil
	}
	n := trackerNames{states: make(map[string]trackerState), groups: make(map[string]trackerGroup), learned: p.Now()}
	err := p.walk(ctx, p.address("doc/state"), func(objects []json.RawMessage, _ string) error {
		for _, object := range objects {
			var s trackerState
			err := json.Unmarshal(object, &s)
			p.fault(err)
			n.states[s.Address] = s
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = p.walk(ctx, p.address("group/group"), func(objects []json.RawMessage, _ string) error {
		for _, object := range objects {
			var g trackerGroup
			err := json.Unmarshal(object, &g)
			p.fault(err)
			n.groups[g.Address] = g
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.trackerNames = n
	if err := p.areas(ctx); err != nil {
		return err
	}
	p.names = n
	return nil
}

// areas tells of working groups, in batches that are small since each may
// concern all events of its group.
func (p *trackerPoll) areas(ctx context.Context) error {
	var records []Record
	for _, g := range p.groups {
		if area := p.area(g); slug(g.Type) == "wg" && area != "" && acronym(g.Acronym) != "" {
			records = append(records, Record{Document: catalog.CharterName(g.Acronym), Area: area, Said: g.Time.Time})
		}
	}
	slices.SortFunc(records, func(a, b Record) int { return cmp.Compare(a.Document, b.Document) })
	for some := range slices.Chunk(records, 20) {
		if err := p.give(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// area gives the acronym of a group's area.
func (n trackerNames) area(g trackerGroup) string {
	if slug(g.Type) == "area" {
		return acronym(g.Acronym)
	}
	if parent := n.groups[g.Parent]; slug(parent.Type) == "area" {
		return acronym(parent.Acronym)
	}
	return ""
}

// forget makes the next poll read the states and groups anew.
func (p *trackerPoll) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names.learned = time.Time{}
}
