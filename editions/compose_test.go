package editions

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
)

func daily(topics ...string) Newsletter {
	return Newsletter{Name: "daily", Title: "The Daily Draft", Topics: topics, Rest: true}
}

func TestComposeTakesTheWindow(t *testing.T) {
	w := newWire(t)
	w.add(
		happening{name: "draft-a-before-00", at: at("2025-12-06 23:59")},
		happening{name: "draft-a-first-00", at: at("2025-12-07 00:00")},
		happening{name: "draft-a-last-00", at: at("2025-12-07 23:59")},
		happening{name: "draft-a-after-00", at: at("2025-12-08 00:00")},
	)
	equal(t, "in UTC", outline(w.compose(daily(), "2025-12-07")), []string{": draft-a-first-00 draft-a-last-00"})
	tokyo := daily()
	tokyo.Zone = zone(t, "Asia/Tokyo")
	equal(t, "in Tokyo", outline(w.compose(tokyo, "2025-12-08")), []string{": draft-a-last-00 draft-a-after-00"})
	week := daily()
	week.Cadence = Weekly
	equal(t, "the week", outline(w.compose(week, "2025-W49")), []string{": draft-a-before-00 draft-a-first-00 draft-a-last-00"})
}

func TestOrderWithinASection(t *testing.T) {
	w := newWire(t)
	noon := at("2025-12-07 12:00")
	w.add(
		happening{name: "draft-a-call-05", at: noon, event: catalog.LastCall},
		happening{name: "rfc9999", at: noon.Add(-time.Hour)},
		happening{name: "draft-z-revised-01", at: noon.Add(-2 * time.Hour)},
		happening{name: "draft-b-same-01", at: noon},
		happening{name: "draft-a-same-01", at: noon},
		happening{name: "draft-a-new-00", at: noon.Add(time.Hour)},
		happening{name: "draft-z-new-00", at: noon},
	)
	e := w.compose(daily(), "2025-12-07")
	equal(t, "order", outline(e), []string{": draft-z-new-00 draft-a-new-00 draft-z-revised-01 draft-a-same-01 draft-b-same-01 rfc9999 draft-a-call-05"})
	if want := (Counts{Drafts: 5, New: 2, RFCs: 1, Other: 1}); e.Counts != want {
		t.Errorf("got %+v, want %+v", e.Counts, want)
	}
}

func TestBestSection(t *testing.T) {
	noon := at("2025-12-07 12:00")
	w := newWire(t, "big", "small", "tie", "foreign", "aged")
	for i := range 5 {
		w.add(happening{name: fmt.Sprintf("draft-old-%d-00", i), at: noon.AddDate(0, 0, -10-i), topics: []string{"big"}})
	}
	for i := range 9 { // longer ago than what is counted
		w.add(happening{name: fmt.Sprintf("draft-older-%d-00", i), at: noon.AddDate(0, 0, -100-i), topics: []string{"aged"}})
	}
	w.add(
		happening{name: "draft-x-both-01", at: noon, topics: []string{"big", "small"}},
		happening{name: "draft-x-equal-01", at: noon, topics: []string{"small", "tie"}},
		happening{name: "draft-x-tie-01", at: noon, topics: []string{"tie"}},
		happening{name: "draft-x-big-01", at: noon, topics: []string{"big", "foreign"}},
		happening{name: "draft-x-aged-01", at: noon, topics: []string{"big", "aged"}},
		happening{name: "draft-x-none-01", at: noon},
	)
	n := daily("aged", "big", "small", "tie")
	n.Titles = map[string]string{"big": "Grande"}
	e := w.compose(n, "2025-12-07")
	equal(t, "sections", outline(e), []string{
		"aged: draft-x-aged-01", "big: draft-x-big-01", "small: draft-x-both-01 draft-x-equal-01",
		"tie: draft-x-tie-01", ": draft-x-none-01",
	})
	both := e.Sections[2].Items[0]
	if diff := cmp.Diff([]Mention{{Name: "big", Title: "Grande", Reason: "group:big matched", Found: both.Topics[0].Found}}, both.Topics); diff != "" || both.Reason != "group:small matched" {
		t.Errorf("beside: %s, reason %q", diff, both.Reason)
	}
	if got := e.Sections[1].Items[0].Topics; got != nil {
		t.Errorf("a topic that is not the newsletter's is named: %v", got)
	}
	n.Topics, n.Rest = []string{"tie", "small"}, false
	e = w.compose(n, "2025-12-07")
	equal(t, "without the rest", outline(e), []string{"tie: draft-x-equal-01 draft-x-tie-01", "small: draft-x-both-01"})
	if e.Counts.Drafts != 6 {
		t.Errorf("counted %d drafts, want all 6 in scope", e.Counts.Drafts)
	}
	if e.Sections[1].Items[0].Number != 3 {
		t.Errorf("items are not numbered through: %d", e.Sections[1].Items[0].Number)
	}
}

