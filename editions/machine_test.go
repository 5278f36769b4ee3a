package editions

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// scribe is a language model that wrote the same about everything, but hears
// of nothing whose name holds "secret".
type scribe struct{ outlines []string }

func (*scribe) Sendable(_ context.Context, _ *store.Reader, events []catalog.Event) (map[int64]bool, error) {
	may := make(map[int64]bool)
	for _, e := range events {
		may[e.ID] = !strings.Contains(e.Key, "secret")
	}
	return may, nil
}

const (
	machineWords = "What a machine wrote <b>& more</b> of it."
	proposal     = "What a *machine* proposes."
)

func (s *scribe) Texts(ctx context.Context, r *store.Reader, language string, events []catalog.Event) (map[int64][]store.MachineAsk, error) {
	may, _ := s.Sendable(ctx, r, events)
	texts := make(map[int64][]store.MachineAsk)
	for _, e := range events {
		if may[e.ID] {
			texts[e.ID] = []store.MachineAsk{{MachineKey: store.MachineKey{Task: "summary", Language: language, Model: "pidgin:1b"}, Text: machineWords}}
		}
	}
	return texts, nil
}

func (s *scribe) Introduction(_ context.Context, _ *store.Reader, edition, language, outline string) (store.MachineAsk, bool, error) {
	s.outlines = append(s.outlines, edition+"\n"+outline)
	return store.MachineAsk{MachineKey: store.MachineKey{Task: "intro", Language: language, Model: "pidgin:1b"}, Text: proposal}, true, nil
}

// forms are an edition in every format.
func forms(t testing.TB, e *Edition) map[string]string {
	mail, _ := e.MailHTML(site, 0)
	atom, err := e.Atom(site, "tag:x,2025:y")
	if err != nil {
		t.Fatal(err)
	}
	model, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"text": strings.Join(strings.Fields(e.Text(site, 0)), " "), "html": string(e.HTML(site, 0)), "mail": string(mail),
		"markdown": e.Markdown(site), "atom": string(atom), "json": string(model),
	}
}

func machineWire(t *testing.T) *wire {
	w := newWire(t, "pigeons")
	w.keep(at("2025-12-07 00:00"), "daily")
	facts := catalog.Facts{Title: "Carrying Letters", Abstract: paragraph}
	w.add(
		happening{name: "draft-ietf-coop-carrying-00", at: at("2025-12-07 10:00"), facts: facts, topics: []string{"pigeons"}},
		happening{name: "draft-ietf-coop-secret-00", at: at("2025-12-07 11:00"), facts: catalog.Facts{Title: "A Hidden Nest"}},
	)
	return w
}

// A machine's text stands beside the abstract's own sentences, with a label, in
// every format and both languages; an introduction is for editors to see.
func TestMachineText(t *testing.T) {
	for language, label := range map[string][2]string{
		"en": {"Machine summary (pidgin:1b), unchecked by a person", "Introduction by a machine (pidgin:1b), unchecked by a person"},
		"ja": {"機械による要約（pidgin:1b、人による確認なし）", "機械による前書き（pidgin:1b、人による確認なし）"},
	} {
		w, machine := machineWire(t), new(scribe)
		n := daily()
		n.Topics, n.Rest, n.Language, n.Machine = []string{"pigeons"}, true, language, machine
		open := w.compose(n, "2025-12-07")
		closed, _ := w.closeDue(n, "2025-12-08 06:00")
		for what, e := range map[string]*Edition{"composition": open, "closed": closed[0]} {
			for format, got := range forms(t, e) {
				wants := map[string]bool{label[0]: format != "json", label[1]: format != "json" && what == "composition", "pidgin:1b": true, "carry letters by pigeon": true}
				for want, is := range wants {
					if strings.Contains(got, want) != is {
						t.Errorf("%s, %s in %s: has %q: %v", language, what, format, want, !is)
					}
				}
				if n := strings.Count(got, "What a machine wrote"); n != 1 {
					t.Errorf("%s, %s in %s: %d texts, want one: nothing of a secret", language, what, format, n)
				}
				if format != "text" && format != "json" && strings.Contains(got, "<b>&") || strings.Contains(got, proposal) && format == "markdown" {
					t.Errorf("%s, %s in %s is not escaped", language, what, format)
				}
			}
		}
		if got := machine.outlines[0]; !strings.HasPrefix(got, "daily/2025-12-07\n") || !strings.Contains(got, "- Carrying Letters") ||
			strings.Contains(got, "Hidden") || strings.Contains(got, "pigeons") {
			t.Errorf("outline %q", got)
		}
	}
}

