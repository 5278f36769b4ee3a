package filters

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/draftwire/draftwire/catalog"
)

// found gives the ids that a set finds, sorted, and fails if one comes twice.
func found(t rapid.TB, s *Set, it *Item) []int64 {
	t.Helper()
	ids := []int64{}
	s.Match(it, func(id int64) { ids = append(ids, id) })
	slices.Sort(ids)
	if len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Fatalf("found twice: %v", ids)
	}
	return ids
}

// asked gives the ids of the queries that find the item, each asked alone.
func asked(rules map[int64]*Query, it *Item) []int64 {
	ids := []int64{}
	for id, q := range rules {
		if q.Match(it) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// The set finds what a loop over all rules finds, whatever was put and
// removed, and however much it has learnt.
func TestSetFindsWhatALoopFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Uint64().Draw(t, "seed"))
		s, rules := new(Set), make(map[int64]*Query)
		// Now and then a lot was learnt, and numbers are about to begin anew.
		s.terms.event = rapid.SampledFrom([]uint32{0, 1<<32 - 20}).Draw(t, "events before")
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			id := int64(rapid.IntRange(0, 30).Draw(t, "id"))
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				s.Remove(id)
				delete(rules, id)
			case 1:
				text := w.rule(mostExpressions)
				if rapid.Bool().Draw(t, "nested") {
					text = queries(2).Draw(t, "query")
				}
				q, err := Parse(text)
				if err != nil {
					t.Fatalf("Parse(%q): %v", text, err)
				}
				s.Put(id, q)
				rules[id] = q
			default:
				e := w.event()
				if known := rapid.IntRange(0, 5).Draw(t, "event"); known < 5 {
					e = []*catalog.Event{multipath, hybrid, japanese, rfc, bare}[known]
				}
				it := NewItem(e)
				if rapid.Bool().Draw(t, "text") {
					text := w.event().Facts.Abstract
					it.WithBody(func() string { return text })
				}
				if got, want := found(t, s, it), asked(rules, it); !slices.Equal(got, want) {
					t.Fatalf("the set finds %v, a loop %v, of %v", got, want, rules)
				}
			}
			if s.Len() != len(rules) || s.Unanchored() > len(rules) {
				t.Fatalf("the set has %d rules, %d without anchor; want %d", s.Len(), s.Unanchored(), len(rules))
			}
		}
		for id := range rules {
			s.Remove(id)
		}
		if n := len(s.terms.places) + len(s.terms.pairs) + len(s.terms.beginnings) + s.Unanchored(); n != 0 {
			t.Fatalf("the empty set still holds %d terms", n)
		}
	})
}

// Thousands of rules, some hundred events, and a review in between.
func TestSetOfManyRules(t *testing.T) {
	w := newWorld(4)
	rules := make(map[int64]*Query)
	s := new(Set)
	for i, q := range w.rules(2000, mostExpressions) {
		rules[int64(i)] = q
		s.Put(int64(i), q)
	}
	matches, tests := 0, 0
	const events = 3 * censusFirst
	for _, e := range w.events(events) {
		it := NewItem(e)
		got := found(t, s, it)
		if want := asked(rules, it); !slices.Equal(got, want) {
			t.Fatalf("the set finds %v, a loop %v", got, want)
		}
		matches += len(got)
		tests += s.tested()
	}
	if matches < events || matches > 20*events {
		t.Errorf("%d events have %d matches; want some of each", events, matches)
	}
	if tests > 40*events {
		t.Errorf("%d events took %d tests of 2000 rules", events, tests)
	}
}

// tested counts the rules that the last event was tested against.
func (s *Set) tested() int {
	n := 0
	for _, r := range s.rules {
		if r.query != nil && r.tested == s.terms.event {
			n++
		}
	}
	return n
}

