package filters

// This file holds the set: many queries, asked of an event at once.

// Set is many queries, indexed by what each requires, so that an event is
// tested only against those that can match it. The zero Set is empty and
// ready. It serves one goroutine at a time, as matching also learns.
//
// A rule is filed under an anchor: the rarest term that an event must have for
// the rule to match, one for each branch of an OR. How rare terms are is
// learnt from the events that were matched; a rule filed under a term that
// turned out common is moved, a few rules an event, when enough was learnt.
type Set struct {
	rules   []rule
	free    []uint32         // places in rules that are not in use
	places  map[int64]uint32 // where a rule stands
	always  []uint32         // rules that require nothing
	terms   terms
	census  census
	present []uint32 // terms of the event at hand
	bodies  int      // rules that ask for the text of a revision
	review  int      // rules still to be looked at again
}

// rule is one query of the set.
type rule struct {
	id      int64
	query   *Query  // nil if the place is free
	anchors []filed // none if it requires nothing
	probe   *probe  // of an expression that it requires, or nil
	body    bool    // whether it asks for the text of a revision
	tested  uint32  // number of the last event it was tested against
}

// Put adds a query, or replaces the one with that id. The rest of the set
// stays as it is.
func (s *Set) Put(id int64, q *Query) {
	s.Remove(id)
	if s.places == nil {
		s.places = make(map[int64]uint32)
	}
	var at uint32
	if n := len(s.free); n > 0 {
		at, s.free = s.free[n-1], s.free[:n-1]
	} else {
		at = uint32(len(s.rules))
		s.rules = append(s.rules, rule{})
	}
	s.places[id] = at
	s.rules[at] = rule{id: id, query: q, probe: newProbe(q.root), body: q.AsksBody()}
	if s.rules[at].body {
		s.bodies++
	}
	s.file(at, s.choose(q.root))
}

// AsksBody reports whether any query asks for the text of a revision.
func (s *Set) AsksBody() bool { return s.bodies > 0 }

// Remove takes a query out. It does nothing if there is none with that id.
func (s *Set) Remove(id int64) {
	at, ok := s.places[id]
	if !ok {
		return
	}
	s.unfile(at)
	delete(s.places, id)
	if s.rules[at].body {
		s.bodies--
	}
	s.rules[at] = rule{}
	s.free = append(s.free, at)
}

// Len counts the queries.
func (s *Set) Len() int { return len(s.places) }

// Unanchored counts the queries that require no term, and so are tested
// against every event: negations, numbers alone, beginnings of words of one or
// two letters.
func (s *Set) Unanchored() int { return len(s.always) }

// Match calls yield with the id of every query that finds the item, each once,
// in no order. yield must not change the set.
func (s *Set) Match(it *Item, yield func(id int64)) {
	if s.Len() == 0 {
		return
	}
	s.mark(it)
	for _, id := range s.present {
		t := &s.terms.list[id]
		for i := range t.postings {
			if p := &t.postings[i]; p.columns&t.columns != 0 && s.terms.admits(p) {
				s.test(p.rule, p.proof, it, yield)
			}
		}
	}
	for _, at := range s.always {
		s.test(at, false, it, yield)
	}
	s.terms.pieces.forget()
	s.reviewSome()
}

// test asks one rule, unless it was asked about this item before. With proof
// the answer is known.
func (s *Set) test(at uint32, proof bool, it *Item, yield func(id int64)) {
	r := &s.rules[at]
	if r.tested == s.terms.event {
		return
	}
	r.tested = s.terms.event
	if proof || r.probe.possible(it, &s.terms.pieces) && r.query.Match(it) {
		yield(r.id)
	}
}

// mark finds which terms of the set the item has, looking each of its tokens
// up once, and counts the tokens.
func (s *Set) mark(it *Item) {
	if s.terms.next() {
		for i := range s.rules { // the numbers of events began anew
			s.rules[i].tested = 0
		}
	}
	s.present = s.present[:0]
	learn := s.census.open()
	for c := range Column(columns) {
		if c == Body && s.bodies == 0 {
			continue // it is long
		}
		tokens := it.indexed(c).tokens
		s.present = s.terms.look(tokens, c, s.present)
		if learn {
			s.census.count(tokens)
		}
	}
	s.present = s.terms.lookPieces(it, s.present)
	if learn && s.census.close() {
		s.review = len(s.rules)
	}
}

// file enters a rule under its anchors.
func (s *Set) file(at uint32, anchors clause) {
	if len(anchors) == 0 {
		s.always = append(s.always, at)
		return
	}
	list := make([]filed, len(anchors))
	for i, a := range anchors {
		list[i] = s.terms.enter(a, at)
	}
	s.rules[at].anchors = list
}

// unfile takes a rule from where it is filed.
func (s *Set) unfile(at uint32) {
	anchors := s.rules[at].anchors
	if len(anchors) == 0 {
		s.always = without(s.always, at)
	}
	for _, f := range anchors {
		s.terms.leave(f, at)
	}
	s.rules[at].anchors = nil
}

// reviewed is how many rules are looked at again with each event.
const reviewed = 32

// reviewSome moves rules whose anchor turned out to be more than twice as
// common as another choice.
func (s *Set) reviewSome() {
	for n := 0; n < reviewed && s.review > 0; n++ {
		s.review--
		if s.review >= len(s.rules) {
			continue
		}
		r := &s.rules[s.review]
		if len(r.anchors) == 0 {
			continue
		}
		better := s.choose(r.query.root)
		if s.cost(better)*2 < s.costNow(r) {
			s.unfile(uint32(s.review))
			s.file(uint32(s.review), better)
		}
	}
}

// costNow estimates how many tests a rule costs for each event as it is filed.
func (s *Set) costNow(r *rule) float64 {
	sum := 0.0
	for _, f := range r.anchors {
		sum += s.share(s.terms.list[f.term].text)
	}
	return sum
}

// without takes one value out of a list whose order means nothing.
func without(list []uint32, value uint32) []uint32 {
	for i, v := range list {
		if v == value {
			list[i] = list[len(list)-1]
			return list[:len(list)-1]
		}
	}
	return list
}
