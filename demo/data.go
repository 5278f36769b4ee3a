package demo

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/draftwire/draftwire/catalog"
)

//go:embed data/*.txt
var dataFiles embed.FS

// Person is an author of the sample.
type Person struct {
	Key  string // ASCII, as in draft-KEY-title
	Name string
}

// Group is a working or research group.
type Group struct {
	Acronym string // lower case; empty for the group of an individual draft
	Type    string // WG or RG
	Name    string
}

// record is one draft of the data files.
type record struct {
	name     string
	rev      int // announced on the day that the file stands for
	title    string
	abstract []string // paragraphs
	rfc      *rfcFacts
}

// rfcFacts are what a record says of the RFC that its draft becomes.
type rfcFacts struct {
	number             int
	bcp                int // number in the BCP series, or 0
	level              catalog.Level
	updates, obsoletes []int
}

// entry is one block of a data file: the words behind "=", and the lines below.
type entry struct {
	head  []string
	lines []string
}

// library is all data files, read.
type library struct {
	burst, yesterday, month, today []record
	people                         []Person
	groups                         map[string]Group
	replies, news                  []entry
}

// data reads the embedded files once; a mistake in them is a programmer's.
var data = sync.OnceValue(func() *library {
	l := &library{groups: map[string]Group{}}
	l.burst, l.yesterday = records("burst.txt"), records("yesterday.txt")
	l.month, l.today = records("month.txt"), records("today.txt")
	l.replies, l.news = entries("replies.txt"), entries("news.txt")
	for _, line := range content("people.txt") {
		key, name, _ := strings.Cut(line, " ")
		l.people = append(l.people, Person{Key: key, Name: name})
	}
	for _, line := range content("groups.txt") {
		f := strings.SplitN(line, " ", 3)
		l.groups[f[0]] = Group{Acronym: f[0], Type: f[1], Name: f[2]}
	}
	return l
})

// content gives a file's lines without comments; empty lines are kept only
// where a file has entries, in which they part paragraphs.
func content(file string) []string {
	raw, err := dataFiles.ReadFile("data/" + file)
	if err != nil {
		panic(err)
	}
	var lines []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimRight(line, "\n"); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

func entries(file string) []entry {
	var out []entry
	for _, line := range content(file) {
		if head, ok := strings.CutPrefix(line, "= "); ok {
			out = append(out, entry{head: strings.Fields(head)})
		} else if len(out) > 0 {
			out[len(out)-1].lines = append(out[len(out)-1].lines, line)
		}
	}
	return out
}

// paragraphs joins the lines of an entry; an empty line parts paragraphs.
func paragraphs(lines []string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.Join(lines, "\n"), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func records(file string) []record {
	var out []record
	for _, e := range entries(file) {
		name, rev, ok := catalog.SplitDraft(e.head[0])
		if !ok || len(e.lines) < 2 {
			panic(fmt.Sprintf("demo/data/%s: %q wants draft-x-NN, a title and an abstract", file, e.head[0]))
		}
		r := record{name: name, rev: number(rev), title: e.lines[0], abstract: paragraphs(e.lines[1:])}
		r.rfc = rfcOf(file, e.head[1:])
		out = append(out, r)
	}
	return out
}

func rfcOf(file string, words []string) *rfcFacts {
	if len(words) == 0 {
		return nil
	}
	f := &rfcFacts{}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "rfc":
			f.number = number(value)
		case "bcp":
			f.bcp = number(value)
		case "level":
			f.level = catalog.Level(value)
		case "updates":
			f.updates = append(f.updates, number(value))
		case "obsoletes":
			f.obsoletes = append(f.obsoletes, number(value))
		default:
			panic(fmt.Sprintf("demo/data/%s: unknown word %q", file, w))
		}
	}
	return f
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("demo/data: %q is not a number", s))
	}
	return n
}
