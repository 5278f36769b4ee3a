package filters

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
)

// corpus gives the directory of real input, or skips the test.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set, and DRAFTWIRE_REQUIRE=1 asks for it")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	return dir
}

// Every draft of the seeds is found by its name, by its title as a phrase, and
// by each word of its abstract.
func TestSeedsAreFoundByTheirWords(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(corpus(t), "seeds-drafts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var seeds struct {
		Drafts []struct{ Name, Title, Abstract string }
	}
	if err := json.Unmarshal(data, &seeds); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, d := range seeds.Drafts {
		if d.Name == "" {
			continue
		}
		it := NewItem(&catalog.Event{
			Document: d.Name, Kind: catalog.Draft, Rev: "00", Lineage: []string{d.Name},
			Facts: catalog.Facts{Title: d.Title, Abstract: d.Abstract},
		})
		queries := []string{"name:" + d.Name, d.Name + "-00", `title:"` + strings.ReplaceAll(d.Title, `"`, " ") + `"`}
		for word := range strings.FieldsSeq(d.Abstract) {
			queries = append(queries, `abstract:"`+strings.ReplaceAll(word, `"`, " ")+`"`)
		}
		for _, text := range queries {
			q, err := Parse(text)
			if err != nil {
				if len(Analyse(strings.TrimPrefix(text, "abstract:"))) > 0 {
					t.Errorf("Parse(%s): %v", text, err)
				}
				continue
			}
			if asked++; !q.Match(it) {
				t.Errorf("%s does not find %s", text, d.Name)
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d queries were asked", asked)
	}
}
