package llm

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// The same is asked once; another document, prompt or model is another question.
func TestAskedOnce(t *testing.T) {
	d := newDesk(t)
	if tally, n := d.once(); n != 1 || tally.Done != 1 {
		t.Fatalf("%+v after %d requests\n%s", tally, n, &d.log)
	}
	q := d.asked[0]
	if q.Model != "pidgin:1b" || q.MaxTokens != 200 || q.Stream || !strings.Contains(q.Messages[0].Content, "in English") ||
		!strings.HasSuffix(q.Messages[1].Content, "\n> Title: Carrying Letters\n> Abstract: How pigeons carry the letters, and what the receiver has to do.") {
		t.Errorf("asked %+v", q)
	}
	if got := d.texts("en")["draft-ietf-coop-letters-00 summary"]; got != goodEnglish {
		t.Errorf("got %q", got)
	}
	if got := d.texts("ja"); len(got) != 0 {
		t.Errorf("in Japanese: %q", got)
	}
	if got := d.spent(); got != (store.MachineDay{Requests: 1, TokensIn: 100, TokensOut: 30}) {
		t.Errorf("spent %+v", got)
	}
	if _, n := d.once(); n != 0 {
		t.Errorf("asked %d times more for the same", n)
	}
	d.draft("draft-ietf-coop-letters-01", 5)
	if _, n := d.once(); n != 1 {
		t.Errorf("asked %d times for a new revision", n)
	}
	var err error
	if d.w.Prompts, err = LoadPrompts(fstest.MapFS{"summary.txt": {Data: []byte("Be brief, in {{.Language}}.")}}); err != nil {
		t.Fatal(err)
	}
	if got := d.texts("en"); len(got) != 0 {
		t.Errorf("another prompt shows %q", got)
	}
	if _, n := d.once(); n != 2 {
		t.Errorf("asked %d times for another prompt", n)
	}
	d.w.Name = "other"
	if _, n := d.once(); n != 2 {
		t.Errorf("asked %d times for another model", n)
	}
	d.events[0].News = false
	d.events[0].Facts.Abstract = "History is not sent."
	if _, n := d.once(); n != 0 {
		t.Errorf("asked %d times for history", n)
	}
}

// All tasks, in another language, the newest first.
func TestTasks(t *testing.T) {
	d := newDesk(t)
	d.draft("draft-ietf-coop-hawks-00", 5)
	d.w.Tasks = []Task{Summary, Use, Translation, Intro}
	d.w.Series[0].Language = "ja"
	d.reply = func(q request, w http.ResponseWriter, _ *http.Request) {
		text := "鳩が手紙を運ぶ方法を説明します。"
		if strings.Contains(q.Messages[0].Content, "introduction") {
			text = "今号では、12件のドラフトのうち、手紙を運ぶ方法についての文書が目を引きます。"
		}
		d.say(w, text, 10, 10)
	}
	if tally, n := d.once(); n != 9 || tally.Done != 9 {
		t.Fatalf("%+v after %d requests\n%s", tally, n, &d.log)
	}
	var order []string
	for _, q := range d.asked {
		line, _, _ := strings.Cut(strings.TrimPrefix(q.Messages[1].Content, preface+"\n> "), "\n")
		order = append(order, line)
	}
	if want := "Title: Carrying Letters x"; order[0] != want || order[8] == want {
		t.Errorf("asked in the order %q", order)
	}
	if got := d.texts("ja"); len(got) != 8 || got["draft-ietf-coop-hawks-00 title"] == "" || got["draft-ietf-coop-hawks-00 use"] == "" {
		t.Errorf("got %q", got)
	}
	intro, ok, err := d.w.Introduction(t.Context(), &d.db.Reader, "daily/2026-07-19", "ja", "Internet-Drafts: 12\n- Carrying Letters")
	if err != nil || !ok || !strings.HasPrefix(intro.Text, "今号では") {
		t.Errorf("got %+v, %v, %v", intro, ok, err)
	}
	if _, ok, _ := d.w.Introduction(t.Context(), &d.db.Reader, "daily/2026-07-19", "ja", "Internet-Drafts: 13"); ok {
		t.Error("an introduction to what was the edition once is shown")
	}
}

