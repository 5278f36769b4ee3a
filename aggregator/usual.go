// This file is the model of a source's usual volume.

package aggregator

import (
	"math"
	"time"
)

// usual is what is to be expected of a source, by its own history: how much
// comes on which weekday, how unevenly, and how long it has been silent before.
//
// Counts of mail are more uneven than chance alone makes them, so that those of
// one weekday are taken for negative binomial: of mean rate and variance
// rate + rate²/evenness.
type usual struct {
	rate     [7]float64 // messages on a Sunday, Monday, ... in the last twelve weeks
	evenness float64    // +Inf is mere chance
	quiet    float64    // surprise at the longest silence of the last thirteen months
	least    float64    // the least that seven days in a row brought then, as a share of what is usual
	days     int        // of history
}

const (
	learnt    = 12 * 7 // days from which rates are learnt
	longAgo   = 400    // days within which silences are remembered
	fewDays   = 8 * 7  // of history, below which nothing is said
	fewMails  = 6      // in the days from which rates are learnt, likewise
	trustDays = 26 * 7 // of history, below which a drop may be the first of a kind that returns
)

// learn makes the model of the counts of days in a row, oldest first, the last
// of which is the day end. It reports false when they say too little.
func learn(counts []int, end time.Time) (usual, bool) {
	for len(counts) > 0 && counts[0] == 0 { // before it began
		counts = counts[1:]
	}
	recent := counts[max(0, len(counts)-learnt):]
	total := 0
	for _, n := range recent {
		total += n
	}
	if len(counts) < fewDays || total < fewMails {
		return usual{}, false
	}
	u := usual{days: len(counts), least: math.Inf(1)}
	weekday := func(i, of int) time.Weekday { return end.UTC().AddDate(0, 0, i-of+1).Weekday() }
	mean := float64(total) / float64(len(recent))
	var sum, n [7]float64
	for i, c := range recent {
		day := weekday(i, len(recent))
		sum[day] += float64(c)
		n[day]++
	}
	const pull = 2 // days' worth of the mean, so that no weekday is taken for silent for ever
	for day := range u.rate {
		u.rate[day] = (sum[day] + pull*mean) / (n[day] + pull)
	}
	u.learnEvenness(recent, func(i int) float64 { return u.rate[weekday(i, len(recent))] })
	past := counts[max(0, len(counts)-longAgo):]
	u.remember(past, func(i int) float64 { return u.rate[weekday(i, len(past))] })
	return u, true
}

// learnEvenness estimates it by moments. Days with far more than usual say
// nothing of silences, so that they count as three times the usual.
func (u *usual) learnEvenness(counts []int, rate func(i int) float64) {
	var squares, excess float64
	for i, c := range counts {
		m := rate(i)
		x := min(float64(c), 3*m+3)
		squares += m * m
		excess += (x-m)*(x-m) - m
	}
	u.evenness = math.Inf(1)
	if excess > 0 {
		u.evenness = max(squares/excess, 0.2)
	}
}

// remember finds the longest silence and the poorest seven days.
func (u *usual) remember(counts []int, rate func(i int) float64) {
	var silent, got, expected float64
	for i, c := range counts {
		if silent += u.surprise(rate(i)); c > 0 {
			silent = 0
		}
		u.quiet = max(u.quiet, silent)
		got, expected = got+float64(c), expected+rate(i)
		if i >= 7 {
			got, expected = got-float64(counts[i-7]), expected-rate(i-7)
		}
		if i >= 6 && expected > 0 {
			u.least = min(u.least, got/expected)
		}
	}
}

// surprise is minus the logarithm of the probability that nothing comes where
// so many messages are expected.
func (u *usual) surprise(expected float64) float64 {
	if math.IsInf(u.evenness, 1) {
		return expected
	}
	return u.evenness * math.Log1p(expected/u.evenness)
}

const oneDay = 24 * time.Hour

// surpriseOver is that at a silence between two times, days in part included.
func (u *usual) surpriseOver(from, to time.Time) (sum float64) {
	for at := from.UTC(); at.Before(to); {
		next := at.Truncate(oneDay).Add(oneDay)
		if next.After(to) {
			next = to
		}
		sum += u.surprise(u.rate[at.Weekday()] * float64(next.Sub(at)) / float64(oneDay))
		at = next
	}
	return sum
}

// week is how many messages are expected in one.
func (u *usual) week() (sum float64) {
	for _, r := range u.rate {
		sum += r
	}
	return sum
}

// margin is by how much a silence or a drop must exceed all of its kind before
// it is told.
const margin = 1.25

// silent reports whether it is out of the usual that nothing came between two
// times: mere chance would have it so less than once in ten years, and of whole
// days without anything there are a quarter more, by what they would have
// brought, than ever in the last thirteen months.
func (u *usual) silent(newest, until time.Time) bool {
	once := 1 / (10 * 52 * u.week()) // of all the silences between two messages in ten years
	if u.surpriseOver(newest, until) < -math.Log(min(once, 1)) {
		return false
	}
	whole := u.surpriseOver(newest.UTC().Truncate(oneDay).Add(oneDay), until.UTC().Truncate(oneDay))
	return whole >= margin*u.quiet
}

// dropped reports whether seven days brought far less than usual: less than a
// quarter, and a quarter less than any seven days of the last thirteen months.
func (u *usual) dropped(got int) bool {
	const enough = 30 // messages a week, for a share of them to mean anything
	expected := u.week()
	return u.days >= trustDays && expected >= enough && float64(got) < expected/4 && float64(got) < u.least/margin*expected
}
