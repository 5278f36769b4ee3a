// Folding: a draft that was posted several times within a window is one item,
// as its newest revision.

package editions

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Posting is a revision for which a newer one of the same edition stands.
type Posting struct {
	Key       string    `json:"key"` // identity of the event
	Rev       string    `json:"rev"`
	Published time.Time `json:"published"` // UTC
	Day       string    `json:"day"`       // of Published in the edition's zone
	Late      bool      `json:"late,omitempty"`
}

// fold leaves one of each draft's postings, the newest revision, with the others
// in it. Last calls and whatever else happened to a draft stand for themselves,
// and so do an RFC and a draft that goes on under another name.
func fold(events []found) (folded []found) {
	at := make(map[string]int) // where a draft stands
	for _, f := range events {
		name := catalog.Fold(f.Document)
		i, again := at[name]
		switch {
		case !f.isPosting():
			folded = append(folded, f)
		case again:
			folded[i] = folded[i].joined(f)
		default:
			at[name] = len(folded)
			folded = append(folded, f)
		}
	}
	return folded
}

func (f found) isPosting() bool {
	return f.Kind == catalog.Draft && (f.Event.Event == catalog.New || f.Event.Event == catalog.Revised)
}

// joined is the newer of two postings of a draft, with the other one in it.
func (f found) joined(o found) found {
	all := slices.Concat(f.older, o.older)
	f.older, o.older = nil, nil
	all = append(all, f, o)
	slices.SortFunc(all, found.compareRevs)
	newest := all[len(all)-1]
	newest.older = all[:len(all)-1]
	return newest
}

// compareRevs orders postings of a draft by their revisions.
func (f found) compareRevs(o found) int {
	return cmp.Or(len(f.Rev)-len(o.Rev), cmp.Compare(f.Rev, o.Rev))
}

// first is the oldest posting that an event stands for, itself where it stands for
// no other. What happened to that happened to the draft: one whose -00 is among
// them is new.
func (f found) first() found {
	if len(f.older) > 0 {
		return f.older[0]
	}
	return f
}

// postings lists the revisions that an item stands for beside its own.
func (n Newsletter) postings(f found) (list []Posting) {
	for _, o := range f.older {
		list = append(list, Posting{
			Key: o.Key, Rev: clean(o.Rev), Published: o.Published.UTC(),
			Day: o.Published.In(n.zone()).Format(time.DateOnly), Late: o.late,
		})
	}
	return list
}

// diffOf is where the full difference is read: against the revision before the
// first of the edition, which only has to be named where there are several.
func diffOf(f found, plain string) string {
	before, err := strconv.Atoi(f.first().Rev)
	switch {
	case len(f.older) == 0 || err != nil:
		return plain
	case before == 0:
		return "" // all of it is new
	}
	return fmt.Sprintf("https://author-tools.ietf.org/iddiff?url1=%s&url2=%s",
		url.QueryEscape(fmt.Sprintf("%s-%02d", f.Document, before-1)), url.QueryEscape(f.NameRev()))
}

// standsFor reports whether a name is that of an older revision of the item.
func (item Item) standsFor(name string) bool {
	return slices.ContainsFunc(item.Older, func(p Posting) bool { return strings.EqualFold(item.Document+"-"+p.Rev, name) })
}

// stood gives by the key of each posting the key of the item that stands for it.
func (e *Edition) stood() map[string]string {
	keys := make(map[string]string)
	for _, s := range e.Sections {
		for _, item := range s.Items {
			for _, p := range item.Older {
				keys[p.Key] = item.Key
			}
		}
	}
	return keys
}
