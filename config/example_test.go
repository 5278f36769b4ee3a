package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestExample(t *testing.T) {
	text := Example(`"Ops" <ops@example.org>`, "wire.example.org")
	if _, err := Parse("example", []byte(text)); err == nil {
		t.Error("a contact that cannot stand in a User-Agent was taken")
	}
	text = Example("ops@example.org", "wire.example.org")
	shipped := File{Name: "topics/ietf.toml", Data: []byte(ShippedTopics()), Part: TopicPart}
	c, err := Parse("example", []byte(text), shipped)
	if err != nil {
		t.Fatal(err)
	}
	if c.Fetch.Contact != "ops@example.org" || c.IDs.Authority != "wire.example.org" {
		t.Errorf("got contact %q, authority %q", c.Fetch.Contact, c.IDs.Authority)
	}
	if len(c.Sources) < 3 || len(c.Topics) < 30 || len(c.Newsletters) != 2 {
		t.Errorf("got %d sources, %d topics, %d newsletters", len(c.Sources), len(c.Topics), len(c.Newsletters))
	}
	for _, topic := range c.Topics {
		if topic.Titles["ja"] == "" {
			t.Errorf("topic %s has no Japanese title", topic.Name)
		}
	}
	if _, err := Parse("example", []byte(Example("", "example.org"))); err != nil {
		t.Errorf("with the contact left open: %v", err)
	}
}

// TestExampleSwitchedOn takes the number sign from every line that can be
// switched on.
func TestExampleSwitchedOn(t *testing.T) {
	off := regexp.MustCompile(`(?m)^#([^# \n])`)
	text := off.ReplaceAllString(Example("ops@example.org", "example.org"), "$1")
	c, err := Parse("example", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []SourceKind{Feed, IMAP, Mbox, Maildir, SMTP, RFCIndex, Datatracker, Meeting} {
		if !slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Kind == kind }) {
			t.Errorf("no source is of kind %s", kind)
		}
	}
	if len(c.Sources) < 10 || c.Mail.Relay == "" || c.Mail.Operator.Address == "" || len(c.Newsletters) != 3 || len(c.Topics) != 1 {
		t.Errorf("got %d sources, relay %q, %d newsletters", len(c.Sources), c.Mail.Relay, len(c.Newsletters))
	}
}

// TestEveryKeyIsTold holds that docs/configuration.md has a row for each key,
// in the section of its table, and none for keys that do not exist.
func TestEveryKeyIsTold(t *testing.T) {
	manual, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	section := ""
	for line := range strings.Lines(string(manual)) {
		if m := regexp.MustCompile("^## `\\[+([a-z]+)\\]+`").FindStringSubmatch(line); m != nil {
			section = m[1]
		}
		if m := regexp.MustCompile("^\\| `([a-z_]+)` \\|").FindStringSubmatch(line); m != nil {
			told[section+"."+m[1]] = true
		}
	}
	root := reflect.TypeFor[Config]()
	for i, table := range keysOf(root) {
		typ := root.Field(i).Type
		if typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		for _, key := range keysOf(typ) {
			path := table + "." + key
			if !told[path] {
				t.Errorf("docs/configuration.md does not tell of %s", path)
			}
			delete(told, path)
		}
	}
	for path := range told {
		t.Errorf("docs/configuration.md tells of %s, which does not exist", path)
	}
}
