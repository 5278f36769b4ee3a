package editions

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRelated(t *testing.T) {
	w := newWire(t, "birds")
	n := daily("birds")
	w.keep(at("2025-12-01 00:00"), n.Name)
	both := func(rev, day string) []happening {
		a, b := in("coop", "draft-ietf-coop-a-"+rev, "One Roof", "Ada Wing", 0), in("coop", "draft-ietf-coop-b-"+rev, "Two Beaks", "Bo Beak", 0)
		a.at, b.at = at(day+" 10:00"), at(day+" 11:00")
		return []happening{a, b}
	}
	w.add(both("00", "2025-12-01")...)
	w.add(happening{name: "draft-ietf-coop-a-01", at: at("2025-12-03 10:00")}, happening{name: "draft-ietf-coop-a-02", at: at("2025-12-04 10:00")})
	w.add(both("03", "2025-12-07")...)
	closed, _ := w.closeDue(n, "2025-12-10 00:00")
	e := closed[6]
	if e.Label != "2025-12-07" || e.Len() != 2 {
		t.Fatalf("%s has %d items", e.Label, e.Len())
	}
	items := e.Sections[0].Items
	want := [][]Past{{{"2025-12-04", "2025-12-04"}, {"2025-12-03", "2025-12-03"}}, {{"2025-12-01", "2025-12-01"}}}
	for i, item := range items {
		if !slices.Equal(item.Past, want[i]) {
			t.Errorf("%s stood in %v, want %v", item.Name, item.Past, want[i])
		}
	}
	if got := e.Markdown(site); !strings.Contains(got, "Earlier editions: [4 December 2025](<https://wire.example.org/newsletters/daily/2025-12-04>), ") {
		t.Errorf("no way to earlier editions in\n%s", got)
	}
	if closed[0].Sections[0].Items[0].Past != nil {
		t.Error("the first edition tells of one before it")
	}
	spans, err := w.db.GroupAppearances(t.Context(), n.Name, "coop", e.From, 5)
	if err != nil || len(spans) != 1 || !spans[0].From.Equal(at("2025-12-01 00:00")) {
		t.Errorf("the group stood in %v, %v", spans, err)
	}
}

func TestChart(t *testing.T) {
	w := newWire(t, "birds", "fish")
	day := at("2025-12-07 12:00")
	for week, n := range []int{3, 0, 1, 7, 2, 0} { // before day's week, the newest first
		for i := range n {
			w.add(happening{
				name: "draft-a-b" + string(rune('a'+week)) + string(rune('a'+i)) + "-00",
				at:   day.AddDate(0, 0, -7*week).Add(-time.Duration(i) * time.Minute), topics: []string{"birds"},
			})
		}
	}
	e := w.compose(daily("birds", "fish"), "2025-12-07")
	if got := e.Sections[0].Weeks; !slices.Equal(got, []int{2, 7, 1, 0, 3}) {
		t.Errorf("weeks %v", got)
	}
	for format, want := range map[string]string{
		e.Text(site, 0): "▃█▂▁▄ 5 weeks, 0 to 7 a week", string(e.HTML(site, 0)): `aria-label="5 weeks, 0 to 7 a week"`,
	} {
		if !strings.Contains(format, want) {
			t.Errorf("no %q in\n%s", want, format)
		}
	}
}
