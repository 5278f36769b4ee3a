package texts

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestPairs compares the revisions in testdata/pairs, each of which says what
// its author changed: the whole comparison, in the form of [told].
func TestPairs(t *testing.T) {
	files, err := filepath.Glob("testdata/pairs/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 36 {
		t.Errorf("%d pairs, want 36 or more", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			before, after, want := readPair(t, file)
			if diff := cmp.Diff(want, told(Compare(before, after))); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if back := Compare(after, after); len(back.Sections) > 0 || len(back.Marks) != 1 || back.Marks[0] != catalog.ChangedNothing || back.Kept != 1 {
				t.Errorf("the text and itself: %s", told(back))
			}
			checkTurned(t, before, after)
		})
	}
}

// readPair reads an archive of before, after and want.
func readPair(t *testing.T, file string) (before, after *Text, want string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "before":
			before = parse(t, f.Data)
		case "after":
			after = parse(t, f.Data)
		case "want":
			want = string(f.Data)
		default:
			t.Fatalf("%s: unknown file %q, want before, after or want", file, f.Name)
		}
	}
	if before == nil || after == nil || want == "" {
		t.Fatalf("%s lacks before, after or want", file)
	}
	return before, after, want
}

func parse(t *testing.T, raw []byte) *Text {
	t.Helper()
	text, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// told writes a comparison down, everything in it, one line for each thing.
func told(c Comparison) string {
	var b strings.Builder
	for _, s := range c.Sections {
		fmt.Fprintf(&b, "%s %s", s.Kind, strings.TrimSpace(s.Number+" "+s.Title))
		if s.Was != "" {
			fmt.Fprintf(&b, ", was %s", s.Was)
		}
		if s.TitleWas != "" {
			fmt.Fprintf(&b, ", titled %s", s.TitleWas)
		}
		fmt.Fprintf(&b, ": %d words, %g kept\n", s.Words, s.Kept)
	}
	if c.Renumbered > 0 {
		fmt.Fprintf(&b, "renumbered %d\n", c.Renumbered)
	}
	for i, references := range [][]Reference{c.Added, c.Dropped} {
		for _, r := range references {
			class := "informative"
			if r.Normative {
				class = "normative"
			}
			fmt.Fprintf(&b, "%c%s %s %q %s\n", "+-"[i], class, r.Label, r.Title, r.Document)
		}
	}
	if c.TitleWas != "" {
		fmt.Fprintf(&b, "title was %s\n", c.TitleWas)
	}
	for i, names := range [][]string{c.AuthorsAdded, c.AuthorsDropped} {
		for _, name := range names {
			fmt.Fprintf(&b, "%cauthor %s\n", "+-"[i], name)
		}
	}
	fmt.Fprintf(&b, "marks %v\n", c.Marks)
	fmt.Fprintf(&b, "%d words, %g kept\n", c.Words, c.Kept)
	return b.String()
}

// checkTurned compares the other way round, where what was added is removed.
func checkTurned(t *testing.T, before, after *Text) {
	t.Helper()
	there, back := Compare(before, after), Compare(after, before)
	count := func(c Comparison) (n struct{ added, removed, other, words, new, gone int }) {
		for _, s := range c.Sections {
			n.words += s.Words
			switch s.Kind {
			case Added:
				n.added++
			case Removed:
				n.removed++
			default:
				n.other++
			}
		}
		n.new, n.gone = len(c.Added), len(c.Dropped)
		return n
	}
	x, y := count(there), count(back)
	y.added, y.removed, y.new, y.gone = y.removed, y.added, y.gone, y.new
	if x != y {
		t.Errorf("there %+v, back %+v", x, y)
	}
}

// TestStored holds the form in which comparisons are kept.
func TestStored(t *testing.T) {
	before, after, _ := readPair(t, "testdata/pairs/moved-and-edited.txtar")
	c := Compare(before, after)
	c.Added = []Reference{{Label: "RFC9000", Document: "rfc9000", Title: "QUIC", Normative: true}}
	got, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"sections":[{"kind":"moved","number":"2","was":"3","title":"Pauses","kept":0.964,"words":2}],"renumbered":3,` +
		`"added":[{"label":"RFC9000","document":"rfc9000","title":"QUIC","normative":true}],` +
		`"marks":["sections","text"],"kept":0.994,"words":192}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var back Comparison
	if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(c, back) {
		t.Errorf("read back: %+v, %v", back, err)
	}
}

// TestMarks holds that a mark is only told if it is one of the closed set.
func TestMarks(t *testing.T) {
	files, _ := filepath.Glob("testdata/pairs/*.txtar")
	told := map[Mark]int{}
	for _, file := range files {
		before, after, _ := readPair(t, file)
		for _, m := range Compare(before, after).Marks {
			told[m]++
		}
	}
	for _, m := range catalog.Marks() {
		if told[m] == 0 {
			t.Errorf("no pair has the mark %s", m)
		}
		delete(told, m)
	}
	if len(told) > 0 {
		t.Errorf("marks beyond the set: %v", told)
	}
}
