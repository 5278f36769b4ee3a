package topics

import (
	"slices"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

// The topics in force follow what they are replaced by, also when only a topic
// that one refers to has changed, and are found in their order.
func TestReplace(t *testing.T) {
	item := filters.NewItem(&catalog.Event{Kind: catalog.Draft, Facts: catalog.Facts{Title: "QUIC over TLS", Group: "quic"}})
	compiledAs := func(text, reference string, place int) compiled {
		q, err := filters.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		q, err = filters.Resolve(q, func(string) (*filters.Query, bool) {
			other, err := filters.Parse(reference)
			return other, err == nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return compiled{q, place}
	}
	var s Set
	for _, step := range []struct {
		name  string
		fresh map[int64]compiled
		want  []int64
	}{
		{"none", nil, nil},
		{"three", map[int64]compiled{
			1: compiledAs("quic", "", 2), 2: compiledAs("topic:x", "dns", 1), 3: compiledAs("-http", "", 0),
		}, []int64{3, 1}},
		{"the topic referred to changed", map[int64]compiled{
			1: compiledAs("quic", "", 2), 2: compiledAs("topic:x", "tls", 1), 3: compiledAs("-http", "", 0),
		}, []int64{3, 2, 1}},
		{"the order changed", map[int64]compiled{
			1: compiledAs("quic", "", 0), 2: compiledAs("topic:x", "tls", 1), 3: compiledAs("-http", "", 2),
		}, []int64{1, 2, 3}},
		{"one changed, one gone", map[int64]compiled{
			1: compiledAs("dns", "", 0), 3: compiledAs("-http", "", 2),
		}, []int64{3}},
	} {
		s.replace(step.fresh)
		if got := s.find(item); !slices.Equal(got, step.want) {
			t.Errorf("%s: found %v, want %v", step.name, got, step.want)
		}
		if s.Len() != len(step.fresh) || s.rules.Len() != s.Len() {
			t.Errorf("%s: %d topics, %d rules, want %d", step.name, s.Len(), s.rules.Len(), len(step.fresh))
		}
	}
	if s.Unanchored() != 1 {
		t.Errorf("%d topics require nothing, want 1", s.Unanchored())
	}
}
