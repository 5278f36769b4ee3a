package filters

import (
	"regexp/syntax"
	"strings"
)

// This file says which terms an event must have for a query to match, and
// chooses the ones to file the query under.

// A clause is a list of terms of which an event must have one.
type clause []anchor

// needs is what a query requires: every clause must be fulfilled.
type needs struct {
	clauses []clause
	more    bool // whether fulfilling them all may still not be enough
}

// choose gives the clause of a query that fewest events fulfil, or none if
// the query requires nothing. Where there is another term that the query
// requires, it becomes the guard.
func (s *Set) choose(n Node) clause {
	var all needs
	s.require(n, &all)
	return s.narrow(all)
}

// narrow chooses among clauses.
func (s *Set) narrow(all needs) clause {
	best := s.cheapest(all.clauses, -1)
	if best < 0 {
		return nil
	}
	chosen, left := all.clauses[best], len(all.clauses)-1
	guard := s.cheapest(all.clauses, best)
	for i := range chosen {
		a, unproved := &chosen[i], left
		if guard >= 0 && a.guard.text == "" {
			a.guard = all.clauses[guard][0].key
			if all.clauses[guard][0].proof {
				unproved--
			}
		}
		a.proof = a.proof && unproved == 0 && !all.more
	}
	return chosen
}

// cheapest finds the clause that fewest events fulfil, or -1. As a guard for
// the clause besides, only a single term will do.
func (s *Set) cheapest(clauses []clause, besides int) int {
	best, least := -1, 0.0
	for i, c := range clauses {
		if i == besides || besides >= 0 && (len(c) != 1 || c[0].guard.text != "") {
			continue
		}
		if cost := s.cost(c); best < 0 || cost < least {
			best, least = i, cost
		}
	}
	return best
}

// require adds what a node requires. Nodes that it does not know require
// nothing.
func (s *Set) require(n Node, all *needs) {
	switch n := n.(type) {
	case *And:
		for _, node := range n.Nodes {
			s.require(node, all)
		}
	case *Or:
		var either clause
		for _, node := range n.Nodes {
			one := s.choose(node)
			if one == nil {
				all.more = true
				return
			}
			either = append(either, one...)
		}
		all.clauses = append(all.clauses, either)
	case *Words:
		s.requireWords(n, all)
	case *Facet:
		all.clauses = append(all.clauses, clause{{key: key{n.Token, ColumnSet(Facets)}, proof: true}})
	case *Glob:
		all.more = true
		for _, word := range n.Words() {
			all.clauses = append(all.clauses, clause{{key: key{word, ColumnSet(Name)}}})
		}
	case *Pattern:
		all.more = true
		s.requirePieces(n, all)
	case *Topic:
		if n.Node == nil {
			all.more = true
			return
		}
		s.require(n.Node, all)
	default:
		all.more = true
	}
}

// requirePieces adds what every match of an expression holds.
func (s *Set) requirePieces(n *Pattern, all *needs) {
	var either clause
	tree, err := syntax.Parse(n.re.String(), syntax.Perl)
	if err != nil { // it was read before
		return
	}
	pieces, _ := piecesOf(tree)
	for _, piece := range pieces {
		either = append(either, anchor{key: key{"/" + piece, n.Columns}})
	}
	if either != nil {
		all.clauses = append(all.clauses, either)
	}
}

// requireWords adds what a leaf of words requires: of one phrase every word,
// of several the rarest word of each.
func (s *Set) requireWords(n *Words, all *needs) {
	if len(n.Alternatives) == 1 {
		requirePhrase(n, n.Alternatives[0], all)
		return
	}
	var either clause
	for _, phrase := range n.Alternatives {
		var one needs
		requirePhrase(n, phrase, &one)
		chosen := s.narrow(one)
		if chosen == nil {
			all.more = true
			return
		}
		either = append(either, chosen...)
	}
	all.clauses = append(all.clauses, either)
}

// requirePhrase adds each two words of a phrase that stand beside each other.
// That all do in one place is more, and so is a beginning behind a word.
func requirePhrase(n *Words, phrase []string, all *needs) {
	add := func(text string) {
		all.clauses = append(all.clauses, clause{{key: key{text, n.Columns}, proof: true}})
	}
	all.more = all.more || len(phrase) > 2 || n.Prefix && len(phrase) > 1
	whole := phrase
	if n.Prefix {
		whole = phrase[:len(phrase)-1]
		if last := phrase[len(whole)]; len(last) < gram {
			all.more = true
		} else {
			add(last + "*")
		}
	}
	if len(whole) == 1 {
		add(whole[0])
	}
	for i := 1; i < len(whole); i++ {
		add(whole[i-1] + " " + whole[i])
	}
}

// cost estimates how many tests a clause costs for each event.
func (s *Set) cost(c clause) float64 {
	sum := 0.0
	for i := range c {
		sum += s.share(c[i].text)
	}
	return sum
}

// share estimates which share of the events has a term.
func (s *Set) share(text string) float64 {
	if text[0] == '/' || text[len(text)-1] == '*' {
		return believed(text)
	}
	if first, second, ok := strings.Cut(text, " "); ok {
		return 0.3 * min(s.share(first), s.share(second))
	}
	return s.census.share(text, believed(text))
}

// believed is how common a term is taken to be while nothing is known: exact
// values by their field, words by their length.
func believed(text string) float64 {
	if field, _, ok := strings.Cut(text, "="); ok && text[0] != '/' {
		if common, ok := commonFacets[field]; ok {
			return common
		}
		return 0.02
	}
	switch n := len(text); {
	case text[n-1] == '*', text[0] == '/':
		return 0.6 / float64(n)
	case n <= 3:
		return 0.1
	default:
		return 0.2 / float64(n)
	}
}

// commonFacets says of the fields with few values how common each is.
var commonFacets = map[string]float64{
	Everything: 1, "kind": 0.5, "event": 0.4, "stream": 0.5, "level": 0.3, "area": 0.2, "lang": 0.9, "state": 0.2, "rev": 0.1,
	"source": 0.5,
}
