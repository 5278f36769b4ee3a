// Parts: an edition of many items is cut into pieces that can be read at once.

package editions

import "slices"

// PartSize is the most items a part has.
const PartSize = 20

// Parts counts the parts: as few as can be, and one for an empty edition.
func (e *Edition) Parts() int { return max(1, (e.Len()+PartSize-1)/PartSize) }

// part gives the sections of a part with the items that fall into it, from 1;
// 0 is everything. A part that does not exist is empty.
func (e *Edition) part(part int) []Section {
	if part == 0 {
		return e.Sections
	}
	ends := e.cuts()
	if part < 0 || part > len(ends) {
		return nil
	}
	from, to := 0, ends[part-1]
	if part > 1 {
		from = ends[part-2]
	}
	var sections []Section
	at := 0
	for _, s := range e.Sections {
		n := len(s.Items)
		lo, hi := min(max(from-at, 0), n), min(max(to-at, 0), n)
		if lo < hi {
			s.Items = s.Items[lo:hi]
			sections = append(sections, s)
		}
		at += n
	}
	return sections
}

// cuts gives after how many items each part ends. Of all ways to cut into as
// few parts as can be it takes one that cuts through the fewest sections, and
// of those the one whose first parts are fullest.
func (e *Edition) cuts() []int {
	total, parts := e.Len(), e.Parts()
	border := make(map[int]bool)
	at := 0
	for _, s := range e.Sections {
		at += len(s.Items)
		border[at] = true
	}
	// cost[p][i] is how many sections parts p and later cut through when part p
	// ends i items beyond the earliest place, slack places being possible.
	slack := parts*PartSize - total
	cost := make([][]int, parts)
	for p := range slices.Backward(cost) {
		cost[p] = make([]int, slack+1)
		for i := range cost[p] {
			switch {
			case p < parts-1:
				cost[p][i] = slices.Min(cost[p+1][:i+1])
			case i > 0:
				cost[p][i] = total // the last part ends with the last item
			}
			if !border[(p+1)*PartSize-slack+i] {
				cost[p][i]++
			}
		}
	}
	ends := make([]int, parts)
	spare := slack // how far the part may reach
	for p := range ends {
		least := slices.Min(cost[p][:spare+1])
		for cost[p][spare] != least {
			spare--
		}
		ends[p] = (p+1)*PartSize - slack + spare
	}
	return ends
}