func TestScope(t *testing.T) {
	w := newWire(t)
	noon := at("2025-12-07 12:00")
	w.add(happening{name: "draft-a-b-00", at: noon}, happening{name: "rfc9999", at: noon}, happening{name: "msg-1", at: noon})
	n := daily()
	n.Scope = query(t, "kind:draft OR kind:rfc")
	e := w.compose(n, "2025-12-07")
	if want := (Counts{Drafts: 1, New: 1, RFCs: 1}); e.Counts != want || e.Len() != 2 {
		t.Errorf("got %+v and %d items, want %+v", e.Counts, e.Len(), want)
	}
	if e := w.compose(daily(), "2025-12-07"); e.Counts.Other != 1 || e.Len() != 3 {
		t.Errorf("without a scope: got %+v", e.Counts)
	}
}

func TestEmptyEdition(t *testing.T) {
	e := newWire(t).compose(daily("none"), "2025-12-07")
	if e.Parts() != 1 || e.Len() != 0 || e.Number != 0 || !e.IsComposition() || e.Note == "" {
		t.Errorf("got %+v", e)
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Edition
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, &back); diff != "" {
		t.Errorf("through JSON (-want +got):\n%s", diff)
	}
}

// What is not over is not told as if it were.
func TestEditionOfADayThatIsNotOver(t *testing.T) {
	w := newWire(t)
	n := daily()
	w.keep(at("2025-12-07 00:00"), n.Name)
	for now, want := range map[string]string{
		"2025-12-07 12:00": "Nothing has been published so far.",
		"2025-12-08 00:00": "Nothing was published.",
	} {
		e := w.compose(n, "2025-12-07").AsOf(at(now))
		got := e.Text(site, 0)
		if open := now < "2025-12-08"; e.Open != open || strings.Contains(got, "more may come") != open || !strings.Contains(got, want) {
			t.Errorf("at %s: want %q in\n%s", now, want, got)
		}
	}
	closed, _ := w.closeDue(n, "2025-12-08 12:00")
	if e := closed[0].AsOf(at("2025-12-07 12:00")); e.Open {
		t.Error("a closed edition is told to be open after the clock was set back")
	}
}

// The order in which events came does not show.
func TestComposeIsDeterministic(t *testing.T) {
	var all []happening
	for i := range 60 {
		h := happening{name: fmt.Sprintf("draft-x-%d-%02d", i, i%3), at: at("2025-12-07 12:00").Add(time.Duration(i%7) * time.Minute)}
		h.topics = [][]string{nil, {"a"}, {"a", "b"}, {"b"}}[i%4]
		all = append(all, h)
	}
	var first []byte
	for seed := range uint64(3) {
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		w := newWire(t, "a", "b")
		w.add(all...)
		data, err := json.Marshal(w.compose(daily("b", "a"), "2025-12-07"))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		} else if diff := cmp.Diff(string(first), string(data)); diff != "" {
			t.Errorf("another order of arrival (-first +now):\n%s", diff)
		}
	}
}

func TestItemIsClean(t *testing.T) {
	w := newWire(t)
	evil := "\u202etxt.exe\u202c \x00<script>alert(1)</script>\r\nBcc: x"
	w.add(happening{name: "msg-1", at: at("2025-12-07 12:00"), facts: catalog.Facts{
		Title: evil, Abstract: evil + "\r\n\r\n" + string(make([]byte, 20<<10)) + longText(), Group: evil,
		Authors: []catalog.Author{{Name: evil}, {Name: " \x01 "}}, URL: "javascript:alert(1)", Language: `en" onclick="x`,
	}})
	item := w.compose(daily(), "2025-12-07").Sections[0].Items[0]
	const want = "txt.exe <script>alert(1)</script> Bcc: x"
	if item.Title != want || item.Group != want || len(item.Authors) != 1 || item.Authors[0] != want {
		t.Errorf("got %q, %q, %q; want %q", item.Title, item.Group, item.Authors, want)
	}
	if item.Links.Page != "" || item.Language != "" {
		t.Errorf("kept link %q, language %q", item.Links.Page, item.Language)
	}
	if n := len(item.Abstract); n > maxAbstract+5 || n < maxAbstract/2 {
		t.Errorf("the abstract has %d bytes", n)
	}
}

func longText() (s string) {
	for i := range 4000 {
		s += fmt.Sprint("word", i, " ")
	}
	return s
}
