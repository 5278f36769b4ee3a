package markup

import (
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestCorpus holds Sanitize to its promises over every real feed and mail, as
// it stands and with its character references resolved once, as feeds carry
// HTML.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set, and nothing may be skipped")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	files := 0
	for _, part := range []string{"feeds", "mail-ietf", "mail-mime"} {
		err := filepath.WalkDir(filepath.Join(dir, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			checkSafe(t, string(data), "https://example.org/")
			checkSafe(t, html.UnescapeString(string(data)), "")
			Text(string(data))
			if got := Reflow(string(data)); got != Text(FromText(string(data))) {
				t.Errorf("%s: Reflow is not Text of FromText", path)
			}
			if out := FromText(string(data)); Sanitize(out, "") != out && len(out) < maxHTML/4 {
				t.Errorf("%s: FromText is not its own sanitised form", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files == 0 {
		t.Errorf("no files in %s", dir)
	}
}
