package editions

import (
	"os"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// What was closed by an earlier version still shows all that it held then.
func TestEditionsOfEarlierVersions(t *testing.T) {
	content, err := os.ReadFile("testdata/first.json")
	if err != nil {
		t.Fatal(err)
	}
	e, err := Decode(store.Edition{ID: 1, Newsletter: "birds", Number: 1, Content: content})
	if err != nil {
		t.Fatal(err)
	}
	mail, _ := e.MailHTML(site, 0)
	for format, got := range map[string]string{
		"html": string(e.HTML(site, 0)), "mail": string(mail), "text": e.Text(site, 0), "markdown": e.Markdown(site),
	} {
		for _, want := range []string{"Birds of the Week", "Carrying Letters", "let it go", "Why it is here: group:letters matched", "late: published 30 November 2025"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s has no %q", format, want)
			}
		}
	}
}
