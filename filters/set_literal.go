package filters

import "regexp/syntax"

// This file reads from an expression which pieces of text its matches hold.

// Bounds of what is looked for.
const (
	maxPieces = 16 // alternatives
	maxPiece  = 64 // bytes of one
)

// read is what is known of the matches of a part of an expression: that each
// is one of whole, unless that is nil, and that each holds one of within,
// unless that is nil.
type read struct {
	whole, within []string // in the form of [caseless]
	before        int      // how many characters a match has at most before what is within, or endless
}

// endless stands for a length without limit.
const endless = -1

// piecesOf gives pieces of text, of which every match of an expression holds
// one, and how many characters a match has at most before it. There are none
// if nothing long enough is required.
func piecesOf(re *syntax.Regexp) (pieces []string, before int) {
	best := readPieces(re).best()
	return best.within, best.before
}

// best gives the better of what is known as within, or none.
func (r read) best() read {
	if shortest(r.whole) > shortest(r.within) {
		return read{within: r.whole}
	}
	return read{within: r.within, before: r.before}
}

// better gives what is known of a match by one of two parts of it: the one
// near the match's beginning, which can be probed, else the longer.
func better(a, b read) read {
	long, longB := shortest(a.within), shortest(b.within)
	if long > 0 && longB > 0 && (a.before == endless) != (b.before == endless) {
		if a.before == endless {
			return b
		}
		return a
	}
	if longB > long {
		return b
	}
	return a
}

// behind gives what is known with so many characters before it.
func (r read) behind(n int) read {
	r.before = plus(r.before, n)
	return r
}

func plus(a, b int) int {
	if a == endless || b == endless {
		return endless
	}
	return a + b
}

func longer(a, b int) int {
	if a == endless || b == endless {
		return endless
	}
	return max(a, b)
}

// longest gives how many characters a match has at most, or endless.
func longest(re *syntax.Regexp) int {
	n := 0
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpStar, syntax.OpPlus:
		return endless
	case syntax.OpRepeat:
		n = longest(re.Sub[0])
		if re.Max < 0 || n == endless {
			return endless
		}
		return n * re.Max
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			n = longer(n, longest(sub))
		}
	default:
		for _, sub := range re.Sub {
			n = plus(n, longest(sub))
		}
	}
	return n
}

// shortest gives the length of the shortest piece: 0 if there is none, or one
// that is too short to be found.
func shortest(list []string) int {
	least := 0
	for i, s := range list {
		if len(s) < gram {
			return 0
		}
		if i == 0 || len(s) < least {
			least = len(s)
		}
	}
	return least
}

func readPieces(re *syntax.Regexp) read {
	switch re.Op {
	case syntax.OpLiteral:
		text := string(caseless(nil, string(re.Rune)))
		if len(text) > maxPiece {
			return read{within: []string{text[:maxPiece]}}
		}
		return read{whole: []string{text}}
	case syntax.OpCharClass:
		return read{whole: formsOf(re.Rune)}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return read{whole: []string{""}}
	case syntax.OpCapture:
		return readPieces(re.Sub[0])
	case syntax.OpPlus:
		return readPieces(re.Sub[0]).best()
	case syntax.OpRepeat:
		if re.Min > 0 {
			return readPieces(re.Sub[0]).best()
		}
	case syntax.OpQuest:
		if sub := readPieces(re.Sub[0]); sub.whole != nil && len(sub.whole) < maxPieces {
			return read{whole: append([]string{""}, sub.whole...)}
		}
	case syntax.OpConcat:
		return readSequence(re.Sub)
	case syntax.OpAlternate:
		return readAlternatives(re.Sub)
	}
	return read{}
}

// formsOf lists the letters of a class of few.
func formsOf(ranges []rune) []string {
	var list []string
	seen := make(map[rune]bool)
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] >= maxPieces {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if f := form(r); !seen[f] {
				seen[f] = true
				list = append(list, string(f))
			}
		}
		if len(list) > maxPieces {
			return nil
		}
	}
	return list
}

// readSequence joins what is known of parts that follow one another.
func readSequence(parts []*syntax.Regexp) read {
	var best read
	run, start := []string{""}, 0 // of the parts since the last unknown one, and what is before them
	length, broken := 0, false    // of all parts so far
	for _, part := range parts {
		r := readPieces(part)
		if joined := product(run, r.whole); joined != nil {
			run = joined
			length = plus(length, longest(part))
			continue
		}
		best = better(best, read{within: run, before: start})
		best = better(best, r.best().behind(length))
		run, start, broken = []string{""}, plus(length, longest(part)), true
		if r.whole != nil {
			run, start = r.whole, length
		}
		length = plus(length, longest(part))
	}
	if !broken {
		return read{whole: run}
	}
	return better(best, read{within: run, before: start})
}

// product joins each with each, or gives none if that is too much.
func product(before, after []string) []string {
	if len(before)*len(after) > maxPieces {
		return nil
	}
	var list []string
	for _, b := range before {
		for _, a := range after {
			if len(b)+len(a) > maxPiece {
				return nil
			}
			list = append(list, b+a)
		}
	}
	return list
}

// readAlternatives joins what is known of parts of which one is enough.
func readAlternatives(parts []*syntax.Regexp) read {
	all := readPieces(parts[0])
	best := all.best()
	all.within, all.before = best.within, best.before
	for _, part := range parts[1:] {
		r := readPieces(part)
		all.whole = union(all.whole, r.whole)
		best := r.best()
		all.within, all.before = union(all.within, best.within), longer(all.before, best.before)
	}
	return all
}

// union gives both lists, or none if one is unknown or both are too much.
func union(a, b []string) []string {
	if a == nil || b == nil || len(a)+len(b) > maxPieces {
		return nil
	}
	return append(a[:len(a):len(a)], b...)
}
