// Differences of two texts by words.

package editions

import (
	"slices"
	"strings"
)

// Span is a run of words of a text that was changed: kept, taken out or put in.
type Span struct {
	Op   SpanOp `json:"op"`
	Text string `json:"text"`
}

// SpanOp says what happened to a run of words.
type SpanOp string

// What happens to words.
const (
	Kept    SpanOp = "="
	Removed SpanOp = "-"
	Added   SpanOp = "+"
)

// Bounds of a comparison: cells of its table, and how much has to be left of
// a text for a comparison to be easier to read than the new text.
const (
	maxCells  = 1 << 20
	leastKept = 0.4
)

// diffWords tells how a text became another, as runs of words. It gives nil
// where so little was kept that the new text reads better alone, and where the
// texts are too long to compare. White space does not count.
func diffWords(before, after string) []Span {
	a, b := strings.Fields(before), strings.Fields(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	inA, inB := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(inA)*len(inB) > maxCells {
		return nil
	}
	var d differ
	d.add(Kept, a[:head]...)
	d.compare(inA, inB)
	d.add(Kept, a[len(a)-tail:]...)
	if len(a)+len(b) == 0 || float64(d.kept) < leastKept*float64(max(len(a), len(b))) {
		return nil
	}
	return d.spans()
}

// differ gathers runs of words.
type differ struct {
	runs []run
	kept int
}

type run struct {
	op    SpanOp
	words []string
}

func (d *differ) add(op SpanOp, words ...string) {
	if len(words) == 0 {
		return
	}
	if op == Kept {
		d.kept += len(words)
	}
	if n := len(d.runs); n > 0 && d.runs[n-1].op == op {
		d.runs[n-1].words = append(d.runs[n-1].words, words...)
		return
	}
	d.runs = append(d.runs, run{op, append([]string(nil), words...)})
}

// compare finds a longest common subsequence by the usual table.
func (d *differ) compare(a, b []string) {
	width := len(b) + 1
	table := make([]int32, (len(a)+1)*width) // of what lies ahead of both places
	for i, word := range slices.Backward(a) {
		here, below := table[i*width:][:width], table[(i+1)*width:][:width]
		for j := len(b) - 1; j >= 0; j-- {
			if word == b[j] {
				here[j] = below[j+1] + 1
			} else {
				here[j] = max(below[j], here[j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			d.add(Kept, a[i])
			i, j = i+1, j+1
		case table[(i+1)*width+j] >= table[i*width+j+1]:
			d.add(Removed, a[i])
			i++
		default:
			d.add(Added, b[j])
			j++
		}
	}
	d.add(Removed, a[i:]...)
	d.add(Added, b[j:]...)
}

// spans gives the runs as text: what was removed before what was added, and a
// word or two between changes joined to them, since a text in shreds cannot be
// read.
func (d *differ) spans() (spans []Span) {
	var gone, come []string
	flush := func() {
		if len(gone) > 0 {
			spans = append(spans, Span{Removed, strings.Join(gone, " ")})
		}
		if len(come) > 0 {
			spans = append(spans, Span{Added, strings.Join(come, " ")})
		}
		gone, come = nil, nil
	}
	for i, r := range d.runs {
		switch {
		case r.op == Removed:
			gone = append(gone, r.words...)
		case r.op == Added:
			come = append(come, r.words...)
		case len(r.words) <= 2 && len(gone) > 0 && len(come) > 0 && d.replaced(i+1):
			gone, come = append(gone, r.words...), append(come, r.words...)
		default:
			flush()
			spans = append(spans, Span{Kept, strings.Join(r.words, " ")})
		}
	}
	flush()
	return spans
}

// replaced reports whether at a place words are taken out and others put in.
func (d *differ) replaced(i int) bool {
	return i+1 < len(d.runs) && d.runs[i].op != Kept && d.runs[i+1].op != Kept
}

// around is how many kept words are shown on each side of a change.
const around = 6

// excerpt leaves out of kept runs what is far from any change.
func excerpt(spans []Span) (short []Span) {
	for i, s := range spans {
		words := strings.Fields(s.Text)
		before, after := around, around
		if i == 0 {
			before = 0
		}
		if i == len(spans)-1 {
			after = 0
		}
		if s.Op == Kept && len(words) > before+after+2 {
			s.Text = strings.Join(words[:before], " ") + " … " + strings.Join(words[len(words)-after:], " ")
			s.Text = strings.TrimSpace(s.Text)
		}
		short = append(short, s)
	}
	return short
}
