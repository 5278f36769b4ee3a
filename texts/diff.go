// The difference of two rows of words, in bounded time.

package texts

import "slices"

const (
	// maxEdits bounds the edits that are sought exactly between two rows.
	maxEdits = 150
	// maxSteps bounds all the steps of one comparison. When they are used up,
	// shared words are counted without regard to their order.
	maxSteps = 12_000_000
	maxSplit = 8 // how deep rows are split at words that are in both once
)

// change says that a[a0:a1] became b[b0:b1]; shared of them are the same words
// all the same, where their order was not looked at.
type change struct {
	a0, a1, b0, b1 int
	shared         int
}

// differ compares rows of words, and keeps its scratch space between them.
type differ struct {
	steps   int
	ends    []int32 // furthest ends, for each number of edits one after the other
	seen    []seen  // by word
	round   int32
	changes []change
}

// newDiffer makes one for words below the number given.
func newDiffer(words int) *differ { return &differ{seen: make([]seen, words)} }

// seen counts a word in two rows.
type seen struct {
	round    int32
	inA, inB int32
	at       int32 // in a
}

// diff returns how many words of a are kept in b, and how many others there are
// in both.
func (d *differ) diff(a, b []word) (kept, edited int) {
	d.changes = d.changes[:0]
	d.rows(a, b, 0, 0, 0)
	d.changes = dissolve(d.changes)
	deleted, inserted, shared := 0, 0, 0
	for _, c := range d.changes {
		deleted += c.a1 - c.a0
		inserted += c.b1 - c.b0
		shared += c.shared
	}
	return len(a) - deleted + shared, deleted + inserted - 2*shared
}

// dissolve joins changes between which only a word or two stay the same: those
// are what any two sentences share.
func dissolve(changes []change) []change {
	out := changes[:0]
	for _, c := range changes {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if same := c.a0 - last.a1; same <= 2 && min(size(*last), size(c)) >= 4 && last.shared+c.shared == 0 {
				last.a1, last.b1 = c.a1, c.b1
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

func size(c change) int { return c.a1 - c.a0 + c.b1 - c.b0 }

// rows finds the changes between a and b, which begin at the offsets given.
func (d *differ) rows(a, b []word, offA, offB, depth int) {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	a, b, offA, offB = a[start:], b[start:], offA+start, offB+start
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	d.steps += start
	switch {
	case len(a) == 0 && len(b) == 0:
	case len(a) == 0 || len(b) == 0:
		d.add(change{offA, offA + len(a), offB, offB + len(b), 0})
	case d.exact(a, b, offA, offB):
	case depth < maxSplit && d.steps < maxSteps && d.split(a, b, offA, offB, depth):
	default:
		d.add(change{offA, offA + len(a), offB, offB + len(b), d.shared(a, b)})
	}
}

func (d *differ) add(c change) {
	if n := len(d.changes); n > 0 && d.changes[n-1].a1 == c.a0 && d.changes[n-1].b1 == c.b0 {
		last := &d.changes[n-1]
		last.a1, last.b1, last.shared = c.a1, c.b1, last.shared+c.shared
		return
	}
	d.changes = append(d.changes, c)
}

// exact finds the fewest changes, after Eugene Myers, "An O(ND) Difference
// Algorithm and Its Variations" (1986), if they are few enough.
func (d *differ) exact(a, b []word, offA, offB int) bool {
	n, m := len(a), len(b)
	limit := min(maxEdits, n+m)
	if n-m > limit || m-n > limit {
		return false
	}
	// The furthest ends on the diagonals -e..e after e edits stand at e*e.
	if need := (limit + 1) * (limit + 1); len(d.ends) < need {
		d.ends = make([]int32, need)
	}
	for e := 0; e <= limit; e++ {
		if d.steps > maxSteps {
			return false
		}
		row, before := d.ends[e*e:(e+1)*(e+1)], d.ends[max(e-1, 0)*max(e-1, 0):e*e]
		for k := -e; k <= e; k += 2 {
			x := 0
			switch {
			case e == 0:
			case k == -e || k != e && before[k-1+e-1] < before[k+1+e-1]:
				x = int(before[k+1+e-1]) // a word of b is new
			default:
				x = int(before[k-1+e-1]) + 1 // a word of a is gone
			}
			y := x - k
			from := x
			for x < n && y < m && x >= 0 && y >= 0 && a[x] == b[y] {
				x, y = x+1, y+1
			}
			d.steps += x - from + 1
			row[k+e] = int32(x)
			if k == n-m && x >= n {
				d.trace(e, k, offA, offB)
				return true
			}
		}
	}
	return false
}

// trace adds the changes that lead to diagonal k after e edits.
func (d *differ) trace(e, k, offA, offB int) {
	first := len(d.changes)
	for ; e > 0; e-- {
		before := d.ends[(e-1)*(e-1) : e*e]
		if k == -e || k != e && before[k-1+e-1] < before[k+1+e-1] {
			k++
			x := int(before[k+e-1])
			d.changes = append(d.changes, change{offA + x, offA + x, offB + x - k, offB + x - k + 1, 0})
		} else {
			k--
			x := int(before[k+e-1])
			d.changes = append(d.changes, change{offA + x, offA + x + 1, offB + x - k, offB + x - k, 0})
		}
	}
	found := slices.Clone(d.changes[first:])
	d.changes = d.changes[:first]
	slices.Reverse(found)
	for _, c := range found {
		d.add(c)
	}
}

// split parts both rows at the words that each has once, and compares between.
func (d *differ) split(a, b []word, offA, offB, depth int) bool {
	d.count(a, b)
	var atA, atB []int32
	for j, w := range b {
		if s := d.seen[w]; s.inA == 1 && s.inB == 1 {
			atA, atB = append(atA, s.at), append(atB, int32(j))
		}
	}
	rising := longestRise(atA)
	if len(rising) == 0 {
		return false
	}
	x, y := 0, 0
	for _, i := range rising {
		d.rows(a[x:atA[i]], b[y:atB[i]], offA+x, offB+y, depth+1)
		x, y = int(atA[i])+1, int(atB[i])+1
	}
	d.rows(a[x:], b[y:], offA+x, offB+y, depth+1)
	return true
}

// count counts the words of two rows in d.seen.
func (d *differ) count(a, b []word) {
	d.steps += len(a) + len(b)
	d.round++
	at := func(w word) *seen {
		s := &d.seen[w]
		if s.round != d.round {
			*s = seen{round: d.round}
		}
		return s
	}
	for i, w := range a {
		s := at(w)
		s.inA++
		s.at = int32(i)
	}
	for _, w := range b {
		at(w).inB++
	}
}

// shared counts the words that both rows have, in whatever order.
func (d *differ) shared(a, b []word) (n int) {
	d.count(a, b)
	for _, w := range a {
		if s := &d.seen[w]; s.inB > 0 {
			s.inB--
			n++
		}
	}
	return n
}

// longestRise returns the places of a longest rising row in values.
func longestRise(values []int32) []int {
	tails := []int{} // place of the least end of a row of each length
	before := make([]int, len(values))
	for i, v := range values {
		at, _ := slices.BinarySearchFunc(tails, v, func(place int, v int32) int { return int(values[place] - v) })
		before[i] = -1
		if at > 0 {
			before[i] = tails[at-1]
		}
		if at == len(tails) {
			tails = append(tails, i)
		} else {
			tails[at] = i
		}
	}
	if len(tails) == 0 {
		return nil
	}
	out := make([]int, len(tails))
	for i, at := len(out)-1, tails[len(tails)-1]; i >= 0; i, at = i-1, before[at] {
		out[i] = at
	}
	return out
}
