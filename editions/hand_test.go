package editions

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// openEdition is a wire with an open edition of four items in two sections.
func openEdition(t *testing.T) (*wire, Newsletter, Window) {
	w := newWire(t, "birds", "fish")
	n := daily("birds", "fish")
	w.keep(at("2025-12-07 00:00"), n.Name)
	w.add(
		happening{name: "draft-a-wing-00", at: at("2025-12-07 01:00"), topics: []string{"birds"}},
		happening{name: "draft-b-beak-00", at: at("2025-12-07 02:00"), topics: []string{"birds"}},
		happening{name: "draft-c-claw-00", at: at("2025-12-07 03:00"), topics: []string{"birds"}},
		happening{name: "draft-d-down-00", at: at("2025-12-07 04:00")},
	)
	win, err := OpenWindow(t.Context(), &w.db.Reader, n)
	if err != nil {
		t.Fatal(err)
	}
	return w, n, win
}

func TestEditorsHand(t *testing.T) {
	w, n, win := openEdition(t)
	do := func(a Action, item, value string) {
		t.Helper()
		if _, err := Edit(t.Context(), w.db, n, win, "ed", a, item, value, at("2025-12-07 12:00")); err != nil {
			t.Fatal(err)
		}
	}
	check := func(what string, want ...string) {
		t.Helper()
		equal(t, what, outline(w.compose(n, "2025-12-07")), want)
	}
	check("at first", "birds: draft-a-wing-00 draft-b-beak-00 draft-c-claw-00", ": draft-d-down-00")
	do(Pin, "draft-c-claw-00", "")
	check("pinned", "birds: draft-c-claw-00 draft-a-wing-00 draft-b-beak-00", ": draft-d-down-00")
	do(Move, "2", "fish") // draft-a-wing-00 by its number now
	if item := w.compose(n, "2025-12-07").Sections[1].Items[0]; item.Reason != "" || len(item.Topics) != 1 || item.Topics[0].Name != "birds" || item.Topics[0].Reason == "" {
		t.Errorf("moved out of its topic, an item says %q and %+v", item.Reason, item.Topics)
	}
	check("moved into a new section", "birds: draft-c-claw-00 draft-b-beak-00", "fish: draft-a-wing-00", ": draft-d-down-00")
	do(Move, "DRAFT-B-beak-00", "rest")
	check("moved into the rest", "birds: draft-c-claw-00", "fish: draft-a-wing-00", ": draft-d-down-00 draft-b-beak-00")
	do(Drop, "draft-c-claw-00", "")
	check("dropped", "fish: draft-a-wing-00", ": draft-d-down-00 draft-b-beak-00")
	do(Restore, "draft-c-claw-00", "")
	check("restored", "birds: draft-c-claw-00", "fish: draft-a-wing-00", ": draft-d-down-00 draft-b-beak-00")
	do(Note, "draft-d-down-00", "See **there** <script>x</script>")
	do(Intro, "", "# Good *morning*\n\nAll.")
	do(Intro, "", "Good *morning*\n\nAll of you.")
	do(Closing, "", "Bye [all](javascript:x).")
	e := w.compose(n, "2025-12-07")
	if e.Counts.Drafts != 4 || e.Sections[2].Items[0].Number != 3 {
		t.Errorf("counts %+v, numbers %+v", e.Counts, e.Sections)
	}
	mail, _ := e.MailHTML(site, 0)
	for format, want := range map[string][]string{
		e.Text(site, 0):         {"Good morning\n\nAll of you.\n", "Editor’s note: See there", "\nBye all."},
		string(e.HTML(site, 0)): {"<em>morning</em>", "<strong>there</strong>", "Bye "},
		string(mail):            {"<em>morning</em>", "<strong>there</strong>", "Bye "},
		e.Markdown(site):        {"Good *morning*", "> See **there**", "Bye [all]"},
		e.Explain():             {"by an editor: moved here\n", "by an editor: noted\n"},
	} {
		for _, s := range want {
			if !strings.Contains(format, s) {
				t.Errorf("no %q in\n%s", s, format)
			}
		}
	}
	if page := string(e.HTML(site, 0)) + string(mail); strings.Contains(page, "<script") || strings.Contains(page, "javascript:") {
		t.Errorf("unsafe HTML came through:\n%s", page)
	}
	edits, err := w.db.Edits(t.Context(), n.Name, "2025-12-07")
	if err != nil || len(edits) != 9 || edits[0].Who != "ed" || !edits[0].At.Equal(at("2025-12-07 12:00")) || edits[0].Item != "draft-c-claw-00" {
		t.Errorf("%d edits: %+v, %v", len(edits), edits, err)
	}
}

