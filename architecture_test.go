package draftwire_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// These tests hold the tree to the table of rooms in docs/architecture.md.

const module = "github.com/draftwire/draftwire"

// room is a row of the table.
type room struct {
	floor   int
	imports []string // rooms; nil with all set means every room below
	all     bool
}

// file is what the checker wants to know of a Go file that is not a test.
type file struct {
	name    string // slash-separated, from the root
	imports []string
	asks    []string // uses of net/http that send a request, such as http.Get
}

// forbidden says which rooms alone may use what of other people's.
var forbidden = []struct {
	prefix string
	rooms  []string
}{
	{"database/sql", []string{"store"}},
	{"modernc.org/sqlite", []string{"store"}},
	{"github.com/pressly/goose/", []string{"store"}},
	{"github.com/spf13/cobra", []string{"cmd/draftwire"}},
	{"github.com/pelletier/go-toml/", []string{"config"}},
}

// drawers are names under which things are put away and not found again.
var drawers = []string{"util", "utils", "common", "models", "internal", "helpers"}

// readRooms reads the table whose header is | floor | room | ... |.
func readRooms(markdown string) (map[string]room, error) {
	rooms := map[string]room{}
	inside := false
	for line := range strings.Lines(markdown) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(cells) != 4:
			inside = false
		case cells[0] == "floor" && cells[1] == "room":
			inside = true
		case inside && !strings.HasPrefix(cells[0], "-"):
			floor, err := strconv.Atoi(cells[0])
			if err != nil {
				return nil, fmt.Errorf("room %s stands on floor %q", cells[1], cells[0])
			}
			r := room{floor: floor, all: cells[3] == "everything"}
			if !r.all && cells[3] != "nothing" {
				r.imports = strings.Fields(cells[3])
			}
			rooms[cells[1]] = r
		}
	}
	if len(rooms) == 0 {
		return nil, fmt.Errorf("there is no table of rooms")
	}
	return rooms, nil
}

// checkTable finds rows that contradict the floors.
func checkTable(rooms map[string]room) (faults []string) {
	for name, r := range rooms {
		for _, to := range r.imports {
			if below, ok := rooms[to]; !ok {
				faults = append(faults, fmt.Sprintf("%s may import %s, which is no room", name, to))
			} else if below.floor >= r.floor {
				faults = append(faults, fmt.Sprintf("%s on floor %d may import %s on floor %d", name, r.floor, to, below.floor))
			}
		}
	}
	return faults
}

// checkFile finds what a file imports or does and may not.
func checkFile(rooms map[string]room, f file) (faults []string) {
	fault := func(format string, args ...any) {
		faults = append(faults, f.name+": "+fmt.Sprintf(format, args...))
	}
	dir := path.Dir(f.name)
	for part := range strings.SplitSeq(dir, "/") {
		if slices.Contains(drawers, part) {
			fault("%s is a drawer, not a room", part)
		}
	}
	name, r, ok := roomOf(rooms, dir)
	if !ok {
		fault("%s is not in the table of docs/architecture.md", dir)
		return faults
	}
	for _, imported := range f.imports {
		for _, no := range forbidden {
			if strings.HasPrefix(imported+"/", strings.TrimSuffix(no.prefix, "/")+"/") && !slices.Contains(no.rooms, name) {
				fault("%s is for %s alone", imported, strings.Join(no.rooms, ", "))
			}
		}
		inside, ours := strings.CutPrefix(imported, module+"/")
		if !ours {
			continue
		}
		to, below, ok := roomOf(rooms, inside)
		switch {
		case to == name:
		case !ok:
			fault("imports %s, which is not in the table", inside)
		case below.floor >= r.floor:
			fault("%s on floor %d imports %s on floor %d", name, r.floor, to, below.floor)
		case !r.all && !slices.Contains(r.imports, to):
			fault("%s may not import %s", name, to)
		}
	}
	if name != "fetch" && len(f.asks) > 0 {
		fault("%s: HTTP requests leave through fetch alone", strings.Join(f.asks, ", "))
	}
	return faults
}

// roomOf finds the room that a folder is or lies in.
func roomOf(rooms map[string]room, dir string) (string, room, bool) {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if r, ok := rooms[dir]; ok {
			return dir, r, true
		}
	}
	return "", room{}, false
}

