package editions

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func weekly(topics ...string) Newsletter {
	n := daily(topics...)
	n.Cadence = Weekly
	return n
}

// newsOf gives the rows of what is new in each item, by the item's name.
func newsOf(e *Edition) map[string][]string {
	rows := make(map[string][]string)
	for _, s := range e.Sections {
		for _, item := range s.Items {
			for _, r := range e.news(site, item) {
				rows[item.Name] = append(rows[item.Name], r.Label+": "+r.plain())
			}
		}
	}
	return rows
}

func titled(title string) catalog.Facts { return catalog.Facts{Title: title} }

// A draft that is posted three times in a week is one item, told against what
// was there before the week.
func TestRevisionsOfAWeekAreOneItem(t *testing.T) {
	w := newWire(t)
	w.add(
		happening{name: "draft-a-wing-02", at: at("2025-11-06 10:00"), facts: titled("Wing")},
		happening{name: "draft-a-wing-03", at: at("2025-12-01 10:00"), facts: titled("Wings")},
		happening{name: "draft-a-wing-04", at: at("2025-12-02 10:00"), facts: titled("More Wings")},
		happening{name: "draft-a-wing-05", at: at("2025-12-04 10:00"), facts: titled("Feathers")},
		happening{name: "draft-a-wing-05", at: at("2025-12-05 10:00"), event: catalog.LastCall, facts: titled("Feathers")},
		happening{name: "draft-b-beak-00", at: at("2025-12-02 10:00")},
		happening{name: "draft-b-beak-01", at: at("2025-12-03 10:00")},
		happening{name: "draft-c-claw-07", at: at("2025-12-03 10:00")},
	)
	e := w.compose(weekly(), "2025-W49")
	equal(t, "items", outline(e), []string{": draft-b-beak-01 draft-c-claw-07 draft-a-wing-05 draft-a-wing-05"})
	if want := (Counts{Drafts: 6, New: 1, Other: 1}); e.Counts != want {
		t.Errorf("counted %+v, want every posting: %+v", e.Counts, want)
	}
	if item := e.Sections[0].Items[0]; item.Event != catalog.New || item.Links.Diff != "" {
		t.Errorf("posted for the first time this week, and told as %s with the difference %q", item.Event, item.Links.Diff)
	}
	news := newsOf(e)
	equal(t, "of what is new", news["draft-b-beak-01"], []string{"Also posted: -00 on 2 December 2025"})
	equal(t, "of what was revised", news["draft-a-wing-05"], []string{
		"Also posted: -03 on 1 December 2025, -04 on 2 December 2025",
		"Revision before: -02 of 6 November 2025, 28 days earlier", "Title before: Wing",
	})
	equal(t, "of what was revised once", news["draft-c-claw-07"], nil)
	const diff = "https://author-tools.ietf.org/iddiff?url1=draft-a-wing-02&url2=draft-a-wing-05"
	if got := e.Sections[0].Items[2].Links.Diff; got != diff {
		t.Errorf("the difference is at %s, want %s", got, diff)
	}
	mail, _ := e.MailHTML(site, 0)
	for name, format := range map[string]string{
		"text": e.Text(site, 0), "page": string(e.HTML(site, 0)), "mail": string(mail), "markdown": strings.ReplaceAll(e.Markdown(site), `\-`, "-"),
	} {
		if !strings.Contains(format, "Also posted: -00 on 2 December 2025") {
			t.Errorf("%s does not tell of -00:\n%s", name, format)
		}
	}
	if got := e.Explain(); !strings.Contains(got, "draft-a-wing-05 Feathers\n") || !strings.Contains(got, "   stands for -03 too, published 2025-12-01 10:00:00 UTC\n") {
		t.Errorf("not explained:\n%s", got)
	}
	told := weekly()
	told.Language = "ja"
	if got := newsOf(e.In(told))["draft-b-beak-01"]; !slices.Equal(got, []string{"同じ号のほかの版: -00（2025年12月2日）"}) {
		t.Errorf("in Japanese: %q", got)
	}
}

func TestTwoRevisionsOfADayAreOneItem(t *testing.T) {
	w := newWire(t)
	w.add(
		happening{name: "draft-a-wing-09", at: at("2025-12-07 20:00")},
		happening{name: "draft-a-wing-10", at: at("2025-12-07 10:00")}, // with a date that is wrong
		happening{name: "draft-A-wing-11", at: at("2025-12-07 11:00")},
	)
	e := w.compose(daily(), "2025-12-07")
	equal(t, "items", outline(e), []string{": draft-A-wing-11"})
	if e.Counts.Drafts != 3 {
		t.Errorf("counted %d", e.Counts.Drafts)
	}
}

// What becomes an RFC, and what goes on under another name, is told as such.
func TestOtherDocumentsAreNotFolded(t *testing.T) {
	w := newWire(t)
	w.add(
		happening{name: "draft-ietf-coop-wing-09", at: at("2025-12-01 10:00")},
		happening{name: "rfc9999", at: at("2025-12-05 10:00")},
		happening{name: "draft-b-beak-04", at: at("2025-12-01 10:00")},
		happening{name: "draft-ietf-coop-beak-00", at: at("2025-12-04 10:00")},
	)
	w.update(func(tx *store.Tx) error {
		for _, r := range []catalog.Relation{
			{From: "draft-ietf-coop-wing", Type: catalog.BecameRFC, To: "rfc9999"},
			{From: "draft-ietf-coop-beak", Type: catalog.Replaces, To: "draft-b-beak"},
		} {
			if _, err := tx.Relate(t.Context(), r); err != nil {
				return err
			}
		}
		return nil
	})
	equal(t, "items", outline(w.compose(weekly(), "2025-W49")), []string{
		": draft-ietf-coop-beak-00 draft-b-beak-04 draft-ietf-coop-wing-09 rfc9999",
	})
}

