// This file reads how the Datatracker's documents stand to each other.

package aggregator

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/draftwire/draftwire/catalog"
)

// trackerRelations are the relations between documents, by the Datatracker's
// names.
var trackerRelations = []struct {
	name string
	kind catalog.RelationType
}{
	{"replaces", catalog.Replaces}, {"became_rfc", catalog.BecameRFC}, {"updates", catalog.Updates}, {"obs", catalog.Obsoletes},
}

// relations reads how documents stand to each other, as far as that is new.
// That a relation was taken back is not seen.
func (p *trackerPoll) relations(ctx context.Context) error {
	for _, relation := range trackerRelations {
		known, begun := p.at.Relations[relation.name]
		address := p.address("doc/relateddocument", "relationship", relation.name, "id__gt", strconv.FormatInt(known, 10))
		high := known
		err := p.walk(ctx, address, func(objects []json.RawMessage, next string) error {
			var records []Record
			for _, object := range objects {
				of, id, err := p.relation(object, relation.kind, begun)
				if err != nil {
					p.fault(fmt.Errorf("doc/relateddocument: %w", err))
					continue
				}
				if id > known || id == 0 {
					records = append(records, of...)
				}
				high = max(high, id)
			}
			if next == "" {
				p.at.Relations[relation.name] = high
			}
			return p.give(ctx, records)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// relation reads one relation. tell is whether one that is new has just come
// to be.
func (p *trackerPoll) relation(object json.RawMessage, kind catalog.RelationType, tell bool) (records []Record, id int64, err error) {
	var o struct {
		ID     int64  `json:"id"`
		Source string `json:"source"` // addresses
		Target string `json:"target"` //
	}
	if err := json.Unmarshal(object, &o); err != nil {
		return nil, 0, err
	}
	from, to := slug(o.Source), slug(o.Target)
	if !related(from) || !related(to) || catalog.Fold(from) == catalog.Fold(to) {
		return nil, o.ID, nil // members of sub-series, status changes, charters
	}
	r := Record{Document: from, Relations: []catalog.Relation{{From: from, Type: kind, To: to}}}
	records = append(records, r)
	if doc, met := p.met[catalog.Fold(to)]; met && tell && kind == catalog.Replaces {
		replaced := Record{Document: to, Rev: doc.rev, Facts: doc.facts}.replacement()
		replaced.Date, replaced.Precision = doc.time, catalog.Approximate // being replaced is a change of the document
		records = append(records, replaced)
	}
	return records, o.ID, nil
}

func related(name string) bool {
	return catalog.RFCNumber(name) != 0 || catalog.KindOf(name) == catalog.Draft && catalog.IsDraftName(name)
}
