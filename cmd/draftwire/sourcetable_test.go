package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/store"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"ten chars!", []string{"ten chars!"}},
		{"eleven chars", []string{"eleven", "chars"}},
		{"exactlyten and", []string{"exactlyten", "and"}},
		{"nowhere-to-break", []string{"nowhere-to", "-break"}},
		{"早いものが好きなひとびと", []string{"早いものが好きなひと", "びと"}},
		{"one two three four five six seven", []string{"one two", "three four", "five si..."}},
	} {
		if got := fold(tt.text, 10, 3); !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// What is wrong with a source can be read in the table, whatever its name and
// address are.
func TestTroublesFit(t *testing.T) {
	at := now()
	feed := config.Source{Kind: config.Feed, URL: "https://wire:secret@www.example.org/a/rather/long/address/of/a/feed.atom"}
	for _, tt := range []struct{ fault, want string }{
		{
			"source a-name-that-is-rather-long: fetch https://wire:xxxxx@www.example.org/a/rather/long/address/of/a/feed.atom: the server answers 502 Bad Gateway",
			"  the server answers 502 Bad Gateway\n",
		},
		{
			"source a-name-that-is-rather-long: https://wire:xxxxx@www.example.org/a/rather/long/address/of/a/feed.atom: not a readable feed",
			"  not a readable feed\n",
		},
		{"fetch https://elsewhere.example/: " + strings.Repeat("words ", 99), "  fetch https://elsewhere.example/: words"},
	} {
		var b bytes.Buffer
		s := standing{conf: &feed, days: make([]int, sourceDays), Source: store.Source{
			Name: "a-name-that-is-rather-long", Attempts: 3, LastError: tt.fault, Next: at.Add(time.Hour), Messages: 1234567,
		}}
		if err := writeSources(&b, []standing{s}, at); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), tt.want) {
			t.Errorf("%q is not in:\n%s", tt.want, b.String())
		}
		for line := range strings.Lines(b.String()) {
			if utf8.RuneCountInString(line) > tableWidth+1 {
				t.Errorf("too wide: %s", line)
			}
		}
	}
}
