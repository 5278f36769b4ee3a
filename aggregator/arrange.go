// This file derives the revisions of a feed entry from all that was told of it.

package aggregator

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

const (
	maxVersions = 10 // of one entry; one that changes more often shows its newest words in the last
	keptNewest  = 2  // messages of one meaning that are kept beside the first
)

// account is a stored message, read again.
type account struct {
	store.Testimony
	reading
	meaning string // of a feed entry
}

func accounts(told []store.Testimony) []account {
	list := make([]account, 0, len(told))
	for _, t := range told {
		a := account{Testimony: t, reading: read(Received{Raw: t.Raw, Format: t.Format, At: t.Received, List: t.List})}
		if a.means != nil {
			a.meaning = a.means()
		}
		list = append(list, a)
	}
	return list
}

// compare is the order in which accounts of an entry came to be: by when it was
// changed, or else received. The order in which they were recorded plays no part.
func (a account) compare(b account) int {
	return cmp.Or(a.changed.Compare(b.changed), a.Received.Compare(b.Received), bytes.Compare(a.Digest, b.Digest))
}

// version is one meaning of an entry, with those who told of it.
type version struct {
	rev       string // empty for the first
	date      time.Time
	precision catalog.Precision
	told      []account // in order
	facts     catalog.Facts
}

// arrange gives the versions of an entry, the oldest first, and the accounts
// that are not worth keeping. It sorts what it is given.
//
// Only the source that told of the entry first tells of its changes: another
// may shorten it, and so would seem to change it to and fro. The account of
// another belongs to the version that means the same, or else to the first.
func arrange(told []account) (versions []version, surplus []account) {
	slices.SortFunc(told, account.compare)
	places := map[string]map[string]int{} // by source and meaning
	for _, a := range told {
		own := places[a.Source]
		if own == nil {
			own = map[string]int{}
			places[a.Source] = own
		}
		if _, known := own[a.meaning]; !known {
			own[a.meaning] = min(len(own), maxVersions-1)
		}
	}
	told, surplus = thin(told, func(a account) string { return fmt.Sprint(places[a.Source][a.meaning], a.Source) })
	lead, begun := places[told[0].Source], map[string]int{}
	for _, a := range told {
		if a.Source == told[0].Source && lead[a.meaning] == len(versions) {
			begun[a.meaning] = len(versions)
			versions = append(versions, versionOf(a, versions))
		}
	}
	for _, a := range told {
		i := begun[a.meaning]
		if a.Source == told[0].Source {
			i = lead[a.meaning]
		}
		versions[i].told = append(versions[i].told, a)
	}
	for i := range versions {
		versions[i].settle(len(lead) > maxVersions && i == maxVersions-1)
	}
	return versions, surplus
}

// versionOf begins a version with the first account of it. A change that claims
// no later date than the version before happened when it was received.
func versionOf(a account, before []version) version {
	if len(before) == 0 {
		return version{}
	}
	v := version{rev: a.meaning, date: a.changed, precision: a.sure}
	if !v.date.After(before[len(before)-1].date) {
		v.date, v.precision = settled(a.Received), catalog.Approximate
	}
	return v
}

// settle weighs what was told of a version. The first has the date of the
// entry's publication. One that stands for all later versions too has the
// newest words.
func (v *version) settle(restless bool) {
	var all []catalog.Evidence
	for _, a := range v.told {
		all = append(all, a.evidence())
	}
	if v.rev == "" {
		v.date, v.precision = catalog.SettleDate(all)
	}
	if restless {
		all = all[len(all)-1:]
	}
	v.facts = catalog.Settle(all)
}

// evidence makes a stored message evidence again.
func (a account) evidence() catalog.Evidence {
	e := catalog.Evidence{
		Message: fmt.Sprintf("%x", a.Digest), Source: a.Source, Rank: a.Rank, Date: a.Date, Precision: a.Precision,
	}
	if a.Format == store.Record {
		e.Message = a.record.order() + e.Message
	}
	for _, report := range a.reports {
		if report.Key() == a.Key {
			e.Facts = report.Facts
			return e
		}
	}
	if a.post != nil { // a copy that stands as a post
		e.Facts = a.post().Facts
	}
	return e
}

// thin keeps of the feed entries of each kind the first and the newest, so that
// one whose bytes change at every poll does not fill the database. The accounts
// are in order.
func thin(told []account, kind func(account) string) (kept, surplus []account) {
	count, seen := map[string]int{}, map[string]int{}
	for _, a := range told {
		count[kind(a)]++
	}
	for _, a := range told {
		k := kind(a)
		seen[k]++
		if n := seen[k]; a.Format == store.FeedEntry && n > 1 && n <= count[k]-keptNewest {
			surplus = append(surplus, a)
			continue
		}
		kept = append(kept, a)
	}
	return kept, surplus
}
