package filters

import (
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
)

const paragraph = `This document specifies a post-quantum hybrid key agreement for TLS 1.3, in which the results of a classical
and of a quantum-safe mechanism are joined, so that sessions stay secret as long as either of them holds. It gives the policies by which
endpoints choose named groups, the encodings of their shares, and considerations for operators of middleboxes and for measurement. `

func benchEvent() *catalog.Event {
	e := *multipath
	e.Facts.Abstract = strings.Repeat(paragraph, 4)[:1500]
	return &e
}

func BenchmarkParse(b *testing.B) {
	const text = `(post-quantum OR "key agreement" OR title:hybrid) group:tls -author:nobody rev:>=3`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

// The longest queries, good and bad: what a stranger can make the parser do.
func BenchmarkParseLongest(b *testing.B) {
	for name, unit := range map[string]string{
		"words": "ab ", "or": "a OR ", "negations": "-", "nested": "(", "hints": "or ", "unknown fields": "x:y ", "colons": ":", "wide": "標 ",
	} {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(unit, MaxQuery/len(unit))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if q, err := Parse(text); err == nil && q.IsAll() {
					b.Fatal("nothing was parsed")
				}
			}
		})
	}
}

func BenchmarkAnalyse(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":    strings.Repeat(paragraph, 20),
		"accents":  strings.Repeat(paragraph+"Kühlewind’s — ", 20),
		"japanese": strings.Repeat("量子暗号の標準化について、インターネットで話す。", 100),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				var a analyser
				a.value(text)
				if a.text() == "" {
					b.Fatal("no tokens")
				}
			}
		})
	}
}

func BenchmarkNewItem(b *testing.B) {
	e := benchEvent()
	b.ReportAllocs()
	for b.Loop() {
		it := NewItem(e)
		for _, c := range AllColumns() {
			if it.Column(c) == "" {
				b.Fatalf("column %s is empty", c)
			}
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	for name, text := range map[string]string{
		"word found":    "connection",
		"word nowhere":  "nosuch",
		"word in title": "title:nosuch",
		"phrase":        `abstract:"named group"`,
		"prefix":        "abstract:nosu*",
		"facet":         "group:quic",
		"number":        "pages:>30",
		"boolean":       `(post-quantum OR "key agreement") group:quic -author:nobody rev:>=3`,
	} {
		b.Run(name, func(b *testing.B) {
			q := mustParse(b, text)
			it := NewItem(benchEvent())
			q.Match(it)
			b.ReportAllocs()
			for b.Loop() {
				q.Match(it)
			}
		})
	}
	b.Run("first", func(b *testing.B) { // with the preparing of every column
		q := mustParse(b, "nosuch -group:nosuch")
		e := benchEvent()
		b.ReportAllocs()
		for b.Loop() {
			q.Match(NewItem(e))
		}
	})
}