// Who dies while asking has spent the estimate; the next asks once more.
func TestKilled(t *testing.T) {
	d := newDesk(t)
	d.w.planned = time.Time{}
	if err := d.w.plan(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs, err := d.w.claim(t.Context(), new(Tally))
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	if spent := d.spent(); spent.Requests != 1 || spent.TokensOut != 200 || spent.TokensIn == 0 {
		t.Errorf("charged %+v before it is asked", spent)
	}
	if _, n := d.once(); n != 0 {
		t.Error("another asks what is leased")
	}
	again := d.open()
	release, ok, err := again.Lead(t.Context(), d.clock())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer release()
	if tally, n := d.once(); n != 1 || tally.Done != 1 {
		t.Errorf("%+v after %d requests", tally, n)
	}
}

// Ending in the middle of a request gives it back.
func TestStopped(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.reply = func(_ request, _ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}
	if err := d.w.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if rows := d.rows(store.MachineQueued); len(rows) != 1 || rows[0].Attempts != 0 {
		t.Fatalf("got %+v", rows)
	}
	d.reply = nil
	if tally, n := d.once(); n != 1 || tally.Done != 1 {
		t.Errorf("%+v after %d requests", tally, n)
	}
}

// Run asks by itself, and what comes while it runs.
func TestRun(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d.reply = func(_ request, w http.ResponseWriter, _ *http.Request) {
		d.say(w, goodEnglish, 1, 1)
		cancel()
	}
	if err := d.w.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if _, n := d.once(); n > 1 || len(d.texts("en")) != 1 {
		t.Errorf("asked %d times more, shows %q", n, d.texts("en"))
	}
}

// No more than so many are asked at once, but so many are.
func TestConcurrency(t *testing.T) {
	d := newDesk(t)
	for i := range 5 {
		d.draft(fmt.Sprintf("draft-ietf-coop-more-%02d", i), i)
	}
	d.w.Concurrency = 3
	var mu sync.Mutex
	here, most := 0, 0
	three := make(chan struct{})
	d.reply = func(_ request, w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		here++
		most = max(most, here)
		if here == 3 && most == 3 {
			select {
			case <-three:
			default:
				close(three)
			}
		}
		mu.Unlock()
		select {
		case <-three:
		case <-r.Context().Done():
		}
		mu.Lock()
		here--
		mu.Unlock()
		d.say(w, goodEnglish, 1, 1)
	}
	if tally, n := d.once(); n != 6 || tally.Done != 6 || most != 3 {
		t.Errorf("%+v after %d requests, %d at once", tally, n, most)
	}
}

// What is queued and no longer wanted is not asked; what was tried is kept.
func TestNoLongerWanted(t *testing.T) {
	d := newDesk(t)
	d.draft("draft-ietf-coop-more-00", 1)
	d.reply = func(_ request, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }
	d.once()
	d.events = nil
	d.pass(time.Hour)
	if _, n := d.once(); n != 0 || len(d.rows(store.MachineQueued)) != 0 {
		t.Errorf("asked %d times, %+v", n, d.rows(store.MachineQueued))
	}
	if rows := d.rows(store.MachineFailed); len(rows) != 1 || !strings.Contains(rows[0].LastError, "400") {
		t.Errorf("kept %+v", rows)
	}
}

// secretTopic adds a topic, which finds nothing by itself.
func (d *desk) secretTopic() (id int64) {
	d.Helper()
	if err := d.db.Update(d.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.PutTopic(d.Context(), store.Topic{Name: "secret", Query: "secret"})
		return err
	}); err != nil {
		d.Fatal(err)
	}
	return id
}

