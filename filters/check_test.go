package filters

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func drawn1(hints []Hint) (list []string) {
	for _, h := range hints {
		list = append(list, fmt.Sprintf("%d:%d-%d %s", h.Line, h.Start, h.End, h.Message))
	}
	return list
}

func TestUnfilled(t *testing.T) {
	q := mustParse(t, "quic area:sec (title:x OR -area:rtg)\nlist:tls state:x lang:ja")
	got := drawn1(Unfilled(q, func(kind string) bool { return kind == MailingLists }))
	want := []string{
		"1:5-13 no source fills area, so this finds nothing: it comes from the Datatracker",
		"2:46-53 no source fills state, so this finds nothing: it comes from the Datatracker",
		"2:54-61 no source fills lang, so this finds nothing: it comes from feeds",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
}

func TestCheckGroups(t *testing.T) {
	known := map[string]bool{"quic": true, "tls": true}
	in := func(name string) bool { return known[name] }
	q := mustParse(t, "group:quic wg:QUIK OR -group:(tls nosuch nosuch) list:tsl")
	got := drawn1(CheckGroups(q, in, []string{"quic", "tls"}))
	want := []string{
		`1:11-18 the catalogue knows no group "quik": did you mean "quic"?`,
		`1:34-40 the catalogue knows no group "nosuch"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	got = drawn1(CheckLists(q, in, []string{"tls"}))
	if diff := cmp.Diff([]string{`1:49-57 the catalogue knows no list "tsl": did you mean "tls"?`}, got); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	if got := q.Values("group"); !cmp.Equal(got, []string{"quic", "quik", "tls", "nosuch"}) {
		t.Errorf("groups of the query: %v", got)
	}
}

func TestComplete(t *testing.T) {
	for typed, want := range map[string]string{
		"gr": "group:", "a AND -ev": "-event:", "(k": "(kind:", "kind:d": "kind:draft", "-kind:": "-kind:draft -kind:rfc -kind:charter -kind:post",
		"event:(n": "event:(new", "stream:i": "stream:ietf stream:irtf stream:iab stream:ise", "w": "wg: within:",
		"title:x": "", "nosuch:": "", "GROUP": "group:", "zz": "", "level:p": "level:ps",
	} {
		if got := strings.Join(Complete(typed), " "); got != want {
			t.Errorf("Complete(%q) = %q, want %q", typed, got, want)
		}
	}
	if n := len(Complete("")); n < len(fields) {
		t.Errorf("an empty query has %d completions, want every field", n)
	}
}