// Without a model an edition is what it was before there were any, to the byte.
func TestNoMachine(t *testing.T) {
	w := machineWire(t)
	for format, got := range forms(t, w.compose(daily(), "2025-12-07")) {
		if strings.Contains(strings.ToLower(got), "machine") {
			t.Errorf("%s speaks of a machine", format)
		}
	}
}

func TestProposedIntro(t *testing.T) {
	w := machineWire(t)
	n := daily()
	n.Machine, n.PublishIntro = new(scribe), true
	e := w.compose(n, "2025-12-07")
	if got := e.Proposed(); got != `What a \*machine\* proposes.` {
		t.Errorf("proposed %q", got)
	}
	if _, err := Edit(t.Context(), w.db, n, n.WindowAt(at("2025-12-07 12:00")), "Ann", Intro, "", e.Proposed(), at("2025-12-07 13:00")); err != nil {
		t.Fatal(err)
	}
	e = w.compose(n, "2025-12-07")
	if e.Machine != nil || e.Proposed() != "" || !strings.Contains(e.Text(site, 0), "What a *machine* proposes.") {
		t.Errorf("after an editor took it: %+v\n%s", e.Machine, e.Text(site, 0))
	}
	w.add(happening{name: "draft-ietf-coop-carrying-01", at: at("2025-12-08 10:00")})
	closed, _ := w.closeDue(n, "2025-12-09 06:00")
	if len(closed) != 2 || closed[0].Machine != nil || closed[1].Machine == nil {
		t.Errorf("closed %d editions; a proposal is published only where no editor wrote one", len(closed))
	}
}

// An introduction is asked for when nothing more can come, or somebody holds
// the edition to work on it.
func TestWantsIntro(t *testing.T) {
	w := machineWire(t)
	n := daily()
	n.Machine = new(scribe)
	wants := func(now string) string {
		t.Helper()
		name, outline, to, err := WantsIntro(t.Context(), &w.db.Reader, n, at(now))
		if err != nil || outline != "" && !to.Equal(at("2025-12-08 00:00")) {
			t.Errorf("at %s: %s, %v", now, to, err)
		}
		if outline == "" {
			return ""
		}
		return name
	}
	if got := wants("2025-12-07 20:00"); got != "" {
		t.Errorf("within the window: %q", got)
	}
	if got := wants("2025-12-08 00:10"); got != "daily/2025-12-07" {
		t.Errorf("after it: %q", got)
	}
	edit := func(a Action, text string) {
		t.Helper()
		if _, err := Edit(t.Context(), w.db, n, n.WindowAt(at("2025-12-07 12:00")), "Ann", a, "", text, at("2025-12-07 13:00")); err != nil {
			t.Fatal(err)
		}
	}
	edit(Hold, "")
	if got := wants("2025-12-07 20:00"); got != "daily/2025-12-07" {
		t.Errorf("held: %q", got)
	}
	edit(Intro, "Mine.")
	if got := wants("2025-12-08 00:10"); got != "" {
		t.Errorf("with an editor's: %q", got)
	}
	n.Name = "unknown"
	if got := wants("2025-12-08 00:10"); got != "" {
		t.Errorf("unknown: %q", got)
	}
}

// What an edition to come may show: its window's, what comes behind it, and
// what is late.
func TestUpcomingNews(t *testing.T) {
	w := machineWire(t)
	w.add(
		happening{name: "draft-old-00", at: at("2025-12-05 10:00")},
		happening{name: "draft-late-00", at: at("2025-12-06 10:00"), recorded: at("2025-12-07 10:00")},
		happening{name: "draft-next-00", at: at("2025-12-08 10:00")},
	)
	events, err := UpcomingNews(t.Context(), &w.db.Reader, daily())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.Key)
	}
	equal(t, "upcoming", got, []string{"draft-next-00", "draft-ietf-coop-secret-00", "draft-ietf-coop-carrying-00", "draft-late-00"})
}
