package main

// This file is what closing editions waits for when serve starts: the sources
// that were due while nothing ran, and the texts that they made wanted.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/store"
)

// polled returns when every source that was due at start has been tried since,
// or with an error that names those that were not when ctx ends.
func (s *server) polled(ctx context.Context, cfg settings, start time.Time) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	missing := cfg.polledNames()
	for len(missing) > 0 {
		rows, err := s.db.Sources(ctx)
		if err == nil {
			missing = unpolled(missing, rows, start)
		}
		if len(missing) == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", strings.Join(missing, ", "), errors.Join(err, ctx.Err()))
		case <-tick.C:
		}
	}
	return s.texted(ctx, cfg, start)
}

// textsFor is how far back texts are waited for: the longest window but one of
// a month's edition, whose other texts have long been here.
const textsFor = 8 * 24 * time.Hour

// texted returns when no text of a late revision is due any more, nor is still
// to be asked for. What fails is put off, and not waited for.
func (s *server) texted(ctx context.Context, cfg settings, start time.Time) error {
	if !cfg.Texts.Fetch {
		return nil
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		waiting, err := s.textsWaiting(ctx, start)
		if err == nil && !waiting {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for texts: %w", errors.Join(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

// textsWaiting reports whether a text is to be waited for.
func (s *server) textsWaiting(ctx context.Context, start time.Time) (bool, error) {
	if waiting, err := s.db.TextsWaiting(ctx, start.Add(-textsFor), now()); err != nil || waiting {
		return waiting, err
	}
	// What the polls have just brought is written down a moment later.
	missing, err := s.db.MissingTexts(ctx, start, now().Add(time.Hour), now().Add(time.Hour), 1)
	return len(missing) > 0, err
}

// polledNames are the sources that are polled.
func (s settings) polledNames() (names []string) {
	for _, c := range s.Sources {
		if !s.rests(c) && !c.Kind.Sent() {
			names = append(names, c.Name)
		}
	}
	return names
}

// unpolled gives those of the named sources that were due at start, or are
// new, and whose poll since then has not ended. One that is not due has given
// what it had.
func unpolled(names []string, rows []store.Source, start time.Time) (missing []string) {
	start = start.Truncate(time.Microsecond) // as rows have it
	byName := make(map[string]store.Source, len(rows))
	for _, row := range rows {
		byName[row.Name] = row
	}
	for _, name := range names {
		row := byName[name] // none yet: never tried
		tried := !row.Tried.Before(start)
		ended := row.LeaseUntil.IsZero() || !row.Success.Before(start)
		idle := !row.Tried.IsZero() && row.Next.After(start) || !row.Gone.IsZero()
		if tried && !ended || !tried && !idle {
			missing = append(missing, name)
		}
	}
	return missing
}
