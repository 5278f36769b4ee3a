package filters

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// seeds are of the worlds in which sets are measured.
var seeds = []uint64{1, 2, 3}

// filled makes a set of rules, numbered by their places, that has learnt from
// as many events as make it look at its rules again.
func filled(rules []*Query, events []*catalog.Event) *Set {
	s := new(Set)
	for i, q := range rules {
		s.Put(int64(i), q)
	}
	for n := 0; n < censusFirst || s.review > 0; n++ {
		s.Match(NewItem(events[n%len(events)]), func(int64) {})
	}
	return s
}

// pace is what asking a set of events took, and beside it, in turns so that
// both meet the same machine, what the analyser alone took for them.
type pace struct {
	set, bare       time.Duration
	events, matches int
}

func (p *pace) ask(s *Set, e *catalog.Event) {
	start := time.Now()
	s.Match(NewItem(e), func(int64) { p.matches++ })
	asked := time.Now()
	it := NewItem(e)
	for _, c := range AllColumns() {
		it.Column(c)
	}
	p.set += asked.Sub(start)
	p.bare += time.Since(asked)
	p.events++
}

// each gives the seconds that an event took.
func (p *pace) each() float64 { return p.set.Seconds() / float64(p.events) }

func (p *pace) report(b *testing.B) {
	b.ReportMetric(1/p.each(), "events/s")
	b.ReportMetric(p.bare.Seconds()/p.set.Seconds(), "of-analyser")
	b.ReportMetric(float64(p.matches)/float64(p.events), "matches/event")
	b.ReportMetric(0, "ns/op") // it would tell of both
}

// naive gives the time that asking every rule takes for an event, and fails if
// the set finds anything else.
func naive(b *testing.B, rules []*Query, s *Set, events []*catalog.Event) time.Duration {
	var took time.Duration
	for _, e := range events {
		want := make(map[int64]bool)
		start := time.Now()
		it := NewItem(e)
		for id, q := range rules {
			if q.Match(it) {
				want[int64(id)] = true
			}
		}
		took += time.Since(start)
		n := 0
		s.Match(NewItem(e), func(id int64) {
			if n++; !want[id] {
				b.Errorf("the set finds %s, which does not match %s", rules[id], e.Document)
			}
		})
		if n != len(want) {
			b.Errorf("the set finds %d rules for %s, the loop %d", n, e.Document, len(want))
		}
	}
	return took / time.Duration(len(events))
}

// BenchmarkRules10k tells events/s on one core, that as a share of what the
// analyser alone does (of-analyser), and how many times as many as a loop over
// all rules does (x-naive).
func BenchmarkRules10k(b *testing.B) {
	for _, expressions := range []int{0, mostExpressions} {
		for _, seed := range seeds {
			b.Run(fmt.Sprintf("%d in 10 expressions/seed %d", expressions, seed), func(b *testing.B) {
				w := newWorld(seed)
				rules, events := w.rules(10_000, expressions), w.events(500)
				s := filled(rules, events)
				byLoop := naive(b, rules, s, events[:50])
				var p pace
				for i := 0; b.Loop(); i++ {
					p.ask(s, events[i%len(events)])
				}
				p.report(b)
				if m := p.matches / p.events; m < 5 || m > 75 {
					b.Errorf("%d rules match an event: too few or too many to measure by", m)
				}
				b.ReportMetric(byLoop.Seconds()/p.each(), "x-naive")
				b.ReportMetric(float64(s.Unanchored()), "unanchored")
			})
		}
	}
}

// BenchmarkRules100k tells the rate at 100,000 rules as a share of that at
// 10,000 (of-10k), and the memory that a rule takes beside its query, compiled
// expressions included. The rules added are either alike, so that ten times as
// many match, or about what no event has.
func BenchmarkRules100k(b *testing.B) {
	for _, c := range []struct {
		name        string
		foreign     bool
		expressions int
	}{
		{"alike", false, 0},
		{"foreign", true, 0},
		{"foreign with expressions", true, mostExpressions},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(1)
			rules, events := w.rules(10_000, c.expressions), w.events(500)
			var few, many pace
			s := filled(rules, events)
			for i := range 2000 {
				few.ask(s, events[i%len(events)])
			}
			w.foreign = c.foreign
			rules = append(rules, w.rules(90_000, c.expressions)...)
			before := heap()
			s = filled(rules, events)
			size := heap() - before
			for i := 0; b.Loop(); i++ {
				many.ask(s, events[i%len(events)])
			}
			many.report(b)
			b.ReportMetric(few.each()/many.each(), "of-10k")
			b.ReportMetric(float64(size)/float64(len(rules)), "B/rule")
			runtime.KeepAlive(rules)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkSetPut changes one rule of 10,000.
func BenchmarkSetPut(b *testing.B) {
	for _, expressions := range []int{0, 10} {
		b.Run(fmt.Sprintf("%d in 10 expressions", expressions), func(b *testing.B) {
			w := newWorld(1)
			s := filled(w.rules(10_000, 0), w.events(100))
			rules := w.rules(1000, expressions)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Put(int64(i%5000), rules[i%len(rules)])
			}
		})
	}
}

// mostExpressions is the greater share of expressions, out of ten, with which
// sets are measured.
const mostExpressions = 1
