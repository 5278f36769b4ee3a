package config_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/config"
)

// This file compares the shipped topics with a reader's judgement.

// A labelled draft is an event with the topics that a reader gave it.
type labelled struct {
	event *catalog.Event
	want  []string
}

// seeds joins the corpus with the labels of testdata/labels.txt.
func seeds(t *testing.T) []labelled {
	t.Helper()
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set, and DRAFTWIRE_REQUIRE=1 asks for it")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	data, err := os.ReadFile(filepath.Join(dir, "seeds-drafts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var corpus struct {
		Drafts []struct {
			Date, Title, Name, Abstract, WG string
			Pos                             int
		}
	}
	if err := json.Unmarshal(data, &corpus); err != nil {
		t.Fatal(err)
	}
	labels := readLabels(t)
	var list []labelled
	for _, d := range corpus.Drafts {
		want, ok := labels[fmt.Sprintf("%s %d", d.Date, d.Pos)]
		if !ok {
			t.Errorf("%s %d has no line in labels.txt", d.Date, d.Pos)
			continue
		}
		list = append(list, labelled{want: want, event: &catalog.Event{
			Document: d.Name, Kind: catalog.Draft, Event: catalog.New, Rev: "00",
			Facts: catalog.Facts{Title: d.Title, Abstract: d.Abstract, Group: d.WG},
		}})
	}
	return list
}

func readLabels(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open("testdata/labels.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels := map[string][]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		switch field := strings.Fields(lines.Text()); {
		case len(field) == 0 || field[0] == "#":
		case len(field) != 3:
			t.Fatalf("labels.txt: %q is not a day, a place and labels", lines.Text())
		case field[2] == "-":
			labels[field[0]+" "+field[1]] = nil
		default:
			labels[field[0]+" "+field[1]] = strings.Split(field[2], ",")
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return labels
}

// A score counts what a topic found rightly, found wrongly and missed.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return ratio(s.right, s.right+s.wrong) }
func (s score) recall() float64    { return ratio(s.right, s.right+s.missed) }

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// tally scores the topics over some drafts: each topic, and all together.
func tally(topics []config.Topic, drafts []labelled) (each map[string]score, all score) {
	each = map[string]score{}
	count := func(name string, right, wrong, missed int) {
		s := each[name]
		each[name] = score{s.right + right, s.wrong + wrong, s.missed + missed}
		all = score{all.right + right, all.wrong + wrong, all.missed + missed}
	}
	for _, d := range drafts {
		got := matching(topics, d.event)
		for _, name := range got {
			if slices.Contains(d.want, name) {
				count(name, 1, 0, 0)
			} else {
				count(name, 0, 1, 0)
			}
		}
		for _, name := range d.want {
			if !slices.Contains(got, name) {
				count(name, 0, 0, 1)
			}
		}
	}
	return each, all
}

// macro gives the means of precision and recall over the topics that the
// drafts have to do with.
func macro(each map[string]score) (precision, recall float64) {
	for _, s := range each {
		precision += s.precision()
		recall += s.recall()
	}
	return precision / float64(len(each)), recall / float64(len(each))
}

// TestTopicsOnSeeds compares the topics with what a reader said of the drafts
// of four days before the topics were written.
func TestTopicsOnSeeds(t *testing.T) {
	topics, drafts := shipped(t), seeds(t)
	known := map[string]bool{}
	for _, topic := range topics {
		known[topic.Name] = true
	}
	var whole, titled []labelled
	for _, d := range drafts {
		for _, name := range d.want {
			if !known[name] {
				t.Errorf("labels.txt gives %s to %q: there is no such topic", name, d.event.Facts.Title)
			}
		}
		if d.event.Facts.Abstract != "" {
			whole = append(whole, d)
		} else {
			titled = append(titled, d)
		}
		if got := matching(topics, d.event); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(d.want))) {
			t.Logf("%s: got %q, a reader says %q", d.event.Facts.Title, got, d.want)
		}
	}
	for _, part := range []struct {
		name              string
		drafts            []labelled
		precision, recall float64 // floors
	}{
		{"all drafts", drafts, 0.95, 0.96},
		{"with an abstract", whole, 0.94, 0.96},
		{"title only", titled, 0.95, 0.95},
	} {
		each, all := tally(topics, part.drafts)
		p, r := macro(each)
		t.Logf("%s (%d): micro precision %.3f recall %.3f, macro precision %.3f recall %.3f, %+v",
			part.name, len(part.drafts), all.precision(), all.recall(), p, r, all)
		if min(all.precision(), p) < part.precision || min(all.recall(), r) < part.recall {
			t.Errorf("%s: precision or recall is below %.2f and %.2f", part.name, part.precision, part.recall)
		}
	}
	each, _ := tally(topics, drafts)
	for _, topic := range topics {
		if s, ok := each[topic.Name]; ok {
			t.Logf("%-20s precision %.2f recall %.2f %+v", topic.Name, s.precision(), s.recall(), s)
		}
	}
}
