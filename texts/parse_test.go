package texts

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestLayouts reads texts as they were and are set, and writes down all that
// was understood.
func TestLayouts(t *testing.T) {
	files, err := filepath.Glob("testdata/layouts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Files) != 2 || archive.Files[0].Name != "text" || archive.Files[1].Name != "want" {
				t.Fatal("want the files text and want")
			}
			got := understood(parse(t, archive.Files[0].Data))
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func understood(x *Text) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name %s\ntitle %s\ndate %s\n", x.Name, x.Title, x.Date)
	for _, name := range x.Authors {
		fmt.Fprintf(&b, "author %s\n", name)
	}
	for _, s := range x.Sections {
		number := s.Number
		if number != "" {
			number += " "
		}
		fmt.Fprintf(&b, "# %s| %s | %s\n", number, s.Title, s.Kind)
		for _, p := range s.Paragraphs {
			fmt.Fprintln(&b, strings.ReplaceAll(p, "\n", " / "))
		}
	}
	for _, r := range x.References {
		class := "informative"
		if r.Normative {
			class = "normative"
		}
		fmt.Fprintf(&b, "%s %s %q %s\n", class, r.Label, r.Title, r.Document)
	}
	return b.String()
}

func TestBody(t *testing.T) {
	x := &Text{Title: "Lamps", Sections: []Section{
		{Number: "1", Title: "Introduction", Paragraphs: []string{"They shine.", "a = 1\nb = 2"}},
		{Title: "Author's Address", Kind: Addresses, Paragraphs: []string{"Anna Ferrow"}},
	}}
	if got, want := x.Body(), "Lamps\n\nIntroduction\n\nThey shine.\n\na = 1\nb = 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	x.Sections[0].Paragraphs = []string{strings.Repeat("lamp é ", MaxBody/4)}
	if got := x.Body(); len(got) > MaxBody || len(got) < MaxBody/2 || !strings.HasSuffix(got, "lamp") && !strings.HasSuffix(got, "é") {
		t.Errorf("%d bytes, which end in %q", len(got), got[len(got)-10:])
	}
}

// TestCorpus reads whatever plain texts a corpus has: each is understood as
// something or refused.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set, and DRAFTWIRE_REQUIRE=1 asks for it")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	n := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".txt" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, err := Parse(raw)
		switch {
		case err != nil:
			t.Logf("%s: %v", path, err)
		case len(raw) > 1000 && len(text.Body()) < len(raw)/4:
			t.Errorf("%s: %d bytes became %d", path, len(raw), len(text.Body()))
		}
		n++
		return nil
	})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
}
