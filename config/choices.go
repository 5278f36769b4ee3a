package config

import (
	"fmt"
	"strings"
)

// Values of closed sets.

// SourceKind is how a source is read.
type SourceKind string

// Cadence is how often a newsletter closes an edition.
type Cadence string

// The cadences.
const (
	Daily    Cadence = "daily"
	Weekdays Cadence = "weekdays"
	Weekly   Cadence = "weekly"
	Monthly  Cadence = "monthly"
)

// UnmarshalText reads one of the set.
func (c *Cadence) UnmarshalText(text []byte) error {
	return choose(c, text, Daily, Weekdays, Weekly, Monthly)
}

// Language is a language that editions are written in (BCP 47).
type Language string

// The languages.
const (
	English  Language = "en"
	Japanese Language = "ja"
)

// UnmarshalText reads one of the set.
func (l *Language) UnmarshalText(text []byte) error { return choose(l, text, English, Japanese) }

// Empty is what happens to the mail of an edition without items. The edition
// itself is closed and shown either way.
type Empty string

// What to do with it.
const (
	Send Empty = "send" // mail it: its counts of zero are news too
	Skip Empty = "skip"
)

// UnmarshalText reads one of the set.
func (e *Empty) UnmarshalText(text []byte) error { return choose(e, text, Send, Skip) }

// ModelTask is what a language model is asked for.
type ModelTask string

// The tasks.
const (
	Summarise   ModelTask = "summary"
	Use         ModelTask = "use"         // where one would use it
	Translation ModelTask = "translation" // of title and summary
	Introduce   ModelTask = "intro"       // a proposed introduction to an edition
)

// UnmarshalText reads one of the set.
func (t *ModelTask) UnmarshalText(text []byte) error {
	return choose(t, text, Summarise, Use, Translation, Introduce)
}

// ModelIntro is what happens to a proposed introduction.
type ModelIntro string

// What to do with it.
const (
	Propose ModelIntro = "propose" // show it to editors alone
	Publish ModelIntro = "publish"
)

// UnmarshalText reads one of the set.
func (i *ModelIntro) UnmarshalText(text []byte) error { return choose(i, text, Propose, Publish) }

// TLS is how a connection to the relay is encrypted.
type TLS string

// The ways, from the weakest.
const (
	NoTLS         TLS = "none"
	Opportunistic TLS = "opportunistic" // STARTTLS when offered
	StartTLS      TLS = "starttls"      // STARTTLS or no mail (RFC 3207)
	ImplicitTLS   TLS = "implicit"      // from the first byte (RFC 8314)
)

// UnmarshalText reads one of the set.
func (t *TLS) UnmarshalText(text []byte) error {
	return choose(t, text, NoTLS, Opportunistic, StartTLS, ImplicitTLS)
}

// choose sets v to the one of the set that text names.
func choose[T ~string](v *T, text []byte, set ...T) error {
	names := make([]string, len(set))
	for i, one := range set {
		if string(text) == string(one) {
			*v = one
			return nil
		}
		names[i] = string(one)
	}
	hint := "write one of: " + strings.Join(names, ", ")
	if near := nearest(string(text), names); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	return fault{fmt.Sprintf("%q is not known here", text), hint}
}