// What rules are filed under, while nothing is learnt.
func TestSetAnchors(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{`quic`, `quic`},
		{`group:quic`, `group=quic`},
		{`kind:draft quic`, `quic, guarded by kind=draft`},
		{`"congestion control"`, `congestion control`},
		{`"congestion control algorithm"`, `congestion control, guarded by control algorithm`},
		{`"congestion control algo"*`, `congestion control, guarded by algo*`},
		{`title:a quic rev:>=3`, `quic, guarded by a`},
		{`conn*`, `conn*`},
		{`"public key"*`, `public, guarded by key*`},
		{`co*`, ``},
		{`co* quic`, `quic`},
		{`標`, `標*`},
		{`post-quantum`, `post quantum; postquantum`},
		{`quic OR group:tls`, `quic; group=tls`},
		{`(quic OR tls) kind:rfc`, `quic, guarded by kind=rfc; tls, guarded by kind=rfc`},
		{`(quic kind:rfc) OR tls`, `quic, guarded by kind=rfc; tls`},
		{`quic -tls`, `quic`},
		{`quic OR -tls`, ``},
		{`-quic`, ``},
		{`pages:>3`, ``},
		{`pages:>3 OR quic`, ``},
		{``, ``},
	} {
		var s Set
		s.Put(1, mustParse(t, c.query))
		if got := s.spelled(1); got != c.want {
			t.Errorf("%s is filed under %q, want %q", c.query, got, c.want)
		}
		if want := c.want == ""; (s.Unanchored() == 1) != want {
			t.Errorf("%s: %d rules without anchor", c.query, s.Unanchored())
		}
	}
}

// spelled lists the terms that a rule is filed under.
func (s *Set) spelled(id int64) string {
	text := ""
	for i, f := range s.rules[s.places[id]].anchors {
		if i > 0 {
			text += "; "
		}
		text += s.terms.list[f.term].text
		if f.guard != 0 {
			text += ", guarded by " + s.terms.list[f.guard].text
		}
	}
	return text
}

// Queries are the same if they and all they refer to have the same tree.
func TestSame(t *testing.T) {
	lookup := func(query string) func(string) (*Query, bool) {
		return func(string) (*Query, bool) { return mustParse(t, query), true }
	}
	resolved := func(query, topic string) *Query {
		q, err := Resolve(mustParse(t, query), lookup(topic))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	for _, c := range []struct {
		a, b *Query
		want bool
	}{
		{mustParse(t, "quic  tls"), mustParse(t, "(quic AND tls)"), true},
		{mustParse(t, "quic tls"), mustParse(t, "quic OR tls"), false},
		{resolved("topic:x -tls", "quic"), resolved("topic:x -tls", "(quic)"), true},
		{resolved("topic:x -tls", "quic"), resolved("topic:x -tls", "dns"), false},
	} {
		if got := c.a.Same(c.b); got != c.want {
			t.Errorf("%s and %s are the same: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// A rule filed under a word that turns out common is moved.
func TestSetLearns(t *testing.T) {
	e := *multipath
	e.Facts.Abstract = "protocolization of something"
	var s Set
	s.Put(1, mustParse(t, "protocolization dns"))
	if got := s.spelled(1); got != "protocolization, guarded by dns" {
		t.Fatalf("filed under %q at first", got)
	}
	for range censusFirst {
		s.Match(NewItem(&e), func(int64) { t.Fatal("it matches") })
	}
	if got := s.spelled(1); got != "dns, guarded by protocolization" {
		t.Errorf("filed under %q after %d events with one of the words", got, censusFirst)
	}
}

// The census stays of one size and forgets slowly.
func TestCensusFades(t *testing.T) {
	var c census
	for range 2 * censusFull * censusStep {
		if c.open() {
			c.count([]string{"always"})
			c.close()
		}
	}
	if len(c.cells) != censusCells || c.events > censusFull {
		t.Errorf("%d cells, %d events", len(c.cells), c.events)
	}
	if got := c.share("always", 0); got < 0.9 || got > 1 {
		t.Errorf("what every event has is in %.2f of them", got)
	}
}

// A text is long: it is had only where a rule asks for it, and once.
func TestSetAsksForTextsOnlyIfWanted(t *testing.T) {
	s, times := new(Set), 0
	item := func() *Item {
		times = 0
		return NewItem(hybrid).WithBody(func() string { times++; return "Path migration is out of scope." })
	}
	s.Put(1, mustParse(t, "migration /x/"))
	if got := found(t, s, item()); len(got) != 0 || times != 0 {
		t.Errorf("without a rule for texts: found %v, had %d times", got, times)
	}
	s.Put(2, mustParse(t, `body:"path migration"`))
	s.Put(3, mustParse(t, "body:(migration quic)"))
	s.Put(4, mustParse(t, "-body:quic"))
	if got := found(t, s, item()); !slices.Equal(got, []int64{2, 4}) || times != 1 {
		t.Errorf("with rules for texts: found %v, had %d times", got, times)
	}
	s.Remove(2)
	s.Remove(3)
	s.Remove(4)
	if got := found(t, s, item()); len(got) != 0 || times != 0 {
		t.Errorf("after the rules went: found %v, had %d times", got, times)
	}
}
