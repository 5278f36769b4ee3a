package editions

import (
	"fmt"
	"slices"
	"testing"
)

// sized is an edition whose sections have so many items.
func sized(sizes ...int) *Edition {
	e, number := &Edition{}, 0
	for i, n := range sizes {
		s := Section{Topic: fmt.Sprint("t", i), Title: fmt.Sprint("T", i)}
		for range n {
			number++
			s.Items = append(s.Items, Item{Number: number, Title: fmt.Sprint("item ", number)})
		}
		e.Sections = append(e.Sections, s)
	}
	return e
}

func TestParts(t *testing.T) {
	tests := []struct {
		sections []int
		want     []int // items in each part
	}{
		{nil, []int{0}},
		{[]int{1}, []int{1}},
		{[]int{20}, []int{20}},
		{[]int{21}, []int{20, 1}},
		{[]int{88}, []int{20, 20, 20, 20, 8}},
		{[]int{15, 10}, []int{15, 10}},       // at the border, since it costs nothing
		{[]int{15, 10, 10}, []int{15, 20}},   // at a border that leaves enough room
		{[]int{15, 10, 15}, []int{20, 20}},   // no room to spare: through a section
		{[]int{5, 5, 5, 5, 5}, []int{20, 5}}, // the fullest first part of several
		{[]int{12, 12, 12}, []int{20, 16}},   // three parts would spare the sections, but two are enough
		{[]int{30, 10, 48}, []int{20, 20, 20, 20, 8}},
		{[]int{3, 30, 5}, []int{20, 18}},
	}
	for _, tt := range tests {
		e := sized(tt.sections...)
		var got []int
		next := 1
		for p := 1; p <= e.Parts(); p++ {
			n := 0
			for _, s := range e.part(p) {
				for _, item := range s.Items {
					if item.Number != next {
						t.Errorf("%v: part %d has item %d where %d is due", tt.sections, p, item.Number, next)
					}
					next++
					n++
				}
			}
			got = append(got, n)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v: got %v, want %v", tt.sections, got, tt.want)
		}
	}
}

// Whatever the sections, there are no more parts than needed, none is too big
// or empty, and nothing is lost.
func TestPartsOfAnySize(t *testing.T) {
	for total := 1; total <= 400; total += 7 {
		for _, size := range []int{1, 3, 7, 19, 20, 21, 50} {
			var sizes []int
			for left := total; left > 0; left -= size {
				sizes = append(sizes, min(size, left))
			}
			e := sized(sizes...)
			ends := e.cuts()
			if len(ends) != (total+19)/20 || ends[len(ends)-1] != total {
				t.Fatalf("%d items by %d: cut at %v", total, size, ends)
			}
			for i, from := 0, 0; i < len(ends); from, i = ends[i], i+1 {
				if n := ends[i] - from; n < 1 || n > PartSize {
					t.Fatalf("%d items by %d: part %d has %d items", total, size, i+1, n)
				}
			}
		}
	}
}

func TestPartThatIsNot(t *testing.T) {
	e := sized(21)
	for _, p := range []int{-1, 3, 1 << 40} {
		if got := e.part(p); got != nil {
			t.Errorf("part %d: got %v", p, got)
		}
	}
	if got := len(e.part(0)[0].Items); got != 21 {
		t.Errorf("part 0 has %d items, want all 21", got)
	}
}