// An item stands for the reason of the topic that it was moved to, if that finds it too.
func TestMovedItemsTellTheRightReason(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		topics   []Mention
		reason   string
		beside   []Mention
	}{
		{"birds", "fish", nil, "", []Mention{{"birds", "Birds", "group:birds", 7}}},
		{"birds", "fish", []Mention{{"fish", "Fish", "group:fish", 3}, {"cats", "Cats", "", 1}}, "group:fish", []Mention{{"birds", "Birds", "group:birds", 7}, {"cats", "Cats", "", 1}}},
		{"birds", RestOfScope, nil, "", []Mention{{"birds", "Birds", "group:birds", 7}}},
	} {
		item := Item{Reason: "group:birds", Found: 7, Topics: tt.topics}
		got := item.movedFrom(Section{Topic: tt.from, Title: "Birds"}, tt.to)
		if got.Reason != tt.reason || !slices.Equal(got.Topics, tt.beside) {
			t.Errorf("to %s: got %q and %+v, want %q and %+v", tt.to, got.Reason, got.Topics, tt.reason, tt.beside)
		}
		if len(tt.topics) > 0 && tt.topics[0].Name != "fish" {
			t.Error("moving changed the item that was given")
		}
	}
}

func TestEditsThatCannotBeMade(t *testing.T) {
	w, n, win := openEdition(t)
	for _, tt := range []struct {
		action      Action
		item, value string
		want        string
	}{
		{Pin, "draft-z-00", "", `has no item "draft-z-00": want its number, or a name`},
		{Move, "draft-a-wing-00", "cats", `has no topic "cats": want rest, or one of birds, fish`},
		{Intro, "", strings.Repeat("x", maxText+1), "want at most 20000"},
	} {
		_, err := Edit(t.Context(), w.db, n, win, "ed", tt.action, tt.item, tt.value, at("2025-12-07 12:00"))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: got %v, want %q", tt.action, tt.item, err, tt.want)
		}
	}
	for _, a := range []Action{Hold, Publish} {
		_, err := Edit(t.Context(), w.db, n, n.WindowAt(at("2025-12-01 00:00")), "ed", a, "", "", at("2025-12-07 12:00"))
		if err == nil || !strings.Contains(err.Error(), "2025-12-01 is of before the first edition of "+n.Name+" and is never closed: want 2025-12-07") {
			t.Errorf("%s of what is never closed: got %v", a, err)
		}
	}
	w.closeDue(n, "2025-12-08 12:00")
	if _, err := Edit(t.Context(), w.db, n, win, "ed", Hold, "", "", at("2025-12-08 12:00")); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed edition was changed: %v", err)
	}
}

func TestHeldEditionWaits(t *testing.T) {
	w, n, win := openEdition(t)
	edit := func(a Action) {
		t.Helper()
		if _, err := Edit(t.Context(), w.db, n, win, "ed", a, "", "", at("2025-12-07 12:00")); err != nil {
			t.Fatal(err)
		}
	}
	edit(Hold)
	if e := w.compose(n, "2025-12-07"); !e.Held || !strings.Contains(string(e.HTML(site, 0)), english.Held) {
		t.Error("a held edition does not say so")
	}
	if _, labels := w.closeDue(n, "2025-12-10 12:00"); len(labels) > 0 {
		t.Errorf("closed while held: %v", labels)
	}
	edit(Publish)
	if _, labels := w.closeDue(n, "2025-12-10 12:00"); !slices.Equal(labels, []string{"1 2025-12-07", "2 2025-12-08", "3 2025-12-09"}) {
		t.Errorf("closed after it was published: %v", labels)
	}
}

// A closer looks again after a minute at what is held, and no sooner.
func TestCloserLooksAgainAtWhatIsHeld(t *testing.T) {
	w, n, win := openEdition(t)
	if _, err := Edit(t.Context(), w.db, n, win, "ed", Hold, "", "", at("2025-12-07 12:00")); err != nil {
		t.Fatal(err)
	}
	now := at("2025-12-09 00:00")
	c := Closer{DB: w.db, Newsletters: []Newsletter{n}, Now: func() time.Time { return now }}
	if next := c.round(t.Context()); !next.Equal(now.Add(retry)) {
		t.Errorf("looks again at %v", next)
	}
}