// A revision that no topic of the newsletter finds stands where the one before
// it would have stood, and says so.
func TestFoldedIntoTheSectionOfTheOlder(t *testing.T) {
	w := newWire(t, "birds", "fish")
	w.add(
		happening{name: "draft-a-wing-01", at: at("2025-12-01 10:00"), topics: []string{"fish"}},
		happening{name: "draft-a-wing-02", at: at("2025-12-02 10:00"), topics: []string{"birds"}},
		happening{name: "draft-a-wing-03", at: at("2025-12-03 10:00")},
		happening{name: "draft-b-beak-01", at: at("2025-12-01 10:00"), topics: []string{"fish"}},
		happening{name: "draft-b-beak-02", at: at("2025-12-02 10:00"), topics: []string{"birds"}},
	)
	n := weekly("fish", "birds")
	n.Rest = false
	e := w.compose(n, "2025-W49")
	equal(t, "items", outline(e), []string{"birds: draft-b-beak-02 draft-a-wing-03"})
	if got := e.Text(site, 0); !strings.Contains(got, "Why it is here: -02: group:birds matched\n") || !strings.Contains(got, "Why it is here: group:birds matched\n") {
		t.Errorf("reasons in\n%s", got)
	}
	if got := e.Explain(); !strings.Contains(got, "stands under birds (2 found in 90 days): as -02, group:birds matched\n") {
		t.Errorf("not explained:\n%s", got)
	}
}

// What an edition shows of a draft stands in the store for all its revisions, so
// that none of them is late in the next.
func TestFoldedRevisionsAreNotLate(t *testing.T) {
	w := newWire(t)
	n := weekly()
	w.keep(at("2025-12-01 00:00"), n.Name)
	w.add(
		happening{name: "draft-a-wing-01", at: at("2025-12-01 10:00")},
		happening{name: "draft-a-wing-02", at: at("2025-12-02 10:00")},
		happening{name: "draft-c-claw-01", at: at("2025-12-07 10:00"), recorded: at("2025-12-08 10:00")},
		happening{name: "draft-c-claw-02", at: at("2025-12-09 10:00")},
	)
	closed, _ := w.closeDue(n, "2025-12-08 00:00")
	equal(t, "first", outline(closed[0]), []string{": draft-a-wing-02 draft-c-claw-01"})
	w.add(happening{name: "draft-d-down-01", at: at("2025-12-03 10:00"), recorded: at("2025-12-09 10:00")},
		happening{name: "draft-d-down-02", at: at("2025-12-10 10:00"), recorded: at("2025-12-10 10:00")})
	closed, _ = w.closeDue(n, "2025-12-15 00:00")
	equal(t, "second", outline(closed[0]), []string{": draft-c-claw-02 draft-d-down-02"})
	if e := closed[0]; e.Counts.Late != 1 || e.Counts.Drafts != 2 {
		t.Errorf("counted %+v", e.Counts)
	}
	equal(t, "of a late one", newsOf(closed[0])["draft-d-down-02"], []string{"Also posted: -01 on 3 December 2025 (late)"})
}

// An editor's hand stays on a draft whose next revision comes in.
func TestEditsFollowTheDraft(t *testing.T) {
	w := newWire(t, "birds", "fish")
	n := weekly("birds", "fish")
	w.keep(at("2025-12-01 00:00"), n.Name)
	win, err := OpenWindow(t.Context(), &w.db.Reader, n)
	if err != nil {
		t.Fatal(err)
	}
	do := func(a Action, item, value string) {
		t.Helper()
		if _, err := Edit(t.Context(), w.db, n, win, "ed", a, item, value, at("2025-12-05 12:00")); err != nil {
			t.Fatal(err)
		}
	}
	w.add(
		happening{name: "draft-a-wing-01", at: at("2025-12-01 10:00"), topics: []string{"birds"}},
		happening{name: "draft-b-beak-01", at: at("2025-12-01 11:00"), topics: []string{"birds"}},
	)
	do(Move, "draft-a-wing-01", "fish")
	w.add(happening{name: "draft-a-wing-02", at: at("2025-12-02 10:00"), topics: []string{"birds"}})
	equal(t, "moved", outline(w.compose(n, "2025-W49")), []string{"birds: draft-b-beak-01", "fish: draft-a-wing-02"})
	do(Note, "draft-a-wing-01", "Look.") // by the name that it had
	if got := w.compose(n, "2025-W49").Sections[1].Items[0].Note; got != "Look." {
		t.Errorf("note %q", got)
	}
	do(Restore, "draft-a-wing-02", "")
	e := w.compose(n, "2025-W49")
	equal(t, "restored", outline(e), []string{"birds: draft-b-beak-01 draft-a-wing-02"})
	if got := e.Sections[0].Items[1].Note; got != "" {
		t.Errorf("note %q after it was restored", got)
	}
}

// Parts and numbers follow the items.
func TestPartsOfFoldedRevisions(t *testing.T) {
	w := newWire(t)
	var list []happening
	for i := range 21 {
		for rev := range 3 {
			list = append(list, happening{name: fmt.Sprintf("draft-x-%02d-%02d", i, rev+1), at: at(fmt.Sprintf("2025-12-0%d 10:%02d", rev+1, i))})
		}
	}
	w.add(list...)
	e := w.compose(weekly(), "2025-W49")
	if e.Len() != 21 || e.Parts() != 2 || e.Sections[0].Items[20].Number != 21 || e.Counts.Drafts != 63 {
		t.Errorf("%d items in %d parts of %d postings", e.Len(), e.Parts(), e.Counts.Drafts)
	}
}
