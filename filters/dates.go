package filters

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// This file reads and prints dates. A day begins at 00:00 UTC.

// period reads a year, a month or a day, and gives where it begins and where
// the next one does.
func period(s string) (from, to time.Time, ok bool) {
	for _, form := range []struct {
		layout              string
		years, months, days int
	}{{"2006", 1, 0, 0}, {"2006-01", 0, 1, 0}, {time.DateOnly, 0, 0, 1}} {
		if len(s) != len(form.layout) {
			continue
		}
		from, err := time.Parse(form.layout, s)
		if err != nil || from.Year() < 1900 || from.Year() > 2999 {
			return from, to, false
		}
		return from, from.AddDate(form.years, form.months, form.days), true
	}
	return from, to, false
}

// dateForms says what a date may be written like.
const dateForms = "a day, a month or a year: 2025-12-01, 2025-12, 2025"

// date makes the leaf of after:, before: or date:.
func (p *parser) date(f *Field, at Span, t lexeme) Node {
	value := norm.NFKC.String(t.text)
	n := &Date{Span: at}
	if low, high, isRange := strings.Cut(value, ".."); isRange && f.Name == "date" {
		return p.dates(at, t, low, high)
	}
	op := Equal
	if f.Name == "date" {
		for _, sign := range signs {
			if rest, ok := strings.CutPrefix(value, string(sign)); ok {
				op, value = sign, rest
				break
			}
		}
	}
	from, to, ok := period(value)
	if !ok {
		p.bad(t.at, fmt.Sprintf("%s has no value %q", f.Name, clip(t.text)), dateForms)
		return nil
	}
	switch {
	case f.Name == "after" || op == GreaterOrEqual:
		n.From = from
	case f.Name == "before" || op == Less:
		n.To = from
	case op == Greater:
		n.From = to
	case op == LessOrEqual:
		n.To = to
	default:
		n.From, n.To = from, to
	}
	return n
}

// dates makes the leaf of a range, both ends included.
func (p *parser) dates(at Span, t lexeme, low, high string) Node {
	from, _, okLow := period(low)
	_, to, okHigh := period(high)
	switch {
	case !okLow || !okHigh:
		p.bad(t.at, fmt.Sprintf("date has no value %q", clip(t.text)), dateForms+", or two of them: 2025-12..2026-02")
		return nil
	case !from.Before(to):
		p.bad(t.at, "the range is empty", fmt.Sprintf("the earlier date stands first: date:%s..%s", high, low))
		return nil
	}
	return &Date{at, from, to}
}

// spelled writes the shortest form.
func (n *Date) spelled() string {
	switch {
	case n.To.IsZero():
		return "after:" + n.From.Format(time.DateOnly)
	case n.From.IsZero():
		return "before:" + n.To.Format(time.DateOnly)
	case n.From.AddDate(1, 0, 0).Equal(n.To) && n.From.YearDay() == 1:
		return "date:" + n.From.Format("2006")
	case n.From.AddDate(0, 1, 0).Equal(n.To) && n.From.Day() == 1:
		return "date:" + n.From.Format("2006-01")
	}
	last := n.To.AddDate(0, 0, -1)
	if last.Equal(n.From) {
		return "date:" + last.Format(time.DateOnly)
	}
	return "date:" + n.From.Format(time.DateOnly) + ".." + last.Format(time.DateOnly)
}

// units of within:, with the most that may stand before each: about a century.
var units = map[byte]int{'h': 876_000, 'd': 36_500, 'w': 5_200, 'm': 1_200, 'y': 100}

// within makes the leaf of a span that ends now.
func (p *parser) within(at Span, t lexeme) Node {
	value := strings.ToLower(norm.NFKC.String(t.text))
	end := len(value) - 1
	most := units[value[end]]
	digits := value[:end]
	count, err := strconv.Atoi(digits)
	if most == 0 || err != nil || strings.Trim(digits, "0123456789") != "" || count < 1 || count > most {
		p.bad(t.at, fmt.Sprintf("within has no value %q", clip(t.text)),
			"a number of hours, days, weeks, months or years, at most a hundred years: within:12h, within:30d, within:2w, within:6m, within:1y")
		return nil
	}
	return &Within{Span: at, Count: count, Unit: value[end]}
}

func (n *Within) spelled() string { return fmt.Sprintf("within:%d%c", n.Count, n.Unit) }

// before gives when the span began.
func (n *Within) before(now time.Time) time.Time {
	switch n.Unit {
	case 'h':
		return now.Add(-time.Duration(n.Count) * time.Hour)
	case 'w':
		return now.AddDate(0, 0, -7*n.Count)
	case 'm':
		return now.AddDate(0, -n.Count, 0)
	case 'y':
		return now.AddDate(-n.Count, 0, 0)
	}
	return now.AddDate(0, 0, -n.Count)
}

// RefuseRelative is why a topic takes no query that is [Query.Relative].
const RefuseRelative = "within: is for searches: a topic's members would change without anything happening; " +
	"use after: with a date"

// Relative reports whether what the query finds depends on the time.
func (q *Query) Relative() bool {
	relative := false
	walk(q.root, func(n Node) {
		if _, ok := n.(*Within); ok {
			relative = true
		}
	})
	return relative
}

// At gives the query as it is meant at a time. A query that is not
// [Query.Relative] stays as it is.
func (q *Query) At(now time.Time) *Query {
	if !q.Relative() {
		return q
	}
	now = now.UTC().Truncate(time.Microsecond)
	var at func(Node) Node
	at = func(n Node) Node {
		switch n := n.(type) {
		case *Within:
			told := *n
			told.Since = n.before(now)
			return &told
		case *Topic:
			if n.Node != nil {
				told := *n
				told.Node = replaced(n.Node, at)
				return &told
			}
		}
		return n
	}
	told := *q
	told.root = replaced(q.root, at)
	return &told
}
