package filters

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shelf is a set of topics by name.
type shelf map[string]string

func (s shelf) lookup(t *testing.T) func(string) (*Query, bool) {
	return func(name string) (*Query, bool) {
		text, ok := s[name]
		if !ok {
			return nil, false
		}
		return mustParse(t, text), true
	}
}

func TestResolve(t *testing.T) {
	topics := shelf{
		"quic": "group:quic", "transport": "topic:quic OR group:tsvwg", "not": "-topic:transport", "all": "",
		"recent": "within:1d", "twice": "topic:quic topic:quic",
	}
	names := []string{"quic", "transport"}
	for query, want := range map[string]bool{
		"topic:quic": true, "topic:Transport": true, "topic:not": false, "-topic:not": true, "topic:all": true,
		"topic:twice title:paths": true, "title:tls OR topic:transport": true, "topic:(quic OR not)": true,
	} {
		q := mustParse(t, query)
		if strings.Contains(query, "topic:") && q.Match(NewItem(multipath)) != strings.HasPrefix(query, "-") {
			t.Errorf("%s matches by itself: an unresolved topic finds nothing", query)
		}
		r, err := Resolve(q, topics.lookup(t), names...)
		if err != nil {
			t.Errorf("resolve %s: %v", query, err)
			continue
		}
		if got := r.Match(NewItem(multipath)); got != want || r.String() != q.String() {
			t.Errorf("%s resolved: matches %v, want %v; prints as %s", query, got, want, r)
		}
		if e := r.Explain(NewItem(multipath)); e.Matched != want {
			t.Errorf("%s explained: %+v", query, e)
		}
	}
	r, err := Resolve(mustParse(t, "topic:recent"), topics.lookup(t))
	if err != nil || !r.Relative() {
		t.Fatalf("a reference to a relative topic: relative %v, error %v", err == nil && r.Relative(), err)
	}
	e := *multipath
	e.Published = time.Date(2026, time.March, 20, 0, 0, 0, 0, time.UTC)
	if !r.At(e.Published.Add(time.Hour)).Match(NewItem(&e)) || r.Match(NewItem(&e)) {
		t.Error("At does not reach into a resolved topic, or changes it")
	}
	if got := mustParse(t, "topic:b topic:a OR -topic:b").References(); !cmp.Equal(got, []string{"b", "a"}) {
		t.Errorf("references: %v", got)
	}
}

func TestResolveFaults(t *testing.T) {
	topics := shelf{
		"a": "topic:b", "b": "quic topic:a", "self": "topic:self", "lost": "x OR topic:nosuch",
		"big": strings.Repeat("a ", 400), "bigger": "topic:(big OR big OR big OR big OR big)", "c": "topic:bigger", "quic": "quic",
	}
	for i := range 60 {
		topics[fmt.Sprint("chain", i)] = fmt.Sprint("topic:chain", i+1)
	}
	deep := "x"
	for range 25 {
		deep = "-(a OR b -(c " + deep + "))"
	}
	topics["deep"] = deep
	topics["deeper"] = strings.Replace(deep, "x", "topic:deep", 1)
	for query, want := range map[string]string{
		"topic:a":                 "1: topics refer to each other in a circle: a -> b -> a",
		"tls topic:b":             "5: topics refer to each other in a circle: b -> a -> b",
		"topic:self":              "1: topics refer to each other in a circle: self -> self",
		"topic:nosuch":            `1: there is no topic "nosuch"`,
		"x -topic:quik topic:a":   `4: there is no topic "quik" (did you mean "quic"?) | 15: topics refer to each other in a circle: a -> b -> a`,
		"topic:quic\n topic:lost": `13: there is no topic "nosuch", to which topic lost refers`,
		"topic:bigger topic:quic": "1: with the topics it refers to, the query has more than 2000 terms",
		"topic:c":                 "1: with the topics it refers to, the query has more than 2000 terms",
		"topic:chain0":            "1: more than 50 topics refer to one another",
		"topic:deeper":            "1: with the topics it refers to, the query has more than 120 terms within each other",
	} {
		_, err := Resolve(mustParse(t, query), topics.lookup(t), "quic", "self")
		var faults *Errors
		if !errors.As(err, &faults) {
			t.Errorf("resolve %s: got error %v, want *Errors", query, err)
			continue
		}
		var got []string
		for _, f := range faults.All {
			text := fmt.Sprintf("%d: %s", f.Start+1, f.Message)
			if strings.HasPrefix(f.Hint, "did") {
				text += " (" + f.Hint + ")"
			}
			got = append(got, text)
		}
		if have := strings.Join(got, " | "); have != want {
			t.Errorf("resolve %q:\n got %s\nwant %s", query, have, want)
		}
	}
}
