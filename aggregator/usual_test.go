package aggregator

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// traffic is generated mail of a list: what comes a day on average, more of it
// on weekdays, unevenly, and with the black-outs of three meetings a year.
type traffic struct {
	perDay    float64
	uneven    float64 // evenness of a day's rate, as in usual
	blackouts bool
	rng       *rand.Rand
}

// gamma gives a random number of mean 1 and variance 1/k (Marsaglia and Tsang).
func gamma(rng *rand.Rand, k float64) float64 {
	if k < 1 {
		return gamma(rng, k+1) * (k + 1) / k * math.Pow(rng.Float64(), 1/k)
	}
	d := k - 1.0/3
	for {
		x := rng.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(rng.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v / k
		}
	}
}

// on gives the times of the mails of one day.
func (t traffic) on(date time.Time) (times []time.Time) {
	share := [7]float64{0.25, 1.3, 1.3, 1.3, 1.3, 1.3, 0.25}[date.Weekday()]
	rate := t.perDay * share * gamma(t.rng, t.uneven)
	if t.blackouts {
		rate *= t.season(date)
	}
	if _, m, d := date.Date(); m == time.December && d >= 24 || m == time.January && d == 1 {
		rate *= 0.25
	}
	for at := t.rng.ExpFloat64(); at < rate; at += t.rng.ExpFloat64() {
		hour := 6 + 18*t.rng.Float64()
		times = append(times, date.Add(time.Duration(hour*float64(time.Hour))))
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// season is the cut-off before a meeting, with ten times the usual on the day,
// twelve days in which the Secretariat alone posts, and the burst after them.
func (t traffic) season(date time.Time) float64 {
	for _, month := range []time.Month{time.March, time.July, time.November} {
		first := time.Date(date.Year(), month, 1, 0, 0, 0, 0, time.UTC)
		cut := first.AddDate(0, 0, int(time.Saturday-first.Weekday())+7-12+7*(date.Year()%2))
		switch n := int(date.Sub(cut).Hours() / 24); {
		case n == -1, n == 0:
			return 5
		case n > 0 && n < 13:
			return 0.02
		case n == 13, n == 14:
			return 3
		}
	}
	return 1
}

// outcome is what became of following a list.
type outcome struct {
	silences, drops int           // alarms while all was well
	delay           time.Duration // from the last mail until the silence after it was told; negative: never
}

// follow judges a list every hour for so many days, of which those before from
// are history, and then for as long as nothing more comes.
func follow(tr traffic, from, days int) (got outcome) {
	start := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	var counts []int
	var newest time.Time
	var silent, dropped bool
	for d := range days + 400 {
		date := start.AddDate(0, 0, d)
		var mails []time.Time
		if d < days {
			mails = tr.on(date)
		}
		if d >= from {
			u, known := learn(counts[:int(newest.Sub(start)/oneDay)+1], newest)
			for hour := range 24 {
				at := date.Add(time.Duration(hour) * time.Hour)
				for len(mails) > 0 && mails[0].Before(at) {
					newest, mails, silent = mails[0], mails[1:], false
					counts = countTo(counts, start, newest)
				}
				now := known && u.silent(newest, at)
				switch {
				case now && d >= days:
					got.delay = at.Sub(newest)
					return got
				case now && !silent:
					silent = true
					got.silences++
				}
			}
			if d < days {
				week, n := counts[max(0, len(counts)-7):], 0
				for _, c := range week {
					n += c
				}
				u, known := learn(counts[:d-7], date.AddDate(0, 0, -8))
				now := known && !silent && len(counts) == d && u.dropped(n)
				if now && !dropped {
					got.drops++
				}
				dropped = now || dropped && float64(n) < u.week()/2
			}
		}
		for _, at := range mails {
			newest, silent = at, false
			counts = countTo(counts, start, at)
		}
		for d < days && len(counts) < d+1 {
			counts = append(counts, 0)
		}
	}
	got.delay = -1
	return got
}

// countTo counts a mail on its day.
func countTo(counts []int, start, at time.Time) []int {
	for len(counts) <= int(at.Sub(start)/oneDay) {
		counts = append(counts, 0)
	}
	counts[len(counts)-1]++
	return counts
}

// TestUsual measures false alarms, and how soon a real silence is told, on two
// years of generated mail after one of history.
func TestUsual(t *testing.T) {
	t.Parallel()
	runs := 5
	if os.Getenv("DRAFTWIRE_FULL") == "1" {
		runs = 40
	}
	for _, tt := range []struct {
		name   string
		tr     traffic
		most   float64       // false alarms in a year
		within time.Duration // told on average
	}{
		{"i-d-announce", traffic{perDay: 27, uneven: 6, blackouts: true}, 1, 12 * oneDay},
		{"27 a day, without black-outs", traffic{perDay: 27, uneven: 6}, 0.5, 4 * oneDay},
		{"ietf-announce", traffic{perDay: 3.1, uneven: 4}, 0.5, 8 * oneDay},
		{"new-wg-docs", traffic{perDay: 0.8, uneven: 2}, 0.5, 30 * oneDay},
		{"ipr-announce", traffic{perDay: 0.5, uneven: 1}, 0.5, 45 * oneDay},
		{"irtf-announce", traffic{perDay: 0.1, uneven: 1}, 0.5, 200 * oneDay},
	} {
		const years = 2
		var all outcome
		var delays []time.Duration
		for seed := range uint64(runs) {
			tt.tr.rng = rand.New(rand.NewPCG(seed, 7))
			got := follow(tt.tr, 365, 365+years*365)
			all.silences, all.drops = all.silences+got.silences, all.drops+got.drops
			delays = append(delays, got.delay)
		}
		slices.Sort(delays)
		yearly := float64(all.silences+all.drops) / float64(runs*years)
		median := delays[runs/2]
		t.Logf("%-30s %.2f silences and %.2f drops told wrongly in a year; a real silence after %.1f days (median; %.1f to %.1f)", tt.name,
			float64(all.silences)/float64(runs*years), float64(all.drops)/float64(runs*years), median.Hours()/24, delays[runs/20].Hours()/24, delays[runs-1-runs/20].Hours()/24)
		if yearly > tt.most {
			t.Errorf("%s: %.2f false alarms a year, want at most %.2f", tt.name, yearly, tt.most)
		}
		if median > tt.within || tt.tr.perDay > 0.3 && delays[0] < 0 { // of rare mails there may be too few to learn from
			t.Errorf("%s: told after %s, want at most %s", tt.name, median, tt.within)
		}
	}
}
