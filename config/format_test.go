package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func sameTopics(t *testing.T, got, want []Topic) {
	t.Helper()
	text := cmp.Comparer(func(a, b Query) bool { return a.Text == b.Text })
	if d := cmp.Diff(want, got, text, cmpopts.IgnoreFields(Topic{}, "File", "Line"), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

func TestFormatTopics(t *testing.T) {
	list := []Topic{
		{Name: "quic", Title: "QUIC", Titles: map[string]string{"ja": "QUIC", "en": "QUIC \"v2\""}, Query: Query{Text: `group:quic OR title:quic`}},
		{Name: "pq", Formerly: []string{"post-quantum", "pqc"}, Title: "pq", Description: "Line one.\nLine two.", Query: Query{Text: "group:pquip\nOR \"post quantum\"\n"}},
		{Name: "odd", Title: `it's \ "odd"`, Description: "tab\there", Query: Query{Text: `"it's" OR a`}},
		{Name: "secret", Title: "secret", Private: true, Query: Query{Text: "a OR b"}},
		{Name: "odder", Title: "odder", Query: Query{Text: "\"a'''b\"\nOR x'"}},
	}
	text := FormatTopics(list)
	got, err := ParseTopics("out.toml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	sameTopics(t, got, list)
	if again := FormatTopics(got); again != text {
		t.Errorf("written again:\n%s\nfirst:\n%s", again, text)
	}
	for _, want := range []string{"title = \"QUIC\"\n", "query = '''\ngroup:pquip\nOR", `formerly = ["post-quantum", "pqc"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// TestShippedTopicsAsText holds that the shipped file survives export and import.
func TestShippedTopicsAsText(t *testing.T) {
	list, err := ParseTopics("ietf.toml", []byte(ShippedTopics()))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseTopics("again.toml", []byte(FormatTopics(list)))
	if err != nil {
		t.Fatal(err)
	}
	sameTopics(t, again, list)
}

func TestReplace(t *testing.T) {
	const before = "# head\n[server]\nlisten = \"a:1\"\n\n# about a\n[[topic]] # a\nname = \"a\"\nquery = '''\nx\n'''\n[topic.titles]\nja = \"A\"\n\n# about b\n[[topic]]\nquery = \"y\"\nname = \"b\"\n\n# tail\n[mail]\nrate = 1\n"
	const text = "[[topic]]\nname = \"new\"\nquery = \"n\"\n"
	tests := []struct{ name, without string }{
		{"a", "[[topic]] # a\nname = \"a\"\nquery = '''\nx\n'''\n[topic.titles]\nja = \"A\"\n"},
		{"b", "[[topic]]\nquery = \"y\"\nname = \"b\"\n"},
	}
	for _, tt := range tests {
		got, ok := Replace([]byte(before), TopicPart, tt.name, text)
		if want := strings.Replace(before, tt.without, text, 1); !ok || string(got) != want {
			t.Errorf("%s: got %v\n%s\nwant\n%s", tt.name, ok, got, want)
		}
	}
	for _, none := range []string{"", "[[topic]]\nname = \"z\"\n", "topic = [{ name = \"a\", query = \"x\" }]\n", "[[topic]]\nname = \"a\"\n[[[", "[[source]]\nname = \"a\"\n"} {
		if got, ok := Replace([]byte(none), TopicPart, "a", text); ok {
			t.Errorf("%q became %q", none, got)
		}
	}
}

func FuzzTopics(f *testing.F) {
	f.Add("[[topic]]\nname = \"a\"\nformerly = [\"b\"]\ntitles = { ja = \"A\" }\nquery = 'x \"y\"'\ndescription = \"d\"\n", "a")
	f.Add("[[topic]]\nname = 'a'\nquery = '''\n# x'''\n[[topic]]\nname = \"b\"\nquery = \"\"\"y\\\n z\"\"\"", "b")
	f.Add("topic = [{ name = \"a\", query = \"x\" }]", "a")
	f.Fuzz(func(t *testing.T, text, name string) {
		list, err := ParseTopics("in.toml", []byte(text))
		if err != nil {
			return
		}
		out := FormatTopics(list)
		again, err := ParseTopics("out.toml", []byte(out))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		sameTopics(t, again, list)
		replaced, ok := Replace([]byte(text), TopicPart, name, "[[topic]]\nname = \"replaced\"\nquery = \"z\"\n")
		if !ok {
			return
		}
		after, err := ParseTopics("replaced.toml", replaced)
		if err != nil {
			return // such as for a former name of the topic that went
		}
		if len(after) != len(list) {
			t.Fatalf("%d topics became %d:\n%s", len(list), len(after), replaced)
		}
	})
}