// find puts an event into the database, and has the topic find it.
func (d *desk) find(topic int64, i int) {
	d.Helper()
	e := &d.events[i]
	if err := d.db.Update(d.Context(), func(tx *store.Tx) error {
		doc, _, err := tx.Document(d.Context(), e.Document, catalog.Draft)
		if err != nil {
			return err
		}
		rev, _, err := tx.Revision(d.Context(), doc.ID, e.Rev, e.Facts)
		if err != nil {
			return err
		}
		if e.ID, err = tx.AddEvent(d.Context(), rev, *e); err != nil {
			return err
		}
		return tx.Select(d.Context(), topic, e.ID, "why", true, noon)
	}); err != nil {
		d.Error(err)
	}
}

// Nothing is sent of a private topic, nor of posts, whatever is wanted.
func TestPrivate(t *testing.T) {
	d := newDesk(t)
	d.draft("draft-ietf-coop-secret-00", 1)
	d.events = append(d.events, catalog.Event{
		ID: 9, Key: "msg-1", Document: "msg-1", Kind: catalog.Post, Event: catalog.Posted, News: true, Published: noon,
		Facts: catalog.Facts{Title: "A mail", Abstract: "That is nobody's business."},
	}, catalog.Event{
		ID: 10, Key: "entry-1/x", Document: "entry-1", Rev: "x", Kind: catalog.Post, Event: catalog.Revised, News: true, Published: noon,
		Facts: catalog.Facts{Title: "A changed entry", Abstract: "That is nobody's business."},
	})
	d.find(d.secretTopic(), 1)
	d.w.Private = []string{"secret"}
	if _, n := d.once(); n != 1 || strings.Contains(fmt.Sprint(d.asked), "Letters x") || strings.Contains(fmt.Sprint(d.asked), "business") {
		t.Errorf("asked %+v", d.asked)
	}
	d.w.Private = nil
	if _, n := d.once(); n != 1 || len(d.texts("en")) != 2 {
		t.Errorf("allowed: asked %d times, shows %q", n, d.texts("en"))
	}
	d.w.Private = []string{"secret"}
	if got := d.texts("en"); len(got) != 1 {
		t.Errorf("what became private is shown: %q", got)
	}
}

// What becomes private while it is queued is not sent, nor are other revisions of
// the document.
func TestBecomesPrivate(t *testing.T) {
	d := newDesk(t)
	d.draft("draft-ietf-coop-secret-17", -2)
	d.draft("draft-ietf-coop-secret-18", -1)
	d.w.Private = []string{"secret"}
	topic := d.secretTopic()
	d.reply = func(q request, w http.ResponseWriter, _ *http.Request) {
		if len(d.asked) == 1 {
			d.find(topic, 1)
		}
		d.say(w, d.good(q), 100, 30)
	}
	if _, n := d.once(); n != 1 || len(d.rows(store.MachineQueued)) != 0 {
		t.Errorf("asked %+v, queued %+v", d.asked, d.rows(store.MachineQueued))
	}
}

func TestLoadPrompts(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string // no want: it is good
	}{
		{"summary.txt", "In {{.Language}} ({{.Tag}}), please.", ""},
		{"README.md", "x", ""},
		{"sumary.txt", "x", "sumary.txt is no task's prompt: want one of summary.txt"},
		{"summary.txt", "In {{.Language", "summary.txt:1"},
		{"use.txt", "a\nb {{.Abstract}}", "use.txt:2:4"},
		{"intro.txt", " \n", "intro.txt:1: the prompt says nothing"},
		{"title.txt", strings.Repeat("x", maxPrompt+1), "want at most"},
	} {
		_, err := LoadPrompts(fstest.MapFS{tt.name: {Data: []byte(tt.text)}})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s, %.40q: %v, want %q", tt.name, tt.text, err, tt.want)
		}
	}
	if p := ours(t); slices.ContainsFunc(tasks, func(x Task) bool { return !strings.Contains(p.render(x, "ja-JP"), "Japanese") }) {
		t.Error("a prompt does not name its language")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"choices":[{"message":{"content":"a"},"finish_reason":"length"}],"usage":{"prompt_tokens":-1}}`, `{"error":"x"}`, `<html>`, `{}`} {
		f.Add("application/json", []byte(s))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		a, err := parse(kind, body, ask{"s", "i"}, 100)
		if a.in < 0 || a.out < 0 || a.in > maxBill || a.out > maxBill {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
