package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func topicText(name, query string, more ...string) string {
	return "[[topic]]\nname = \"" + name + "\"\nquery = '" + query + "'\n" + strings.Join(more, "\n") + "\n"
}

// TestTopicFiles reads a configuration with files of topics beside it.
func TestTopicFiles(t *testing.T) {
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
	main := filepath.Join(dir, "wire.toml")
	write("wire.toml", topicText("main", "x")+"[[newsletter]]\nname = \"n\"\nscope = \"topic:b kind:draft\"\n")
	write("topics/b.toml", "# two\n"+topicText("b", "topic:old-a OR y", `titles = { ja = "B" }`)+topicText("c", "z"))
	write("topics/a.toml", topicText("a", "group:quic", `formerly = ["old-a"]`))
	write("topics/.hidden.toml", "[[")
	write("topics/readme.txt", "[[")
	c, err := Load(main)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, topic := range c.Topics {
		got = append(got, topic.Name)
	}
	if want := "main a b c"; strings.Join(got, " ") != want || strings.Join(c.Newsletters[0].Topics, " ") != want {
		t.Errorf("got topics %v, sections %v, want %s", got, c.Newsletters[0].Topics, want)
	}
	if b := c.Topics[2]; b.File != filepath.Join(dir, "topics", "b.toml") || b.Line != 2 || b.Title != "b" || b.TitleIn(Japanese) != "B" {
		t.Errorf("got %+v", b)
	}
	if refs := c.Newsletters[0].Scope.Tree.References(); len(refs) != 1 {
		t.Errorf("the scope refers to %v", refs)
	}
	write("topics/d.toml", "[server]\nlisten = \"a:1\"\n")
	if _, err := Load(main); err == nil || !strings.Contains(err.Error(), filepath.Join("topics", "d.toml")+`:1:2: unknown key "server"`) {
		t.Errorf("a server among topics: got %v", err)
	}
	write("topics/d.toml", strings.Repeat("#", MaxSize+1))
	if _, err := Load(main); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a huge file: got %v", err)
	}
}

// TestTopicMistakes holds faults that lie between topics, in whichever file.
func TestTopicMistakes(t *testing.T) {
	one := topicText("quic", "group:quic")
	for _, tt := range []struct{ name, main, file, want string }{
		{"name in two files", one, "\n" + one, `t:3:8: the name "quic" is taken
	name = "quic"
	       ^^^^^^
	each needs a name of its own; the other stands in f:2`},
		{"form before meaning", topicText("a", "gruop:x"), "[[topic]]\nnam = 1\n", `t:2:1: unknown key "nam"`},
		{"faults of both", topicText("a", "gruop:x"), topicText("b", "gruop:y"), "t:3:10: unknown field"},
		{"former name lives", one, topicText("a", "x", `formerly = ["b", "quic"]`), `t:4:18: "quic" is the name of a topic`},
		{"former name of two", topicText("b", "x", `formerly = ["old"]`), topicText("a", "x", `formerly = ["old"]`), `t:4:13: the former name "old" is claimed twice`},
		{"former name twice", "", topicText("a", "x", `formerly = ["old", "old"]`), `t:4:20: the former name "old" is claimed twice`},
		{"former name is its own", "", topicText("a", "x", `formerly = ["a"]`), `"a" is the topic's name now`},
		{"former name no slug", "", topicText("a", "x", `formerly = ["A b"]`), `"A b" was never a name`},
		{"former name no list", "", topicText("a", "x", `formerly = "b"`), `write a list in brackets`},
		{"missing", one, topicText("a", "x OR topic:quick"), `t:3:15: there is no topic "quick"
	query = 'x OR topic:quick'
	              ^^^^^^^^^^^
	did you mean "quic"?`},
		{"circle", topicText("a", "x OR topic:b"), topicText("b", "y OR topic:a"), "a -> b -> a"},
		{"circle, its other end", topicText("a", "x OR topic:b"), topicText("b", "y OR topic:a"), "t:3:15: topics refer to each other in a circle"},
		{"circle through a former name", topicText("a", "x OR topic:old"), topicText("b", "y OR topic:a", `formerly = ["old"]`), "circle"},
		{"missing in a scope", "[[newsletter]]\nname = \"n\"\nscope = 'topic:a'\n", "", `f:3:10: there is no topic "a"`},
		{"relative", "", topicText("a", "within:30d"), "t:3:9: the query depends on the day it is asked"},
		{"long description", "", topicText("a", "x", `description = "`+strings.Repeat("x", 2001)+`"`), "at most 2000 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.main), File{Name: "t", Data: []byte(tt.file), Part: TopicPart})
			if _, ok := errors.AsType[Errors](err); !ok || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got:\n%v\nwant in it:\n%s", err, tt.want)
			}
		})
	}
}

func TestNoTopicsFolder(t *testing.T) {
	files, err := Files(filepath.Join(t.TempDir(), "nowhere", "f.toml"))
	if err != nil || len(files) > 0 {
		t.Errorf("got %v, %v", files, err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "topics"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Files(filepath.Join(dir, "f.toml")); err == nil {
		t.Error("a file in the place of the folder was taken")
	}
}
