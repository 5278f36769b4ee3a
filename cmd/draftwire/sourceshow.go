package main

// This file tells everything about one source.

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

func showSource(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "show NAME",
		Short:   "Tell everything about one source",
		Example: `  draftwire sources show i-d-announce`,
		Args:    exactly(1, "the name of a source"), ValidArgsFunction: completeSources(a),
		RunE: func(c *cobra.Command, args []string) error {
			return a.onSources(c.Context(), func(_ settings, _ *store.DB, list []standing) error {
				i := slices.IndexFunc(list, func(s standing) bool { return s.Name == args[0] })
				if i < 0 {
					return noSource(args[0], list)
				}
				w := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
				for _, line := range list[i].lines() {
					fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
				}
				return w.Flush()
			})
		},
	}
}

// noSource says which sources there are.
func noSource(name string, list []standing) error {
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return usage(fmt.Errorf("there is no source %q, nor any other; \"draftwire sources add\" makes one", name))
	}
	return usage(fmt.Errorf("there is no source %q; there are: %s", name, strings.Join(names, ", ")))
}

// lines says it all, as pairs of a word and what it is.
func (s standing) lines() (lines [][2]string) {
	say := func(word, format string, args ...any) {
		lines = append(lines, [2]string{word, fmt.Sprintf(format, args...)})
	}
	say("source", "%s", s.Name)
	s.sayConfigured(say)
	say("state", "%s", s.stateInWords())
	for _, alarm := range s.alarms {
		say("alarm", "%s (noticed %s)", markup.Clean(alarm.Words), day(alarm.Began))
	}
	if !s.Tried.IsZero() {
		say("last tried", "%s", day(s.Tried))
	}
	if s.Polls > 0 || s.Pushed {
		say("last success", "%s", day(s.Success))
	}
	if why := faultOf(s.Source); why != "" {
		say("last error", "%s", why)
	}
	if m := s.Move; m == nil || m.To == "" { // it has not moved, or is gone, which the state tells
	} else if m.Adopted.IsZero() {
		say("moved", "its host says to %s, since %s; it is polled there once that has been said for some days", m.To, day(m.First))
	} else {
		say("moved", "to %s, where it is polled since %s", m.To, day(m.Adopted))
	}
	if s.Asked.After(now()) {
		say("host", "asks us to wait until %s", day(s.Asked))
	}
	if state := s.state(); state != paused && state != resting && state != gone && !s.Pushed && s.conf != nil {
		next := "due now"
		if s.Next.After(now()) {
			next = day(s.Next)
		}
		say("next poll", "%s", next)
	}
	say("messages", "%d in all, %d in the last 7 days, %d in the last 30", s.Messages, sum(s.days[sourceDays-7:]), sum(s.days))
	if !s.Newest.IsZero() {
		say("newest", "of %s", day(s.Newest))
	}
	if speaksUTF8() && s.Messages > 0 {
		say("30 days", "%s  most in a day: %d", bars(s.days, slices.Max(s.days)), slices.Max(s.days))
	}
	return lines
}

func (s standing) sayConfigured(say func(string, string, ...any)) {
	c := s.conf
	if c == nil {
		return
	}
	what := string(c.Kind)
	if c.Announcements {
		what += ", trusted to announce drafts, RFCs and charters"
	}
	say("kind", "%s", what)
	if address := s.address(); address != "" {
		say("address", "%s", address)
	}
	if c.Kind.Sent() {
		say("mail", "\"draftwire sources mail %s\" shows its address and what list software wrote to it", s.Name)
	}
	if c.ListID != "" {
		say("list", "%s", c.ListID)
	}
	if c.File != "" {
		say("stands in", "%s, line %d", c.File, c.Line)
	}
	if !c.Kind.Sent() {
		say("interval", "%s", rhythm(c))
	}
}

// rhythm says how often a source is asked.
func rhythm(c *config.Source) string {
	if c.MaxInterval.Duration <= c.Interval.Duration {
		return c.Interval.String()
	}
	return fmt.Sprintf("%s to %s, by how often it has something", c.Interval, c.MaxInterval)
}

// stateInWords tells a state with what belongs to it.
func (s standing) stateInWords() string {
	switch s.state() {
	case resting:
		if s.Polls == 0 {
			return "an import"
		}
		return "not in the configuration; what it gave stays"
	case paused:
		var by []string
		if !s.Paused.IsZero() {
			by = append(by, fmt.Sprintf("by hand since %s (\"draftwire sources resume %s\")", day(s.Paused), s.Name))
		}
		if s.conf.Paused {
			by = append(by, "by the configuration")
		}
		return "paused " + strings.Join(by, ", and ")
	case gone:
		return fmt.Sprintf("its host said on %s that it is gone for good; \"draftwire poll %s\" tries again", day(s.Gone), s.Name)
	case failing:
		text := fmt.Sprintf("failing, %s in a row", counted(s.Attempts, "time"))
		if !s.Failing.IsZero() {
			text += ", since " + day(s.Failing)
		}
		return text
	case silent:
		return "silent: it is read, but nothing came for longer than usual"
	case waiting:
		if s.conf.Kind.Sent() {
			return "waiting for its first mail"
		}
		return "waiting for its first poll"
	}
	if s.LastError != "" {
		return "working, but not all could be taken in"
	}
	return "working"
}

// stateOf says in a few words how a source fared.
func stateOf(s store.Source) string {
	read := "last read " + day(s.Success)
	if s.Success.IsZero() {
		read = "never read"
	}
	switch {
	case !s.Gone.IsZero():
		return fmt.Sprintf("%s, gone for good since %s (410); \"draftwire poll %s\" tries again", read, day(s.Gone), s.Name)
	case s.Asked.After(now()):
		return fmt.Sprintf("%s, its host asks us to wait until %s", read, day(s.Asked))
	case s.LastError != "" && s.Attempts > 0:
		return fmt.Sprintf("%s, failed %s, next try %s: %s", read, counted(s.Attempts, "time"), day(s.Next), faultOf(s))
	case s.LastError != "":
		return fmt.Sprintf("%s, but for some items: %s", read, faultOf(s))
	case s.Next.IsZero():
		return read + ", due"
	}
	return read + ", next " + day(s.Next)
}
