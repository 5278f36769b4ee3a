package filters

import "strings"

// This file holds the terms that the rules of a set are filed under.

// key names a term: a token, two tokens that stand beside each other with a
// space between them, the beginning of a token with * behind it, or a piece of
// text with / before it. No token holds any of these signs.
type key struct {
	text    string
	columns Columns // where it counts
}

// anchor is a term to file a rule under.
type anchor struct {
	key
	guard key  // another term that the rule requires, or empty
	proof bool // whether an event that has both surely matches
}

// filed says where a rule is filed, by places in the list of terms.
type filed struct{ term, guard uint32 }

// posting is a rule filed under a term.
type posting struct {
	rule             uint32
	guard            uint32  // place of the guard, or 0
	columns, guarded Columns // where the term and the guard count
	proof            bool
}

// term is what rules are filed under or guarded by.
type term struct {
	text     string
	postings []posting
	uses     uint32  // as a term, as a guard, and in pairs
	pairs    uint32  // that begin with it
	event    uint32  // number of the last event that had it
	columns  Columns // where that event had it
}

// terms is the list of terms in use and the ways to find them.
type terms struct {
	list       []term // the first is not used
	free       []uint32
	places     map[string]uint32
	pairs      map[pair]uint32
	beginnings map[[gram]byte][]uint32
	pieces     pieces
	event      uint32 // number of the event at hand
}

// pair is the places of two tokens.
type pair struct{ first, second uint32 }

// gram is how many bytes a beginning or piece must have, to be found by them.
const gram = 3

// next begins an event. It reports whether the numbers of events began anew.
func (ts *terms) next() (again bool) {
	if ts.event++; ts.event != 0 {
		return false
	}
	ts.event = 1
	for i := range ts.list {
		ts.list[i].event = 0
	}
	return true
}

// look marks the terms that the tokens of a column have, and appends those
// that the event did not have before.
func (ts *terms) look(tokens []string, c Column, present []uint32) []uint32 {
	previous := uint32(0)
	for _, token := range tokens {
		at := ts.places[token]
		if at != 0 {
			present = ts.mark(at, c, present)
			if previous != 0 && ts.list[previous].pairs > 0 {
				if both, ok := ts.pairs[pair{previous, at}]; ok {
					present = ts.mark(both, c, present)
				}
			}
		}
		previous = at
		if len(token) >= gram && len(ts.beginnings) > 0 {
			present = ts.lookBeginning(token, c, present)
		}
	}
	return present
}

func (ts *terms) lookBeginning(token string, c Column, present []uint32) []uint32 {
	for _, at := range ts.beginnings[[gram]byte([]byte(token[:gram]))] {
		text := ts.list[at].text
		if strings.HasPrefix(token, text[:len(text)-1]) {
			present = ts.mark(at, c, present)
		}
	}
	return present
}

func (ts *terms) mark(at uint32, c Column, present []uint32) []uint32 {
	t := &ts.list[at]
	if t.event != ts.event {
		t.event, t.columns = ts.event, 0
		present = append(present, at)
	}
	t.columns |= 1 << c
	return present
}

// admits reports whether the event at hand has the guard of a posting.
func (ts *terms) admits(p *posting) bool {
	if p.guard == 0 {
		return true
	}
	t := &ts.list[p.guard]
	return t.event == ts.event && t.columns&p.guarded != 0
}

// enter files a rule under a term.
func (ts *terms) enter(a anchor, rule uint32) filed {
	f := filed{term: ts.use(a.text)}
	p := posting{rule: rule, columns: a.columns, proof: a.proof}
	if a.guard.text != "" {
		f.guard = ts.use(a.guard.text)
		p.guard, p.guarded = f.guard, a.guard.columns
	}
	t := &ts.list[f.term]
	t.postings = append(t.postings, p)
	return f
}

// leave takes a rule from under a term.
func (ts *terms) leave(f filed, rule uint32) {
	list := ts.list[f.term].postings
	for i := range list {
		if list[i].rule == rule && list[i].guard == f.guard {
			list[i] = list[len(list)-1]
			ts.list[f.term].postings = list[:len(list)-1]
			break
		}
	}
	ts.drop(f.term)
	if f.guard != 0 {
		ts.drop(f.guard)
	}
}

// use gives the place of a term, and makes one for it if it has none.
func (ts *terms) use(text string) uint32 {
	at, ok := ts.places[text]
	if !ok {
		at = ts.place()
		ts.list[at].text = text
		ts.places[text] = at
		ts.link(text, at)
	}
	ts.list[at].uses++
	return at
}

// link makes a new term to be found in events.
func (ts *terms) link(text string, at uint32) {
	first, second, isPair := strings.Cut(text, " ")
	switch {
	case text[0] == '/':
		ts.pieces.add(text[1:], at)
	case isPair:
		p := pair{ts.use(first), ts.use(second)}
		ts.list[p.first].pairs++
		ts.pairs[p] = at
	case text[len(text)-1] == '*':
		key := [gram]byte([]byte(text[:gram]))
		ts.beginnings[key] = append(ts.beginnings[key], at)
	}
}

// unlink undoes link.
func (ts *terms) unlink(text string, at uint32) {
	first, second, isPair := strings.Cut(text, " ")
	switch {
	case text[0] == '/':
		ts.pieces.remove(text[1:], at)
	case isPair:
		p := pair{ts.places[first], ts.places[second]}
		delete(ts.pairs, p)
		ts.list[p.first].pairs--
		ts.drop(p.first)
		ts.drop(p.second)
	case text[len(text)-1] == '*':
		key := [gram]byte([]byte(text[:gram]))
		if ts.beginnings[key] = without(ts.beginnings[key], at); len(ts.beginnings[key]) == 0 {
			delete(ts.beginnings, key)
		}
	}
}

// place gives a free place in the list.
func (ts *terms) place() uint32 {
	if n := len(ts.free); n > 0 {
		at := ts.free[n-1]
		ts.free = ts.free[:n-1]
		return at
	}
	if ts.places == nil {
		ts.places = make(map[string]uint32)
		ts.pairs = make(map[pair]uint32)
		ts.beginnings = make(map[[gram]byte][]uint32)
		ts.list = make([]term, 1)
	}
	ts.list = append(ts.list, term{})
	return uint32(len(ts.list) - 1)
}

// drop undoes one use. A term without use is forgotten.
func (ts *terms) drop(at uint32) {
	t := &ts.list[at]
	if t.uses--; t.uses > 0 {
		return
	}
	text := t.text
	delete(ts.places, text)
	*t = term{}
	ts.free = append(ts.free, at)
	ts.unlink(text, at)
}
