package catalog

import (
	"cmp"
	"slices"
	"time"
)

// Standing is one source's word about a document as a whole, whatever its
// revision: the area it belongs to and where it stands in the processes it
// goes through. A group speaks through its charter's document.
type Standing struct {
	Rank     Rank
	Said     time.Time         // when the source said it, UTC
	Message  string            // digest of the message, the last tie-breaker
	Area     string            // acronym; empty if it does not say
	States   map[string]string // slug by type of state, lc by draft-iesg; an empty slug says that there is none
	Complete bool              // there are no states but these
}

// Compare orders standings: better rank, then later, then by digest. Facts of
// a revision come from the earliest word, since a revision does not change;
// where a document stands does, so here the latest word counts.
func (s Standing) Compare(o Standing) int {
	return cmp.Or(cmp.Compare(s.Rank, o.Rank), o.Said.Compare(s.Said), cmp.Compare(s.Message, o.Message))
}

// SettleStanding gives the area and the slugs of the states, sorted, that the
// words of several sources add up to: the area, and the state of each type,
// from the best word that speaks of it. It does not change its argument.
func SettleStanding(told []Standing) (area string, states []string) {
	sorted := slices.SortedFunc(slices.Values(told), Standing.Compare)
	spoken := make(map[string]bool)
	complete := false
	for _, s := range sorted {
		area = cmp.Or(area, s.Area)
		if complete {
			continue
		}
		for kind, slug := range s.States {
			if !spoken[kind] && slug != "" {
				states = append(states, slug)
			}
			spoken[kind] = true
		}
		complete = s.Complete
	}
	slices.Sort(states)
	return area, slices.Compact(states)
}
