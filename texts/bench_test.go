package texts

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// BenchmarkCompare reads and compares two drafts of 150 pages, in turn with the
// bare limit: splitting both into words.
//
//	ms          for both texts and the comparison
//	ms-compare  of it for the comparison
//	of-bare     as a share of the bare limit's speed
func BenchmarkCompare(b *testing.B) {
	for _, kind := range []string{"same", "edited", "rewritten"} {
		b.Run(kind, func(b *testing.B) {
			before, after := book(kind, 1), book(kind, 2)
			b.SetBytes(int64(len(before) + len(after)))
			var whole, comparing, bare []time.Duration
			for b.Loop() {
				start := time.Now()
				x, err := Parse(before)
				if err != nil {
					b.Fatal(err)
				}
				y, err := Parse(after)
				if err != nil {
					b.Fatal(err)
				}
				parsed := time.Now()
				if c := Compare(x, y); (kind == "same") != slices.Contains(c.Marks, catalog.ChangedNothing) {
					b.Fatal(told(c))
				}
				end := time.Now()
				words := len(bytes.Fields(before)) + len(bytes.Fields(after))
				bare = append(bare, time.Since(end))
				whole, comparing = append(whole, end.Sub(start)), append(comparing, end.Sub(parsed))
				if words < 100_000 {
					b.Fatalf("%d words are no 150 pages", words)
				}
			}
			middle := func(d []time.Duration) float64 {
				slices.Sort(d)
				return d[len(d)/2].Seconds() * 1000
			}
			b.ReportMetric(middle(whole), "ms")
			b.ReportMetric(middle(comparing), "ms-compare")
			b.ReportMetric(middle(bare)/middle(whole), "of-bare")
		})
	}
}

// book sets a draft of about 450 KB on pages. Its second revision is the same
// but for its date, has a word in fifty of every fifth section edited and some
// sections added, or has a half of its sections written anew.
func book(kind string, revision int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	anew := rand.New(rand.NewPCG(3, uint64(revision)))
	vocabulary := make([]string, 6000)
	for i := range vocabulary {
		vocabulary[i] = strings.Repeat(string("bdfgklmnprstvz"[r.IntN(14)])+string("aeiou"[r.IntN(5)]), 1+r.IntN(3)) + string("nrstl"[r.IntN(5)])
	}
	pick := func(r *rand.Rand) string { // few words are most of a text
		return vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64()*r.Float64())]
	}
	var text []string
	say := func(format string, args ...any) { text = append(text, fmt.Sprintf(format, args...)) }
	paragraph := func(i int) {
		line := "  "
		for range 60 + r.IntN(30) {
			w := pick(r)
			if revision == 2 && (kind == "edited" && i%5 == 0 && anew.IntN(50) == 0 || kind == "rewritten" && i%2 == 0) {
				w = pick(anew)
			}
			if len(line)+1+len(w) > 72 {
				say("%s", line)
				line = "  "
			}
			line += " " + w
		}
		say("%s.", line)
		say("")
	}
	say("Network Working Group                                          A. Ferrow")
	say("Internet-Draft                                              %d March 2025", revision)
	say("Expires: September 2025\n\n\n                         A Very Long Draft")
	say("                         draft-ferrow-long-%02d\n\nAbstract\n\n   It is long.\n", revision)
	chapter := 0
	for i := range 230 {
		if i%8 == 0 {
			chapter++
			say("%d.  Chapter %s\n", chapter, pick(r))
		}
		say("%d.%d.  Part %d of it\n", chapter, i%8+1, i)
		for range 4 {
			paragraph(i)
		}
		if revision == 2 && kind == "edited" && i%64 == 7 {
			chapter++
			say("%d.  Chapter %d in between\n", chapter, i)
			say("   It came in.\n")
		}
	}
	say("%d.  Normative References\n", chapter+1)
	for i := range 60 {
		say("   [RFC%d]  Author, A., \"Title %d\", RFC %d, May 2020.\n", 1000+i, i, 1000+i)
	}
	var b bytes.Buffer
	for i, l := range strings.Split(strings.Join(text, "\n"), "\n") {
		if i > 0 && i%50 == 0 {
			fmt.Fprintf(&b, "\n\nFerrow                   Expires September 2025           [Page %d]\n\f\nInternet-Draft              Long              March 2025\n\n\n", i/50)
		}
		b.WriteString(l + "\n")
	}
	return b.Bytes()
}