// client lists the names of net/http that send requests; the others serve.
var client = []string{"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport", "NewRequest", "NewRequestWithContext"}

// readFile parses one Go file.
func readFile(name string, src any) (file, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		return file{}, err
	}
	f := file{name: filepath.ToSlash(name)}
	local := ""
	for _, spec := range tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, imported)
		if imported == "net/http" {
			local = "http"
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && local != "" && x.Name == local && slices.Contains(client, s.Sel.Name) {
			f.asks = append(f.asks, "http."+s.Sel.Name)
		}
		return true
	})
	return f, nil
}

func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := readRooms(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range checkTable(rooms) {
		t.Error(fault)
	}
	files := 0
	err = filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		base := filepath.Base(name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "tools" || base == "bin"):
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(base, ".go"), strings.HasSuffix(base, "_test.go"):
			return nil
		}
		f, err := readFile(name, nil)
		if err != nil {
			return err
		}
		files++
		for _, fault := range checkFile(rooms, f) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Error("no file was looked at")
	}
}

const smallHouse = `
| floor | room | what it is | may import |
|---|---|---|---|
| 3 | cmd/draftwire | all | everything |
| 2 | web | pages | store catalog |
| 1 | store | SQL | catalog |
| 1 | fetch | HTTP | nothing |
| 0 | catalog | words | nothing |
| 0 | mail | mail | nothing |
`

func TestChecker(t *testing.T) {
	rooms, err := readRooms(smallHouse)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, src, want string }{
		{"web/a.go", `package web; import "github.com/draftwire/draftwire/store"`, ""},
		{"web/sub/a.go", `package sub; import "github.com/draftwire/draftwire/web"`, ""},
		{"cmd/draftwire/a.go", `package main; import ("github.com/draftwire/draftwire/web"; "github.com/spf13/cobra")`, ""},
		{"web/a.go", `package web; import "net/http"; var _ http.Handler`, ""},
		{"fetch/a.go", `package fetch; import "net/http"; var _ http.Client`, ""},
		{"store/a.go", `package store; import ("database/sql"; _ "modernc.org/sqlite")`, ""},
		{"store/a.go", `package store; import "github.com/draftwire/draftwire/web"`, "store on floor 1 imports web on floor 2"},
		{"store/a.go", `package store; import "github.com/draftwire/draftwire/fetch"`, "store on floor 1 imports fetch on floor 1"},
		{"web/a.go", `package web; import "github.com/draftwire/draftwire/mail"`, "web may not import mail"},
		{"web/a.go", `package web; import "github.com/draftwire/draftwire/attic"`, "imports attic, which is not in the table"},
		{"attic/a.go", `package attic`, "attic is not in the table"},
		{"web/util/a.go", `package util`, "util is a drawer"},
		{"web/a.go", `package web; import "database/sql"`, "database/sql is for store alone"},
		{"web/a.go", `package web; import _ "modernc.org/sqlite/lib"`, "is for store alone"},
		{"web/a.go", `package web; import "github.com/spf13/cobra"`, "is for cmd/draftwire alone"},
		{"web/a.go", `package web; import web "net/http"; var _ = web.Get`, "http.Get: HTTP requests leave through fetch alone"},
		{"cmd/draftwire/a.go", `package main; import "net/http"; var c http.Client`, "http.Client"},
	} {
		f, err := readFile(tt.name, tt.src)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(checkFile(rooms, f), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s %s:\ngot  %q\nwant %q", tt.name, tt.src, got, tt.want)
		}
	}
}

func TestCheckTable(t *testing.T) {
	for _, tt := range []struct{ row, want string }{
		{"| 1 | a | x | catalog |", ""},
		{"| 0 | a | x | catalog |", "a on floor 0 may import catalog on floor 0"},
		{"| 1 | a | x | attic |", "a may import attic, which is no room"},
	} {
		rooms, err := readRooms(smallHouse + tt.row + "\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(checkTable(rooms), "\n"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.row, got, tt.want)
		}
	}
	if _, err := readRooms("nothing here"); err == nil {
		t.Error("a page without the table was taken")
	}
}
