package filters

import "hash/maphash"

// This file counts how many events have a term.

// census counts events by the tokens they have, in a table of fixed size. Two
// tokens may share a cell, and then look as common as both.
type census struct {
	seed   maphash.Seed
	cells  []cell
	events uint32 // counted
	offers uint32 // counted or passed over
}

type cell struct {
	count uint32
	event uint32 // that counted last
}

const (
	censusCells = 1 << 14
	censusAll   = 1 << 10 // events that are all counted; then one in censusStep is
	censusStep  = 8
	censusFirst = 1 << 6  // events after which the count says something
	censusFull  = 1 << 15 // events after which all counts are halved, so that the past fades
)

// open begins an event, and reports whether it is to be counted.
func (c *census) open() bool {
	if c.cells == nil {
		c.seed, c.cells = maphash.MakeSeed(), make([]cell, censusCells)
	}
	c.offers++
	if c.events >= censusAll && c.offers%censusStep != 0 {
		return false
	}
	c.events++
	return true
}

// count notes that the event has these tokens.
func (c *census) count(tokens []string) {
	for _, token := range tokens {
		if cell := c.cell(token); cell.event != c.events {
			cell.event = c.events
			cell.count++
		}
	}
}

func (c *census) cell(token string) *cell {
	return &c.cells[maphash.String(c.seed, token)%censusCells]
}

// close ends a counted event. It reports whether so much was learnt since the
// last time that choices deserve another look.
func (c *census) close() bool {
	if c.events < censusFull {
		return c.events >= censusFirst && c.events&(c.events-1) == 0
	}
	for i := range c.cells {
		c.cells[i] = cell{count: c.cells[i].count / 2}
	}
	c.events /= 2
	return true
}

// share estimates which share of the events has a token: what was counted,
// and as long as that is little, rather what it is believed to be.
func (c *census) share(token string, belief float64) float64 {
	if c.cells == nil {
		return belief
	}
	return (float64(c.cell(token).count) + belief*censusFirst) / (float64(c.events) + censusFirst)
}
