package aggregator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// tellings makes accounts of "source title hour", where the hour is when the
// entry says it was updated; "-" is not said. They are received an hour apart.
func tellings(told ...string) (list []account) {
	for i, s := range told {
		var source, title, hour string
		_, _ = fmt.Sscan(s, &source, &title, &hour)
		at := now.Add(time.Duration(i) * time.Hour)
		a := account{Testimony: store.Testimony{Source: source, Format: store.FeedEntry, Received: at, Digest: []byte(s)}, meaning: title}
		a.Message, a.Date, a.Rank = int64(i), now.Add(-time.Hour), catalog.Copied
		a.changed, a.sure = at, catalog.Approximate
		if h, err := time.ParseDuration(hour + "h"); err == nil {
			a.changed, a.sure = now.Add(h), catalog.Exact
		}
		a.post = func() catalog.Report { return catalog.Report{Facts: catalog.Facts{Title: title}} }
		list = append(list, a)
	}
	return list
}

func TestArrange(t *testing.T) {
	var restless []string
	for i := range 15 {
		restless = append(restless, fmt.Sprintf("a t%02d -", i))
	}
	for _, tt := range []struct {
		name string
		told []string
		want []string // rev, title, hours after now, and how often told
		left int      // not worth keeping
	}{
		{"one", []string{"a one -"}, []string{" one -1 1"}, 0},
		{"the same", []string{"a one -", "a one 5"}, []string{" one -1 2"}, 0},
		{"the same, often", []string{"a one -", "a one 1", "a one 2", "a one 3", "a one 4"}, []string{" one -1 3"}, 2},
		{"changed", []string{"a one 0", "a two 3"}, []string{" one -1 1", "two two 3 1"}, 0},
		{"changed, told in another order", []string{"a two 3", "a one 0"}, []string{" one -1 1", "two two 3 1"}, 0},
		{"changed without a date", []string{"a one -", "a two -"}, []string{" one -1 1", "two two 1 1"}, 0},
		{"changed under the same date", []string{"a one 0", "a two 2", "a six 2"}, []string{" one -1 1", "two two 2 1", "six six ~2 1"}, 0},
		{"and back", []string{"a one 0", "a two 3", "a one 4"}, []string{" one -1 2", "two two 3 1"}, 0},
		{"another source", []string{"a one 0", "b more 1", "b less 2"}, []string{" one -1 3"}, 0},
		{"another source that means the same", []string{"a one 0", "b more 1", "b two 3", "a two 4"}, []string{" one -1 2", "two two 4 2"}, 0},
		{"another source, earlier in every change", []string{"a one 0", "b six 1", "b two 2", "a two 3", "a six 4"}, []string{" one -1 1", "two two 3 2", "six six 4 2"}, 0},
		{"restless", restless, []string{
			" t00 -1 1", "t01 t01 1 1", "t02 t02 2 1", "t03 t03 3 1", "t04 t04 4 1", "t05 t05 5 1", "t06 t06 6 1", "t07 t07 7 1", "t08 t08 8 1", "t09 t14 9 3",
		}, 3},
	} {
		versions, surplus := arrange(tellings(tt.told...))
		var got []string
		for _, v := range versions {
			about := ""
			if v.rev != "" && v.precision != catalog.Exact && strings.Contains(tt.name, "same date") {
				about = "~"
			}
			got = append(got, fmt.Sprintf("%s %s %s%g %d", v.rev, v.facts.Title, about, v.date.Sub(now).Hours(), len(v.told)))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if len(surplus) != tt.left {
			t.Errorf("%s: %d are left out, want %d", tt.name, len(surplus), tt.left)
		}
	}
}

// TestArrangeBounded holds that whatever is told, what is kept is bounded, and
// that forgetting the rest changes nothing.
func TestArrangeBounded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(rt, "accounts")
		var told []string
		for range n {
			told = append(told, fmt.Sprintf("%c m%d %d", 'a'+rapid.IntRange(0, 2).Draw(rt, "source"), rapid.IntRange(0, 15).Draw(rt, "meaning"), rapid.IntRange(0, 50).Draw(rt, "hour")))
		}
		versions, surplus := arrange(tellings(told...))
		var kept []account
		for _, v := range versions {
			kept = append(kept, v.told...)
		}
		if len(kept)+len(surplus) != n || len(versions) > maxVersions || len(kept) > 3*maxVersions*(1+keptNewest) {
			rt.Fatalf("%d accounts: %d versions, %d kept, %d not", n, len(versions), len(kept), len(surplus))
		}
		slices.Reverse(kept)
		again, more := arrange(kept)
		if len(more) > 0 || len(again) != len(versions) {
			rt.Fatalf("%d versions become %d, and %d more are left out", len(versions), len(again), len(more))
		}
		for i := range again {
			if again[i].rev != versions[i].rev || !again[i].date.Equal(versions[i].date) || again[i].facts.Title != versions[i].facts.Title {
				rt.Fatalf("version %d: %+v becomes %+v", i, versions[i].facts, again[i].facts)
			}
		}
	})
}
