package main

// This file shows what a source would bring.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/topics"
)

// show polls a new source into memory, and tells what would come in.
func (s *adding) show(ctx context.Context, source config.Source) error {
	fmt.Fprintf(s.out, "%s: %s, %s\n", source.Name, source.Kind, cmp.Or(source.URL+source.Path, source.ListID, "at its usual address"))
	up := supply{client: s.cfg.client(), overlap: s.cfg.Fetch.Overlap.Duration}.upstream(source)
	if up == nil {
		fmt.Fprintln(s.out, "its mail comes by itself: there is nothing to show yet")
		return nil
	}
	if box, ok := up.(aggregator.Mbox); ok {
		box.Whole = true // a last mail that may still be growing is shown too
		up = box
	}
	looking, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	seen, err := aggregator.LookAhead(looking, up, source.Announcements, lookMessages, lookShown, now())
	if err != nil {
		return fmt.Errorf("nothing was written, for it cannot be read: %w", err)
	}
	if beginsNow(source) {
		defer fmt.Fprintln(s.out, "it is read from about now on; --since 2025-01-01 takes in what is older")
	}
	if seen.Messages == 0 {
		fmt.Fprintln(s.out, "it can be read, and has nothing now")
		return nil
	}
	s.sayCounts(seen)
	picks, err := s.picks(seen.Newest)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out)
	for i, p := range seen.Newest {
		if err := writeLine(s.out, p.Event); err != nil {
			return err
		}
		if len(picks[i]) > 0 {
			fmt.Fprintf(s.out, "                   in %s\n", strings.Join(picks[i], ", "))
		}
	}
	_, err = fmt.Fprintln(s.out)
	return err
}

// beginsNow reports whether a source is an archive of which only the newest months
// are read.
func beginsNow(s config.Source) bool {
	byMonth := s.Kind != config.Mbox || strings.Contains(s.URL, "{YYYY}") || strings.Contains(s.URL, "{MM}")
	return s.Kind.Begins() && s.URL != "" && byMonth && s.Since == config.Date{}
}

func (s *adding) sayCounts(seen aggregator.Preview) {
	most := ""
	if seen.More {
		most = "at least "
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(seen.Tally)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, seen.Tally[what]))
	}
	fmt.Fprintf(s.out, "%s%s would come in with the first poll: %s\n", most, counted(seen.Messages, "message"), strings.Join(parts, ", "))
	if len(seen.Lists) > 0 {
		fmt.Fprintf(s.out, "List-Id: %s\n", strings.Join(seen.Lists, ", "))
	}
	if seen.Copied > 0 {
		fmt.Fprintf(s.out, "%d of them look like announcements of drafts or RFCs; if this is a list that announces them, say --announcements\n", seen.Copied)
	}
}

// picks names the topics that would take each event.
func (s *adding) picks(events []aggregator.Previewed) ([][]string, error) {
	picks := make([][]string, len(events))
	list := s.cfg.topics()
	for _, t := range list {
		q, err := topics.Resolve(t.Query, list)
		if err != nil {
			return nil, err
		}
		for i, e := range events {
			if q.Match(e.Item) {
				picks[i] = append(picks[i], t.Name)
			}
		}
	}
	return picks, nil
}
