package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestSourceFiles reads a configuration with files of sources beside it.
func TestSourceFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("wire.toml", "[fetch]\ninterval = \"20m\"\n[[source]]\nname = \"main\"\nkind = \"mbox\"\npath = \"a\"\n")
	write("sources/b.toml", "# two\n[[source]]\nname = \"b\"\nkind = \"mbox\"\npath = \"x/y\"\ninterval = \"5m\"\n[[source]]\nname = \"c\"\nkind = \"maildir\"\npath = \"/m\"\n")
	write("sources/a.toml", "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"https://a.example/\"\n")
	write("sources/.hidden.toml", "[[")
	write("sources/a.toml.bak", "[[")
	c, err := Load(filepath.Join(dir, "wire.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range c.Sources {
		got = append(got, s.Name)
	}
	if want := "main a b c"; strings.Join(got, " ") != want {
		t.Errorf("got sources %v, want %s", got, want)
	}
	b := c.Sources[2]
	if b.File != filepath.Join(dir, "sources", "b.toml") || b.Line != 2 || b.Path != filepath.Join(dir, "sources", "x/y") || b.Interval.Duration != 5*time.Minute {
		t.Errorf("got %+v", b)
	}
	if a := c.Sources[1]; a.Interval.Duration != 20*time.Minute {
		t.Errorf("a is polled every %v, want the default of the main file", a.Interval)
	}
}

func TestSourceMistakes(t *testing.T) {
	const one = "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"https://a.example/\"\n"
	for _, tt := range []struct{ name, main, file, want string }{
		{"name in two files", one, "\n" + one, `s:3:8: the name "a" is taken`},
		{"the other's place", one, "\n" + one, `the other stands in f:2`},
		{"a topic among sources", "", "[[topic]]\nname = \"t\"\n", `s:1:3: unknown key "topic"`},
		{"a key of another kind", "", one + "user = \"me\"\n", `s:5:8: a source of kind feed has no user`},
		{"too often by the main file", "[fetch]\ninterval = \"5s\"\n", one, `f:2:12: a is polled too often`},
		{"too often by itself", "", one + "interval = \"5s\"\n", `s:5:12: a is polled too often`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.main), File{Name: "s", Data: []byte(tt.file), Part: SourcePart})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got:\n%v\nwant in it:\n%s", err, tt.want)
			}
		})
	}
}

// everyKey sets the keys of sources between them.
const everyKey = `[[source]]
name = "box"
kind = "imap"
url = "imaps://mail.example/Lists%20of%20mine/x"
user = "ann"
password_env = "SECRET"
announcements = true
interval = "1h30m"
batch = 50
paused = true

[[source]]
name = "old"
kind = "pipermail"
url = "https://lists.example/pipermail/x/"
since = "2020-02-29"
interval = "10m"

[[source]]
name = "open"
kind = "imap"
url = "imap://127.0.0.1/INBOX"
password = 'a"\b'

[[source]]
name = "here"
kind = "mbox"
path = "/var/mail/it's \"here\""
interval = "10s"
`

func TestFormatSources(t *testing.T) {
	list, err := ParseSources("in.toml", []byte(everyKey))
	if err != nil {
		t.Fatal(err)
	}
	text := FormatSources(Default(), list)
	again, err := ParseSources("out.toml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(list, again, cmpopts.IgnoreFields(Source{}, "File", "Line")); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if strings.Contains(text, "anonymous") || strings.Contains(text, "15m") || strings.Contains(text, "200") {
		t.Errorf("defaults stand in\n%s", text)
	}
}

func FuzzSources(f *testing.F) {
	f.Add(everyKey, "old")
	f.Add("[[source]]\nname = 'a'\nkind = 'feed'\nurl = 'https://x/'\n# about b\n[[source]]\nname='b'\nkind='maildir'\npath='''\nx'''", "b")
	f.Fuzz(func(t *testing.T, text, name string) {
		list, err := ParseSources("/in.toml", []byte(text))
		if err != nil {
			return
		}
		out := FormatSources(Default(), list)
		again, err := ParseSources("/out.toml", []byte(out))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if diff := cmp.Diff(list, again, cmpopts.IgnoreFields(Source{}, "File", "Line")); diff != "" {
			t.Fatalf("%s\n%s", diff, out)
		}
		if without, ok := Replace([]byte(text), SourcePart, name, ""); ok {
			after, err := ParseSources("/in.toml", without)
			if err != nil || len(after) != len(list)-1 {
				t.Fatalf("%d sources became %d: %v\n%s", len(list), len(after), err, without)
			}
		}
	})
}
