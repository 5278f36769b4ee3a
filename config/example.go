package config

import (
	_ "embed"
	"strings"
	"text/template"
	"unicode"
)

//go:embed example.toml
var exampleText string

var exampleTemplate = template.Must(template.New("example.toml").Parse(exampleText))

// Example gives the commented configuration that init writes: the IETF's and
// the RFC Editor's public sources, a daily and a weekly newsletter; its topics
// are those of ShippedTopics, in a file beside it. Contact stands in the User-Agent and may be empty, authority in
// every id.
func Example(contact, authority string) string {
	var b strings.Builder
	fields := struct{ Contact, Authority string }{quoted(contact), quoted(authority)}
	if err := exampleTemplate.Execute(&b, fields); err != nil {
		panic(err) // two strings into two places
	}
	return b.String()
}

// quoted writes a TOML basic string; control characters have no place in it.
func quoted(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
