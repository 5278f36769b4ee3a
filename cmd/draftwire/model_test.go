package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const machineSentence = "It describes what the document is about, and for whom that is meant."

// TestModel walks one document's way past a language model: what fails is told
// and is of no consequence, what is good stands in the edition with a label,
// and without a model the edition is what it was.
func TestModel(t *testing.T) {
	t.Parallel()
	var asked, broken atomic.Int32
	broken.Store(1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked.Add(1)
		if broken.Load() == 1 {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>a proxy's page</html>")
			return
		}
		text := machineSentence
		if strings.Contains(string(body), "introduction") {
			text = "What stands out this time is what the drafts of it are about."
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"choices":[{"message":{"content":%q}}],"usage":{"prompt_tokens":90,"completion_tokens":20}}`, text)
	}))
	t.Cleanup(srv.Close)

	n := configuredNewsroom(t)
	n.run(t, 0, "poll") // which brings history
	news, err := n.up.Advance(n.now)
	if err != nil {
		t.Fatal(err)
	}
	n.run(t, 0, "poll", "drafts")
	today := n.now.UTC().Format(time.DateOnly)
	plain, _ := n.run(t, 0, "edition", "--date", today, "--format", "json")
	if _, stderr := n.run(t, 2, "model", "run"); !strings.Contains(stderr, "there is no language model") {
		t.Errorf("without a model: %s", stderr)
	}

	without, err := os.ReadFile(filepath.Join(n.dir, "draftwire.toml"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(n.dir, "draftwire.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	model := fmt.Sprintf("[model]\nurl = %q\nname = \"pidgin:1b\"\ntasks = [\"summary\", \"intro\"]\nprice_in = 1\nprice_out = 2.5\n", srv.URL+"/v1")
	with := strings.Replace(string(without), "allow = [", fmt.Sprintf("allow = [%q, ", srv.Listener.Addr()), 1) + model

	// An address inside is asked only if it is allowed.
	write(string(without) + model)
	n.run(t, 3, "model", "run")
	if stdout, _ := n.run(t, 0, "model"); asked.Load() != 0 || !strings.Contains(stdout, "an operator may allow it") {
		t.Errorf("asked %d times; %s", asked.Load(), stdout)
	}

	// A prompt that cannot be is told at once.
	write(with)
	prompts := filepath.Join(n.dir, "prompts")
	if err := os.MkdirAll(prompts, 0o700); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(prompts, "summary.txt")
	if err := os.WriteFile(own, []byte("In {{.Tongue}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr := n.run(t, 2, "check"); !strings.Contains(stderr, "summary.txt:1:5") {
		t.Errorf("a faulty prompt: %s", stderr)
	}
	if err := os.WriteFile(own, []byte("Be brief, in {{.Language}}, and say what it is."), 0o600); err != nil {
		t.Fatal(err)
	}

	// A page instead of an answer: told, and nothing else.
	if stdout, _ := n.run(t, 3, "model", "run"); !strings.Contains(stdout, "0 done, 0 refused, 1 without an answer") || asked.Load() != 1 {
		t.Errorf("asked %d times; %s", asked.Load(), stdout)
	}
	if stdout, _ := n.run(t, 0, "model"); !strings.Contains(stdout, "the server answers a page") || !strings.Contains(stdout, "; 0.0") {
		t.Errorf("the model's state: %s", stdout)
	}
	if got, _ := n.run(t, 0, "edition", "--date", today, "--format", "json"); got != plain {
		t.Errorf("a model that fails changes the edition:\n%s\n%s", got, plain)
	}

	// A good answer, asked for by serve.
	broken.Store(0)
	if err := os.WriteFile(own, []byte("Be brief, in {{.Language}}, and say what the document is."), 0o600); err != nil {
		t.Fatal(err)
	}
	n.run(t, 0, "edition", "hold", "--date", today)
	n.serve = startChild(t, n.dir, "serve")
	n.base = strings.TrimSuffix(n.serve.line(t), "/")
	label := "Machine summary (pidgin:1b), unchecked by a person"
	eventually(t, "the edition has the machine's summary", func() bool {
		_, page, err := fetchPage(n.base + "/newsletters/daily/" + today)
		return err == nil && strings.Contains(page, label) && strings.Contains(page, machineSentence)
	})
	stdout, _ := n.run(t, 0, "edition", "--date", today)
	if text := strings.Join(strings.Fields(stdout), " "); !strings.Contains(text, label) || !strings.Contains(text, news.Title) {
		t.Errorf("the edition as text:\n%s", stdout)
	}
	if stdout, _ := n.run(t, 0, "model", "run"); !strings.Contains(stdout, "asks by itself") {
		t.Errorf("beside serve: %s", stdout)
	}
	eventually(t, "an introduction is proposed, and taken", func() bool {
		code, _, _ := runChild(t, n.dir, "edition", "intro", "--proposed", "--date", today)
		return code == 0
	})
	if stdout, _ := n.run(t, 0, "edition", "--date", today); !strings.Contains(stdout, "What stands out this time") || strings.Contains(stdout, "Introduction by a machine") {
		t.Errorf("with the introduction taken:\n%s", stdout)
	}

	// Without the model again, nothing of it is seen.
	write(string(without))
	n.run(t, 0, "edition", "intro", "", "--date", today)
	n.run(t, 0, "edition", "publish", "--date", today)
	if got, _ := n.run(t, 0, "edition", "--date", today, "--format", "json"); got != plain {
		t.Errorf("without a model the edition differs:\n%s\n%s", got, plain)
	}
}
